"""`pixkin list`, `show` and `edit`."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Ask = Callable[..., Any]


@pytest.fixture
def listed(pixkin, pics: Path) -> Ask:
    """Give a function that gives the groups as `pixkin list` has them, by id."""

    def ask() -> dict[str, Any]:
        said = pixkin("list", "--library", pics, "--json")
        assert (said.code, said.err) == (0, "")
        return {group["cluster_id"]: group for group in json.loads(said.out)["groups"]}

    return ask


@pytest.fixture
def edit(pixkin, pics: Path) -> Ask:
    """Give a function that corrects the groups, and gives what was said."""

    def call(*words: object, code: int = 0) -> str:
        said = pixkin("edit", *words, "--library", pics)
        assert said.code == code, said.err
        return said.out or said.err

    return call


@pytest.fixture
def members(pixkin, pics: Path) -> Ask:
    """Give a function that gives the names of the files of a group."""

    def ask(group: str) -> set[str]:
        said = pixkin("show", group, "--library", pics, "--json")
        assert (said.code, said.err) == (0, "")
        files = [Path(path) for paths in json.loads(said.out)["members"] for path in paths]
        return {file.relative_to(pics).as_posix() for file in files}

    return ask


@pytest.fixture
def rerun(pixkin, pics: Path) -> Ask:
    """Give a function that groups the pictures again."""

    def call(*words: object) -> None:
        said = pixkin(pics, "--quiet", *words)
        assert (said.code, said.err) == (0, "")

    return call


def test_the_groups_of_a_run_are_listed_the_largest_first(pixkin, pics: Path) -> None:
    said = pixkin("list", "--library", pics)
    lines = said.out.splitlines()

    assert (said.code, said.err) == (0, "")
    assert lines[0].split() == ["group", "images", "files"]
    assert [line.split()[1] for line in lines[1:]] == ["4", "4", "4"]


def test_ids_and_names_are_the_same_after_another_run(
    pixkin, rerun, pics: Path, listed, edit
) -> None:
    first = listed()
    one = next(iter(first))
    assert f"Named {one} 'Sun and sea'" in edit("rename", one, "Sun and sea")
    rerun("--detail", 1.1, "--seed", 7)

    assert listed().keys() == first.keys()
    assert listed()[one]["name"] == "Sun and sea"
    with Path("pixkin-results/clusters.csv").open(newline="") as stream:
        named = {row["path"] for row in csv.DictReader(stream) if row["name"] == "Sun and sea"}
    assert len(named) == 4


def test_a_name_or_the_beginning_of_an_id_means_a_group(edit, listed, members) -> None:
    one = next(iter(listed()))
    edit("rename", one[:6], "Mine")

    assert members("Mine") == members(one)


def test_merged_groups_stay_one_in_the_next_run_and_come_apart_again(
    pixkin, rerun, pics: Path, listed, edit
) -> None:
    before = listed()
    a, b, c = before
    said = edit("merge", a, b)
    assert said == f"Merged {b} into {a}. Take it back with: pixkin edit undo\n"
    rerun()

    assert {group: info["images"] for group, info in listed().items()} == {a: 8, c: 4}
    assert edit("undo") == f"Undone: merged {b} into {a}\n"
    assert listed() == before
    assert edit("redo") == f"Done again: merged {b} into {a}\n"
    assert listed().keys() == {a, c}


def test_pictures_that_are_moved_stay_in_the_next_run(
    pixkin, rerun, pics: Path, listed, edit, members
) -> None:
    sunsets = next(group for group in listed() if "sunsets/0.jpg" in members(group))
    edit("move", pics / "grass/0.jpg", pics / "grass/1.png", "--to", sunsets)
    rerun("--seed", 1)

    assert {"grass/0.jpg", "grass/1.png", "sunsets/0.jpg"} <= members(sunsets)


def test_a_picture_that_is_not_of_a_group_goes_somewhere_else(
    pixkin, rerun, pics: Path, listed, edit, members
) -> None:
    grass = next(group for group in listed() if "grass/0.jpg" in members(group))
    edit("not-here", pics / "grass/0.jpg")
    assert "grass/0.jpg" not in members(grass)
    assert "no group           1" in pixkin("list", "--library", pics).out
    rerun()

    assert members(grass) == {"grass/1.png", "grass/2.jpg", "grass/3.png"}
    assert "no group" not in pixkin("list", "--library", pics).out


def test_a_group_is_split_by_naming_pictures_or_by_looks(
    pixkin, rerun, pics: Path, listed, edit, members
) -> None:
    a, b, _ = listed()
    whole = members(a) | members(b)
    edit("merge", a, b)
    edit("split", a, "--into", 2)
    new = (listed().keys() - {a}).pop() if len(listed()) == 2 else None
    parts = [members(group) for group in listed() if members(group) <= whole]

    assert new is None
    assert sorted(map(len, parts)) == [4, 4]
    assert all(len({Path(name).parent for name in part}) == 1 for part in parts)
    said = edit("split", a, *(pics / name for name in sorted(members(a))[:1]))
    assert "Split 1 picture from" in said
    assert "New: " in said
    rerun()
    assert len(listed()) == 4


def test_a_pinned_group_is_as_it_was_and_a_hidden_one_is_left_out(
    pixkin, rerun, pics: Path, listed, edit, members
) -> None:
    a, b, _ = listed()
    kept = members(a)
    edit("pin", a)
    edit("hide", b)
    rerun("--clusters", 1)
    said = pixkin("list", "--library", pics)

    assert members(a) == kept
    assert "[pinned]" in said.out
    assert b not in said.out
    assert "1 hidden" in said.err
    assert b in pixkin("list", "--library", pics, "--all").out
    edit("hide", b, "--off")
    assert b in pixkin("list", "--library", pics).out


def test_show_tells_members_copies_and_history(pixkin, pics: Path, listed, edit) -> None:
    a, b, _ = listed()
    edit("rename", a, "Ours")
    edit("merge", a, b)
    said = pixkin("show", "Ours", "--library", pics)

    assert "Name        Ours" in said.out
    assert "Holds       8 images in 8 files" in said.out
    assert "found by a regrouping" in said.out
    assert f"named {a} 'Ours'" in said.out
    assert f"merged {b} into {a}" in said.out
    assert str(pics) in said.out


def test_copies_are_listed_with_their_picture(pixkin, new_pics: Path) -> None:
    copy = new_pics / "copy.jpg"
    copy.write_bytes((new_pics / "grass/0.jpg").read_bytes())
    pixkin(new_pics, "--quiet")
    said = json.loads(pixkin("list", "--library", new_pics, "--json").out)
    files = [group["files"] - group["images"] for group in said["groups"]]

    assert sorted(files) == [0, 0, 1]
    group = said["groups"][files.index(1)]["cluster_id"]
    page = json.loads(pixkin("show", group, "--library", new_pics, "--json").out)
    assert [str(copy), str(new_pics / "grass/0.jpg")] in page["members"]


def test_the_log_has_everything_that_was_done(pixkin, pics: Path, listed, edit) -> None:
    one = next(iter(listed()))
    edit("rename", one, "A")
    edit("undo")
    log = edit("log").splitlines()

    assert [line.split("Z  ")[1] for line in log] == [
        "regrouped 12 pictures into 3 groups",
        f"named {one} 'A'",
        "undid entry 2",
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["rename", "nobody", "A"], "There is no one group 'nobody'"),
        (["rename", "{b}", "Taken"], "Another group ({a}) has the name 'Taken'"),
        (["merge", "{a}", "{a}"], "takes two different groups"),
        (["split", "{a}"], "Name the pictures of the new group, or say --into N"),
        (["split", "{a}", "--into", "9"], "can be split into 2 to as many"),
        (["split", "{a}", "nothing.jpg"], "is no picture that the library knows"),
        (["split", "{a}", "{of_b}"], "Not all of these pictures are in {a}"),
        (["move", "{of_b}", "--to", "nobody"], "There is no one group 'nobody'"),
        (["not-here", "{of_b}", "--group", "{a}"], "in no group, or not in that one"),
        (["redo"], "There is nothing to redo"),
        (["undo", "9"], "There is nothing to undo"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_changed(
    edit, listed, members, pics: Path, words: list[str], said: str
) -> None:
    a, b, _ = listed()
    edit("rename", a, "Taken")
    before = listed(), edit("log")
    known = {"a": a, "b": b, "of_b": pics / sorted(members(b))[0]}
    found = edit(*(word.format(**known) for word in words), code=2)

    assert said.format(**known) in found
    assert (listed(), edit("log")) == before


def test_a_run_over_some_of_the_pictures_changes_no_groups(pixkin, pics: Path, listed) -> None:
    before = listed()
    said = pixkin(pics / "grass", "--quiet")

    assert said.code == 0
    assert "not kept" in said.err
    assert listed() == before


def test_a_picture_is_told_with_its_group_why_and_what_is_like_it(pixkin, new_pics: Path) -> None:
    copy = new_pics / "copy.jpg"
    copy.write_bytes((new_pics / "grass/0.jpg").read_bytes())
    pixkin(new_pics, "--quiet")
    said = pixkin("info", copy, "--library", new_pics)
    told = json.loads(pixkin("info", copy, "--library", new_pics, "--json").out)

    assert (said.code, said.err) == (0, "")
    assert f"Picture  {copy}" in said.out
    assert f"Copy     {new_pics / 'grass/0.jpg'}" in said.out
    assert "Why      3 of the 10 pictures most like it are in the same group" in said.out
    assert told["files"] == [str(copy), str(new_pics / "grass/0.jpg")]
    assert told["group"]["images"] == 4
    assert {Path(one["files"][0]).parent.name for one in told["near"][:3]} == {"grass"}


def test_a_picture_tells_that_it_was_put_there_by_hand_or_is_in_no_group(
    pixkin, pics: Path, edit, listed
) -> None:
    group = next(iter(listed()))
    edit("not-here", pics / "grass/0.jpg")
    assert (
        "Why      it is in no group" in pixkin("info", pics / "grass/0.jpg", "--library", pics).out
    )
    edit("move", pics / "grass/0.jpg", "--to", group)
    said = pixkin("info", pics / "grass/0.jpg", "--library", pics).out
    assert f"Group    {group}" in said
    assert "Why      it was put there by hand" in said
    assert pixkin("info", pics / "nothing.jpg", "--library", pics).code == 2


def test_the_groups_of_another_level_are_looked_at_and_then_corrected(
    pixkin, pics: Path, listed, edit
) -> None:
    before = listed()
    shown = json.loads(pixkin("list", "--level", 2, "--library", pics, "--json").out)["groups"]
    assert listed() == before
    said = pixkin("edit", "--level", 2, "rename", shown[0]["cluster_id"], "Both", "--library", pics)
    assert (said.code, said.err) == (0, "")

    assert {group["cluster_id"] for group in shown} == listed().keys()
    assert listed()[shown[0]["cluster_id"]]["name"] == "Both"
    assert edit("level").startswith("Levels: 2")
    edit("undo", 2)
    assert listed() == before
    assert edit("level", 2) == "Now there are 2 groups. Take it back with: pixkin edit undo\n"


def test_pictures_like_those_that_are_split_off_follow_at_the_next_run(
    pixkin, here: Path, drawn
) -> None:
    photos = drawn(here / "photos", 12, 3)
    run = ("cluster", photos, "--clusters", 2, "--encoder", "color", "--layout", "pca", "--quiet")
    assert pixkin(*run).code == 0
    found = json.loads(pixkin("list", "--library", photos, "--json").out)
    mixed = max(found["groups"], key=lambda group: group["images"])["cluster_id"]
    said = json.loads(pixkin("show", mixed, "--library", photos, "--json").out)
    files = [Path(path) for paths in said["members"] for path in paths]
    kind = sorted({file.parent.name for file in files})[0]
    some = sorted(file for file in files if file.parent.name == kind)[:6]
    assert len(files) == 24
    split = pixkin("edit", "split", mixed, *some, "--library", photos)
    new = split.out.split("New: ")[1].strip()
    assert pixkin(*run).code == 0
    said = json.loads(pixkin("show", new, "--library", photos, "--json").out)
    there = {Path(path) for paths in said["members"] for path in paths}

    assert there == {file for file in files if file.parent.name == kind}
