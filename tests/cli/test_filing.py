"""`pixkin organize`, `apply`, `undo` and `trash`."""

import json
from pathlib import Path

import pytest

from pixkin.filing.apply import apply
from pixkin.filing.plan import Action, Plan
from pixkin.filing.trash import place_in_trash
from pixkin.library.edits import Edits


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".pixkin" not in path.parts
    }


def test_without_a_yes_the_plan_is_shown_and_nothing_happens(
    pixkin, pics: Path, tmp_path: Path
) -> None:
    before = files(pics)
    said = pixkin("organize", tmp_path / "sorted", "--library", pics, "--action", "move")

    assert said.code == 0
    assert said.out.startswith(f"Organize by group: move to {tmp_path / 'sorted'}\n")
    assert said.out.count("     4 files  ") == 3
    assert said.err == "Nothing was done. Add --yes to do it.\n"
    assert files(pics) == before
    assert not (tmp_path / "sorted").exists()


def test_pictures_are_moved_and_brought_back(pixkin, pics: Path, tmp_path: Path) -> None:
    before = files(pics)
    said = pixkin("organize", tmp_path / "sorted", "--library", pics, "--action", "move", "--yes")
    assert (said.code, said.err) == (0, "")
    assert said.out.endswith("Done with 12 files. Take it back with: pixkin undo\n")
    assert sorted(files(tmp_path / "sorted").values()) == sorted(before.values())
    listed = pixkin("undo", "--list", "--library", pics)
    assert "done" in listed.out
    back = pixkin("undo", "--library", pics)

    assert (
        back.out == f"Taken back: 12 files of: organize by group: move to {tmp_path / 'sorted'}\n"
    )
    assert files(pics) == before
    assert "no filing to undo" in pixkin("undo", "--library", pics).err


def test_a_plan_is_saved_and_carried_out_later(pixkin, pics: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    said = pixkin("organize", tmp_path / "sorted", "--library", pics, "--save", plan)
    assert f"Carry it out with: pixkin apply {plan}" in said.out
    (changed,) = pics.glob("grass/0.jpg")
    changed.write_bytes(b"other")
    done = pixkin("apply", plan, "--yes")

    assert "Done with 11 files" in done.out
    assert done.err == f"left: {changed}: was changed since\n"
    told = json.loads(pixkin("undo", "--library", pics, "--json").out)
    assert (told["done"], told["refused"]) == (11, [])


def test_the_plan_is_printed_as_json(pixkin, pics: Path, tmp_path: Path) -> None:
    said = pixkin("organize", tmp_path / "sorted", "--library", pics, "--json", "--by", "date")
    told = json.loads(said.out)

    assert len(told["actions"]) == 12
    assert {Path(action["target"]).parent.name for action in told["actions"]} == {"undated"}


def test_groups_that_are_named_alone_are_filed(pixkin, pics: Path, tmp_path: Path) -> None:
    one = json.loads(pixkin("list", "--library", pics, "--json").out)["groups"][0]["cluster_id"]
    pixkin("edit", "rename", one, "Mine", "--library", pics)
    pixkin("organize", tmp_path / "sorted", "--library", pics, "--group", "Mine", "--yes")

    assert {Path(name).parent.name for name in files(tmp_path / "sorted")} == {"Mine"}
    assert len(files(tmp_path / "sorted")) == 4


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "Name the folder DEST"),
        (["--resume"], "Nothing was cut off"),
        (["--resume", "--rollback"], "Say --resume or --rollback alone"),
        (["x", "--by", "size"], "by must be one of group, date, group/date; got 'size'"),
        (["x", "--template", "{x}"], "template must be folders and a name made of"),
        (["x", "--group", "nobody"], "There is no one group 'nobody'"),
    ],
)
def test_what_cannot_be_is_said(pixkin, pics: Path, words: list[str], said: str) -> None:
    told = pixkin("organize", *words, "--library", pics)

    assert told.code == 2
    assert said in told.err


def test_the_trash_is_listed_gives_back_and_is_emptied_after_a_yes(pixkin, pics: Path) -> None:
    assert pixkin("trash", "list", "--library", pics).out == "0 files in the trash, 0.0 MB\n"
    path = pics / "grass/0.jpg"
    status = path.stat()
    place = place_in_trash(str(path), [str(pics)], 1)
    action = Action("trash", str(path), place, status.st_size, status.st_mtime_ns)
    with Edits.open(pics / ".pixkin") as edits:
        apply(edits, Plan(str(edits.folder), "trash", "", (action,)))

    assert str(path) in pixkin("trash", "list", "--library", pics).out
    other = pixkin("trash", "restore", pics / "grass/1.png", "--library", pics)
    assert (other.code, "is not in the trash" in other.err) == (2, True)
    back = pixkin("trash", "restore", path, "--library", pics)
    assert back.out == "Taken back: 1 file of: bring back from the trash\n"
    assert path.exists()
    with Edits.open(pics / ".pixkin") as edits:
        apply(edits, Plan(str(edits.folder), "trash", "", (action,)))
    assert "Nothing was done" in pixkin("trash", "empty", "--library", pics).err
    assert Path(place).exists()
    assert pixkin("trash", "empty", "--library", pics, "--yes").out == "Deleted: 1 file\n"
    assert not Path(place).exists()


