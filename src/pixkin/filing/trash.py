"""Our own trash: files go to a hidden folder on their disk, and can be brought back."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pixkin.filing import disk
from pixkin.library import ledger, roots
from pixkin.library.book import Book
from pixkin.library.schema import guarded, transaction

__all__ = ["TRASH", "Trashed", "empty", "place_in_trash", "trashed"]

TRASH = ".pixkin-trash"
EMPTIED = "was deleted from the trash"


@dataclass(frozen=True, slots=True)
class Trashed:
    """A file in the trash.

    Attributes
    ----------
    filing_id : int
        What put it there; undoing that brings it back.
    path : str
        Where it was.
    place : str
        Where it is.
    bytes : int
    """

    filing_id: int
    path: str
    place: str
    bytes: int


def place_in_trash(path: str, roots_known: Iterable[str], number: int) -> str:
    """Say where in the trash a file goes: in the outermost known folder that it lies in.

    So it stays on its disk, and a picture that is trashed twice has two places.
    """
    inside = [root for root in roots_known if roots.contains(root, path)]
    base = min(inside, key=len) if inside else str(Path(path).parent)
    return str(Path(base, TRASH, str(number), os.path.relpath(path, base)))


def trashed(book: Book) -> list[Trashed]:
    """List what is in the trash, the latest last."""
    found = []
    with guarded(book.folder):
        for filing in ledger.filings(book.db):
            for deed in ledger.deeds(book.db, filing.filing_id):
                is_there = deed.kind == "trash" and deed.state in {"done", "stuck"}
                if is_there and disk.look(deed.target) is not None:
                    found.append(Trashed(filing.filing_id, deed.source, deed.target, deed.bytes))
    return found


def empty(book: Book, files: Sequence[Trashed]) -> int:
    """Delete files in the trash for good, and give how many there were."""
    for one in files:
        disk.remove(one.place)
        folder = Path(one.place).parent
        with contextlib.suppress(OSError):  # until something is in it
            while TRASH in folder.parts:
                folder.rmdir()
                folder = folder.parent
    places = {one.place for one in files}
    with transaction(book.db, book.folder):
        for filing in ledger.filings(book.db):
            deeds = [d for d in ledger.deeds(book.db, filing.filing_id) if d.target in places]
            ledger.mark(book.db, ((deed.action_id, "refused", EMPTIED) for deed in deeds))
    return len(places)
