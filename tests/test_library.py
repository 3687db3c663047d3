import contextlib
import dataclasses
import hashlib
import os
import shutil
import signal
import sqlite3
import stat
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pixkin.errors import (
    LibraryBusyError,
    LibraryDamagedError,
    LibraryError,
    LibraryNeededError,
    LibraryTooNewError,
    PathError,
    PixkinError,
    ReadOnlyLibraryError,
)
from pixkin.library import Library, schema
from pixkin.library.clusterings import KEPT
from pixkin.library.place import (
    LIBRARY_NAME,
    ensure_folder,
    is_marked,
    locate,
    mark,
    nearest,
)
from pixkin.library.schema import MIGRATIONS, connect, migrate
from pixkin.library.store import Entry, Space
from pixkin.library.vectors import VectorFile
from pixkin.records import File, ImageFacts

FINGERPRINT = {"encoder": "numbers", "version": 1}
FACTS = ImageFacts(40, 30, "JPEG", 6, "2020-02-03T04:05:06", "Canon", 1.5, -2.5)
RULES = "as they are"
PAGE = 4096
"""SQLite's pages: the first holds the names of the tables, which opening reads."""


def entry(root: str, name: str, content: bytes = b"", **more: Any) -> Entry:
    content = content or name.encode("utf-8", "surrogateescape")
    sha256 = hashlib.sha256(content).digest()
    vector = np.array([len(name), sha256[0], sha256[1], 0.5], dtype=np.float32)
    file = File(root, name, len(content), 10**18 + 7, -(2**63) + 5)
    whole = {"facts": FACTS, "vector": vector, "thumbnail": b"jpeg of " + content}
    return Entry(file, sha256, **(more or whole))


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    return folder


@contextlib.contextmanager
def opened(photos: Path) -> Iterator[tuple[Library, Space, str]]:
    """Open the library in a folder, its space of vectors, and the folder as a root."""
    with Library(photos / LIBRARY_NAME) as library:
        root = library.add_root(photos)
        with library.space(FINGERPRINT, 4) as space:
            yield library, space, root


def filled(photos: Path, *names: str) -> list[Entry]:
    with opened(photos) as (library, space, root):
        entries = [entry(root, name) for name in names]
        library.write(entries, space, RULES)
    return entries


# What was written is there


def test_files_facts_vectors_and_thumbnails_are_there_next_time(photos: Path) -> None:
    entries = filled(photos, "a.jpg", "b/c.jpg", "b/\udcff.jpg")
    with opened(photos) as (library, space, root):
        files, images = library.known_files(), library.known_images(RULES)
        hashes = [item.sha256 for item in reversed(entries)]
        vectors = space.read(hashes)
        thumbnails = library.thumbnails([*hashes, b"unknown"])

    assert files.keys() == {(root, item.file.path) for item in entries}
    for item in entries:
        assert files[root, item.file.path].sha256 == item.sha256
        assert files[root, item.file.path].is_still(item.file)
        assert images[item.sha256].facts == FACTS
        assert images[item.sha256].failure is None
    assert vectors.tolist() == [item.vector.tolist() for item in reversed(entries)]
    assert thumbnails == {item.sha256: item.thumbnail for item in entries}


def test_a_file_is_still_the_same_only_if_size_time_and_inode_are(photos: Path) -> None:
    (item,) = filled(photos, "a.jpg")
    with opened(photos) as (library, _, root):
        known = library.known_files()[root, "a.jpg"]
    file = item.file

    assert known.is_still(file)
    assert not known.is_still(File(root, "a.jpg", file.bytes + 1, file.mtime_ns, file.inode))
    assert not known.is_still(File(root, "a.jpg", file.bytes, file.mtime_ns + 1, file.inode))
    assert not known.is_still(File(root, "a.jpg", file.bytes, file.mtime_ns, file.inode + 1))


def test_two_files_with_the_same_bytes_are_one_image(photos: Path) -> None:
    with opened(photos) as (library, space, root):
        known_only = entry(root, "b.jpg", b"same", failure=None)
        library.write([entry(root, "a.jpg", b"same"), known_only], space, RULES)
        files = library.known_files()

        assert len(files) == 2
        assert len({known.sha256 for known in files.values()}) == 1
        assert len(library.known_images(RULES)) == len(space.rows) == 1