@pytest.fixture
def copied(pics: Path, pixkin) -> Path:
    """Give the folder of pictures with copies in it, one of them with a sidecar."""
    for name in ("grass/0.jpg", "grass/2.jpg"):
        copy = pics / "copies" / f"copy of {Path(name).name}"
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes((pics / name).read_bytes())
    (pics / "copies" / "copy of 0.xmp").write_text("stars")
    assert pixkin("update", pics, "--quiet").code == 0
    return pics


def test_copies_go_to_the_trash_with_their_sidecars_and_come_back(pixkin, copied: Path) -> None:
    before = files(copied)
    shown = pixkin("duplicates", copied, "--apply", "trash", "--kind", "identical")
    assert shown.err == "Nothing was done. Add --yes to do it.\n"
    assert files(copied) == before
    done = pixkin("duplicates", copied, "--apply", "trash", "--yes")
    assert "Done with 3 files. Take it back with: pixkin undo" in done.out
    there = {name for name in files(copied) if not name.startswith(".pixkin-trash")}
    assert before.keys() - there == {
        "copies/copy of 0.jpg", "copies/copy of 0.xmp", "copies/copy of 2.jpg",
    }  # fmt: skip
    assert pixkin("undo", "--library", copied).code == 0
    assert files(copied) == before


def test_copies_become_hard_links_or_go_to_a_folder(pixkin, copied: Path, tmp_path: Path) -> None:
    before = files(copied)
    assert pixkin("duplicates", copied, "--apply", "hardlink", "--yes").code == 0
    assert (copied / "copies/copy of 0.jpg").samefile(copied / "grass/0.jpg")
    assert pixkin("undo", "--library", copied).code == 0
    moved = pixkin("duplicates", copied, "--apply", "move", "--to", tmp_path / "away", "--yes")
    assert moved.code == 0
    assert files(tmp_path / "away").keys() == {
        "copies/copy of 0.jpg", "copies/copy of 0.xmp", "copies/copy of 2.jpg",
    }  # fmt: skip
    assert pixkin("undo", "--library", copied).code == 0
    assert files(copied) == before


def test_what_is_protected_is_left(pixkin, copied: Path) -> None:
    said = pixkin(
        "duplicates", copied, "--apply", "trash", "--protect", copied / "copies", "--json"
    )
    told = json.loads(said.out)

    touched = {Path(action["source"]).parent.name for action in told["actions"]}
    assert "copies" not in touched


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--yes"], "Say what to do with them: --apply"),
        (["--apply", "move"], "to must be a folder for move"),
        (["--apply", "trash", "--to", "x"], "to must be a folder for move"),
        (["--apply", "hardlink", "--kind", "same"], "identical alone for hard links"),
    ],
)
def test_what_cannot_be_done_with_copies_is_said(
    pixkin, copied: Path, words: list[str], said: str
) -> None:
    told = pixkin("duplicates", copied, *words)

    assert told.code == 2
    assert said in told.err


def test_names_of_groups_are_written_beside_pictures(pixkin, pics: Path, tmp_path: Path) -> None:
    before = files(pics)
    said = pixkin("sidecars", "--library", pics, "--yes")
    assert said.out == "Write names of groups into sidecars\n0 files, 0.0 MB\n"
    (pics / "names.csv").write_text("path,name\ngrass/0.jpg,Lawn\ngrass/2.jpg,Lawn\n")
    assert pixkin("import", pics / "names.csv", "--library", pics).code == 0
    (pics / "names.csv").unlink()
    shown = pixkin("sidecars", "--library", pics)
    assert shown.err == "Nothing was done. Add --yes to do it.\n"
    assert files(pics) == before
    done = pixkin("sidecars", "--library", pics, "--group", "Lawn", "--yes")
    assert "Take it back with: pixkin undo" in done.out
    assert b"Lawn" in files(pics)["grass/0.jpg.xmp"]
    assert pixkin("undo", "--library", pics).code == 0
    assert files(pics) == before
    away = tmp_path / "sorted"
    words = ["--group", "Lawn", "--write-sidecars", "--yes"]
    assert pixkin("organize", away, "--library", pics, *words).code == 0
    assert b"Lawn" in files(away)["Lawn/0.jpg.xmp"]
    assert not list(pics.rglob("*.xmp"))
