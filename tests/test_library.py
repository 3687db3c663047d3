import contextlib
import dataclasses
import hashlib
import os
import re
import shutil
import signal
import sqlite3
import stat
import tempfile
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
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
from pixkin.library.values import KeptClustering
from pixkin.library.vectors import VectorFile
from pixkin.records import File, ImageFacts

NUMBERS = SimpleNamespace(fingerprint={"encoder": "numbers", "version": 1}, n_features=4)
"""As much of an encoder as the library looks at."""
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
        with library.space(NUMBERS) as space:
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
    assert vectors[:].tolist() == [item.vector.tolist() for item in reversed(entries)]
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
        fingerprint = NUMBERS.fingerprint
        other = SimpleNamespace(fingerprint={**fingerprint, "version": 2}, n_features=7)
        with library.space(other) as newer:
            assert newer.rows == {}
            assert newer.space_id != space.space_id
        reordered = dict(reversed(fingerprint.items()))
        with library.space(SimpleNamespace(fingerprint=reordered, n_features=4)) as same:
            assert same.rows.keys() == {item.sha256}


@pytest.mark.parametrize("dtype", ["float16", "uint8"])
def test_vectors_are_kept_as_the_encoder_says(photos: Path, dtype: str) -> None:
    encoder = SimpleNamespace(fingerprint={"encoder": dtype}, n_features=4, dtype=dtype)
    vectors = np.array([[0, 1, 128, 255], [7, 0, 0, 9]], dtype=np.uint8)
    for _ in range(2):
        with Library(photos / LIBRARY_NAME) as library, library.space(encoder) as space:
            items = [
                dataclasses.replace(entry(library.add_root(photos), name), vector=vector)
                for name, vector in zip(("a.jpg", "b.jpg"), vectors, strict=True)
            ]
            if not space.rows:
                library.write(items, space, RULES)
            read = space.read([item.sha256 for item in items])
            kept = library._rows("SELECT n_features, dtype FROM spaces")

            assert read.dtype == dtype
            assert np.array_equal(read, vectors)
            assert kept == [(4, dtype)]
    (file,) = (photos / LIBRARY_NAME / "cache" / "vectors").iterdir()

    assert file.stat().st_size == vectors.size * np.dtype(dtype).itemsize


def test_a_batch_that_fails_half_way_leaves_nothing(photos: Path) -> None:
    with opened(photos) as (library, space, root):
        stranger = entry("/not/a/root", "b.jpg")
        with pytest.raises(KeyError):
            library.write([entry(root, "a.jpg"), stranger], space, RULES)

    with opened(photos) as (library, space, root):
        assert library.known_files() == {}
        assert library.known_images(RULES) == {}
        assert space.rows == {}


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

        assert space.read([item.sha256])[:].tolist() == [item.vector.tolist()]


def test_a_vector_file_cut_short_keeps_its_whole_rows(photos: Path) -> None:
    entries = filled(photos, "a.jpg", "b.jpg", "c.jpg")
    (file,) = (photos / LIBRARY_NAME / "cache" / "vectors").iterdir()
    os.truncate(file, 2 * 8 + 3)
    with opened(photos) as (_, space, _):
        assert space.rows.keys() == {item.sha256 for item in entries[:2]}
        assert space.read([entries[1].sha256])[:].tolist() == [entries[1].vector.tolist()]


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
        assert read[:].tolist() == [item.vector.tolist() for item in wanted]


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


# Clusterings


ARRAYS = ("leaves", "places", "reduced", "unions", "likely")


def kept_of(entries: list[Entry], **changes: Any) -> KeptClustering:
    """Make a clustering of these images: two leaves that are joined, and some in none."""
    n, rng = len(entries), np.random.default_rng(3)
    made = KeptClustering(
        settings={"detail": 1},
        hashes=sorted(item.sha256 for item in entries),
        leaves=np.arange(n, dtype=np.int64) % 3 - 1,
        places=rng.normal(size=(n, 2)).astype(np.float32),
        reduced=rng.normal(size=(n, 5)).astype(np.float16),
        unions=np.array([[1, 0]], dtype=np.int64),
        best=2,
        likely=rng.uniform(size=(2, 7)).astype(np.float32),
        reduction={"axes0": rng.normal(size=(3, 2)).astype(np.float32)},
    )
    return dataclasses.replace(made, **changes)


def assert_same(one: KeptClustering | None, other: KeptClustering) -> None:
    assert one is not None
    assert (one.settings, list(one.hashes)) == (other.settings, list(other.hashes))
    assert one.best == other.best
    assert one.reduction.keys() == other.reduction.keys()
    assert all(np.array_equal(one.reduction[name], other.reduction[name]) for name in one.reduction)
    for name in ARRAYS:
        here, there = getattr(one, name), getattr(other, name)

        assert here.dtype == there.dtype, name
        assert here.shape == there.shape, name
        assert np.array_equal(here, there), name


