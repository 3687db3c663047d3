"""The database of thumbnails: part of the cache, so that damage is met by starting anew."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator, Set
from pathlib import Path

from pixkin.errors import LibraryDamagedError, LibraryError
from pixkin.library.schema import connect, guarded

__all__ = ["Reader", "Thumbnails", "thumbnails_in"]

INNOCENT = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_NOMEM,
    }
)
"""What SQLite says of a file that may be sound."""

TABLE = "CREATE TABLE IF NOT EXISTS thumbnails (sha256 BLOB PRIMARY KEY, jpeg BLOB NOT NULL)"
ROWS = "SELECT count(*), sum(length(jpeg)) FROM thumbnails NOT INDEXED"
KEYS = "SELECT sha256 FROM thumbnails INDEXED BY sqlite_autoindex_thumbnails_1"


class Thumbnails:
    """JPEGs by the SHA-256 of their image.

    To be opened while the library is held, as a database may only be replaced while no other
    process has it open.

    Parameters
    ----------
    cache : Path
        The folder that the database is in, or is made in.
    """

    def __init__(self, cache: Path) -> None:
        self.path = cache / "thumbnails.db"
        try:
            self._db = _open(self.path)
        except (sqlite3.DatabaseError, LibraryError) as error:
            if not _is_damage(error):
                with guarded(cache.parent):
                    raise
            with guarded(cache.parent):
                self._remove()
                self._db = _open(self.path)

    def hashes(self) -> set[bytes]:
        """Name the images that have one."""
        with self._usable():
            return {sha256 for (sha256,) in self._db.execute(KEYS)}

    def write(self, rows: Iterable[tuple[bytes, bytes]]) -> None:
        """Write pairs of SHA-256 and JPEG: all or none."""
        with self._usable():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                self._db.executemany("INSERT OR REPLACE INTO thumbnails VALUES (?, ?)", rows)
            except BaseException:
                if self._db.in_transaction:  # some errors end it
                    self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def remove(self, hashes: Iterable[bytes]) -> None:
        """Remove those of ``hashes``."""
        with self._usable():
            self._db.executemany(
                "DELETE FROM thumbnails WHERE sha256 = ?", [(sha256,) for sha256 in hashes]
            )

    def keep(self, hashes: Set[bytes]) -> None:
        """Remove all but those of ``hashes``, and give back their room."""
        self.remove(self.hashes() - hashes)
        with self._usable():
            self._db.execute("VACUUM")
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def read(self, hashes: Iterable[bytes]) -> dict[bytes, bytes]:
        """Give those there are of ``hashes``."""
        found = {}
        with self._usable():
            for sha256 in hashes:
                query = "SELECT jpeg FROM thumbnails WHERE sha256 = ?"
                for (jpeg,) in self._db.execute(query, [sha256]):
                    found[sha256] = jpeg
        return found

    def close(self) -> None:
        self._db.close()

    @contextlib.contextmanager
    def _usable(self) -> Iterator[None]:
        """Remove a database whose damage shows late: by now the run counts on what was in it."""
        folder = self.path.parents[1]
        try:
            with guarded(folder):
                yield
        except LibraryDamagedError as error:
            self.close()
            with guarded(folder):
                self._remove()
            raise LibraryError(
                f"The thumbnails of the library in {folder} were damaged ({error.__cause__}) and "
                "have been removed. Run again to have them made anew."
            ) from error

    def _remove(self) -> None:
        for part in self.path.parent.glob(f"{self.path.name}*"):
            part.unlink()


class Reader:
    """Reads thumbnails one by one; what is damaged or not there is None. For one thread.

    It opens at once: the tables are not walked to their ends, and nothing is repaired.

    Parameters
    ----------
    cache : Path
    """

    def __init__(self, cache: Path) -> None:
        self._path = cache / "thumbnails.db"
        self._db: sqlite3.Connection | None = None

    def read(self, sha256: bytes) -> bytes | None:
        """Give the JPEG of an image."""
        query = "SELECT jpeg FROM thumbnails WHERE sha256 = ?"
        try:
            if self._db is None:
                if not self._path.is_file():
                    return None
                self._db = connect(self._path, is_shared=True)
            found = self._db.execute(query, [sha256]).fetchone()
        except (sqlite3.DatabaseError, LibraryError):
            self.close()  # the next time another file may lie there
            return None
        return None if found is None else bytes(found[0])

    def close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None


def thumbnails_in(folder: Path, hashes: Iterable[bytes]) -> dict[bytes, bytes]:
    """Give those there are of ``hashes`` in the library in ``folder``."""
    with contextlib.closing(Thumbnails(folder / "cache")) as thumbnails:
        return thumbnails.read(hashes)


def _open(path: Path) -> sqlite3.Connection:
    db = connect(path)
    try:
        db.execute(TABLE)
        # Both trees are walked to their ends, but not the JPEGs, which are most of the file.
        ((n_rows, _),) = db.execute(ROWS)
        if n_rows != sum(1 for _ in db.execute(KEYS)):
            raise sqlite3.DatabaseError("the index does not fit the table")
    except BaseException:
        db.close()
        raise
    return db


def _is_damage(error: sqlite3.DatabaseError | LibraryError) -> bool:
    cause = error.__cause__ if isinstance(error, LibraryError) else error
    code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    return isinstance(cause, sqlite3.DatabaseError) and code not in INNOCENT
