"""Compacting a library: smaller, and nothing lost."""

import contextlib
import sqlite3
from pathlib import Path

import numpy as np
import pytest
from conftest import draw_folder

import pixkin
from pixkin.errors import LibraryBusyError, LibraryError
from pixkin.library import Library
from pixkin.updating import update


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Give pictures that a library knows; half of what it knew is gone and pruned."""
    folder = draw_folder(tmp_path / "photos", 8, 4)
    for name in ("more", "yet more"):
        draw_folder(folder / name, 9, 3)
    pixkin.cluster(folder, encoder="color", layout="pca", random_state=1)
    pixkin.cluster(folder, encoder="color", layout="pca", random_state=2)
    for path in [*folder.glob("*more/*/*.*")]:
        path.unlink()
    update(folder, prune=True)
    return folder


def vectors(folder: Path) -> dict[str, bytes]:
    with pixkin.open(folder) as library:
        rows = library.vectors()
        return {
            image.sha256: row.tobytes() for image, row in zip(library.images, rows, strict=True)
        }


def compact(folder: Path) -> tuple[int, int]:
    with Library(folder / ".pixkin") as library:
        return library.compact()


def vector_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in (folder / ".pixkin/cache/vectors").iterdir())


def test_it_is_smaller_and_all_is_there(photos: Path) -> None:
    with Library(photos / ".pixkin") as library:
        library.edit.rename(library.edit.groups().groups[0].cluster_id, "Mine")
        state, entries = library.edit.state(), library.edit.entries()
    known, large = vectors(photos), vector_bytes(photos)
    before, after = compact(photos)

    assert after < before
    assert vector_bytes(photos) < large
    assert vectors(photos) == known
    with Library(photos / ".pixkin") as library:
        assert library.edit.state() == state
        assert library.edit.entries() == entries
        assert library.check(None) == []
        library.edit.undo()


def test_nothing_is_read_or_grouped_again_after_it(photos: Path) -> None:
    first = pixkin.cluster(photos, encoder="color", layout="pca", random_state=2)
    known = first.vectors_
    compact(photos)
    again = pixkin.cluster(photos, encoder="color", layout="pca", random_state=2)

    assert again.counts.encoded == 0
    assert {cost.stage for cost in again.costs} == {"scan", "read"}, "the groups were kept"
    assert again.cluster_ids == first.cluster_ids
    np.testing.assert_array_equal(again.vectors_, known)


def test_pictures_that_come_after_it_are_read(photos: Path) -> None:
    compact(photos)
    draw_folder(photos / "later", 3, 2)
    compact(photos)
    done = update(photos)
    known = vectors(photos)
    compact(photos)

    assert len(done.changes.new) == 6
    assert vectors(photos) == known


def test_a_second_time_changes_nothing(photos: Path) -> None:
    compact(photos)
    _, after = compact(photos)
    before, again = compact(photos)

    assert after == before == again


def test_what_a_killed_one_left_is_tidied_away(photos: Path) -> None:
    left = photos / ".pixkin/cache/vectors/1.1.float16"
    left.write_bytes(b"half")
    (photos / ".pixkin/cache/clusterings/99.npz").write_bytes(b"old")
    known = vectors(photos)
    compact(photos)

    assert vectors(photos) == known
    assert not (photos / ".pixkin/cache/clusterings/99.npz").exists()


def test_an_older_result_says_that_its_vectors_have_moved(photos: Path) -> None:
    made = pixkin.cluster(photos, encoder="color", layout="pca")
    draw_folder(photos / "later", 2, 1)
    update(photos)
    for path in (photos / "later").rglob("*.*"):
        path.unlink()
    update(photos, prune=True)
    compact(photos)

    with pytest.raises(LibraryError, match=r"moved while they were being read\. Run again"):
        _ = made.vectors_


def test_a_reader_does_not_hinder_it_and_it_waits_for_a_run(photos: Path) -> None:
    with contextlib.closing(sqlite3.connect(photos / ".pixkin/library.db")) as reader:
        reader.execute("SELECT count(*) FROM files").fetchone()
        compact(photos)
    with (
        Library(photos / ".pixkin") as running,
        running.writing(),
        pytest.raises(LibraryBusyError),
    ):
        compact(photos)
