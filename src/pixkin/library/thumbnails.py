"""The database of thumbnails: part of the cache, so that damage is met by starting anew."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from pixkin.errors import LibraryDamagedError
from pixkin.library.schema import connect

__all__ = ["open_thumbnails"]


def open_thumbnails(cache: Path) -> sqlite3.Connection:
    """Open the thumbnails in the folder ``cache``; both are made if they are not there."""
    cache.mkdir(mode=0o700, exist_ok=True)
    path = cache / "thumbnails.db"
    try:
        connection = connect(path)
    except LibraryDamagedError:
        for part in cache.glob(f"{path.name}*"):
            part.unlink()
        connection = connect(path)
    connection.execute(
        "CREATE TABLE IF NOT EXISTS thumbnails (sha256 BLOB PRIMARY KEY, jpeg BLOB NOT NULL)"
    )
    return connection
