"""What was read of a library, kept until it changes. No numpy until it is asked."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from pixkin.errors import NotGroupedError, printable

if TYPE_CHECKING:
    from pixkin.lasting.state import State
    from pixkin.library.edits import Edits
    from pixkin.records import Labels
    from pixkin.searching.index import Index

__all__ = ["Memory"]


class Memory:
    """Keeps what was read of a library until it changes there. Threads may share one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.forget()

    def forget(self) -> None:
        """Let go of everything."""
        self._state: State | None = None
        self._entry = 0
        self._index: Index | None = None
        self._read_at: tuple[int, int] | None = None
        self._labelled: tuple[State, Index, Labels] | None = None

    def state(self, edit: Edits) -> State:
        """Give the groups as they are now. They are not to be changed: others use them too."""
        with self._lock:
            return self._now(edit)

    def both(self, edit: Edits) -> tuple[State, Index]:
        """Give the groups and the vectors as they are now."""
        from pixkin.searching.index import Index

        with self._lock:
            state = self._now(edit)
            read_at = edit.vector_mark(state.recipe)
            if self._index is None or self._read_at != read_at:
                self._index = self._labelled = (
                    None  # before the next is read: of a million pictures it is large
                )
                self._index, self._read_at = Index.load(edit, state), read_at
            return state, self._index

    def labels(self, state: State, index: Index) -> Labels:
        """Give the number of each row's group, in the order of ``state.groups``; -1 for none."""
        with self._lock:
            known = self._labelled
            if known is None or known[0] is not state or known[1] is not index:
                known = self._labelled = (state, index, index.labels(state))
            return known[2]

    def _now(self, edit: Edits) -> State:
        entry = edit.last_entry()  # first: what is written meanwhile is then seen the next time
        if self._state is None or self._entry != entry:
            self._state, self._entry = edit.state(), entry
        if not self._state.key:
            folder = printable(str(edit.folder))
            raise NotGroupedError(
                f"The library in {folder} has no groups yet. Run `pixkin cluster`."
            )
        return self._state