def test_a_file_whose_content_changed_points_to_the_new_image(photos: Path) -> None:
    filled(photos, "a.jpg")
    with opened(photos) as (library, space, root):
        library.write([entry(root, "a.jpg", b"new content")], space, RULES)

        assert library.known_files()[root, "a.jpg"].bytes == len(b"new content")
        assert len(library.known_files()) == 1
        assert len(space.rows) == 2


def test_a_failure_counts_only_under_the_rules_it_was_met_with(photos: Path) -> None:
    why = ("decode", "damaged", "cut short")
    with opened(photos) as (library, space, root):
        bad = entry(root, "bad.jpg", failure=why)
        library.write([bad], space, RULES)

        assert library.known_images(RULES)[bad.sha256].failure == why
        assert library.known_images("other rules")[bad.sha256].failure is None


def test_each_way_of_encoding_has_its_own_vectors(photos: Path) -> None:
    (item,) = filled(photos, "a.jpg")
    with opened(photos) as (library, space, _):
        other = {**FINGERPRINT, "version": 2}
        with library.space(other, 7) as newer:
            assert newer.rows == {}
            assert newer.space_id != space.space_id
        reordered = dict(reversed(FINGERPRINT.items()))
        with library.space(reordered, 4) as same:
            assert same.rows.keys() == {item.sha256}


def test_a_batch_that_fails_half_way_leaves_nothing(photos: Path) -> None:
    with opened(photos) as (library, space, root):
        stranger = entry("/not/a/root", "b.jpg")
        with pytest.raises(KeyError):
            library.write([entry(root, "a.jpg"), stranger], space, RULES)

    with opened(photos) as (library, space, root):
        assert library.known_files() == {}
        assert library.known_images(RULES) == {}
        assert space.rows == {}


def test_a_clustering_is_found_again_by_its_recipe(photos: Path) -> None:
    entries = filled(photos, "a.jpg", "b.jpg")
    members = [(entries[0].sha256, 0, 1.0, 0.1, 0.2), (entries[1].sha256, -1, 0.0, 3.0, 4.0)]
    with opened(photos) as (library, space, _):
        for detail in (1, 2):
            library.save_clustering("recipe", {"detail": detail}, space, ["id0"], members)
        kept = library.load_clustering("recipe")

        assert library.load_clustering("another") is None
    assert kept is not None
    assert kept.settings == {"detail": 2}
    assert kept.members == {sha256: tuple(rest) for sha256, *rest in members}


def test_only_the_newest_clusterings_are_kept(photos: Path) -> None:
    (item,) = filled(photos, "a.jpg")
    recipes = [f"recipe {i}" for i in range(KEPT + 3)]
    with opened(photos) as (library, space, _):
        for recipe in [*recipes, recipes[5]]:
            members = [(item.sha256, 0, 1.0, 0.1, 0.2)]
            library.save_clustering(recipe, {}, space, ["id0"], members)

            assert library.load_clustering(recipe) is not None
        kept = [recipe for recipe in recipes if library.load_clustering(recipe) is not None]
        counts = [
            library._db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("clusterings", "clusters", "members")
        ]

    assert kept == recipes[-KEPT:]
    assert counts == [KEPT] * 3


def test_a_temporary_library_is_gone_when_closed() -> None:
    with Library.temporary() as library:
        folder = library.folder

        assert folder.is_dir()
    assert not folder.parent.exists()


# The cache can be lost


def test_vectors_without_their_file_are_forgotten_and_made_again(photos: Path) -> None:
    (item,) = filled(photos, "a.jpg")
    shutil.rmtree(photos / LIBRARY_NAME / "cache")
    with opened(photos) as (library, space, _):
        assert space.rows == {}
        assert library.known_images(RULES)[item.sha256].facts == FACTS
        library.write([item], space, RULES)

        assert space.read([item.sha256]).tolist() == [item.vector.tolist()]


def test_a_vector_file_cut_short_keeps_its_whole_rows(photos: Path) -> None:
    entries = filled(photos, "a.jpg", "b.jpg", "c.jpg")
    (file,) = (photos / LIBRARY_NAME / "cache" / "vectors").iterdir()
    os.truncate(file, 2 * 8 + 3)
    with opened(photos) as (_, space, _):
        assert space.rows.keys() == {item.sha256 for item in entries[:2]}
        assert space.read([entries[1].sha256]).tolist() == [entries[1].vector.tolist()]


