"""`pixkin library`."""

import contextlib
import json
import os
import re
import sqlite3
from pathlib import Path

import pytest
from conftest import draw_folder

import pixkin as package
from pixkin.cli.library import library
from pixkin.library.upkeep import SAMPLE

N = 5


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    draw_folder(folder, N, kinds=1)
    package.cluster(folder, encoder="color")
    return folder


def test_info_tells_what_the_library_of_a_folder_holds(pixkin, photos: Path) -> None:
    said = pixkin("library", "info", photos)

    assert (said.code, said.err) == (0, "")
    assert f"Library  {photos / '.pixkin'}" in said.out
    assert f"Files    {N}\n" in said.out
    assert f"Folder   {photos}  {N} files\n" in said.out


def test_a_library_is_found_from_itself_from_below_and_from_here(
    pixkin, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (photos / "below").mkdir()
    monkeypatch.chdir(photos)
    said = [
        pixkin("library", "info", *where, "--json")
        for where in ([photos / ".pixkin"], [photos / "below"], [])
    ]

    assert {one.code for one in said} == {0}
    assert {Path(json.loads(one.out)["folder"]) for one in said} == {photos / ".pixkin"}


def test_where_there_is_no_library_none_is_made(pixkin, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    for command in ("info", "check"):
        said = pixkin("library", command, empty)

        assert said.code == 2
        assert "holds no library" in said.err
    assert list(empty.iterdir()) == []


def test_a_sound_library_passes_its_check(pixkin, photos: Path) -> None:
    said = pixkin("library", "check", photos)

    assert said.code == 0
    assert said.out == f"Sound: the database, and {N} of {N} files that were hashed.\n"


def test_the_command_hashes_as_many_files_as_python_does() -> None:
    (sample,) = [one for one in library.commands["check"].params if one.name == "sample"]

    assert sample.default == SAMPLE


def test_rot_is_listed_and_ends_with_code_5(pixkin, photos: Path) -> None:
    rotten = next(photos.glob("balls/*"))
    status = rotten.stat()
    rotten.write_bytes(rotten.read_bytes()[::-1])
    os.utime(rotten, ns=(status.st_atime_ns, status.st_mtime_ns))
    said, told = (
        pixkin("library", "check", photos, "--all"),
        pixkin("library", "check", photos, "--json"),
    )

    assert said.code == told.code == 5
    assert said.out.startswith("rot ")
    assert str(rotten) in said.out
    assert "1 finding is of damage" in said.err
    assert [finding["kind"] for finding in json.loads(told.out)] == ["rot"]


def test_without_a_word_the_help_of_the_group_is_shown(pixkin) -> None:
    said = pixkin("library")

    assert (said.code, said.err) == (0, "")
    assert said.out == pixkin("library", "--help").out


def test_a_folder_that_is_away_is_told_of_on_stderr_and_in_the_summary(
    pixkin, photos: Path, tmp_path: Path
) -> None:
    library = tmp_path / "library"
    for kind in ("here", "there"):
        draw_folder(tmp_path / kind, N, kinds=1)
        package.cluster(tmp_path / kind, encoder="color", library=library)
    (tmp_path / "there").rename(tmp_path / "away")

    said = pixkin("--library", library, "--output", tmp_path / "out", "--json")

    assert said.code == 0
    assert f"None of the {N} files in {tmp_path / 'there'} is there now" in said.err
    assert json.loads(said.out)["missing"] == [{"path": str(tmp_path / "there"), "files": N}]


def test_folders_are_added_listed_and_removed_and_the_pictures_are_left_alone(
    pixkin, photos: Path, tmp_path: Path
) -> None:
    other = draw_folder(tmp_path / "other", 2, kinds=2)
    where = ["--library", photos]
    assert pixkin("library", "add", other, *where).out == f"Added: {other}\n"
    assert f"{other}  0 files" in pixkin("library", "list", *where).out
    pixkin("update", "--library", photos / ".pixkin")
    told = json.loads(pixkin("library", "list", "--json", *where).out)
    assert {root["path"]: root["files"] for root in told} == {str(photos): N, str(other): 4}

    said = pixkin("library", "remove", other, *where)
    assert said.out == f"Removed: {other} (4 files forgotten)\n"
    assert str(other) not in pixkin("library", "list", *where).out
    assert len([path for path in other.rglob("*") if path.is_file()]) == 4
    assert pixkin("library", "check", photos, "--all").code == 0


def test_a_folder_in_one_that_the_library_has_is_part_of_it(pixkin, photos: Path) -> None:
    said = pixkin("library", "add", photos / "balls", "--library", photos)

    assert said.out == f"Added: {photos / 'balls'}, as part of {photos}\n"


def test_only_folders_can_be_added_and_only_those_of_the_library_removed(
    pixkin, photos: Path, tmp_path: Path
) -> None:
    assert "does not exist" in pixkin("library", "add", "nowhere", "--library", photos).err
    said = pixkin("library", "remove", tmp_path, "--library", photos)
    assert said.code == 2
    assert f"is no folder of the library, which has {photos}" in said.err


def test_a_damaged_database_is_repaired_and_a_sound_one_left(pixkin, photos: Path) -> None:
    assert "is sound, so nothing was changed" in pixkin("library", "repair", photos).out
    database = photos / ".pixkin/library.db"
    with contextlib.closing(sqlite3.connect(database)) as db, db:
        db.execute("PRAGMA foreign_keys = OFF")
        db.execute("DELETE FROM images WHERE image_id = 1")
    found = pixkin("library", "check", photos)
    assert found.code == 5
    assert "`pixkin library repair`" in found.err
    said = pixkin("library", "repair", photos)

    assert (said.code, said.err) == (0, "")
    assert f"The damaged database is kept: {database}.damaged-1\n" in said.out
    assert pixkin("update", "--library", photos / ".pixkin", photos).code == 0
    assert pixkin("library", "check", photos, "--all").code == 0


def test_compacting_says_how_much_smaller_it_is(pixkin, photos: Path) -> None:
    said = pixkin("library", "compact", photos)

    assert (said.code, said.err) == (0, "")
    assert re.fullmatch(r"[\d.]+ MB, was [\d.]+ MB\n", said.out)


def test_a_library_goes_to_another_folder_as_one_file(pixkin, photos: Path, tmp_path: Path) -> None:
    archive = tmp_path / "library.zip"
    said = pixkin("library", "export", archive, "--library", photos)
    assert said.out.startswith(f"Exported: {archive} (")
    assert "already" in pixkin("library", "export", archive, "--library", photos).err
    there = tmp_path / "there"
    told = pixkin("library", "import", archive, there)

    assert (told.code, told.err) == (0, "")
    assert f"Library  {there / '.pixkin'}" in told.out
    assert f"Files    {N}\n" in told.out
    assert "already" in pixkin("library", "import", archive, there).err
