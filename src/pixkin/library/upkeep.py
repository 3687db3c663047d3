"""What a library holds, and whether all of it is sound. Only looks; changes nothing."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import random
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from pixkin.errors import LibraryDamagedError
from pixkin.library.roots import Root, file_counts
from pixkin.library.schema import connect, guarded
from pixkin.library.spaces import path_of
from pixkin.library.vectors import VectorFile
from pixkin.records import Json

__all__ = [
    "Finding",
    "LibraryInfo",
    "RootInfo",
    "check",
    "info",
]

FindingKind = Literal["damage", "rot", "unreadable", "gone", "changed", "missing-folder", "cache"]
SAMPLE = 500
"""Files hashed by default: of 50,000 photos 500 take seconds, and if 1 in 100 has rotted, one of
them is found with a chance of 99 %."""
MOST_LINES = 20
"""Of what SQLite says of a damaged database: one broken page may give thousands."""


@dataclass(frozen=True, slots=True)
class RootInfo:
    """A folder that files are filed under.

    Attributes
    ----------
    path : str
    is_there : bool
        Whether it can be looked into now: a disk may not be mounted.
    is_whole : bool
        Whether all in it was asked for, not only some files by name or pattern.
    files : int
        Known in it.
    """

    path: str
    is_there: bool
    is_whole: bool
    files: int


@dataclass(frozen=True, slots=True)
class LibraryInfo:
    """What a library holds.

    Attributes
    ----------
    folder : str
    format : int
        Of the database.
    roots : tuple of RootInfo
    encoder : str or None
        The one that it was first used with.
    files, images : int
        Files with the same bytes are one image; contents that no file has any more do not count.
    failed : int
        Images that could not be read as pictures.
    vectors : int
        Of all encoders that it was used with.
    precious_bytes, cache_bytes : int
        On the disk: what cannot be made again, and what can.
    """

    folder: str
    format: int
    roots: tuple[RootInfo, ...]
    encoder: str | None
    files: int
    images: int
    failed: int
    vectors: int
    precious_bytes: int
    cache_bytes: int

    def to_dict(self) -> Json:
        """Give all of it as JSON can hold it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was.

    Attributes
    ----------
    kind : {"damage", "rot", "unreadable", "gone", "changed", "missing-folder", "cache"}
        Damage of the database. Rot: a file's bytes are not those that were read, though its time
        is; a disk or a program has changed it unseen. Unreadable, gone, or changed since it was
        read: the next run follows that. A root that is not there. Something of the cache is
        missing: the next run makes it again.
    where : str
        A path.
    reason : str
    """

    kind: FindingKind
    where: str
    reason: str

    @property
    def is_bad(self) -> bool:
        """Tell whether something may be lost."""
        return self.kind in {"damage", "rot"}


def info(
    db: sqlite3.Connection, folder: Path, roots: Sequence[Root], encoders: Sequence[str]
) -> LibraryInfo:
    """Count what a library holds."""
    counts = file_counts(db)
    ((n_images, n_failed, n_vectors, version),) = db.execute(
        "SELECT (SELECT count(DISTINCT image_id) FROM files WHERE gone IS NULL), "
        "(SELECT count(*) FROM failures "
        "WHERE image_id IN (SELECT image_id FROM files WHERE gone IS NULL) "
        "AND image_id NOT IN (SELECT image_id FROM vectors)), "
        "(SELECT count(*) FROM vectors), (SELECT user_version FROM pragma_user_version)"
    )
    return LibraryInfo(
        folder=str(folder),
        format=version,
        roots=tuple(
            RootInfo(root.path, _is_there(root), root.is_whole, counts.get(root.root_id, 0))
            for root in sorted(roots, key=lambda root: os.fsencode(root.path))
        ),
        encoder=encoders[0] if encoders else None,
        files=sum(counts.values()),
        images=n_images,
        failed=n_failed,
        vectors=n_vectors,
        precious_bytes=sum(path.stat().st_size for path in folder.glob("library.db*")),
        cache_bytes=sum(
            path.stat().st_size for path in (folder / "cache").rglob("*") if path.is_file()
        ),
    )


def check(
    db: sqlite3.Connection,
    folder: Path,
    roots: Iterable[Root],
    n_sample: int | None,
    random_state: int | None,
    on_file: Callable[[int, int], None],
) -> list[Finding]:
    """Check the database, and if that is sound, the cache and the files."""
    damage = list(check_database(db, folder))
    if damage:
        return damage
    return [*check_cache(db, folder), *check_files(db, roots, n_sample, random_state, on_file)]


def check_database(db: sqlite3.Connection, folder: Path) -> Iterator[Finding]:
    """Look through the database."""
    where = str(folder / "library.db")
    try:
        lines = [line for (line,) in db.execute(f"PRAGMA integrity_check({MOST_LINES})")]
        broken = db.execute("PRAGMA foreign_key_check").fetchmany(MOST_LINES)
    except sqlite3.DatabaseError as error:
        yield Finding("damage", where, str(error))
        return
    for line in lines:
        if line != "ok":
            yield Finding("damage", where, str(line))
    for table, row, other, _ in broken:
        yield Finding("damage", where, f"row {row} of {table} names no row of {other}")


def check_cache(db: sqlite3.Connection, folder: Path) -> Iterator[Finding]:
    """Look for what the database says the cache holds."""
    spaces = db.execute("SELECT space_id, n_features, dtype FROM spaces ORDER BY space_id")
    for space_id, n_features, dtype in spaces.fetchall():
        path = path_of(db, folder / "cache", space_id)
        present = VectorFile.rows_present(path, n_features, dtype)
        query = "SELECT count(*) FROM vectors WHERE space_id = ? AND row >= ?"
        ((missing,),) = db.execute(query, [space_id, present])
        if missing:
            yield Finding("cache", str(path), f"{missing:,} vectors are missing")
    encoded = "SELECT sha256 FROM images WHERE image_id IN (SELECT image_id FROM vectors)"
    wanted = {sha256 for (sha256,) in db.execute(encoded)}
    path = folder / "cache" / "thumbnails.db"
    try:
        n_missing = len(wanted - _pictured(path))
    except LibraryDamagedError as error:
        yield Finding("cache", str(path), f"is damaged ({error.__cause__})")
    else:
        if n_missing:
            yield Finding("cache", str(path), f"{n_missing:,} thumbnails are missing")


def _pictured(path: Path) -> set[bytes]:
    """Name the images that have a thumbnail. `Thumbnails` would replace a damaged database."""
    if not path.exists():
        return set()
    with contextlib.closing(connect(path)) as db, guarded(path.parent):
        return {sha256 for (sha256,) in db.execute("SELECT sha256 FROM thumbnails")}


def check_files(
    db: sqlite3.Connection,
    roots: Iterable[Root],
    n_sample: int | None,
    random_state: int | None,
    on_file: Callable[[int, int], None],
) -> Iterator[Finding]:
    """Compare files with what was read of them.

    Parameters
    ----------
    db : Connection
    roots : iterable of Root
    n_sample : int or None
        How many files to hash, chosen by chance; None for all.
    random_state : int or None
        None for others each time.
    on_file : callable
        Told how many are done, of how many.
    """
    there = {}
    for root in roots:
        if _is_there(root):
            there[root.root_id] = root.path
        else:
            yield Finding(
                "missing-folder", root.path, "is not there, so its files were not looked at"
            )
    marks = ", ".join("?" * len(there))
    query = (
        f"SELECT file_id FROM files WHERE root_id IN ({marks}) AND gone IS NULL ORDER BY file_id"
    )
    chosen = [file_id for (file_id,) in db.execute(query, list(there))]
    if n_sample is not None and n_sample < len(chosen):
        chosen = sorted(random.Random(random_state).sample(chosen, n_sample))
    for done, file_id in enumerate(chosen):
        on_file(done, len(chosen))
        row = db.execute(
            "SELECT root_id, path, f.bytes, mtime_ns, sha256 "
            "FROM files f JOIN images USING (image_id) WHERE file_id = ?",
            [file_id],
        ).fetchone()
        if row is not None:  # another run may have forgotten it
            root_id, path, *known = row
            yield from _look(os.path.join(there[root_id], os.fsdecode(path)), *known)  # noqa: PTH118
    on_file(len(chosen), len(chosen))


def _look(path: str, n_bytes: int, mtime_ns: int, sha256: bytes) -> Iterator[Finding]:
    try:
        with open(path, "rb") as stream:  # noqa: PTH123
            status = os.fstat(stream.fileno())
            if status.st_mtime_ns != mtime_ns:
                yield Finding("changed", path, "was changed since it was read")
            elif status.st_size != n_bytes:
                yield Finding("rot", path, f"has {status.st_size:,} bytes, not {n_bytes:,}")
            elif hashlib.file_digest(stream, "sha256").digest() != sha256:
                yield Finding("rot", path, "its bytes are not those that were read")
    except FileNotFoundError:
        yield Finding("gone", path, "is not there any more")
    except OSError as error:
        kind: FindingKind = "rot" if error.errno == errno.EIO else "unreadable"
        yield Finding(kind, path, f"cannot be read ({error.strerror or error})")


def _is_there(root: Root) -> bool:
    try:
        with os.scandir(root.path):
            return True
    except OSError:
        return False
