"""`pixkin share`."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pixkin.sharing.page import BUILT

pytestmark = pytest.mark.skipif(
    not (BUILT / "page.js").is_file(), reason="the page is not built: make page"
)


@pytest.fixture
def grouped(drawn: Callable[..., Path], tmp_path: Path, pixkin) -> Path:
    folder = drawn(tmp_path / "photos", n_per_kind=3)
    pixkin(folder, "--encoder", "color", "--output", tmp_path / "results", "--quiet")
    return folder


def test_a_page_is_written_and_said_where(grouped: Path, tmp_path: Path, pixkin) -> None:
    said = pixkin("share", tmp_path / "page", grouped, "--title", "Mine", "--with-names")

    assert said.code == 0
    assert f"Written: {tmp_path / 'page' / 'index.html'} (12 pictures, " in said.out
    assert "<title>Mine</title>" in (tmp_path / "page" / "index.html").read_text()
    assert "0.jpg" in (tmp_path / "page" / "data" / "facts.js").read_text()


def test_one_file_of_one_group(grouped: Path, tmp_path: Path, pixkin) -> None:
    pixkin("share", tmp_path / "all", grouped, "--quiet")

    said = pixkin("share", tmp_path / "one.html", grouped, "--single", "--group", "nobody")

    assert said.code == 2
    assert "nobody" in said.err
    assert not (tmp_path / "one.html").exists()
    assert pixkin("share", tmp_path / "one.html", grouped, "--single").code == 0
    assert (tmp_path / "one.html").is_file()


def test_pictures_are_not_written_over(grouped: Path, pixkin) -> None:
    said = pixkin("share", grouped, grouped)

    assert said.code == 2
    assert "is not empty, and holds no page that Pixkin shared" in said.err


def test_where_there_is_no_library_it_is_said(tmp_path: Path, pixkin) -> None:
    said = pixkin("share", tmp_path / "page", tmp_path)

    assert said.code == 2
    assert "holds no library" in said.err
    assert not (tmp_path / "page").exists()
