"""Where results may be written, and what is there afterwards."""

import itertools
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.conftest import N_PICTURES, Said, rows
from pixkin.library.place import MARKER

Run = Callable[..., Said]

FILES = {MARKER, "clusters.csv", "skipped.csv", "run.json", "map.png", "report.html"}


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_results_go_to_pixkin_results_here(pixkin: Run, pics: Path, here: Path) -> None:
    said = pixkin("pics")

    assert said.code == 0
    assert names(here / "pixkin-results") == FILES
    assert f"Report: {here / 'pixkin-results' / 'report.html'}" in said.out


def test_output_may_be_a_folder_in_a_folder_that_is_not_there(pixkin: Run, pics: Path) -> None:
    said = pixkin("pics", "--output", "a/b/c")

    assert said.code == 0
    assert names(Path("a/b/c")) == FILES


def test_an_empty_folder_is_taken(pixkin: Run, pics: Path) -> None:
    Path("out").mkdir()

    assert pixkin("pics", "--output", "out").code == 0
    assert names(Path("out")) == FILES


@pytest.mark.parametrize("name", ["letter.txt", ".hidden", "report.html"])
def test_a_folder_that_holds_something_else_is_never_written_to(
    name: str, pixkin: Run, pics: Path
) -> None:
    Path("out").mkdir()
    Path("out", name).write_text("mine")
    said = pixkin("pics", "--output", "out")

    assert said.code == 2
    assert said.err.startswith("error: out is not empty and was not made by Pixkin")
    assert names(Path("out")) == {name}
    assert Path("out", name).read_text() == "mine"


def test_the_folder_of_the_pictures_is_never_written_to(pixkin: Run, pics: Path) -> None:
    before = sorted(pics.rglob("*"))
    said = pixkin("pics", "--output", "pics")

    assert said.code == 2
    assert sorted(pics.rglob("*")) == before


@pytest.mark.parametrize("output", ["file", "file/deeper"])
def test_a_file_in_the_way_is_wrong_use(output: str, pixkin: Run, pics: Path, here: Path) -> None:
    Path("file").write_text("mine")
    said = pixkin("pics", "--output", here / output)

    assert said == Said(2, "", f"error: {here / 'file'}: is a file, not a folder.\n")
    assert Path("file").read_text() == "mine"


def test_a_run_that_fails_leaves_no_results_folder(pixkin: Run, here: Path) -> None:
    (here / "empty").mkdir()

    assert pixkin("empty").code == 4
    assert names(here) == {"empty"}


def test_results_in_the_pictures_are_not_taken_for_pictures(pixkin: Run, pics: Path) -> None:
    for _ in range(2):
        said = pixkin("pics", "--output", "pics/results", "--json")

        assert json.loads(said.out)["counts"]["files"] == N_PICTURES


def test_a_second_run_replaces_each_file_whole(pixkin: Run, pics: Path) -> None:
    pixkin("pics", "--clusters", "3")
    folder = Path("pixkin-results")
    before = {name: (folder / name).stat().st_ino for name in FILES - {MARKER}}
    with (folder / "clusters.csv").open("rb") as old:
        pixkin("pics", "--clusters", "2")
        still = old.read()
    after = {name: (folder / name).stat().st_ino for name in FILES - {MARKER}}

    assert names(folder) == FILES
    assert all(before[name] != after[name] for name in before)
    assert {row["cluster"] for row in rows(folder / "clusters.csv")} == {"0", "1"}
    assert still.count(b"\n") == N_PICTURES + 1


def test_the_table_has_a_row_per_file_in_path_order(pixkin: Run, pics: Path) -> None:
    (pics / "copy.jpg").write_bytes((pics / "balls" / "0.jpg").read_bytes())
    pixkin("pics")
    table = rows(Path("pixkin-results", "clusters.csv"))
    by_path = {row["path"]: row for row in table}

    assert list(table[0]) == [
        "root", "path", "image", "cluster", "cluster_id", "name", "typicality", "x", "y", "width",
        "height", "bytes", "words", "words_confidence",
    ]  # fmt: skip
    assert [row["path"] for row in table] == sorted(by_path, key=os.fsencode)
    assert len(table) == N_PICTURES + 1
    assert {row["root"] for row in table} == {str(pics)}
    assert by_path["copy.jpg"]["cluster_id"] == by_path["balls/0.jpg"]["cluster_id"]
    assert by_path["copy.jpg"]["image"] == by_path["balls/0.jpg"]["image"]


def test_the_table_has_levels_that_nest_if_they_are_asked_for(pixkin: Run, pics: Path) -> None:
    document = json.loads(pixkin("pics", "--levels", "--json").out)
    table = rows(Path("pixkin-results", "clusters.csv"))
    names = [name for name in table[0] if name.startswith("level_")]
    own = document["levels"].index(document["counts"]["clusters"])

    assert names == [f"level_{i}" for i in range(1, len(document["levels"]) + 1)]
    assert list(table[0])[-len(names) - 1] == "words_confidence"
    assert [len({row[name] for row in table}) for name in names] == document["levels"]
    assert document["levels"] == sorted(set(document["levels"]))
    assert [row[names[own]] for row in table] == [row["cluster"] for row in table]
    for coarser, finer in itertools.pairwise(names):
        inside = {(row[finer], row[coarser]) for row in table}

        assert len(inside) == len({row[finer] for row in table})


def test_run_json_says_how_each_group_lies(pixkin: Run, pics: Path) -> None:
    document = json.loads(pixkin("pics", "--clusters", "3", "--json").out)
    paths = {str(path) for path in pics.rglob("*.*") if path.is_file()}
    groups = document["clusters"]

    assert 3 in document["levels"]
    for group in groups:
        assert group["representatives"][0] == group["representative"]
        assert {*group["representatives"], *group["outliers"]} <= paths
        assert len(group["outliers"]) == group["n_outliers"]
        assert 0 < group["tightness"] <= 1
        assert sorted([group["cluster"], *group["nearest"]]) == [0, 1, 2]
        assert all(0.5 <= one["confidence"] <= 1 for one in group["words"])


def test_another_level_of_detail_groups_nothing_anew(pixkin: Run, pics: Path) -> None:
    documents = [
        json.loads(pixkin("pics", "--json", *words).out)
        for words in (["--detail", "0.5"], ["--detail", "2"], ["--clusters", "5"])
    ]
    stages = [{stage["stage"] for stage in document["stages"]} for document in documents]

    assert [names & {"reduce", "neighbors", "cluster", "layout"} for names in stages] == [set()] * 3
    assert documents[0]["counts"]["clusters"] < documents[1]["counts"]["clusters"]
    assert documents[2]["counts"]["clusters"] == 5


def test_results_as_json_are_those_of_run_json(pixkin: Run, pics: Path) -> None:
    document = json.loads(pixkin("pics", "--json").out)
    written = json.loads(Path("pixkin-results", "run.json").read_text(encoding="utf-8"))

    assert document.pop("output") == str(Path("pixkin-results").absolute())
    assert document == written