def test_rows_that_were_never_committed_are_cut_off(photos: Path) -> None:
    entries = filled(photos, "a.jpg", "b.jpg")
    (file,) = (photos / LIBRARY_NAME / "cache" / "vectors").iterdir()
    with file.open("ab") as stream:
        stream.write(b"?" * 19)
    with opened(photos) as (library, space, root):
        library.write([entry(root, "c.jpg")], space, RULES)

        assert file.stat().st_size == 3 * 8
        wanted = [*entries, entry(root, "c.jpg")]
        read = space.read([item.sha256 for item in wanted])
        assert read.tolist() == [item.vector.tolist() for item in wanted]


def damage(path: Path, kind: str) -> None:
    content = path.read_bytes()
    if kind == "gone":
        path.unlink()
    elif kind == "garbage":
        path.write_bytes(b"garbage " * 1000)
    elif kind == "cut short":
        path.write_bytes(content[: PAGE + 7])
    elif kind == "its pages":
        path.write_bytes(content[:PAGE] + b"\xff" * (len(content) - PAGE))
    else:
        path.unlink()
        with contextlib.closing(sqlite3.connect(path)) as db:
            db.execute("CREATE TABLE thumbnails (something TEXT)")


@pytest.mark.parametrize("kind", ["gone", "garbage", "cut short", "its pages", "another table"])
def test_pictures_without_a_thumbnail_are_made_again(photos: Path, kind: str) -> None:
    (item,) = filled(photos, "a.jpg")
    damage(photos / LIBRARY_NAME / "cache" / "thumbnails.db", kind)
    with opened(photos) as (library, space, _):
        assert space.rows == {}
        library.write([item], space, RULES)

        assert library.thumbnails([item.sha256]) == {item.sha256: item.thumbnail}


def test_whatever_page_of_the_thumbnails_is_damaged_the_second_run_is_well(photos: Path) -> None:
    path = photos / LIBRARY_NAME / "cache" / "thumbnails.db"
    large = [
        dataclasses.replace(item, thumbnail=item.sha256 * 500)
        for item in filled(photos, *map(str, range(30)))
    ]
    hashes = [item.sha256 for item in large]
    with opened(photos) as (library, space, _):
        library.write(large, space, RULES)
    sound = path.read_bytes()
    late: list[str] = []
    for start in range(0, len(sound), PAGE):
        path.write_bytes(sound[:start] + b"\xff" * PAGE + sound[start + PAGE :])
        try:
            with opened(photos) as (library, space, _):
                library.write([item for item in large if item.sha256 not in space.rows], space, "")
                found = library.thumbnails(hashes)
        except LibraryError as error:
            late.append(str(error))
            with opened(photos) as (library, space, _):
                assert space.rows == {}
                library.write(large, space, RULES)
                found = library.thumbnails(hashes)

        assert found.keys() == set(hashes)
    assert late
    assert [text for text in late if "Run again to have them made anew" not in text] == []


def test_a_busy_database_of_thumbnails_is_not_taken_for_damaged(
    photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "BUSY_S", 0.1)
    (item,) = filled(photos, "a.jpg")
    path = photos / LIBRARY_NAME / "cache" / "thumbnails.db"
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = DELETE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(LibraryBusyError), Library(photos / LIBRARY_NAME) as library:
            library.thumbnails([item.sha256])
    with Library(photos / LIBRARY_NAME) as library:
        assert library.thumbnails([item.sha256]) == {item.sha256: item.thumbnail}


def test_thumbnails_are_let_go_of_with_the_lock(photos: Path) -> None:
    (item,) = filled(photos, "a.jpg")
    path = photos / LIBRARY_NAME / "cache" / "thumbnails.db"
    with Library(photos / LIBRARY_NAME) as library:
        with library.writing():
            library.thumbnails([item.sha256])
            while_held = psutil.Process().open_files()
        after = psutil.Process().open_files()

    assert str(path) in [file.path for file in while_held]
    assert str(path) not in [file.path for file in after]


@pytest.mark.parametrize("name", ["cache", "cache/vectors"])
def test_a_file_in_the_place_of_the_cache_is_said_so(photos: Path, name: str) -> None:
    filled(photos, "a.jpg")
    place = photos / LIBRARY_NAME / name
    shutil.rmtree(place)
    place.touch()

    with pytest.raises(PathError, match="is a file where the library keeps a folder; move it away"):
        filled(photos, "b.jpg")


