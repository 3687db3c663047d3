"""What a library says of itself, and what a check of it finds."""

import errno
import hashlib
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import draw_folder

import pixkin
from pixkin.library import Library
from pixkin.library.upkeep import Finding, RootInfo

N = 6


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Give a folder of pictures that a library knows."""
    folder = tmp_path / "photos"
    draw_folder(folder, N, kinds=1)
    pixkin.cluster(folder, encoder="color")
    return folder


@pytest.fixture
def checked(photos: Path) -> Callable[..., list[Finding]]:
    """Give a function that checks the library of the pictures."""

    def check(n_sample: int | None = None, **options: object) -> list[Finding]:
        with Library(photos / ".pixkin") as library:
            return library.check(n_sample, **options)

    return check


def pictures(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix in {".png", ".jpg"})


def rewrite(path: Path, change: Callable[[bytes], bytes]) -> None:
    """Change a file's bytes, but not its time."""
    status = path.stat()
    path.write_bytes(change(path.read_bytes()))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# What it holds


def test_a_library_tells_how_much_it_holds(photos: Path) -> None:
    first = pictures(photos)[0]
    (photos / "copy.png").write_bytes(first.read_bytes())
    (photos / "broken.png").write_bytes(first.read_bytes()[:60])
    pixkin.cluster(photos, encoder="color")

    with Library(photos / ".pixkin") as library:
        known = library.info()

    assert (known.files, known.images, known.failed, known.vectors) == (N + 2, N + 1, 1, N)
    assert known.roots == (RootInfo(str(photos), True, True, N + 2),)
    assert known.encoder == "color"
    assert known.precious_bytes > 0
    assert known.cache_bytes > 0
    assert known.to_dict()["roots"][0]["files"] == N + 2


def test_a_content_that_was_replaced_or_read_after_all_is_not_counted(photos: Path) -> None:
    first, second, *_ = pictures(photos)
    (photos / "large.png").write_bytes(first.read_bytes() + b"more")
    pixkin.cluster(photos, encoder="color", max_megapixels=0.001)
    second.write_bytes(second.read_bytes() + b"other bytes")
    pixkin.cluster(photos, encoder="color")

    with Library(photos / ".pixkin") as library:
        known = library.info()

    assert (known.files, known.images, known.failed) == (N + 1, N + 1, 0)


def test_a_folder_that_is_not_there_is_told_of(photos: Path, tmp_path: Path) -> None:
    pixkin.cluster(photos, encoder="color", library=tmp_path / "library")
    photos.rename(tmp_path / "away")

    with Library(tmp_path / "library") as library:
        (root,) = library.info().roots

    assert not root.is_there
    assert root.files == N


# What a check finds


def test_nothing_is_found_of_what_is_sound(checked: Callable[..., list[Finding]]) -> None:
    assert checked() == []


@pytest.mark.parametrize(
    "change",
    [lambda data: data[:-1] + bytes([data[-1] ^ 1]), lambda data: data + b"more"],
    ids=["one bit", "its length"],
)
def test_bytes_that_changed_without_their_time_are_rot(
    checked: Callable[..., list[Finding]], photos: Path, change: Callable[[bytes], bytes]
) -> None:
    rotten = pictures(photos)[2]
    rewrite(rotten, change)

    (finding,) = checked()

    assert (finding.kind, finding.where, finding.is_bad) == ("rot", str(rotten), True)


def test_what_was_saved_again_or_deleted_is_no_rot(
    checked: Callable[..., list[Finding]], photos: Path
) -> None:
    saved, deleted, *_ = pictures(photos)
    saved.write_bytes(saved.read_bytes() + b"more")
    os.utime(saved, ns=(1, 1))
    deleted.unlink()

    found = {finding.where: finding.kind for finding in checked()}

    assert found == {str(saved): "changed", str(deleted): "gone"}


def test_what_is_there_and_cannot_be_read_is_no_rot(
    checked: Callable[..., list[Finding]], photos: Path
) -> None:
    odd = pictures(photos)[0]
    odd.unlink()
    odd.mkdir()

    (finding,) = checked()

    assert (finding.kind, finding.where, finding.is_bad) == ("unreadable", str(odd), False)
    assert finding.reason.startswith("cannot be read (")


