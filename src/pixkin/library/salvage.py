"""Reading what can still be read of a damaged database."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from typing import Any

__all__ = ["pour_all"]

NUMBERED = {
    "roots": "root_id",
    "images": "image_id",
    "files": "file_id",
    "failures": "image_id",
    "spaces": "space_id",
    "journal": "entry_id",
    "filings": "filing_id",
    "actions": "action_id",
    "looks": "image_id",
}
"""The tables whose rows have a number each."""
LEFT = ("clusterings", "members")
"""Kept results, which can be made again."""
MOST_TRIED = 2_000_000
"""Numbers looked for one by one where not even the highest can be read."""
ROWS_A_PAGE = 256
CONTENTS = "SELECT image_id, sha256 FROM images INDEXED BY sqlite_autoindex_images_1"


def pour_all(old: sqlite3.Connection, new: sqlite3.Connection) -> list[str]:
    """Copy what can be read of a library's database to an empty one of the same format.

    Returns
    -------
    list of str
        The tables of which not every row could be read.

    Raises
    ------
    sqlite3.DatabaseError
        If not even the list of tables can be read.
    """
    old.execute("SELECT 1 FROM images LIMIT 0")
    there = {name for (name,) in new.execute("SELECT name FROM sqlite_master")}
    tables = [(table, key, "") for table, key in NUMBERED.items() if table in there]
    lost = [table for table, key, _ in tables if not _pour(old, new, table, key)]
    for (space_id,) in new.execute("SELECT space_id FROM spaces").fetchall():
        _pour(old, new, "vectors", "image_id", f"space_id = {int(space_id)} AND ")
    _name_contents(old, new)
    for table, key, other in (
        ("files", "root_id", "roots"),
        ("files", "image_id", "images"),
        ("failures", "image_id", "images"),
        ("vectors", "image_id", "images"),
        ("looks", "image_id", "images"),
        ("actions", "filing_id", "filings"),
    ):
        if table in there:
            new.execute(f"DELETE FROM {table} WHERE {key} NOT IN (SELECT {key} FROM {other})")
    return lost


def _name_contents(old: sqlite3.Connection, new: sqlite3.Connection) -> None:
    """Take which content an image is from the index, where its row is lost; it is read again."""
    fill = "INSERT OR IGNORE INTO images (image_id, sha256, bytes) VALUES (?, ?, 0)"
    with contextlib.suppress(sqlite3.DatabaseError):
        new.executemany(fill, old.execute(CONTENTS))
    new.execute("DELETE FROM vectors WHERE image_id IN (SELECT image_id FROM images WHERE bytes=0)")


def _pour(
    old: sqlite3.Connection, new: sqlite3.Connection, table: str, key: str, where: str = ""
) -> bool:
    """Copy the rows of a table that can be read, and tell whether those were all."""
    columns = [name for _, name, *_ in new.execute(f"PRAGMA table_info({table})")]
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    insert = f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})"
    query = f"SELECT {names} FROM {table} WHERE {where}{key} BETWEEN ? AND ? ORDER BY {key}"
    first, last, is_whole = _range(old, table, key)
    for rows in _pieces(old, query, first, last):
        if rows is None:
            is_whole = False
        else:
            new.executemany(insert, rows)
    return is_whole


def _range(db: sqlite3.Connection, table: str, key: str) -> tuple[int, int, bool]:
    """Give the lowest and the highest number of a table, and whether they could be read."""
    try:
        low, high = db.execute(f"SELECT min({key}), max({key}) FROM {table}").fetchone()
    except sqlite3.DatabaseError:
        (n_pages,) = db.execute("PRAGMA page_count").fetchone()
        return 1, min(n_pages * ROWS_A_PAGE, MOST_TRIED), False
    return low or 0, high or 0, True


def _pieces(
    db: sqlite3.Connection, query: str, first: int, last: int
) -> Iterator[list[Any] | None]:
    """Give rows by rising number, as many at once as can be; None where one cannot be read.

    Where reading some numbers fails, each half of them is read apart, until what fails is one.
    """
    waiting = [(first, last)]
    while waiting:
        low, high = waiting.pop()
        try:
            yield db.execute(query, [low, high]).fetchall()
        except sqlite3.DatabaseError:
            if low == high:
                yield None
                continue
            middle = (low + high) // 2
            waiting += [(middle + 1, high), (low, middle)]
