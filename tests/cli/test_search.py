"""`pixkin search`, `sample` and `outliers`."""

import html.parser
import json
import os
import shutil
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from conftest import draw_folder

from cli.conftest import N_PICTURES, Said

Run = Callable[..., Said]
HOSTILE = "\"><img src=x onerror=alert(1)><script>'&.jpg"


class Page(html.parser.HTMLParser):
    """What a browser would see: elements with their attributes, and text."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, Any]]] = []
        self.text = ""
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, Any]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, Any]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture
def search(pixkin: Run, pics: Path) -> Run:
    """Give a function that searches the library of `pics`."""
    return lambda *words: pixkin("search", *words, "--library", pics)


def test_results_are_lines_with_score_group_and_path_the_best_first(search, pics: Path) -> None:
    shutil.copy(pics / "grass/1.png", "elsewhere.png")
    said = search("elsewhere.png", "-n", 4)
    lines = [line.split(maxsplit=2) for line in said.out.splitlines()]

    assert (said.code, said.err) == (0, "")
    assert lines[0][0] == "1.00"
    assert lines[0][2] == f"{pics / 'grass/1.png'}  (the same picture)"
    assert {Path(path).parent for _, _, path in lines[1:]} == {pics / "grass"}
    assert len({group for _, group, _ in lines}) == 1


def test_files_with_the_same_bytes_are_one_result_and_all_are_named(
    pixkin: Run, new_pics: Path
) -> None:
    copy = Path(shutil.copy(new_pics / "grass/0.jpg", new_pics / "grass/copy.jpg"))
    pixkin(new_pics, "--quiet")
    said = pixkin("search", copy, "-n", 1, "--library", new_pics)

    assert said.out.count("\n") == 2
    assert said.out.splitlines()[1].split() == ["=", str(copy)]


def test_as_json_each_result_has_its_files_group_and_score(search, pics: Path) -> None:
    said = search(
        pics / "grass/0.jpg", pics / "grass/1.png", "--not", pics / "balls/0.jpg", "--json"
    )
    results = json.loads(said.out)["results"]

    assert len(results) == N_PICTURES - 1
    assert results[0].keys() == {
        "sha256", "files", "width", "height", "cluster_id", "score", "is_given",
    }  # fmt: skip
    assert [str(pics / "balls/0.jpg")] not in [one["files"] for one in results]
    assert sum(one["is_given"] for one in results) == 2
    scores = [one["score"] for one in results]
    assert scores == sorted(scores, reverse=True)


def test_options_choose_among_the_results(search, pics: Path) -> None:
    grass = pics / "grass/0.jpg"
    others = search(grass, "--others", "-n", 3).out
    varied = search(grass, "--others", "--diverse", 1, "-n", 3).out
    per_group = search(grass, "--one-per-group").out

    assert "the same picture" not in others
    assert others.count(str(pics / "grass")) == 3
    assert varied.count(str(pics / "grass")) < 3
    assert per_group.count("\n") == 3


def test_a_page_shows_the_pictures_without_a_script(search, pics: Path, tmp_path: Path) -> None:
    outside = draw_folder(tmp_path / "more", 1, 1) / "balls/0.jpg"
    outside.write_bytes(outside.read_bytes() + b"\0")  # no picture of the library
    said = search(outside, "-n", 5, "--page", "found.html")
    page = Page(Path("found.html"))
    images = page.all("img")

    assert said.code == 0
    assert said.err == f"Page: {Path('found.html').absolute()}\n"
    assert len(images) == 1 + 5
    assert all(image["src"].startswith("data:image/jpeg;base64,") for image in images)
    assert len({image["src"] for image in images}) >= 5
    assert page.all("script") == page.all("link") == []
    policy = next(meta["content"] for meta in page.all("meta") if "http-equiv" in meta)
    assert policy == "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    targets = {(Path.cwd() / unquote(a["href"])).resolve() for a in page.all("a")}
    assert outside in targets
    assert all(target.is_file() for target in targets)


@pytest.mark.skipif(os.name == "nt", reason="such names cannot be there")
def test_hostile_names_stay_text_on_a_page_and_in_lines(pixkin: Run, new_pics: Path) -> None:
    name = new_pics / HOSTILE
    shutil.move(new_pics / "grass/0.jpg", name)
    other = os.fsencode(new_pics) + b"/\xff\x1b[2J\n.jpg"
    Path(os.fsdecode(other)).write_bytes(name.read_bytes())
    pixkin(new_pics, "--quiet", "--layout", "pca")
    pixkin("edit", "rename", _group(pixkin, new_pics), "<b>bold</b>", "--library", new_pics)
    said = pixkin("search", name, "--library", new_pics, "--page", "found.html")
    page = Page(Path("found.html"))

    assert said.code == 0
    assert "\x1b" not in said.out
    assert "\\xff\\x1b[2J\\n.jpg" in said.out
    assert page.all("script") == page.all("b") == []
    assert all("onerror" not in image for image in page.all("img"))
    assert HOSTILE in page.text
    assert "<b>bold</b>" in page.text
    assert {
        (Path.cwd() / unquote(a["href"], errors="surrogateescape")).is_file() for a in page.all("a")
    } == {True}


def _group(pixkin: Run, folder: Path) -> str:
    told = json.loads(pixkin("list", "--library", folder, "--json").out)
    return str(told["groups"][0]["cluster_id"])


def test_the_page_is_opened_from_a_folder_of_its_own(
    search, pics: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda address: not opened.append(address))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    said = search(pics / "grass/0.jpg", "--open")
    (page,) = tmp_path.glob("pixkin-*/*.html")

    assert said.code == 0
    assert opened == [page.as_uri()]
    assert page.parent.stat().st_mode & 0o077 == 0


def test_a_page_does_not_replace_a_picture(search, pics: Path) -> None:
    before = (pics / "grass/0.jpg").read_bytes()
    said = search(pics / "grass/0.jpg", "--page", pics / "grass/0.jpg")

    assert (said.code, said.out) == (2, "")
    assert "let it end in .html" in said.err
    assert (pics / "grass/0.jpg").read_bytes() == before


def test_what_cannot_be_is_told_in_a_line(search, pics: Path) -> None:
    Path("bad.jpg").write_bytes(b"\xff\xd8\xff\xe0 no picture")
    for words, told in (
        (["bad.jpg"], "bad.jpg: cannot be read as a picture: "),
        (["nowhere.jpg"], "nowhere.jpg: does not exist."),
        ([pics / "grass/0.jpg", "--not", pics / "grass"], "is a folder; name pictures."),
        ([pics / "grass/0.jpg", "--not", pics / "grass/0.jpg"], "both the liked and the disliked"),
        ([pics / "grass/0.jpg", "-n", 0], "x>=1"),
        ([pics / "grass/0.jpg", "--diverse", 2], "0<=x<=1"),
        ([pics / "grass/0.jpg", "--page", "no/folder.html"], "cannot be written (No such file"),
        ([], "Missing argument 'PICTURE...'"),
    ):
        said = search(*words)

        assert (said.code, said.out) == (2, ""), words
        assert told in said.err
        assert said.err.count("\n") == 1


def test_before_a_grouping_there_is_nothing_to_search(pixkin: Run, pics: Path) -> None:
    pixkin("edit", "undo", "--library", pics)
    for words in (["search", pics / "grass/0.jpg"], ["sample"], ["outliers"]):
        said = pixkin(*words, "--library", pics)

        assert said.code == 2
        assert "has no groups yet. Run `pixkin cluster`." in said.err


def test_a_sample_has_a_line_for_each_picture(pixkin: Run, pics: Path) -> None:
    said = pixkin("sample", "-n", 6, "--library", pics, "--page", "sample.html")
    told = json.loads(pixkin("sample", "-n", 6, "--balanced", "--library", pics, "--json").out)
    groups = [line.split()[0] for line in said.out.splitlines()]

    assert said.code == 0
    assert {groups.count(group) for group in groups} == {2}
    assert len(groups) == len(told["results"]) == len(Page(Path("sample.html")).all("img")) == 6


def test_outliers_are_told_with_how_typical_they_are(pixkin: Run, pics: Path) -> None:
    grass = json.loads(pixkin("search", pics / "grass/0.jpg", "--json", "--library", pics).out)
    group = grass["results"][0]["cluster_id"]
    pixkin("edit", "move", pics / "balls/0.jpg", "--to", group, "--library", pics)
    said = pixkin("outliers", "--library", pics, "-n", 1, "--page", "outliers.html")
    typicality, usual, where, path = said.out.split()

    assert float(typicality) < float(usual)
    assert (where, path) == (group, str(pics / "balls/0.jpg"))
    assert f"typicality {typicality}, of its group {usual}" in Page(Path("outliers.html")).text


def test_where_none_is_found_that_is_said(pixkin: Run, pics: Path) -> None:
    for path in pics.glob("[a-z]*/*"):
        path.unlink()
    pixkin("update", pics, "--prune")
    said = pixkin("sample", "--library", pics)

    assert (said.code, said.out, said.err) == (0, "", "None was found.\n")