def clusterings_in(photos: Path) -> list[Path]:
    """Give what the cache holds of clusterings, the oldest first."""
    found = (photos / LIBRARY_NAME / "cache" / "clusterings").iterdir()
    return sorted(found, key=lambda path: int(path.stem))


def test_a_clustering_is_found_again_by_its_recipe(photos: Path) -> None:
    entries = filled(photos, "a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg")
    with opened(photos) as (library, space, _):
        library.save_clustering("recipe", space.space_id, kept_of(entries))
        library.save_clustering("of a part", space.space_id, kept_of(entries[1:4]))

        assert_same(library.load_clustering("recipe"), kept_of(entries))
        assert library.load_clustering("another") is None
    with opened(photos) as (library, _, _):
        assert_same(library.load_clustering("recipe"), kept_of(entries))
        assert_same(library.load_clustering("of a part"), kept_of(entries[1:4]))


@settings(max_examples=25)
@given(st.lists(st.integers(-1, 6), min_size=1, max_size=9), st.booleans(), st.data())
def test_any_clustering_comes_back_as_it_was(
    labels: list[int], has_tree: bool, data: st.DataObject
) -> None:
    n_leaves = max(labels) + 1
    pairs = st.lists(st.integers(0, max(n_leaves - 1, 0)), min_size=2, max_size=2)
    unions = data.draw(st.lists(pairs, max_size=n_leaves)) if has_tree else []
    n_classes = data.draw(st.integers(0, 3))
    with tempfile.TemporaryDirectory() as folder:
        entries = filled(Path(folder), *map(str, range(len(labels))))
        kept = kept_of(
            entries,
            leaves=np.array(labels, dtype=np.int64),
            unions=np.array(unions, dtype=np.int64).reshape(-1, 2),
            best=data.draw(st.integers(1, 7)) if has_tree else None,
            likely=np.ones((n_leaves if n_classes else 0, n_classes), dtype=np.float32),
        )
        with opened(Path(folder)) as (library, space, _):
            library.save_clustering("recipe", space.space_id, kept)

            assert_same(library.load_clustering("recipe"), kept)


def test_a_clustering_takes_the_place_of_the_one_of_its_recipe(photos: Path) -> None:
    entries = filled(photos, "a.jpg", "b.jpg", "c.jpg")
    later = kept_of(entries, settings={"detail": 2}, leaves=np.array([1, 1, 0]), best=1)
    with opened(photos) as (library, space, _):
        library.save_clustering("recipe", space.space_id, kept_of(entries))
        library.save_clustering("recipe", space.space_id, later)

        assert_same(library.load_clustering("recipe"), later)
    assert len(clusterings_in(photos)) == 1


def test_only_the_newest_clusterings_are_kept(photos: Path) -> None:
    entries = filled(photos, "a.jpg")
    recipes = [f"recipe {i}" for i in range(KEPT + 3)]
    with opened(photos) as (library, space, _):
        for recipe in [*recipes, recipes[5]]:
            library.save_clustering(recipe, space.space_id, kept_of(entries))

            assert library.load_clustering(recipe) is not None
        kept = [recipe for recipe in recipes if library.load_clustering(recipe) is not None]
        ids = library._rows("SELECT clustering_id FROM clusterings ORDER BY clustering_id")
        n_members = library._rows("SELECT count(*) FROM members")

    assert kept == recipes[-KEPT:]
    assert n_members == [(KEPT,)]
    assert [path.name for path in clusterings_in(photos)] == [f"{number}.npz" for (number,) in ids]


def test_what_the_cache_holds_of_no_clustering_is_removed(photos: Path) -> None:
    entries = filled(photos, "a.jpg")
    with opened(photos) as (library, space, _):
        library.save_clustering("recipe", space.space_id, kept_of(entries))
        (file,) = clusterings_in(photos)
        shutil.copy(file, file.with_name("99.npz"))
        library.save_clustering("another", space.space_id, kept_of(entries))

        assert library.load_clustering("recipe") is not None
    assert len(clusterings_in(photos)) == 2