def test_a_folder_in_the_place_of_the_vectors_is_said_so(photos: Path) -> None:
    filled(photos, "a.jpg")
    (file,) = (photos / LIBRARY_NAME / "cache" / "vectors").iterdir()
    file.unlink()
    file.mkdir()

    with pytest.raises(LibraryError, match="cannot be used"):
        filled(photos, "b.jpg")


# Vectors


HALVES = st.integers(-2048, 2048).map(lambda n: n / 8)
"""Numbers that 16 bits hold exactly."""
BATCHES = st.lists(st.lists(st.tuples(HALVES, HALVES, HALVES), min_size=1, max_size=5), max_size=5)


@settings(max_examples=30)
@given(BATCHES, st.data())
def test_vectors_come_back_as_they_were_in_any_order(
    batches: list[Any], data: st.DataObject
) -> None:
    whole = np.array([row for batch in batches for row in batch], np.float32).reshape(-1, 3)
    order = data.draw(st.permutations(range(len(whole))))
    kept = data.draw(st.integers(0, len(whole)))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "vectors.f16")
        with VectorFile(path, 3, 0) as file:
            rows = [row for batch in batches for row in file.append(np.array(batch, np.float32))]
            read = file.read(np.array(order, dtype=np.int64))
        with VectorFile(path, 3, kept) as file:
            again = file.read(np.arange(kept))
        present = VectorFile.rows_present(path, 3)

    assert rows == list(range(len(whole)))
    assert read.dtype == np.float16
    assert (read == whole[order]).all()
    assert (again == whole[:kept]).all()
    assert present == kept


# Moving


def test_a_folder_that_is_moved_with_its_library_is_known(photos: Path, tmp_path: Path) -> None:
    entries = filled(photos, "a.jpg", "b/c.jpg")
    moved = tmp_path / "elsewhere" / "renamed"
    moved.parent.mkdir()
    photos.rename(moved)
    with opened(moved) as (library, space, root):
        assert root == str(moved.resolve())
        assert library.known_files().keys() == {(root, "a.jpg"), (root, "b/c.jpg")}
        assert space.rows.keys() == {item.sha256 for item in entries}


def test_a_root_outside_the_library_stays_where_it_is(photos: Path, tmp_path: Path) -> None:
    with Library(tmp_path / "libraries" / "mine") as library:
        root = library.add_root(photos)
    (tmp_path / "libraries").rename(tmp_path / "moved")
    with Library(tmp_path / "moved" / "mine") as library:
        assert list(library.roots()) == [root] == [str(photos.resolve())]


def test_a_folder_in_a_root_is_no_root_of_its_own(photos: Path) -> None:
    (photos / "2020").mkdir()
    with Library(photos / LIBRARY_NAME) as library:
        outer = library.add_root(photos)

        assert library.add_root(photos / "2020") == outer
        assert library.add_root(photos) == outer
        assert list(library.roots()) == [outer]


def test_what_was_named_of_a_folder_goes_with_it_when_it_is_given_whole(photos: Path) -> None:
    (photos / "2020").mkdir()
    with Library(photos / LIBRARY_NAME) as library, library.space(FINGERPRINT, 4) as space:
        outer = library.add_root(photos, is_whole=False)
        names = ["2020/a.jpg", "2020/\udcff/b.jpg", "2020-x.jpg", "c.jpg"]
        library.write([entry(outer, name) for name in names], space, RULES)
        inner = library.add_root(photos / "2020")

        assert inner == str((photos / "2020").resolve())
        assert library.whole_roots() == [inner]
        assert library.named_files() == {outer: ["2020-x.jpg", "c.jpg"]}
        assert library.known_files().keys() == {
            (inner, "a.jpg"), (inner, "\udcff/b.jpg"), (outer, "2020-x.jpg"), (outer, "c.jpg")
        }  # fmt: skip


def test_a_folder_of_named_files_may_be_given_whole_later(photos: Path) -> None:
    with Library(photos / LIBRARY_NAME) as library, library.space(FINGERPRINT, 4) as space:
        root = library.add_root(photos, is_whole=False)
        library.write([entry(root, "a.jpg")], space, RULES)
        before = library.whole_roots()

        assert library.add_root(photos) == root
        assert (before, library.whole_roots()) == ([], [root])
        assert library.known_files().keys() == {(root, "a.jpg")}


