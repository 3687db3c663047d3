"""`pixkin update`."""

import json
import shutil
from pathlib import Path


def test_what_changed_is_said_and_that_groups_were_not_found_anew(
    pixkin, pics: Path, here: Path
) -> None:
    pixkin("update", pics)  # a copy has other inodes
    (pics / "balls/0.jpg").rename(pics / "moved.jpg")
    (pics / "grass/0.jpg").unlink()
    shutil.copy(pics / "balls/1.png", pics / "copy.png")
    said = pixkin("update", pics)

    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines() == [
        "Files: 1 new, 1 moved, 1 gone",
        f"  moved  {pics / 'balls/0.jpg'} -> {pics / 'moved.jpg'}",
        f"  gone   {pics / 'grass/0.jpg'}",
        "Groups: as they were (not grouped anew)",
    ]
    assert not (here / "pixkin-results").exists()


def test_a_first_update_groups_all_and_says_so(pixkin, new_pics: Path) -> None:
    said = pixkin("update", new_pics)

    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines() == [
        "Files: 12 new",
        "There were no groups, so all was grouped: 3 groups",
    ]


def test_nothing_is_printed_when_asked_to_be_quiet(pixkin, pics: Path) -> None:
    said = pixkin("update", pics, "--quiet")

    assert (said.code, said.out, said.err) == (0, "", "")


def test_it_is_told_as_json(pixkin, pics: Path) -> None:
    pixkin("update", pics)
    (pics / "balls/0.jpg").rename(pics / "moved.jpg")
    (pics / "bad.jpg").write_bytes(b"\xff\xd8\xff\xe0 no picture")
    told = json.loads(pixkin("update", pics, "--json").out)

    assert told["changes"] == {
        "new": [],
        "changed": [],
        "moved": [[str(pics / "balls/0.jpg"), str(pics / "moved.jpg")]],
        "gone": [],
        "back": [],
    }
    assert [item["path"] for item in told["skipped"]] == [str(pics / "bad.jpg")]
    assert (told["joined"], told["founded"], told["waiting"]) == ({}, [], 0)
    assert (told["forgotten"], told["regrouped"], told["missing"]) == (0, False, [])


def test_files_of_a_folder_that_is_away_are_forgotten_only_when_asked_to(
    pixkin, pics: Path, here: Path
) -> None:
    library = ["--library", pics / ".pixkin"]
    other = here / "other"
    shutil.copytree(pics / "balls", other)
    (other / "new.png").write_bytes((pics / "grass/1.png").read_bytes())
    pixkin(pics, other, "--quiet", *library)
    shutil.rmtree(other)
    said = pixkin("update", *library)

    assert said.code == 0
    assert f"None of the 5 files in {other} is there now" in said.err
    assert "Forgotten: 5 files" in pixkin("update", "--prune", *library).out
    assert pixkin("update", *library).err == ""


def test_bad_pictures_are_named(pixkin, pics: Path) -> None:
    for i in range(7):
        (pics / f"bad{i}.jpg").write_bytes(b"\xff\xd8\xff\xe0 no picture %d" % i)
    said = pixkin("update", pics)

    assert said.code == 0
    assert f"skipped: {pics / 'bad0.jpg'}: " in said.err
    assert "and 2 more skipped; --json names them" in said.err
