"""Bringing single files back from the trash."""

from __future__ import annotations

from collections.abc import Sequence

from pixkin.filing.apply import check_finished, held, past
from pixkin.filing.plan import Left
from pixkin.filing.trash import Trashed
from pixkin.filing.work import Filed, Work, named, reason_of
from pixkin.library import ledger
from pixkin.library.book import Book
from pixkin.library.schema import guarded, transaction
from pixkin.progress import OnProgress, silent

__all__ = ["restore"]

COMMAND = "bring back from the trash"


def restore(book: Book, files: Sequence[Trashed], on_progress: OnProgress = silent) -> Filed:
    """Bring files back from the trash. What else was done together with them stays.

    A file whose place is taken is left, and listed.

    Parameters
    ----------
    book : Book
        The library's.
    files : sequence of Trashed
    on_progress : callable

    Raises
    ------
    UsageError
        If something was cut off before.
    LibraryBusyError
        If a run is using the library.
    """
    number, done, refused = 0, 0, []
    with held(book):
        check_finished(book)
        for filing in reversed(past(book)):  # of two versions the later lay over the earlier
            mine = {one.action_id for one in files if one.filing_id == filing.filing_id}
            if not mine:
                continue
            Work(book, on_progress).take_back(filing, {"done", "stuck"}, "done", mine)
            with guarded(book.folder):
                deeds = ledger.deeds(book.db, filing.filing_id)
            if not any(deed.state in {"done", "stuck"} for deed in deeds):
                with transaction(book.db, book.folder):
                    ledger.set_state(book.db, filing.filing_id, "undone")
            number = filing.filing_id
            those = [deed for deed in deeds if deed.action_id in mine]
            done += sum(deed.state == "undone" for deed in those)
            refused += [
                Left(named(deed), reason_of(deed)) for deed in those if deed.state == "done"
            ]
    return Filed(number, COMMAND, done, tuple(refused))