def damaged(content: bytes, kind: str) -> bytes:
    return {
        "empty": b"",
        "garbage": b"garbage " * 1000,
        "an array alone": content[content.index(b"\x93NUMPY") :],
        "cut short": content[: len(content) // 2],
        "without its end": content[:-1],
        "its middle": content[:200] + b"?" * 40 + content[240:],
    }[kind]


DAMAGES = ["empty", "garbage", "an array alone", "cut short", "without its end", "its middle"]


@pytest.mark.parametrize("kind", ["gone", "a folder", "with its folder", *DAMAGES])
def test_a_clustering_whose_cache_is_lost_or_damaged_is_not_found_and_is_made_anew(
    photos: Path, kind: str
) -> None:
    entries = filled(photos, "a.jpg", "b.jpg", "c.jpg")
    with opened(photos) as (library, space, _):
        library.save_clustering("recipe", space.space_id, kept_of(entries))
        (file,) = clusterings_in(photos)
        if kind in DAMAGES:
            file.write_bytes(damaged(file.read_bytes(), kind))
        elif kind == "with its folder":
            shutil.rmtree(file.parent)
        else:
            file.unlink()
        if kind == "a folder":
            file.mkdir()

        assert library.load_clustering("recipe") is None
        if kind != "a folder":
            library.save_clustering("recipe", space.space_id, kept_of(entries))

            assert_same(library.load_clustering("recipe"), kept_of(entries))


@pytest.mark.parametrize("name", ["reduced", "likely"])
def test_a_clustering_whose_cache_lacks_an_array_is_not_found(photos: Path, name: str) -> None:
    entries = filled(photos, "a.jpg", "b.jpg", "c.jpg")
    kept = kept_of(entries)
    with opened(photos) as (library, space, _):
        library.save_clustering("recipe", space.space_id, kept)
        (file,) = clusterings_in(photos)
        np.savez(file, **{name: getattr(kept, name)})

        assert library.load_clustering("recipe") is None


def test_whatever_byte_of_a_clustering_in_the_cache_changes_it_is_the_same_or_not_found(
    photos: Path,
) -> None:
    entries = filled(photos, "a.jpg", "b.jpg", "c.jpg")
    kept = kept_of(entries)
    with opened(photos) as (library, space, _):
        library.save_clustering("recipe", space.space_id, kept)
        (file,) = clusterings_in(photos)
        sound = file.read_bytes()
        for i in range(len(sound)):
            file.write_bytes(sound[:i] + bytes([sound[i] ^ 0xFF]) + sound[i + 1 :])
            found = library.load_clustering("recipe")
            if found is not None:
                assert_same(found, kept)


# Vectors


SPECIMENS = {"float16": [-2048, -0.125, 0, 0.125, 3.5, 2048], "uint8": [0, 1, 7, 254, 255]}
"""Numbers that each form holds exactly."""
FORMS = st.sampled_from(sorted(SPECIMENS))


def rows_of(dtype: str, max_size: int, min_size: int = 0) -> st.SearchStrategy[Any]:
    number = st.sampled_from(SPECIMENS[dtype])
    return st.lists(st.tuples(number, number, number), min_size=min_size, max_size=max_size)


@settings(max_examples=40)
@given(FORMS, st.data())
def test_vectors_come_back_as_they_were_in_any_order(dtype: str, data: st.DataObject) -> None:
    batches = data.draw(st.lists(rows_of(dtype, 5, min_size=1), max_size=5))
    whole = np.array([row for batch in batches for row in batch], np.float32).reshape(-1, 3)
    order = data.draw(st.permutations(range(len(whole))))
    kept = data.draw(st.integers(0, len(whole)))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "vectors")
        with VectorFile(path, 3, dtype, 0) as file:
            rows = [row for batch in batches for row in file.append(np.array(batch, np.float32))]
            read = np.asarray(file.read(np.array(order, dtype=np.int64)))
        with VectorFile(path, 3, dtype, kept) as file:
            again = np.asarray(file.read(np.arange(kept)))
        present = VectorFile.rows_present(path, 3, dtype)

    assert rows == list(range(len(whole)))
    assert read.dtype == dtype
    assert (read == whole[order]).all()
    assert (again == whole[:kept]).all()
    assert present == kept


def test_vectors_that_are_cut_short_while_they_are_read_end_with_a_message(tmp_path: Path) -> None:
    path = tmp_path / "vectors"
    with VectorFile(path, 3, "uint8", 0) as file:
        file.append(np.ones((4, 3)))
        rows = file.read(np.arange(4))
        os.truncate(path, 10)

        assert rows[:3].tolist() == [[1, 1, 1]] * 3
        with pytest.raises(LibraryError, match=f"{re.escape(str(path))} were cut short.*Run again"):
            rows[3:]


