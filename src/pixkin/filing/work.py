"""Going through the actions of a filing, there or back; what became of each is marked."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Sequence, Set
from dataclasses import astuple, dataclass
from pathlib import Path

from pixkin.filing.act import do, take_back
from pixkin.filing.disk import Refused
from pixkin.filing.emptied import make_again, remove
from pixkin.filing.plan import Action, Left
from pixkin.library import ledger
from pixkin.library.book import Book
from pixkin.library.ledger import Deed, Filing
from pixkin.library.schema import transaction
from pixkin.progress import OnProgress, Step

__all__ = ["Filed", "Work", "named", "reason_of"]

BATCH, BATCH_S = 64, 0.5
"""Actions that are marked as done together. What was done and is not marked is seen on the disk."""


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


class Work:
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
        remove(filing.removed)
        return self._end(filing, "done", ("done", "refused"))

    def back(self, filing: Filing) -> Filed:
        with transaction(self.book.db, self.book.folder):
            ledger.set_state(self.book.db, filing.filing_id, "undoing")
        made = make_again(filing.removed)
        # What is only planned may be done all the same, if it was cut off before it was marked.
        self.take_back(filing, {"done", "stuck", "planned"}, "stuck")
        remove(made)  # those that nothing came back into
        with transaction(self.book.db, self.book.folder):
            ledger.forget_roots(self.book.db, self.base, filing.folders)
        return self._end(filing, "undone", ("undone", "stuck"))

    def take_back(
        self,
        filing: Filing,
        states: Set[str],
        refused: ledger.DeedState,
        only: Set[int] | None = None,
    ) -> None:
        """Take back the actions of a filing that have one of some states, or some of these.

        Those that cannot be are ``refused`` after it.
        """

        def one(action: Action, token: str, deed: Deed) -> None:
            # What could not be taken back once was done: else there was nothing to take back.
            take_back(action, token, was_done=deed.state in {"done", "stuck"})

        deeds = ledger.deeds(self.book.db, filing.filing_id)[::-1]
        todo = [d for d in deeds if d.state in states and (only is None or d.action_id in only)]
        self._each(filing, todo, one, ("undone", refused))
        for folder in reversed(filing.folders):
            with contextlib.suppress(OSError):  # something is in it
                Path(folder).rmdir()

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
            for deed, state, why in marks:
                if not why:  # or nothing was done
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
            tuple(Left(named(deed), reason_of(deed)) for deed in deeds if deed.state == states[1]),
            not any(deed.kind == "system-trash" and deed.state == "done" for deed in deeds),
        )


def named(deed: Deed) -> str:
    """Give the file that an action changes."""
    return deed.target if deed.kind == "write" else deed.source


def reason_of(deed: Deed) -> str:
    """Say why an action was refused, and where the file is that could not come back."""
    moved = deed.kind in {"move", "trash"} and deed.state != "refused"
    is_away = moved and os.path.lexists(deed.target)
    return f"{deed.reason}; it is at {deed.target}" if is_away else deed.reason
