"""Giving back the room that a library does not need any more."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import numpy as np

from pixkin.library import journal
from pixkin.library.schema import guarded, transaction
from pixkin.library.spaces import file_name
from pixkin.library.thumbnails import Thumbnails
from pixkin.library.vectors import Rows, VectorFile

__all__ = ["compact", "tidy_cache"]

BLOCK = 4096
"""Vectors that are copied at a time."""
OLDER = (
    "DELETE FROM clusterings WHERE recipe <> ? "
    "AND clustering_id < (SELECT max(clustering_id) FROM clusterings)"
)
"""Kept results but for the one that the groups come from, and the newest."""
ENCODED = "SELECT sha256 FROM images WHERE image_id IN (SELECT image_id FROM vectors)"


def compact(db: sqlite3.Connection, folder: Path, thumbnails: Thumbnails) -> None:
    """Drop what nothing needs, and close the gaps. To be called while the library is held.

    Each step is whole or is not there, so that a run that is cut off loses nothing. Names,
    corrections and what is known of files all stay.

    Parameters
    ----------
    db : Connection
    folder : Path
        The library's.
    thumbnails : Thumbnails
    """
    cache = folder / "cache"
    with transaction(db, folder):
        db.execute(OLDER, [journal.outline(db).recipe])
        spaces = db.execute("SELECT space_id, generation, n_features, dtype FROM spaces")
    for space_id, generation, n_features, dtype in spaces.fetchall():
        names = [file_name(space_id, number, dtype) for number in (generation, generation + 1)]
        old, new = (cache / "vectors" / name for name in names)
        _close_gaps(db, folder, space_id, _File(old, n_features, dtype), new)
    with guarded(folder):
        thumbnails.keep({sha256 for (sha256,) in db.execute(ENCODED)})
        tidy_cache(db, cache)
        db.execute("VACUUM")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


class _File:
    """Vectors as they lie in a file."""

    def __init__(self, path: Path, n_features: int, dtype: str) -> None:
        self.path, self.n_features, self.dtype = path, n_features, dtype

    @property
    def n_rows(self) -> int:
        return VectorFile.rows_present(self.path, self.n_features, self.dtype)

    def copy(self, rows: list[int], target: Path) -> None:
        """Write some of the rows to a file of their own, and put it on the disk."""
        found = Rows(self.path, self.n_features, self.dtype, np.array(rows, dtype=np.int64))
        with target.open("wb") as stream:
            for start in range(0, len(rows), BLOCK):
                stream.write(found[start : start + BLOCK].tobytes())
            stream.flush()
            os.fsync(stream.fileno())


def _close_gaps(
    db: sqlite3.Connection, folder: Path, space_id: int, old: _File, target: Path
) -> None:
    """Write the vectors of a space that count to a new file, which takes the old one's place.

    The new file is whole before the database names it, and the old one goes after that.
    """
    query = "SELECT image_id, row FROM vectors WHERE space_id = ? AND row < ? ORDER BY row"
    n_rows = old.n_rows
    placed = db.execute(query, [space_id, n_rows]).fetchall()
    if len(placed) == n_rows:
        return
    with guarded(folder):
        old.copy([row for _, row in placed], target)
    with transaction(db, folder):
        db.execute("DELETE FROM vectors WHERE space_id = ?", [space_id])
        rows = ((space_id, image, row) for row, (image, _) in enumerate(placed))
        db.executemany("INSERT INTO vectors VALUES (?, ?, ?)", rows)
        db.execute("UPDATE spaces SET generation = generation + 1 WHERE space_id = ?", [space_id])


def tidy_cache(db: sqlite3.Connection, cache: Path) -> None:
    """Delete the files of the cache that the database does not name."""
    spaces = db.execute("SELECT space_id, generation, dtype FROM spaces")
    named = {cache / "vectors" / file_name(*space) for space in spaces}
    kept = db.execute("SELECT clustering_id FROM clusterings")
    named |= {cache / "clusterings" / f"{clustering_id}.npz" for (clustering_id,) in kept}
    for part in ("vectors", "clusterings"):
        for path in (cache / part).glob("*"):
            if path not in named and path.is_file():
                path.unlink()