@pytest.mark.parametrize("is_whole", [True, False])
def test_named_files_use_the_root_that_there_is(photos: Path, is_whole: bool) -> None:
    (photos / "2020").mkdir()
    with Library(photos / LIBRARY_NAME) as library:
        outer = library.add_root(photos, is_whole=is_whole)

        assert library.add_root(photos / "2020", is_whole=False) == outer
        assert list(library.roots()) == [outer]


def test_a_folder_named_like_the_start_of_a_root_is_another_root(photos: Path) -> None:
    other = photos.with_name("photos-2")
    other.mkdir()
    with Library(photos / LIBRARY_NAME) as library:
        roots = {library.add_root(photos), library.add_root(other)}

        assert roots == set(library.roots()) == {str(photos.resolve()), str(other.resolve())}


# Opening


def test_a_library_is_made_for_its_owner_alone_and_marked(photos: Path) -> None:
    with Library(photos / LIBRARY_NAME) as library:
        assert is_marked(library.folder)
        assert os.name == "nt" or stat.S_IMODE(library.folder.stat().st_mode) == 0o700


def test_what_a_person_did_is_on_the_disk_before_it_is_said_to_be(photos: Path) -> None:
    with Library(photos / LIBRARY_NAME) as library:
        pragmas = {
            name: library._db.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "user_version")
        }

    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "user_version": len(MIGRATIONS),
    }


def test_a_library_of_a_newer_version_is_refused(photos: Path) -> None:
    filled(photos, "a.jpg")
    with contextlib.closing(sqlite3.connect(photos / LIBRARY_NAME / "library.db")) as db:
        db.execute("PRAGMA user_version = 99")

    with pytest.raises(LibraryTooNewError, match=r"format 99; this one knows \d") as caught:
        Library(photos / LIBRARY_NAME)
    assert caught.value.exit_code == 5


def test_a_library_that_is_no_database_is_called_damaged(photos: Path) -> None:
    filled(photos, "a.jpg")
    (photos / LIBRARY_NAME / "library.db").write_bytes(b"garbage " * 1000)

    with pytest.raises(LibraryDamagedError, match="Your pictures are untouched") as caught:
        Library(photos / LIBRARY_NAME)
    assert caught.value.exit_code == 5


@pytest.mark.parametrize(
    "question",
    [
        lambda library: library.roots(),
        lambda library: library.named_files(),
        lambda library: library.known_files(),
        lambda library: library.known_images(RULES),
        lambda library: library.load_clustering("recipe"),
        lambda library: library.add_root(Path("/")),
        lambda library: library.space(FINGERPRINT, 4).__enter__(),
    ],
    ids=["roots", "named", "files", "images", "clustering", "add-root", "space"],
)
def test_damage_that_shows_later_is_called_damage_too(
    photos: Path, question: Callable[[Library], object]
) -> None:
    filled(photos, "a.jpg")
    database = photos / LIBRARY_NAME / "library.db"
    content = database.read_bytes()
    database.write_bytes(content[:PAGE] + b"\xff" * (len(content) - PAGE))
    for rest in photos.glob(".pixkin/library.db-*"):
        rest.unlink()

    with Library(photos / LIBRARY_NAME) as library, pytest.raises(LibraryDamagedError):
        question(library)


