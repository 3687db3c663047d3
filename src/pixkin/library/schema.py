"""The tables of ``library.db``, and how an older file becomes a newer one.

::

    roots ──< files >── images ──< vectors >── spaces      what lies where; what was encoded
                          │ └────< failures                why an image has no vector
                          ├─────── looks               what an image looks like in numbers
                          └──────< members >── clusterings

    journal                            what was done with the groups; the groups follow from it
    filings ──< actions                what was done with files, and how to take it back

A *space* is one way of encoding (`Encoder.fingerprint`). A vector's row is its place in the
space's file under ``cache/vectors``; compacting writes another file, the next generation.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from pixkin.errors import (
    LibraryBusyError,
    LibraryDamagedError,
    LibraryError,
    LibraryTooNewError,
    ReadOnlyLibraryError,
)

__all__ = ["MIGRATIONS", "connect", "guarded", "migrate", "reading", "transaction"]

BUSY_S = 10.0

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE roots (
        root_id INTEGER PRIMARY KEY,
        path BLOB NOT NULL UNIQUE,         -- relative to the library's parent, else absolute
        is_whole INTEGER NOT NULL          -- 0: only files in it were named, or fitted a pattern
    );
    CREATE TABLE images (
        image_id INTEGER PRIMARY KEY,
        sha256 BLOB NOT NULL UNIQUE,
        bytes INTEGER NOT NULL,
        width INTEGER, height INTEGER, format TEXT, orientation INTEGER,
        taken TEXT, camera TEXT, latitude REAL, longitude REAL
    );
    CREATE TABLE files (
        file_id INTEGER PRIMARY KEY,
        root_id INTEGER NOT NULL REFERENCES roots,
        path BLOB NOT NULL,                -- relative to the root, with /
        bytes INTEGER NOT NULL,
        mtime_ns INTEGER NOT NULL,
        inode INTEGER NOT NULL,
        image_id INTEGER NOT NULL REFERENCES images,
        UNIQUE (root_id, path)
    );
    CREATE INDEX files_by_image ON files (image_id);
    CREATE TABLE failures (
        image_id INTEGER PRIMARY KEY REFERENCES images,
        rules TEXT NOT NULL,               -- what decided; other rules try again
        stage TEXT NOT NULL, kind TEXT NOT NULL, reason TEXT NOT NULL
    );
    CREATE TABLE spaces (
        space_id INTEGER PRIMARY KEY,
        fingerprint TEXT NOT NULL UNIQUE,
        n_features INTEGER NOT NULL,
        dtype TEXT NOT NULL                -- of a number in the space's file
    );
    CREATE TABLE vectors (
        space_id INTEGER NOT NULL REFERENCES spaces,
        image_id INTEGER NOT NULL REFERENCES images,
        row INTEGER NOT NULL,
        PRIMARY KEY (space_id, image_id)
    ) WITHOUT ROWID;
    CREATE TABLE clusterings (
        clustering_id INTEGER PRIMARY KEY,
        made TEXT NOT NULL,                -- UTC
        recipe TEXT NOT NULL UNIQUE,       -- checksum of everything that decides the result
        settings TEXT NOT NULL,            -- JSON
        space_id INTEGER NOT NULL REFERENCES spaces,
        best INTEGER,                      -- the number of groups; NULL where there is no tree
        unions BLOB NOT NULL               -- pairs of leaves (int32) in the order they are joined
    );
    CREATE TABLE members (
        clustering_id INTEGER NOT NULL REFERENCES clusterings ON DELETE CASCADE,
        image_id INTEGER NOT NULL REFERENCES images,
        leaf INTEGER NOT NULL,             -- -1: in no group
        x REAL NOT NULL, y REAL NOT NULL,
        PRIMARY KEY (clustering_id, image_id)
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE journal (
        entry_id INTEGER PRIMARY KEY,
        made TEXT NOT NULL,                -- UTC
        action TEXT NOT NULL,              -- what was done (`lasting.state`), undo or redo
        told TEXT NOT NULL,                -- JSON
        images BLOB, labels BLOB           -- int32, deflated: image ids, and a number for each
    );
    ALTER TABLE files ADD COLUMN gone TEXT; -- since when it is not there (UTC)
    CREATE INDEX present_by_image ON files (image_id) WHERE gone IS NULL;
    """,
    """
    ALTER TABLE spaces ADD COLUMN generation INTEGER NOT NULL DEFAULT 0; -- of the space's file
    """,
    """
    CREATE TABLE filings (
        filing_id INTEGER PRIMARY KEY,
        made TEXT NOT NULL,                -- UTC
        command TEXT NOT NULL,             -- in words
        folders TEXT NOT NULL,             -- JSON: those that were made for it
        state TEXT NOT NULL                -- applying, done, undoing, undone
    );
    CREATE TABLE actions (
        action_id INTEGER PRIMARY KEY,
        filing_id INTEGER NOT NULL REFERENCES filings,
        kind TEXT NOT NULL,
        source BLOB NOT NULL, target BLOB NOT NULL,
        bytes INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, sha256 BLOB NOT NULL,
        state TEXT NOT NULL,               -- planned, done, refused, undone, stuck
        reason TEXT NOT NULL DEFAULT ''
    );
    CREATE INDEX actions_by_filing ON actions (filing_id);
    """,
    """
    CREATE TABLE looks (                   -- what pictures look like in numbers (looks.look)
        image_id INTEGER PRIMARY KEY REFERENCES images,
        version INTEGER NOT NULL,          -- another one is computed anew
        hash INTEGER NOT NULL,
        brightness REAL NOT NULL, spread REAL NOT NULL, dark REAL NOT NULL, bright REAL NOT NULL,
        sharpness REAL NOT NULL, flat REAL NOT NULL, colour REAL NOT NULL
    );
    """,
    """
    ALTER TABLE actions ADD COLUMN keyword TEXT NOT NULL DEFAULT '';  -- to write into a sidecar
    ALTER TABLE actions ADD COLUMN kept BLOB NOT NULL DEFAULT x'';    -- where what it was is kept
    """,
)
"""Step i takes a file of format i to format i + 1. A step that has been released never changes."""


