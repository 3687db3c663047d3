"""Making a library usable again whose database is damaged."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from pixkin.errors import LibraryDamagedError
from pixkin.lasting.fold import HANDLERS, fold
from pixkin.lasting.state import NOWHERE, REDO, UNDO, Entry, State
from pixkin.library import journal
from pixkin.library.lock import LOCK_WAIT_S, locked
from pixkin.library.place import DATABASE
from pixkin.library.salvage import pour_all
from pixkin.library.schema import MIGRATIONS, connect, guarded, migrate
from pixkin.library.upkeep import check_database

__all__ = ["Repaired", "repair"]

UNFINISHED = f"{DATABASE}.repairing"
COMPANIONS = ("-wal", "-shm", "-journal")
UNREADABLE = (ValueError, TypeError, KeyError, IndexError, zlib.error)
"""What comes of an entry whose bytes are not those that were written."""


@dataclass(frozen=True, slots=True)
class Repaired:
    """What a repair did.

    Attributes
    ----------
    reasons : tuple of str
        What was wrong; nothing if the database was sound, and then nothing was done.
    lost : tuple of str
        Tables of which not every row could be read.
    n_lost : int
        Steps of the journal (names, corrections, regroupings) that are lost.
    kept : str or None
        Where the damaged database was put.
    """

    reasons: tuple[str, ...]
    lost: tuple[str, ...] = ()
    n_lost: int = 0
    kept: str | None = None


def repair(folder: Path) -> Repaired:
    """Make a new database of what can be read of a damaged one, which is kept beside it.

    Parameters
    ----------
    folder : Path
        The library's.

    Raises
    ------
    LibraryDamagedError
        If nothing can be read.
    LibraryBusyError
        If a run is using the library.
    """
    database, unfinished = folder / DATABASE, folder / UNFINISHED
    with locked(folder, lambda: None, LOCK_WAIT_S):
        with contextlib.closing(connect(database)) as old, guarded(folder):
            reasons = tuple(finding.reason for finding in check_database(old, folder))
            if not reasons:
                return Repaired(())
            with contextlib.suppress(sqlite3.DatabaseError):
                old.execute("BEGIN IMMEDIATE")  # nobody else is to write, if damage allows that
            lost, n_lost = _made_anew(old, unfinished)
        kept = _set_aside(database)
        # Its companions first: SQLite would take them for those of the new database.
        _remove(database, COMPANIONS)
        unfinished.replace(database)
    return Repaired(reasons, tuple(lost), n_lost, str(kept))


def _made_anew(old: sqlite3.Connection, target: Path) -> tuple[list[str], int]:
    """Write a sound database, and tell what it lacks."""
    (version,) = old.execute("PRAGMA user_version").fetchone()
    if not 0 < version <= len(MIGRATIONS):
        raise LibraryDamagedError(str(target.parent), "its format is not readable")
    _remove(target, ("", *COMPANIONS))
    with contextlib.closing(connect(target)) as new:
        migrate(new, target, MIGRATIONS[:version])
        new.execute("PRAGMA foreign_keys = OFF")
        new.execute("BEGIN")
        lost = pour_all(old, new)
        new.execute("COMMIT")
        migrate(new, target)
        new.execute("BEGIN")
        n_lost = _mend_journal(new)
        new.execute("COMMIT")
        new.execute("PRAGMA journal_mode = DELETE")  # all of it lies in one file
    _remove(target, [f".backup-{version}"])
    return lost, n_lost


def _mend_journal(new: sqlite3.Connection) -> int:
    """Drop the entries that cannot stand without those that are lost, and count both.

    Where none is lost, all stays as it was. Otherwise only what counts now is kept: what was
    undone would be found by its place among steps that are gone.
    """
    n_before = journal.last(new)  # no entry is ever deleted, so the numbers have no gaps
    entries = _readable(new, n_before)
    counting = _counting(entries)
    standing = _standing(counting)
    n_lost = n_before - len(entries) + len(counting) - len(standing)
    if n_lost:
        stay = {entry.entry_id for entry in standing}
        gone = [(entry_id,) for entry_id in range(1, n_before + 1) if entry_id not in stay]
        new.executemany("DELETE FROM journal WHERE entry_id = ?", gone)
    # The number of an image that is lost must not become another's: the journal goes by it.
    used = {image for entry in standing for image in entry.images}
    new.executemany(
        "INSERT OR IGNORE INTO images (image_id, sha256, bytes) VALUES (?, ?, 0)",
        ((image, b"lost %d" % image) for image in sorted(used)),
    )
    return n_lost


def _readable(db: sqlite3.Connection, last: int) -> list[Entry]:
    found: list[Entry] = []
    for entry_id in range(1, last + 1):
        with contextlib.suppress(*UNREADABLE):
            found += journal.entries(db, entry_id, entry_id)
    return found


def _counting(entries: Iterable[Entry]) -> list[Entry]:
    """Give the entries that are not undone, in order."""
    live: dict[int, bool] = {}
    known = {}
    for entry in entries:
        if entry.action in {UNDO, REDO}:
            live[entry.told["entry"]] = entry.action == REDO
        else:
            known[entry.entry_id], live[entry.entry_id] = entry, True
    return [entry for entry_id, entry in known.items() if live[entry_id]]


def _standing(entries: Iterable[Entry]) -> list[Entry]:
    """Give those of the entries that can follow one another to groups."""
    kept: list[Entry] = []
    state = State()
    for entry in entries:
        try:
            _take(state, entry)
            kept.append(entry)
        except UNREADABLE:
            state = fold(kept, State())  # what it did of its own is not to stay
    return kept


def _take(state: State, entry: Entry) -> None:
    HANDLERS[entry.action](state, entry)
    full = (cluster_id for cluster_id, members in state.members.items() if members)
    unknown = [cluster_id for cluster_id in full if cluster_id not in {*state.groups, NOWHERE}]
    if unknown:
        raise KeyError(unknown)


def _set_aside(database: Path) -> Path:
    """Copy a damaged database, with all that SQLite keeps beside it."""
    names = (database.with_name(f"{DATABASE}.damaged-{number}") for number in count(1))
    kept = next(path for path in names if not path.exists())
    for companion in COMPANIONS:
        beside = database.with_name(DATABASE + companion)
        if beside.exists():
            shutil.copy2(beside, kept.with_name(kept.name + companion))
    shutil.copy2(database, kept)
    return kept


def _remove(path: Path, companions: Iterable[str]) -> None:
    for companion in companions:
        path.with_name(path.name + companion).unlink(missing_ok=True)
