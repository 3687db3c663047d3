"""Our own trash: files go to a hidden folder on their disk, and can be brought back."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pixkin.errors import PathError
from pixkin.filing import disk
from pixkin.library import ledger, roots
from pixkin.library.book import Book
from pixkin.library.lock import LOCK_WAIT_S, locked
from pixkin.library.schema import guarded, transaction

__all__ = ["TRASH", "Trashed", "empty", "next_number", "place_in_trash", "roots_of", "trashed"]

TRASH = ".pixkin-trash"
EMPTIED = "was deleted from the trash"


@dataclass(frozen=True, slots=True)
class Trashed:
    """A file in the trash.

    Attributes
    ----------
    action_id : int
    filing_id : int
        What put it there; undoing that brings back all of it.
    path : str
        Where it was.
    place : str
        Where it is.
    bytes : int
    sha256 : str
        In hexadecimal; empty where it is not known.
    """

    action_id: int
    filing_id: int
    path: str
    place: str
    bytes: int
    sha256: str


def place_in_trash(path: str, roots_known: Iterable[str], number: int) -> str:
    """Say where in the trash a file goes: in the outermost known folder that it lies in.

    So it stays on its disk, and a picture that is trashed twice has two places.
    """
    inside = [root for root in roots_known if roots.contains(root, path)]
    base = min(inside, key=len) if inside else str(Path(path).parent)
    return str(Path(base, TRASH, str(number), os.path.relpath(path, base)))


def roots_of(book: Book) -> list[str]:
    """Give the library's folders."""
    base = os.path.realpath(book.folder.parent)
    with guarded(book.folder):
        return [root.path for root in roots.load(book.db, base)]


def next_number(book: Book) -> int:
    """Give the id that the next filing will have: its files get a folder of their own."""
    with guarded(book.folder):
        return max((filing.filing_id for filing in ledger.filings(book.db)), default=0) + 1


def trashed(book: Book) -> list[Trashed]:
    """List what is in the trash, the latest last."""
    found = []
    with guarded(book.folder):
        for filing in ledger.filings(book.db):
            for deed in ledger.deeds(book.db, filing.filing_id):
                path, place = _ends(deed)
                is_there = bool(place) and deed.state in {"done", "stuck"}
                if is_there and disk.look(place) is not None:
                    facts = path, place, deed.bytes, deed.sha256
                    found.append(Trashed(deed.action_id, filing.filing_id, *facts))
    return found


def empty(book: Book, files: Sequence[Trashed]) -> int:
    """Delete files in the trash for good, and give how many there were.

    Raises
    ------
    LibraryBusyError
        If a run is using the library.
    PathError
        If one cannot be deleted; the others are all the same.
    """
    stayed: list[tuple[str, str]] = []
    with locked(book.folder, lambda: None, LOCK_WAIT_S):
        there = {one.action_id for one in trashed(book)}  # some may have been brought back
        gone = [one for one in files if one.action_id in there]
        for one in gone:
            try:
                disk.remove(one.place)
            except OSError as error:
                stayed.append((one.place, error.strerror or str(error)))
                continue
            folder = Path(one.place).parent
            with contextlib.suppress(OSError):  # until something is in it
                while TRASH in folder.parts:
                    folder.rmdir()
                    folder = folder.parent
        places = {place for place, _ in stayed}
        gone = [one for one in gone if one.place not in places]
        with transaction(book.db, book.folder):
            ledger.mark(book.db, ((one.action_id, "refused", EMPTIED) for one in gone))
    if stayed:
        (place, why), more = stayed[0], len(stayed) - 1
        others = f", nor can {more:,} others" if more else ""
        raise PathError(place, f"cannot be deleted ({why}){others}; all else is gone")
    return len(gone)


def _ends(deed: ledger.Deed) -> tuple[str, str]:
    """Give where a file was and where it lies in the trash; the latter is empty if it does not."""
    if deed.kind == "trash":
        return deed.source, deed.target
    return deed.target, deed.kept
