"""A library of drawn pictures, served; and a browser to look at it."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import draw_folder

import pixkin
from pixkin.web.serve import Served, serving


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder of four kinds of pictures that was grouped once; tests copy it."""
    folder = draw_folder(tmp_path_factory.mktemp("web") / "photos", n_per_kind=8)
    pixkin.cluster(folder, n_clusters=4)
    return folder


@pytest.fixture
def library(pictures: Path, tmp_path: Path) -> Iterator[pixkin.Library]:
    """Give a library of its own for each test."""
    folder = tmp_path / "photos"
    shutil.copytree(pictures, folder)
    with pixkin.open(folder) as found:
        yield found


@pytest.fixture
def served(library: pixkin.Library) -> Iterator[Served]:
    """Serve it."""
    with serving(library) as found:
        yield found


@pytest.fixture
def page(browser: Any, served: Served) -> Iterator[Any]:
    """Open the page; what the browser complains of fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    found = context.new_page()
    found.set_default_timeout(10_000)
    complaints: list[str] = []
    found.on("pageerror", lambda error: complaints.append(str(error)))
    found.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    found.add_init_script("localStorage.setItem('pixkin-seen', '1')")
    found.goto(served.link)
    yield found
    context.close()
    assert complaints == []
