"""Carrying out a plan, going on with one that was cut off, and taking it back."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

from pixkin.errors import UsageError, printable
from pixkin.filing import system_trash
from pixkin.filing.act import do, take_back
from pixkin.filing.disk import Refused
from pixkin.filing.plan import Action, Left, Plan
from pixkin.library import ledger, roots
from pixkin.library.book import Book
from pixkin.library.ledger import Deed, Filing
from pixkin.library.lock import LOCK_WAIT_S, locked
from pixkin.library.schema import guarded, transaction
from pixkin.progress import OnProgress, Step, silent

__all__ = ["Filed", "apply", "past", "resume", "roll_back", "undo"]

BATCH, BATCH_S = 64, 0.5
"""Actions that are marked as done together. What was done and is not marked is seen on the disk."""
CUT_OFF = (
    "Filing {} ({}) was not finished. Go on with `pixkin organize --resume`, or take it back with "
    "`pixkin organize --rollback`."
)


@dataclass(frozen=True, slots=True)
class Filed:
    """What became of a plan, or of taking it back.

    Attributes
    ----------
    filing_id : int
    command : str
    done : int
        Files that something was done with.
    refused : tuple of Left
        Files that were left as they are, each with its reason.
    is_undoable : bool
        Whether `undo` brings all of it back. What went to the system's trash is brought back from
        there.
    """

    filing_id: int
    command: str
    done: int
    refused: tuple[Left, ...]
    is_undoable: bool = True


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
    with _held(book):
        for filing in past(book):
            if filing.is_unfinished:
                raise UsageError(CUT_OFF.format(filing.filing_id, filing.command))
        with transaction(book.db, book.folder):
            actions = (astuple(action) for action in plan.actions)
            filing_id = ledger.add(book.db, plan.command, _missing(plan), actions)
            if plan.destination and _moves(plan):
                # What moves out of the library's folders is to stay in the library.
                _add_root(book, plan.destination)
        return _Work(book, on_progress).forth(_filing(book, filing_id), is_again=False)


def resume(book: Book, on_progress: OnProgress = silent) -> Filed:
    """Go on with what was cut off, there or back."""
    with _held(book):
        filing = _cut_off(book)
        work = _Work(book, on_progress)
        if filing.state == "undoing":
            return work.back(filing)
        return work.forth(filing, is_again=True)


def roll_back(book: Book, on_progress: OnProgress = silent) -> Filed:
    """Take back what was cut off."""
    with _held(book):
        return _Work(book, on_progress).back(_cut_off(book))


def undo(book: Book, filing_id: int | None = None, on_progress: OnProgress = silent) -> Filed:
    """Take back the last filing that was not taken back yet, or a certain one.

    What can be restored is restored: names, places, times and links. A file that was changed since
    is left, and listed.

    Raises
    ------
    UsageError
        If there is none.
    """
    with _held(book):
        known = past(book)
        if filing_id is None:
            known = [filing for filing in known if filing.state != "undone"]
        else:
            known = [filing for filing in known if filing.filing_id == filing_id]
        if not known:
            which = "" if filing_id is None else f" {filing_id}"
            raise UsageError(f"There is no filing{which} to undo; `pixkin undo --list` shows them.")
        return _Work(book, on_progress).back(known[-1])


def _held(book: Book) -> contextlib.AbstractContextManager[None]:
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


class _Work:
    """Goes through the actions of a filing."""

    def __init__(self, book: Book, on_progress: OnProgress) -> None:
        self.book, self.on_progress = book, on_progress
        self.base = os.path.realpath(book.folder.parent)

    def forth(self, filing: Filing, *, is_again: bool) -> Filed:
        deeds = ledger.deeds(self.book.db, filing.filing_id)

        def one(action: Action, token: str, _: Deed) -> None:
            do(action, token, is_again=is_again)

        todo = [deed for deed in deeds if deed.state == "planned"]
        self._each(filing, todo, one, ("done", "refused"))
        return self._end(filing, "done", ("done", "refused"))

    def back(self, filing: Filing) -> Filed:
        with transaction(self.book.db, self.book.folder):
            ledger.set_state(self.book.db, filing.filing_id, "undoing")
        deeds = ledger.deeds(self.book.db, filing.filing_id)

        def one(action: Action, token: str, deed: Deed) -> None:
            take_back(action, token, was_done=deed.state == "done")

        # What is only planned may be done all the same, if it was cut off before it was marked.
        todo = [deed for deed in deeds if deed.state in {"done", "stuck", "planned"}]
        self._each(filing, todo[::-1], one, ("undone", "stuck"))
        for folder in reversed(filing.folders):
            with contextlib.suppress(OSError):  # somebody put something there
                Path(folder).rmdir()
        with transaction(self.book.db, self.book.folder):
            ledger.forget_roots(self.book.db, self.base, filing.folders)
        return self._end(filing, "undone", ("undone", "stuck"))

    def _each(
        self,
        filing: Filing,
        deeds: Sequence[Deed],
        work: Callable[[Action, str, Deed], None],
        states: tuple[ledger.DeedState, ledger.DeedState],
    ) -> None:
        marks: list[tuple[Deed, ledger.DeedState, str]] = []
        since = time.monotonic()
        try:
            for number, deed in enumerate(deeds):
                self.on_progress(Step("file", number, len(deeds)))
                if marks and (deed.kind == "write") != (marks[-1][0].kind == "write"):
                    # It changes what was put there: whether that was done cannot be seen after.
                    self._mark(marks)
                    marks, since = [], time.monotonic()
                action = Action(deed.kind, *astuple(deed)[2:9])  # type: ignore[arg-type]
                try:
                    work(action, f"{filing.filing_id}-{deed.action_id}", deed)
                    marks.append((deed, states[0], ""))
                except Refused as error:
                    marks.append((deed, states[1], str(error)))
                except OSError as error:
                    why = f"{error.strerror or error}"
                    marks.append((deed, states[1], why))
                if len(marks) >= BATCH or time.monotonic() - since > BATCH_S:
                    self._mark(marks)
                    marks, since = [], time.monotonic()
        finally:
            self._mark(marks)
        self.on_progress(Step("file", len(deeds), len(deeds)))

    def _mark(self, marks: Sequence[tuple[Deed, ledger.DeedState, str]]) -> None:
        """Note what became of actions; the library's files follow in the same transaction."""
        db = self.book.db
        with transaction(db, self.book.folder):
            ledger.mark(db, ((deed.action_id, state, why) for deed, state, why in marks))
            for deed, state, _ in marks:
                if state in {"done", "undone"}:
                    self._follow(deed, is_back=state == "undone")

    def _follow(self, deed: Deed, *, is_back: bool) -> None:
        db, base = self.book.db, self.base
        if deed.kind == "move":
            ends = (deed.target, deed.source) if is_back else (deed.source, deed.target)
            ledger.follow(db, base, *ends)
        elif deed.kind in {"trash", "system-trash"}:
            ledger.mark_gone(db, base, deed.source, is_gone=not is_back)
        elif deed.kind == "replace":
            ledger.refresh(db, base, deed.source)

    def _end(
        self,
        filing: Filing,
        state: ledger.FilingState,
        states: tuple[ledger.DeedState, ledger.DeedState],
    ) -> Filed:
        with transaction(self.book.db, self.book.folder):
            ledger.set_state(self.book.db, filing.filing_id, state)
        deeds = ledger.deeds(self.book.db, filing.filing_id)
        return Filed(
            filing.filing_id,
            filing.command,
            sum(deed.state == states[0] for deed in deeds),
            tuple(Left(_named(deed), deed.reason) for deed in deeds if deed.state == states[1]),
            not any(deed.kind == "system-trash" and deed.state == "done" for deed in deeds),
        )


def _named(deed: Deed) -> str:
    """Give the file that an action changes."""
    return deed.target if deed.kind == "write" else deed.source