def test_a_place_under_a_file_cannot_hold_a_library(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(ReadOnlyLibraryError, match="--library"):
        Library(tmp_path / "file" / "below" / LIBRARY_NAME)
    with pytest.raises(PathError, match="is a file"):
        Library(tmp_path / "file")


def test_a_folder_of_something_else_becomes_no_library(photos: Path) -> None:
    (photos / "a.jpg").touch()

    with pytest.raises(PathError, match="is not empty and is no library"):
        Library(photos)
    assert [path.name for path in photos.iterdir()] == ["a.jpg"]


def test_an_empty_folder_may_become_a_library(photos: Path) -> None:
    photos.chmod(0o755)
    with Library(photos) as library:
        assert is_marked(library.folder)
        assert os.name == "nt" or stat.S_IMODE(photos.stat().st_mode) == 0o700
    with Library(photos) as library:
        assert library.roots() == {}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_a_library_that_its_owner_opened_to_others_stays_open(photos: Path) -> None:
    Library(photos).close()
    photos.chmod(0o750)
    Library(photos).close()

    assert stat.S_IMODE(photos.stat().st_mode) == 0o750


def test_a_read_only_folder_of_pictures_asks_for_another_place(plain_user: Path) -> None:
    plain_user.chmod(0o500)

    with pytest.raises(ReadOnlyLibraryError, match="Keep it somewhere else with --library DIR"):
        Library(plain_user / LIBRARY_NAME)


def test_a_library_that_may_not_be_looked_into_says_so(plain_user: Path) -> None:
    (plain_user / LIBRARY_NAME).mkdir(mode=0o300)

    with pytest.raises(ReadOnlyLibraryError, match="Permission denied"):
        Library(plain_user / LIBRARY_NAME)


def test_a_library_that_became_read_only_says_so(plain_user: Path) -> None:
    filled(plain_user, "a.jpg")
    for path in [*plain_user.rglob("*"), plain_user]:
        path.chmod(0o500 if path.is_dir() else 0o400)

    with pytest.raises(ReadOnlyLibraryError):
        filled(plain_user, "b.jpg")


def test_many_may_open_a_new_library_at_the_same_time(tmp_path: Path) -> None:
    n, errors = 4, []
    together = threading.Barrier(n, timeout=20)

    def make(folder: Path) -> None:
        together.wait()
        try:
            Library(folder).close()
        except PixkinError as error:
            errors.append(error)

    for i in range(5):
        threads = [threading.Thread(target=make, args=(tmp_path / f"{i}",)) for _ in range(n)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert errors == []


# Older libraries


def columns(path: Path) -> set[str]:
    with contextlib.closing(sqlite3.connect(path)) as db:
        return {row[1] for row in db.execute("PRAGMA table_info(images)")}


def test_an_older_library_is_brought_up_to_date_with_a_backup_beside_it(photos: Path) -> None:
    filled(photos, "a.jpg")
    path = photos / LIBRARY_NAME / "library.db"
    backup = path.with_name(f"library.db.backup-{len(MIGRATIONS)}")
    with contextlib.closing(connect(path)) as db:
        migrate(db, path, (*MIGRATIONS, "ALTER TABLE images ADD COLUMN stars INTEGER"))
        version = db.execute("PRAGMA user_version").fetchone()[0]
        n_images = db.execute("SELECT count(*) FROM images").fetchone()[0]

    assert version == len(MIGRATIONS) + 1
    assert n_images == 1
    assert columns(path) - columns(backup) == {"stars"}
    backup.replace(path)
    with opened(photos) as (library, _, root):
        assert library.known_files().keys() == {(root, "a.jpg")}


def test_a_step_that_fails_leaves_the_library_as_it_was(photos: Path) -> None:
    filled(photos, "a.jpg")
    path = photos / LIBRARY_NAME / "library.db"
    broken = "ALTER TABLE images ADD COLUMN stars;\nALTER TABLE images ADD COLUMN stars;"
    with contextlib.closing(connect(path)) as db, pytest.raises(LibraryError):
        migrate(db, path, (*MIGRATIONS, broken))

    assert "stars" not in columns(path)
    with opened(photos) as (library, _, root):
        assert library.known_files().keys() == {(root, "a.jpg")}


def test_a_new_library_has_no_backup(photos: Path) -> None:
    filled(photos, "a.jpg")

    assert list((photos / LIBRARY_NAME).glob("*backup*")) == []


# One at a time


def test_a_second_run_waits_and_then_says_that_the_library_is_busy(photos: Path) -> None:
    waits: list[int] = []
    with Library(photos / LIBRARY_NAME) as first, Library(photos / LIBRARY_NAME) as second:
        with first.writing():
            waiting = second.writing(on_wait=lambda: waits.append(1), wait_s=0.3)
            with pytest.raises(LibraryBusyError) as caught:
                waiting.__enter__()
        with second.writing(wait_s=0):
            pass

    assert caught.value.exit_code == 5
    assert waits


def test_a_second_run_goes_on_when_the_first_has_ended(photos: Path) -> None:
    with contextlib.ExitStack() as holding, Library(photos / LIBRARY_NAME) as library:
        holding.enter_context(library.writing())
        with library.writing(on_wait=holding.close, wait_s=20):
            entered = True

    assert entered


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
def test_the_lock_ends_with_the_process_that_holds_it(photos: Path, start_script) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom pixkin.library import Library\n"
        "with Library(Path(sys.argv[1])) as library, library.writing():\n"
        "    print('held', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    holder = start_script(code, photos / LIBRARY_NAME)

    assert holder.stdout.readline() == "held\n"
    with Library(photos / LIBRARY_NAME) as library:
        with pytest.raises(LibraryBusyError):
            library.writing(wait_s=0).__enter__()
        holder.send_signal(signal.SIGKILL)
        holder.wait(10)
        with library.writing(wait_s=0):
            pass


def test_a_lock_file_of_garbage_is_made_good_and_locks(photos: Path) -> None:
    with Library(photos / LIBRARY_NAME) as first, Library(photos / LIBRARY_NAME) as second:
        with first.writing():
            pass
        (first.folder / "lock.db").write_bytes(b"garbage " * 1000)
        with first.writing(wait_s=0), pytest.raises(LibraryBusyError):
            second.writing(wait_s=0).__enter__()
        with second.writing(wait_s=0):
            pass


# Where it lies


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Make a/.pixkin (a library), a/b, c and d/.pixkin (no library)."""
    for name in ("a/b", "c", "d/.pixkin"):
        (tmp_path / name).mkdir(parents=True)
    Library(tmp_path / "a" / LIBRARY_NAME).close()
    return tmp_path


def test_the_nearest_library_at_or_above_is_found(tree: Path) -> None:
    assert nearest(tree / "a") == nearest(tree / "a" / "b") == tree / "a" / LIBRARY_NAME
    assert nearest(tree / "c") is None
    assert nearest(tree / "d") is None


@pytest.mark.parametrize(
    ("given_", "anchors", "here", "expected"),
    [
        (None, [("a/b", True)], "c", "a/.pixkin"),
        (None, [("a", False), ("a/b", True)], "c", "a/.pixkin"),
        (None, [("c", True)], "a", "c/.pixkin"),
        (None, [], "a/b", "a/.pixkin"),
        ("c", [("a", True)], "a", "c"),
        ("a", [("c", True)], "c", "a/.pixkin"),
        ("a/.pixkin", [("c", True)], "c", "a/.pixkin"),
        (None, [("c", False)], "a", None),
        (None, [("c", True), ("d", True)], "a", None),
        (None, [("a", True), ("c", True)], "a", None),
        (None, [], "c", None),
    ],
)
def test_a_run_uses_the_library_that_the_paths_share(
    tree: Path, given_: str | None, anchors: list, here: str, expected: str | None
) -> None:
    named = None if given_ is None else tree / given_
    places = [(tree / folder, may_be_made) for folder, may_be_made in anchors]
    with pytest.raises(LibraryNeededError) if expected is None else contextlib.nullcontext():
        assert locate(named, places, tree / here) == tree / str(expected)


def test_a_marked_folder_is_told_from_others(tmp_path: Path) -> None:
    before = is_marked(tmp_path)
    mark(tmp_path)

    assert (before, is_marked(tmp_path)) == (False, True)


def test_making_a_folder_twice_is_making_it_once(tmp_path: Path) -> None:
    ensure_folder(tmp_path / "x" / "y")
    ensure_folder(tmp_path / "x" / "y")

    assert is_marked(tmp_path / "x" / "y")


def test_a_full_disk_is_said_in_one_line(photos: Path, run_script) -> None:
    pytest.importorskip("resource", reason="there are no limits on files here")
    code = (
        "import resource, signal, sys\nfrom pathlib import Path\nimport numpy as np\n"
        "from pixkin.errors import LibraryError\nfrom pixkin.library import Library\n"
        "from pixkin.library.store import Entry\nfrom pixkin.records import File\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "with Library(Path(sys.argv[1])) as library, library.space({}, 10**6) as space:\n"
        "    root = library.add_root(Path(sys.argv[1]).parent)\n"
        "    entry = Entry(File(root, 'a', 1, 1, 1), b'a' * 32, vector=np.zeros(10**6))\n"
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (10**6, 10**6))\n"
        "    try:\n"
        "        library.write([entry], space, '')\n"
        "    except LibraryError as error:\n"
        "        print(error)\n"
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (10**8, -1))\n"
    )
    done = run_script(code, photos / LIBRARY_NAME)

    assert "cannot be used (File too large)" in done.stdout
    with opened(photos) as (library, _, _):
        assert library.known_files() == {}