def test_a_disk_that_fails_to_give_a_file_is_rot(
    checked: Callable[..., list[Finding]], photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = pictures(photos)[0]

    def failing(*_: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(hashlib, "file_digest", failing)
    found = checked()

    assert {(finding.kind, finding.is_bad) for finding in found} == {("rot", True)}
    assert str(bad) in {finding.where for finding in found}


def test_a_folder_that_is_away_is_one_finding_and_not_one_for_each_file(
    photos: Path, tmp_path: Path
) -> None:
    pixkin.cluster(photos, encoder="color", library=tmp_path / "library")
    photos.rename(tmp_path / "away")

    with Library(tmp_path / "library") as library:
        found = library.check(None)

    assert [(finding.kind, finding.where) for finding in found] == [("missing-folder", str(photos))]


def test_rows_that_point_at_nothing_are_damage(
    checked: Callable[..., list[Finding]], photos: Path
) -> None:
    database = sqlite3.connect(photos / ".pixkin" / "library.db")
    database.execute("DELETE FROM images WHERE image_id = 1")
    database.commit()
    database.close()

    damage = [finding for finding in checked() if finding.kind == "damage"]

    assert damage
    assert all(finding.is_bad for finding in damage)
    assert any("of files names no row of images" in finding.reason for finding in damage)


def test_a_broken_page_is_damage(checked: Callable[..., list[Finding]], photos: Path) -> None:
    path = photos / ".pixkin" / "library.db"
    database = sqlite3.connect(path)
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    ((page,),) = database.execute("SELECT rootpage FROM sqlite_master WHERE name='files_by_image'")
    database.close()
    data = bytearray(path.read_bytes())
    data[(page - 1) * 4096 : page * 4096] = bytes(4096)
    path.write_bytes(data)

    found = checked()

    assert found
    assert {finding.kind for finding in found} == {"damage"}


def test_what_is_missing_of_the_cache_is_not_bad(
    checked: Callable[..., list[Finding]], photos: Path
) -> None:
    cache = photos / ".pixkin" / "cache"
    (vectors,) = (cache / "vectors").iterdir()
    vectors.unlink()
    for part in cache.glob("thumbnails.db*"):
        part.unlink()

    found = checked()

    assert [(finding.kind, finding.is_bad) for finding in found] == [("cache", False)] * 2
    assert [finding.reason for finding in found] == [
        f"{N} vectors are missing",
        f"{N} thumbnails are missing",
    ]


def test_damaged_thumbnails_are_told_of_and_stay_as_they_are(
    checked: Callable[..., list[Finding]], photos: Path
) -> None:
    path = photos / ".pixkin" / "cache" / "thumbnails.db"
    for part in path.parent.glob("thumbnails.db-*"):
        part.unlink()
    path.write_bytes(b"no database" * 1000)

    (finding,) = checked()

    assert (finding.kind, finding.where) == ("cache", str(path))
    assert path.read_bytes() == b"no database" * 1000


def test_a_check_changes_nothing(checked: Callable[..., list[Finding]], photos: Path) -> None:
    rewrite(pictures(photos)[0], lambda data: data + b"more")
    checked()
    before = contents(photos)

    checked()

    assert contents(photos) == before


@pytest.mark.parametrize(("n_sample", "n_hashed"), [(0, 0), (2, 2), (N, N), (N + 9, N), (None, N)])
def test_as_many_files_are_hashed_as_were_asked_for(
    checked: Callable[..., list[Finding]], photos: Path, n_sample: int | None, n_hashed: int
) -> None:
    for path in pictures(photos):
        rewrite(path, lambda data: data + b"more")
    steps = []

    found = checked(n_sample, on_progress=steps.append)

    assert len(found) == len({finding.where for finding in found}) == n_hashed
    assert (steps[-1].stage, steps[-1].done, steps[-1].total) == ("check", n_hashed, n_hashed)


def test_the_same_seed_looks_at_the_same_files_and_others_at_others(
    checked: Callable[..., list[Finding]], photos: Path
) -> None:
    for path in pictures(photos):
        rewrite(path, lambda data: data + b"more")

    assert checked(3, random_state=1) == checked(3, random_state=1)
    assert len({tuple(map(repr, checked(1, random_state=seed))) for seed in range(20)}) > 1
