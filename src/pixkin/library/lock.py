"""One run at a time adds to a library."""

from __future__ import annotations

import contextlib
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
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_BUSY:
            with guarded(folder):
                raise
        return False
    return True
