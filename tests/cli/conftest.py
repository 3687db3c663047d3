"""What the tests of the command line share."""

import csv
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from conftest import draw_folder, environment
from PIL import Image

from pixkin.cli.entry import run

N_PICTURES = 12


class Said(NamedTuple):
    """What a command left: its exit code, and what it wrote."""

    code: int
    out: str
    err: str


@pytest.fixture
def pixkin(capfd: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Give a function that runs a command line in this process."""

    def call(*words: object) -> Said:
        capfd.readouterr()
        code = run([str(word) for word in words])
        return Said(code, *capfd.readouterr())

    return call


@pytest.fixture
def shell() -> Callable[..., Said]:
    """Give a function that runs a command line in a process of its own."""

    def call(*words: object, env: Mapping[str, str] | None = None, **options: Any) -> Said:
        done = subprocess.run(
            command(*words),
            env={**environment(), **(env or {})},
            timeout=120,
            check=False,
            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options},
        )
        return Said(done.returncode, (done.stdout or b"").decode(), (done.stderr or b"").decode())

    return call


def command(*words: object) -> list[str]:
    return [sys.executable, "-m", "pixkin", *map(os.fspath, map(str, words))]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a new folder."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def new_pics(here: Path) -> Path:
    """Give a folder of pictures, three kinds of four, that has no library yet."""
    return draw_folder(here / "pics", N_PICTURES // 3, 3)


@pytest.fixture(scope="session")
def read_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = draw_folder(tmp_path_factory.mktemp("read") / "pics", N_PICTURES // 3, 3)
    output = folder.parent / "results"

    assert run([str(folder), "--output", str(output), "--quiet"]) == 0

    return folder


@pytest.fixture
def pics(here: Path, read_once: Path) -> Path:
    """Give the pictures of `new_pics` with a library that knows them."""
    return Path(shutil.copytree(read_once, here / "pics"))


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def picture(path: Path, colour: tuple[int, int, int] = (200, 30, 30)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (24, 16), colour).save(path, "PNG")
    return path


def plug_in(folder: Path, kind: str, name: str, code: str) -> dict[str, str]:
    """Install a component as another package would; give the environment that has it.

    The class in ``code`` is called ``Component``.
    """
    module = f"pixkin_{name}"
    info = folder / f"{module}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: pixkin-{name}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[pixkin.{kind}s]\n{name} = {module}:Component\n")
    (folder / f"{module}.py").write_text(code)
    return {"PYTHONPATH": os.pathsep.join([str(folder), environment()["PYTHONPATH"]])}
