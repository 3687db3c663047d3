"""Roots in the database: the folders that files are filed under."""

from __future__ import annotations

import os
import sqlite3
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

__all__ = ["Root", "add", "contains", "file_counts", "load", "named_files", "remove"]


class Root(NamedTuple):
    """An absolute folder; ``is_whole`` if all that lies in it was asked for."""

    root_id: int
    path: str
    is_whole: bool


def load(db: sqlite3.Connection, base: str) -> list[Root]:
    """Give all roots. ``base`` is the folder that holds the library, links resolved."""
    rows = db.execute("SELECT root_id, path, is_whole FROM roots").fetchall()
    return [Root(root_id, _absolute(path, base), bool(whole)) for root_id, path, whole in rows]


def file_counts(db: sqlite3.Connection) -> dict[int, int]:
    """Count the known files of each root that has any, by its id; those that are gone are not."""
    query = "SELECT root_id, count(*) FROM files WHERE gone IS NULL GROUP BY root_id"
    return dict(db.execute(query).fetchall())


def add(db: sqlite3.Connection, base: str, folder: str, *, is_whole: bool) -> str:
    """Give the root that ``folder`` lies in, making it one if it lies in none.

    A folder that was given as a whole lies in whole roots alone: in a root of single files it
    becomes a root of its own, and what was read of it before goes with it.
    """
    roots = load(db, base)
    inside = [root for root in roots if contains(root.path, folder)]
    usable = [root.path for root in inside if root.is_whole or not is_whole]
    if usable:
        return max(usable, key=len)
    if any(root.path == folder for root in inside):
        db.execute("UPDATE roots SET is_whole = 1 WHERE path = ?", [_relative(folder, base)])
        return folder
    root_id = db.execute(
        "INSERT INTO roots (path, is_whole) VALUES (?, ?)", [_relative(folder, base), is_whole]
    ).lastrowid
    for root in inside:
        _move(db, root, Root(root_id or 0, folder, is_whole))
    return folder


def remove(db: sqlite3.Connection, base: str, folder: str) -> int | None:
    """Forget a root and its files, and give how many these were; None if there is no such root."""
    for root in load(db, base):
        if root.path == folder:
            n_files = db.execute("DELETE FROM files WHERE root_id = ?", [root.root_id]).rowcount
            db.execute("DELETE FROM roots WHERE root_id = ?", [root.root_id])
            return n_files
    return None


def named_files(db: sqlite3.Connection, base: str) -> dict[str, list[str]]:
    """Give the paths that were read in each root of single files."""
    roots = {root.root_id: root.path for root in load(db, base)}
    rows = db.execute(
        "SELECT root_id, f.path FROM files f JOIN roots USING (root_id) WHERE NOT is_whole "
        "ORDER BY root_id, f.path"
    )
    found = defaultdict(list)
    for root_id, path in rows:
        found[roots[root_id]].append(os.fsdecode(path))
    return dict(found)


def _move(db: sqlite3.Connection, outer: Root, inner: Root) -> None:
    """File under ``inner`` what was filed under ``outer`` and lies in there."""
    start = os.fsencode(Path(os.path.relpath(inner.path, outer.path)).as_posix()) + b"/"
    db.execute(
        "UPDATE files SET root_id = ?, path = substr(path, ?) "
        "WHERE root_id = ? AND substr(path, 1, ?) = ?",
        [inner.root_id, len(start) + 1, outer.root_id, len(start), start],
    )


def _relative(folder: str, base: str) -> bytes:
    """Store what lies beside the library relative to it, so that both can move together."""
    if contains(base, folder):
        return os.fsencode(Path(os.path.relpath(folder, base)).as_posix())
    return os.fsencode(folder)


def _absolute(stored: bytes, base: str) -> str:
    return os.path.normpath(Path(base, os.fsdecode(stored)))


def contains(folder: str, path: str) -> bool:
    """Tell whether ``path`` is ``folder`` or lies in it."""
    return Path(path).is_relative_to(folder)
