"""The journal in the database: rows are added, and none is ever changed."""

from __future__ import annotations

import json
import sqlite3
import sys
import zlib
from array import array
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pixkin.lasting.fold import fold
from pixkin.lasting.state import PLACE, Entry, Outline, State, live_steps

if TYPE_CHECKING:
    from pixkin.records import Json

__all__ = ["append", "entries", "last", "load", "outline", "steps"]

COLUMNS = "entry_id, made, action, told, images, labels"


def append(
    db: sqlite3.Connection,
    action: str,
    told: Json,
    images: Sequence[int] = (),
    labels: Sequence[int] = (),
) -> int:
    """Add an entry, and give its id. To be called in a transaction."""
    row = db.execute(
        "INSERT INTO journal (made, action, told, images, labels) "
        "VALUES (strftime('%Y-%m-%dT%H:%M:%SZ'), ?, ?, ?, ?)",
        [action, json.dumps(told), _packed(images), _packed(labels)],
    )
    return row.lastrowid or 0


def steps(db: sqlite3.Connection) -> tuple[list[int], list[int]]:
    """Give the entries that count, and those that are undone and can be redone, as ids."""
    query = "SELECT entry_id, action FROM journal WHERE action <> ? ORDER BY entry_id"
    return live_steps(db.execute(query, [PLACE]))


def load(db: sqlite3.Connection) -> State:
    """Give the groups as they are now. To be called in a transaction: it reads twice."""
    return fold(_live(db), State())


def outline(db: sqlite3.Connection) -> Outline:
    """Give the groups as they are now, but not who is in them. To be called in a transaction."""
    return fold(_live(db), Outline())


def _live(db: sqlite3.Connection) -> Iterator[Entry]:
    """Give the entries that count, from the last regrouping on."""
    done = set(steps(db)[0])
    # A regrouping tells the whole state, so what was before it need not be read.
    groupings = db.execute("SELECT entry_id FROM journal WHERE action = 'group'")
    first = max((entry_id for (entry_id,) in groupings if entry_id in done), default=0)
    for entry in entries(db, first if first else sys.maxsize):
        if entry.entry_id in done or entry.action == PLACE:
            yield entry


def last(db: sqlite3.Connection) -> int:
    """Give the id of the newest entry; 0 if there is none."""
    (found,) = db.execute("SELECT max(entry_id) FROM journal").fetchone()
    return found or 0


def entries(db: sqlite3.Connection, first: int = 0, last: int = sys.maxsize) -> Iterator[Entry]:
    """Give the entries from ``first`` to ``last``, both of them too, in order."""
    query = f"SELECT {COLUMNS} FROM journal WHERE entry_id BETWEEN ? AND ? ORDER BY entry_id"
    for entry_id, made, action, told, images, labels in db.execute(query, [first, last]):
        yield Entry(entry_id, made, action, json.loads(told), _unpacked(images), _unpacked(labels))


def _packed(numbers: Sequence[int]) -> bytes | None:
    """Write whole numbers as int32, the lower byte first, deflated."""
    if not len(numbers):
        return None
    found = array("i", numbers)
    if sys.byteorder == "big":
        found.byteswap()
    return zlib.compress(found.tobytes(), 1)


def _unpacked(content: bytes | None) -> array[int]:
    found = array("i")
    if content:
        found.frombytes(zlib.decompress(content))
        if sys.byteorder == "big":
            found.byteswap()
    return found
