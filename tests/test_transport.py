"""A library as one file, and back."""

import contextlib
import shutil
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import draw_folder

import pixkin
from pixkin.errors import LibraryTooNewError, PathError
from pixkin.library import Library
from pixkin.library.transport import unpack


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = draw_folder(tmp_path / "photos", 5, 3)
    pixkin.cluster(folder, encoder="color", layout="pca")
    with Library(folder / ".pixkin") as library:
        library.edit.rename(library.edit.groups().groups[0].cluster_id, "Mine")
    return folder


def packed(folder: Path, **options: bool) -> Path:
    target = folder.parent / "library.zip"
    with Library(folder / ".pixkin") as library:
        library.export(target, **options)
    return target


def without_library(photos: Path) -> Path:
    """Copy the pictures alone, as to another computer."""
    there = photos.parent / "other" / "pictures"
    return Path(shutil.copytree(photos, there, ignore=shutil.ignore_patterns(".pixkin")))


@pytest.mark.parametrize("with_cache", [True, False])
def test_on_another_computer_names_and_groups_are_there(photos: Path, with_cache: bool) -> None:
    archive, there = packed(photos, with_cache=with_cache), without_library(photos)
    unpack(archive, there)
    with Library(photos / ".pixkin") as old, Library(there / ".pixkin") as new:
        assert new.edit.state() == old.edit.state()
        assert new.info().roots[0].path == str(there)
        assert [one for one in new.check(None) if one.is_bad] == []
    made = pixkin.cluster(there, encoder="color", layout="pca")

    assert made.counts.encoded == (0 if with_cache else 15)
    assert "Mine" in {group.name for group in made.lasting}


def test_no_file_and_no_library_is_written_over(photos: Path) -> None:
    archive = packed(photos)
    content = archive.read_bytes()
    with Library(photos / ".pixkin") as library, pytest.raises(PathError, match="already"):
        library.export(archive)
    with pytest.raises(PathError, match="already; move it away"):
        unpack(archive, photos)

    assert archive.read_bytes() == content
    with (
        Library(photos / ".pixkin") as library,
        pytest.raises(PathError, match="cannot be written"),
    ):
        library.export(photos / "not there" / "library.zip")


def rewritten(archive: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    with zipfile.ZipFile(archive) as stream:
        parts = {name: stream.read(name) for name in stream.namelist()}
    change(parts)
    with zipfile.ZipFile(archive, "w") as stream:
        for name, content in parts.items():
            stream.writestr(name, content)
    return archive


def with_trigger(parts: dict[str, bytes], scratch: Path) -> None:
    scratch.write_bytes(parts["library.db"])
    with contextlib.closing(sqlite3.connect(scratch)) as db, db:
        db.execute("CREATE TRIGGER t AFTER INSERT ON files BEGIN DELETE FROM journal; END")
    parts["library.db"] = scratch.read_bytes()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda parts: parts.update({"../evil": b"x"}), "other things"),
        (lambda parts: parts.update({"cache/vectors/../../x.float16": b"x"}), "other things"),
        (lambda parts: parts.pop("library.db"), "other things"),
        (lambda parts: parts.update({"library.db": b"x" * 9000}), "not a database"),
        (
            lambda parts: parts.update({"library.db": parts["library.db"][:9000]}),
            "not a whole library",
        ),
    ],
)
def test_what_is_no_library_leaves_nothing_behind(
    photos: Path, tmp_path: Path, spoil: Callable[[dict[str, bytes]], None], said: str
) -> None:
    archive = rewritten(packed(photos), spoil)
    there = tmp_path / "there"
    with pytest.raises(PathError, match=said):
        unpack(archive, there)

    assert list(there.iterdir()) == []
    assert not (tmp_path / "evil").exists()


def test_a_database_with_code_of_its_own_is_refused(photos: Path, tmp_path: Path) -> None:
    archive = rewritten(packed(photos), lambda parts: with_trigger(parts, tmp_path / "scratch.db"))

    with pytest.raises(PathError, match="its tables are others"):
        unpack(archive, tmp_path / "there")


def test_a_file_that_is_cut_short_or_of_a_newer_version_is_said_to_be(
    photos: Path, tmp_path: Path
) -> None:
    archive = packed(photos)
    cut = tmp_path / "cut.zip"
    cut.write_bytes(archive.read_bytes()[:-2000])
    with pytest.raises(PathError, match="not a whole library"):
        unpack(cut, tmp_path / "there")
    with contextlib.closing(sqlite3.connect(photos / ".pixkin/library.db")) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.execute("PRAGMA user_version = 99")
    newer = (photos / ".pixkin/library.db").read_bytes()

    with pytest.raises(LibraryTooNewError):
        unpack(
            rewritten(archive, lambda parts: parts.update({"library.db": newer})), tmp_path / "n"
        )
