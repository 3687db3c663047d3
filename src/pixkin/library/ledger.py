"""What was done with files: written down before it is done, and marked after."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from pixkin.library import roots

__all__ = [
    "Deed",
    "Filing",
    "Removed",
    "add",
    "deeds",
    "filings",
    "follow",
    "forget_roots",
    "mark",
    "mark_gone",
    "refresh",
    "set_state",
]

FilingState = Literal["applying", "done", "undoing", "undone"]
DeedState = Literal["planned", "done", "refused", "undone", "stuck"]
Removed: TypeAlias = tuple[str, int]
"""A folder, and its mode."""
NOW = "strftime('%Y-%m-%dT%H:%M:%SZ')"


@dataclass(frozen=True, slots=True)
class Filing:
    """A plan that was applied.

    Attributes
    ----------
    filing_id : int
    made : str
        UTC.
    command : str
        In words.
    folders : tuple of str
        Those that were made for it.
    removed : tuple of (str, int)
        Those that were empty after it and went, the inner ones first, with their modes.
    state : {"applying", "done", "undoing", "undone"}
        With "applying" or "undoing" it was cut off.
    files : int
        With how many files something is done now; 0 after all was taken back.
    stuck : int
        How many could not be taken back.
    """

    filing_id: int
    made: str
    command: str
    folders: tuple[str, ...]
    removed: tuple[Removed, ...]
    state: FilingState
    files: int
    stuck: int = 0

    @property
    def is_unfinished(self) -> bool:
        """Tell whether it was cut off, there or back."""
        return self.state in {"applying", "undoing"}


@dataclass(frozen=True, slots=True)
class Deed:
    """One action of a filing, as `filing.plan.Action` has it, and what became of it."""

    action_id: int
    kind: str
    source: str
    target: str
    bytes: int
    mtime_ns: int
    sha256: str
    keyword: str
    kept: str
    state: DeedState
    reason: str


def add(
    db: sqlite3.Connection,
    command: str,
    folders: Sequence[str],
    removed: Sequence[Removed],
    actions: Iterable[tuple[str, str, str, int, int, str, str, str]],
) -> int:
    """Write down what will be done, and give its id. To be called in a transaction."""
    filing_id = db.execute(
        f"INSERT INTO filings (made, command, folders, state) VALUES ({NOW}, ?, ?, 'applying')",
        [command, json.dumps({"made": list(folders), "removed": list(removed)})],
    ).lastrowid
    db.executemany(
        "INSERT INTO actions (filing_id, kind, source, target, bytes, mtime_ns, sha256, keyword, "
        "kept, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'planned')",
        (
            (
                *(filing_id, kind, os.fsencode(source), os.fsencode(target)),
                *(n, mtime, sha.encode(), keyword, os.fsencode(kept)),
            )
            for kind, source, target, n, mtime, sha, keyword, kept in actions
        ),
    )
    return int(filing_id or 0)


def filings(db: sqlite3.Connection) -> list[Filing]:
    """Give all that was done, the latest last."""
    rows = db.execute(
        "SELECT filing_id, made, command, folders, state, (SELECT count(*) FROM actions a "
        "WHERE a.filing_id = f.filing_id AND a.state = 'done'), (SELECT count(*) FROM actions a "
        "WHERE a.filing_id = f.filing_id AND a.state = 'stuck') FROM filings f ORDER BY filing_id"
    )
    return [
        Filing(filing_id, made, command, *_folders(folders), state, files, stuck)
        for filing_id, made, command, folders, state, files, stuck in rows
    ]


def _folders(text: str) -> tuple[tuple[str, ...], tuple[Removed, ...]]:
    """Read the folders that were made, and those that went; earlier libraries have the former."""
    told = json.loads(text)
    if isinstance(told, list):
        return tuple(told), ()
    return tuple(told["made"]), tuple((folder, mode) for folder, mode in told["removed"])


def deeds(db: sqlite3.Connection, filing_id: int) -> list[Deed]:
    """Give the actions of a filing, in order."""
    query = (
        "SELECT action_id, kind, source, target, bytes, mtime_ns, sha256, keyword, kept, state, "
        "reason FROM actions WHERE filing_id = ? ORDER BY action_id"
    )
    return [
        Deed(
            *(number, kind, os.fsdecode(source), os.fsdecode(target)),
            *(n, mtime, sha.decode(), keyword, os.fsdecode(kept), *rest),
        )
        for number, kind, source, target, n, mtime, sha, keyword, kept, *rest in db.execute(
            query, [filing_id]
        )
    ]


def mark(db: sqlite3.Connection, marks: Iterable[tuple[int, DeedState, str]]) -> None:
    """Note what became of actions, by id: state and reason. To be called in a transaction."""
    db.executemany(
        "UPDATE actions SET state = ?, reason = ? WHERE action_id = ?",
        ((state, reason, action_id) for action_id, state, reason in marks),
    )


def set_state(db: sqlite3.Connection, filing_id: int, state: FilingState) -> None:
    """Note how far a filing is."""
    db.execute("UPDATE filings SET state = ? WHERE filing_id = ?", [state, filing_id])


# The files of the library follow


def follow(db: sqlite3.Connection, base: str, source: str, target: str) -> None:
    """Let a file that was moved be known at its new place, where that lies in a root."""
    for root_id, path in _places(db, base, source):
        here = [root_id, path]
        if not db.execute("SELECT 1 FROM files WHERE root_id = ? AND path = ?", here).fetchone():
            continue
        new = next(_places(db, base, target), None)
        if new is None:
            db.execute(f"UPDATE files SET gone = {NOW} WHERE root_id = ? AND path = ?", here)
            continue
        db.execute("DELETE FROM files WHERE root_id = ? AND path = ?", new)
        db.execute(
            "UPDATE files SET root_id = ?, path = ?, gone = NULL WHERE root_id = ? AND path = ?",
            [*new, *here],
        )
        refresh(db, base, target)
        return


def mark_gone(db: sqlite3.Connection, base: str, path: str, *, is_gone: bool) -> None:
    """Note that a file is not there any more, or is again."""
    gone = NOW if is_gone else "NULL"
    for place in _places(db, base, path):
        db.execute(f"UPDATE files SET gone = {gone} WHERE root_id = ? AND path = ?", place)


def refresh(db: sqlite3.Connection, base: str, path: str) -> None:
    """Note time and inode of a file whose bytes are as they were, so that it is not read again."""
    try:
        status = os.lstat(path)
    except OSError:
        return
    # SQLite's whole numbers are signed.
    inode = status.st_ino - (1 << 64) if status.st_ino >= 1 << 63 else status.st_ino
    for place in _places(db, base, path):
        db.execute(
            "UPDATE files SET mtime_ns = ?, inode = ? WHERE root_id = ? AND path = ?",
            [status.st_mtime_ns, inode, *place],
        )


def forget_roots(db: sqlite3.Connection, base: str, folders: Iterable[str]) -> None:
    """Forget those of the folders that are roots and have no files."""
    counts = roots.file_counts(db)
    known = {root.path: root for root in roots.load(db, base) if not counts.get(root.root_id)}
    for folder in known.keys() & {os.path.realpath(folder) for folder in folders}:
        roots.remove(db, base, folder)


def _places(db: sqlite3.Connection, base: str, path: str) -> Iterator[tuple[int, bytes]]:
    """Give the roots that a path lies in, the innermost first, with the path in each."""
    found = [root for root in roots.load(db, base) if roots.contains(root.path, path)]
    for root in sorted(found, key=lambda root: -len(root.path)):
        inside = os.path.relpath(path, root.path).replace(os.sep, "/")
        yield root.root_id, os.fsencode(inside)
