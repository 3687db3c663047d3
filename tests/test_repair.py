"""A library whose database is damaged becomes usable again."""

import contextlib
import random
import re
import shutil
import sqlite3
from pathlib import Path

import pytest
from conftest import draw_folder

import pixkin
from pixkin.errors import LibraryDamagedError
from pixkin.library import Library
from pixkin.library.repair import repair
from pixkin.library.salvage import LEFT, NUMBERED
from pixkin.library.schema import MIGRATIONS
from pixkin.updating import update

PAGE = 4096


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give pictures that a library knows, with groups, names and corrections."""
    folder = draw_folder(tmp_path_factory.mktemp("repair") / "photos", 12, 4)
    pixkin.cluster(folder, encoder="color", layout="pca")
    with Library(folder / ".pixkin") as library:
        groups = [group.cluster_id for group in library.edit.groups().groups]
        for number in range(40):
            for i, group in enumerate(groups):
                library.edit.rename(group, f"Name {number} of {i} {'x' * 100}")
        library.edit.undo(3)
    one_file(folder)
    return folder


@pytest.fixture
def photos(tmp_path: Path, made_once: Path) -> Path:
    return Path(shutil.copytree(made_once, tmp_path / "photos"))


def one_file(folder: Path) -> None:
    """Have all of the database in its one file."""
    with contextlib.closing(sqlite3.connect(folder / ".pixkin/library.db")) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def pages_of(folder: Path, table: str) -> list[int]:
    """Give the numbers of the pages that a table's rows lie in."""
    with contextlib.closing(sqlite3.connect(folder / ".pixkin/library.db")) as db:
        try:
            query = "SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf'"
            return [number for (number,) in db.execute(query, [table])]
        except sqlite3.OperationalError:
            pytest.skip("this SQLite cannot tell which page is whose")


def spoil(folder: Path, *pages: int) -> None:
    with (folder / ".pixkin/library.db").open("r+b") as stream:
        for number in pages:
            stream.seek((number - 1) * PAGE)
            stream.write(random.Random(number).randbytes(PAGE))


def damage(folder: Path) -> list[str]:
    with Library(folder / ".pixkin") as library:
        return [one.reason for one in library.check(None) if one.is_bad]


def test_a_sound_library_is_left_alone(photos: Path) -> None:
    database = photos / ".pixkin/library.db"
    before = database.read_bytes()

    assert repair(photos / ".pixkin").reasons == ()
    assert database.read_bytes() == before
    assert not list(database.parent.glob("*.damaged-*"))


def test_files_that_are_lost_are_found_again_and_names_stay(photos: Path) -> None:
    spoil(photos, pages_of(photos, "files")[0])
    assert damage(photos)
    with Library(photos / ".pixkin") as library:
        state = library.edit.state()
    done = repair(photos / ".pixkin")

    assert done.reasons
    assert done.n_lost == 0
    assert Path(str(done.kept)).exists()
    assert damage(photos) == []
    update(photos)
    with Library(photos / ".pixkin") as library:
        assert library.edit.state() == state
        assert library.info().files == 48
        library.edit.redo(3)


def test_of_a_journal_all_that_can_be_read_is_kept(photos: Path) -> None:
    pages = pages_of(photos, "journal")
    spoil(photos, pages[len(pages) // 2])
    with Library(photos / ".pixkin") as library, pytest.raises(LibraryDamagedError):
        library.edit.entries()
    done = repair(photos / ".pixkin")

    assert "journal" in done.lost
    assert 0 < done.n_lost < 80
    with Library(photos / ".pixkin") as library:
        state = library.edit.state()
        groups = library.edit.groups().groups
        assert sum(group.images for group in groups) == 48
        assert all(group.name.startswith("Name ") for group in state.groups.values())
        library.edit.rename(groups[0].cluster_id, "Still works")
        library.edit.undo(2)
    assert damage(photos) == []
    update(photos)


def test_what_is_known_of_a_lost_image_is_not_taken_for_another(photos: Path) -> None:
    with Library(photos / ".pixkin") as library:
        before = library.edit.all_hashes()
        groups = {before[i]: c for i, c in library.edit.state().cluster_of.items()}
    last = max(before)
    with contextlib.closing(sqlite3.connect(photos / ".pixkin/library.db")) as db, db:
        db.execute("PRAGMA foreign_keys = OFF")
        db.execute("DELETE FROM images WHERE image_id >= ?", [last - 3])
    one_file(photos)
    done = repair(photos / ".pixkin")
    update(photos)

    assert "names no row of images" in done.reasons[0]
    with Library(photos / ".pixkin") as library:
        state, hashes = library.edit.state(), library.edit.all_hashes()
        there = library.edit.present_images()
    assert len(there) == 48
    for image in there & state.cluster_of.keys():
        assert groups[hashes[image]] == state.cluster_of[image] or image > last


@pytest.mark.parametrize("seed", range(12))
def test_whatever_page_is_damaged_it_is_mended_or_said_to_be_beyond_it(
    photos: Path, seed: int
) -> None:
    rng = random.Random(seed)
    n_pages = (photos / ".pixkin/library.db").stat().st_size // PAGE
    spoil(photos, *(rng.randrange(2, n_pages + 1) for _ in range(1 + seed % 3)))
    try:
        repair(photos / ".pixkin")
    except LibraryDamagedError:
        return
    assert damage(photos) == []
    assert update(photos).skipped == ()
    with Library(photos / ".pixkin") as library:
        assert len(library.edit.present_images()) == 48
        assert library.check(None) == []


def test_what_is_no_database_is_refused_and_left(photos: Path) -> None:
    database = photos / ".pixkin/library.db"
    database.write_bytes(b"nothing of a database" * 1000)

    with pytest.raises(LibraryDamagedError, match="put back a backup"):
        repair(photos / ".pixkin")
    assert database.read_bytes() == b"nothing of a database" * 1000


def test_of_every_table_it_is_known_what_becomes_of_it() -> None:
    tables = set(re.findall(r"CREATE TABLE (\w+)", "".join(MIGRATIONS)))

    assert tables == {*NUMBERED, *LEFT, "vectors"}


def test_what_was_done_with_files_can_still_be_taken_back(photos: Path, tmp_path: Path) -> None:
    with pixkin.open(photos) as library:
        library.apply(library.organize(tmp_path / "sorted", action="move"))
    one_file(photos)
    spoil(photos, pages_of(photos, "journal")[1])
    repair(photos / ".pixkin")
    with pixkin.open(photos) as library:
        done = library.undo()

    assert (done.done, done.refused) == (48, ())
    assert len(list(photos.glob("[a-z]*/*.*"))) == 48
