"""A whole library as one file, to keep as a backup or to take to another computer."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from pixkin.errors import LibraryError, LibraryTooNewError, PathError
from pixkin.files import replacing
from pixkin.library.place import DATABASE, LIBRARY_NAME, mark
from pixkin.library.schema import connect, guarded, migrate
from pixkin.library.upkeep import check_database

__all__ = ["pack", "unpack"]

THUMBNAILS = "cache/thumbnails.db"
CACHED = ("cache/vectors", "cache/clusterings")
MAY_BE = re.compile(
    rf"{re.escape(DATABASE)}|{THUMBNAILS}|cache/vectors/[\d.]+\.(float16|float32|uint8)"
    r"|cache/clusterings/\d+\.npz"
)
"""What may be in an archive; nothing else is written anywhere."""
DAMAGED = (OSError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError)
BLOCK = 2**20
NO_LIBRARY = "is not a whole library that Pixkin exported ({})"


def pack(db: sqlite3.Connection, folder: Path, target: Path, *, with_cache: bool) -> None:
    """Write a library to one file. To be called while the library is held.

    Parameters
    ----------
    db : Connection
    folder : Path
        The library's.
    target : Path
        A ZIP archive, which must not be there yet.
    with_cache : bool
        Whether vectors and thumbnails go with it, so that no picture need be read again.

    Raises
    ------
    PathError
        If the archive cannot be written there.
    """
    if target.exists():
        raise PathError(str(target), "is there already; give another name")
    try:
        with (
            tempfile.TemporaryDirectory(dir=target.parent, prefix=".pixkin-") as scratch,
            replacing(target) as stream,
            zipfile.ZipFile(stream, "w") as archive,
            guarded(folder),
        ):
            _add(archive, _copied(db, Path(scratch, "database")), DATABASE)
            for path in _cached(folder) if with_cache else ():
                _add(archive, path, path.relative_to(folder).as_posix())
            if with_cache and (folder / THUMBNAILS).exists():
                with contextlib.closing(connect(folder / THUMBNAILS)) as thumbnails:
                    _add(archive, _copied(thumbnails, Path(scratch, "small")), THUMBNAILS)
    except OSError as error:
        raise PathError(str(target), f"cannot be written ({error.strerror or error})") from error


def _cached(folder: Path) -> Iterator[Path]:
    for part in CACHED:
        yield from sorted(path for path in (folder / part).glob("*") if path.is_file())


def _copied(db: sqlite3.Connection, target: Path) -> Path:
    """Copy a database as it is at this moment."""
    with contextlib.closing(sqlite3.connect(target)) as copy:
        db.backup(copy)
    return target


def _add(archive: zipfile.ZipFile, path: Path, name: str) -> None:
    # Vectors and thumbnails hardly shrink.
    how = zipfile.ZIP_DEFLATED if name == DATABASE else zipfile.ZIP_STORED
    archive.write(path, name, compress_type=how, compresslevel=1)


def unpack(archive: Path, parent: Path) -> Path:
    """Make a library of one that was packed.

    All of it is written and looked at beside its place first, so there is never half a library.

    Parameters
    ----------
    archive : Path
    parent : Path
        The folder that it is to lie in.

    Returns
    -------
    Path
        The library's folder.

    Raises
    ------
    PathError
        If the archive cannot be read, is no library, or there is a library already.
    LibraryTooNewError
        If a newer version packed it.
    """
    target = parent / LIBRARY_NAME
    if target.exists():
        raise PathError(str(target), "is there already; move it away, or give another folder")
    try:
        parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(dir=parent, prefix=".pixkin-"))
    except OSError as error:
        raise PathError(str(parent), f"cannot be written ({error.strerror or error})") from error
    try:
        _extract(archive, scratch)
        _look_through(archive, scratch)
        scratch.rename(target)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return target


def _extract(archive: Path, folder: Path) -> None:
    mark(folder)
    try:
        with zipfile.ZipFile(archive) as stream:
            names = stream.namelist()
            odd = [name for name in names if not MAY_BE.fullmatch(name)]
            if odd or DATABASE not in names or len(set(names)) < len(names):
                raise PathError(str(archive), NO_LIBRARY.format("other things are in it"))
            for name in names:
                path = folder / name
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                with stream.open(name) as source, path.open("wb") as copy:
                    shutil.copyfileobj(source, copy, BLOCK)
                    copy.flush()
                    os.fsync(copy.fileno())
    except DAMAGED as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise PathError(str(archive), f"cannot be unpacked ({reason})") from error


def _look_through(archive: Path, folder: Path) -> None:
    """Open the database, and see that it is sound and has our tables and nothing else.

    A database may hold code of its own, triggers and views, that runs when it is used.
    """
    try:
        with contextlib.closing(connect(folder / DATABASE)) as db:
            migrate(db, folder / DATABASE)
            findings = list(check_database(db, folder))
            is_ours = _things(db) == _things_of_ours(folder)
    except LibraryTooNewError:
        raise
    except LibraryError as error:
        raise PathError(str(archive), NO_LIBRARY.format(error.__cause__)) from error
    if findings:
        raise PathError(str(archive), NO_LIBRARY.format(findings[0].reason))
    if not is_ours:
        raise PathError(str(archive), NO_LIBRARY.format("its tables are others"))


def _things(db: sqlite3.Connection) -> set[tuple[str, str]]:
    return set(db.execute("SELECT type, name FROM sqlite_master"))


def _things_of_ours(folder: Path) -> set[tuple[str, str]]:
    sample = folder / "sample.db"
    with contextlib.closing(connect(sample)) as db:
        migrate(db, sample)
        found = _things(db)
    for path in folder.glob("sample.db*"):
        path.unlink()
    return found