@settings(max_examples=60)
@given(FORMS, st.data())
def test_rows_of_a_file_are_indexed_as_an_array_is(dtype: str, data: st.DataObject) -> None:
    whole = np.array(data.draw(rows_of(dtype, 8)), dtype=dtype).reshape(-1, 3)
    n = len(whole)
    places = st.lists(st.integers(0, n - 1), max_size=12) if n else st.just([])
    order = np.array(data.draw(places), dtype=np.int64)
    expected = whole[order]
    numbers = st.none() | st.integers(-15, 15)
    step = st.none() | st.integers(-3, 3).filter(bool)
    part = slice(data.draw(numbers), data.draw(numbers), data.draw(step))
    inside = st.lists(st.integers(0, len(order) - 1), max_size=9) if len(order) else st.just([])
    chosen = np.array(data.draw(inside), dtype=np.int64)
    with (
        tempfile.TemporaryDirectory() as folder,
        VectorFile(Path(folder, "vectors"), 3, dtype, 0) as file,
    ):
        file.append(whole)
        read = file.read(order)
        found = {"slice": read[part], "rows": read[chosen], "all": np.asarray(read)}
        as_float = np.asarray(read, dtype=np.float32)

    assert (len(read), read.shape, read.dtype) == (len(order), (len(order), 3), np.dtype(dtype))
    for name, wanted in {
        "slice": expected[part],
        "rows": expected[chosen],
        "all": expected,
    }.items():
        assert found[name].dtype == dtype, name
        assert found[name].shape == wanted.shape, name
        assert (found[name] == wanted).all(), name
    assert as_float.dtype == np.float32
    assert (as_float == expected).all()


def test_rows_are_read_when_they_are_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "vectors"
    with VectorFile(path, 2, "uint8", 0) as file:
        file.append(np.array([[1, 2], [3, 4], [5, 6]]))
        rows = file.read(np.arange(3))
        some = rows.at(np.array([2, 0]))
        before = rows[:]
        path.write_bytes(bytes([9, 9, 8, 8, 7, 7]))

        assert rows[1:].tolist() == [[8, 8], [7, 7]]
        assert some[:].tolist() == [[7, 7], [9, 9]]
        assert (some.shape, some.dtype) == ((2, 2), rows.dtype)
        assert before.tolist() == [[1, 2], [3, 4], [5, 6]]


def test_rows_stay_readable_when_their_file_was_closed_and_hold_nothing_open(
    tmp_path: Path,
) -> None:
    path = tmp_path / "vectors"
    with VectorFile(path, 2, "float16", 0) as file:
        file.append(np.array([[1, 2], [3, 4]]))
        rows = file.read(np.array([1, 0]))
    found = rows[:]
    held = [*psutil.Process().open_files(), *psutil.Process().memory_maps()]

    assert found.tolist() == [[3, 4], [1, 2]]
    assert str(path) not in {entry.path for entry in held}


def test_of_many_rows_only_those_that_are_wanted_are_taken_into_memory(tmp_path: Path) -> None:
    path, n_features = tmp_path / "vectors", 1 << 20
    with VectorFile(path, n_features, "uint8", 0) as file:
        file.append(np.ones((1, n_features), dtype=np.uint8))
    os.truncate(path, 4096 * n_features)  # a file with a hole: four gigabytes that no disk holds
    tracemalloc.start()
    try:
        with VectorFile(path, n_features, "uint8", 4096) as file:
            rows = file.read(np.arange(4096))
            found = rows[np.array([0, 4095])]
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert found.sum(axis=1).tolist() == [n_features, 0]
    assert most < 8 * n_features


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
    with Library(photos / LIBRARY_NAME) as library, library.space(NUMBERS) as space:
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
    with Library(photos / LIBRARY_NAME) as library, library.space(NUMBERS) as space:
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


def spoil_unless_of_the_list_of_tables(database: Path, start: int) -> None:
    content = database.read_bytes()
    database.write_bytes(content[:start] + b"\xff" * PAGE + content[start + PAGE :])
    with contextlib.closing(sqlite3.connect(database)) as db:
        try:
            db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.DatabaseError:
            database.write_bytes(content)


@pytest.mark.parametrize(
    "question",
    [
        lambda library: library.roots(),
        lambda library: library.named_files(),
        lambda library: library.known_files(),
        lambda library: library.known_images(RULES),
        lambda library: library.load_clustering("recipe"),
        lambda library: library.add_root(Path("/")),
        lambda library: library.space(NUMBERS).__enter__(),
    ],
    ids=["roots", "named", "files", "images", "clustering", "add-root", "space"],
)
def test_damage_that_shows_later_is_called_damage_too(
    photos: Path, question: Callable[[Library], object]
) -> None:
    filled(photos, "a.jpg")
    database = photos / LIBRARY_NAME / "library.db"
    for rest in photos.glob(".pixkin/library.db-*"):
        rest.unlink()
    for page in range(1, database.stat().st_size // PAGE):
        spoil_unless_of_the_list_of_tables(database, page * PAGE)

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
        "from types import SimpleNamespace\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "long = SimpleNamespace(fingerprint={}, n_features=10**6)\n"
        "with Library(Path(sys.argv[1])) as library, library.space(long) as space:\n"
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