def connect(path: Path, *, is_shared: bool = False) -> sqlite3.Connection:
    """Open a database, creating it if it is not there; ``is_shared`` lets other threads close it.

    Raises
    ------
    LibraryError or ReadOnlyLibraryError
        As `guarded` says.
    """
    with guarded(path.parent):
        connection = sqlite3.connect(
            path, timeout=BUSY_S, isolation_level=None, check_same_thread=not is_shared
        )
        try:
            _prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection


def _prepare(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA user_version").fetchone()  # reads the file: damage shows here
    try:
        connection.execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError:
        connection.execute("PRAGMA journal_mode = DELETE")  # no shared memory, as on NFS
    connection.execute("PRAGMA synchronous = FULL")


def migrate(connection: sqlite3.Connection, path: Path, steps: Sequence[str] = MIGRATIONS) -> None:
    """Bring a database to the newest format, with a copy of the old one beside it.

    Raises
    ------
    LibraryTooNewError
        If the file is of a format that this version does not know.
    """
    with guarded(path.parent):
        found = _version(connection)
        if found > len(steps):
            raise LibraryTooNewError(str(path.parent), found, len(steps))
        if 0 < found < len(steps):
            _back_up(connection, path.with_name(f"{path.name}.backup-{found}"))
        for number, step in enumerate(steps[found:], start=found + 1):
            _take(connection, number, step)


def _take(connection: sqlite3.Connection, number: int, step: str) -> None:
    """Take one step, unless another process that opened the library just now has taken it."""
    connection.execute("BEGIN IMMEDIATE")
    if _version(connection) < number:
        for statement in _statements(step):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {number}")
    connection.execute("COMMIT")


def _statements(script: str) -> Iterator[str]:
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        yield statement


def _version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version


@contextlib.contextmanager
def guarded(folder: Path) -> Iterator[None]:
    """Turn what SQLite says of a library's files into our errors.

    Raises
    ------
    LibraryBusyError, LibraryDamagedError, ReadOnlyLibraryError
        By SQLite's error code.
    LibraryError
        For the rest, such as a full disk.
    """
    try:
        yield
    except OSError as error:
        raise LibraryError(f"The library in {folder} cannot be used ({error.strerror}).") from error
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}:
            raise LibraryDamagedError(str(folder), str(error)) from error
        if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            raise LibraryBusyError(str(folder), BUSY_S) from error
        if code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}:
            raise ReadOnlyLibraryError(str(folder), str(error)) from error
        raise LibraryError(f"The library in {folder} cannot be used ({error}).") from error


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection, folder: Path) -> Iterator[None]:
    """Write all of what is done inside, or none of it; no other process writes meanwhile."""
    with guarded(folder), _between(connection, "BEGIN IMMEDIATE"):
        yield


@contextlib.contextmanager
def reading(connection: sqlite3.Connection, folder: Path) -> Iterator[None]:
    """Read more than once of the same state."""
    with guarded(folder), _between(connection, "BEGIN"):
        yield


@contextlib.contextmanager
def _between(connection: sqlite3.Connection, begin: str) -> Iterator[None]:
    connection.execute(begin)
    try:
        yield
    except BaseException:
        if connection.in_transaction:  # some errors end it
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _back_up(connection: sqlite3.Connection, target: Path) -> None:
    with contextlib.closing(sqlite3.connect(target)) as copy:
        connection.backup(copy)
