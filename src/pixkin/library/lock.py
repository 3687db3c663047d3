"""One run at a time adds to a library."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from pixkin.errors import LibraryBusyError
from pixkin.library.schema import guarded

__all__ = ["LOCK_WAIT_S", "locked"]

LOCK_WAIT_S = 10.0
LOCK_POLL_S = 0.1


@contextlib.contextmanager
def locked(folder: Path, on_wait: Callable[[], None], wait_s: float) -> Iterator[None]:
    """Hold the library in ``folder``.

    The lock is SQLite's own on an empty database, so it ends with the process that holds it.

    Raises
    ------
    LibraryBusyError
        If another run holds it for longer than ``wait_s`` seconds.
    """
    with guarded(folder):
        lock = sqlite3.connect(folder / "lock.db", timeout=0, isolation_level=None)
    with contextlib.closing(lock):
        give_up = time.monotonic() + wait_s
        while not _take(lock, folder):
            if time.monotonic() > give_up:
                raise LibraryBusyError(str(folder), wait_s)
            on_wait()
            time.sleep(LOCK_POLL_S)
        yield


def _take(lock: sqlite3.Connection, folder: Path) -> bool:
    try:
        with guarded(folder):
            _begin(lock, folder / "lock.db")
    except LibraryBusyError:
        return False
    return True


def _begin(lock: sqlite3.Connection, path: Path) -> None:
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code not in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}:
            raise
        # Emptied where it lies, not replaced: of two processes that find it damaged, one would
        # else replace what the other holds by then. The lock is not on its content.
        os.truncate(path, 0)
        lock.execute("BEGIN EXCLUSIVE")
