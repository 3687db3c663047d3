"""Carrying out a plan, going on with one that was cut off, and taking it back."""

from __future__ import annotations

import contextlib
import os
from dataclasses import astuple
from pathlib import Path

from pixkin.errors import UsageError, printable
from pixkin.filing import system_trash
from pixkin.filing.emptied import modes_of, moved_from
from pixkin.filing.plan import Plan
from pixkin.filing.trash import roots_of
from pixkin.filing.work import Filed, Work
from pixkin.library import ledger, roots
from pixkin.library.book import Book
from pixkin.library.ledger import Filing
from pixkin.library.lock import LOCK_WAIT_S, locked
from pixkin.library.schema import guarded, transaction
from pixkin.progress import OnProgress, silent

__all__ = ["apply", "check_finished", "held", "past", "resume", "roll_back", "undo"]

CUT_OFF = (
    "Filing {} ({}) was not finished. Go on with `pixkin organize --resume`, or take it back with "
    "`pixkin organize --rollback`."
)


def past(book: Book) -> list[Filing]:
    """Give all filings of a library, the latest last."""
    with guarded(book.folder):
        return ledger.filings(book.db)


def apply(book: Book, plan: Plan, on_progress: OnProgress = silent) -> Filed:
    """Carry out a plan.

    All of it is on the disk, in the library, before the first file is touched. A file that has
    changed since it was planned is left, and listed.

    Parameters
    ----------
    book : Book
        The library's.
    plan : Plan
    on_progress : callable
        Told of each file; it may raise to stop between two files.

    Raises
    ------
    UsageError
        If the plan has problems, is of another library, or an earlier one was cut off.
    MissingDependencyError
        If files are to go to the system's trash, and send2trash is not installed.
    LibraryBusyError
        If a run is using the library.
    """
    if plan.problems:
        raise UsageError(f"The plan cannot be applied: {plan.problems[0]}.")
    if os.path.realpath(plan.library) != os.path.realpath(book.folder):
        raise UsageError(f"The plan is of another library, {printable(plan.library)}.")
    if any(action.kind == "system-trash" for action in plan.actions):
        system_trash.check()
    with held(book):
        check_finished(book)
        with transaction(book.db, book.folder):
            actions = (astuple(action) for action in plan.actions)
            from_here = moved_from(plan.actions, roots_of(book))  # the plan may be of any hand
            removed = modes_of(folder for folder in plan.emptied if folder in from_here)
            filing_id = ledger.add(book.db, plan.command, _missing(plan), removed, actions)
            if plan.destination and _moves(plan):
                # What moves out of the library's folders is to stay in the library.
                _add_root(book, plan.destination)
        return Work(book, on_progress).forth(_filing(book, filing_id), is_again=False)


def resume(book: Book, on_progress: OnProgress = silent) -> Filed:
    """Go on with what was cut off, there or back."""
    with held(book):
        filing = _cut_off(book)
        work = Work(book, on_progress)
        if filing.state == "undoing":
            return work.back(filing)
        return work.forth(filing, is_again=True)


def roll_back(book: Book, on_progress: OnProgress = silent) -> Filed:
    """Take back what was cut off."""
    with held(book):
        return Work(book, on_progress).back(_cut_off(book))


def undo(book: Book, filing_id: int | None = None, on_progress: OnProgress = silent) -> Filed:
    """Take back the last filing that was not taken back yet, or a certain one.

    What can be restored is restored: names, places, times and links. A file that was changed since
    is left, and listed.

    Raises
    ------
    UsageError
        If there is none.
    """
    with held(book):
        known = past(book)
        if filing_id is None:
            known = [filing for filing in known if filing.state != "undone"]
        else:
            known = [filing for filing in known if filing.filing_id == filing_id]
        if not known:
            which = "" if filing_id is None else f" {filing_id}"
            raise UsageError(f"There is no filing{which} to undo; `pixkin undo --list` shows them.")
        return Work(book, on_progress).back(known[-1])


def check_finished(book: Book) -> None:
    """See that nothing was cut off.

    Raises
    ------
    UsageError
    """
    for filing in past(book):
        if filing.is_unfinished:
            raise UsageError(CUT_OFF.format(filing.filing_id, filing.command))


def held(book: Book) -> contextlib.AbstractContextManager[None]:
    """Let nobody else act on the files of a library."""
    return locked(book.folder, lambda: None, LOCK_WAIT_S)


def _cut_off(book: Book) -> Filing:
    found = [filing for filing in past(book) if filing.is_unfinished]
    if not found:
        raise UsageError("Nothing was cut off, so there is nothing to go on with or to take back.")
    return found[-1]


def _filing(book: Book, filing_id: int) -> Filing:
    return next(filing for filing in past(book) if filing.filing_id == filing_id)


def _moves(plan: Plan) -> bool:
    return any(action.kind == "move" for action in plan.actions)


def _add_root(book: Book, destination: str) -> None:
    base = os.path.realpath(book.folder.parent)
    roots.add(book.db, base, os.path.realpath(destination), is_whole=False)


def _missing(plan: Plan) -> list[str]:
    """Name the folders that are made for the plan, the outer ones first."""
    found: set[str] = set()
    for action in plan.actions:
        for place in filter(None, (action.target, action.kept)):
            folder = Path(place).parent
            while str(folder) not in found and not folder.exists():
                found.add(str(folder))
                folder = folder.parent
    return sorted(found)
