"""The shelves that were made of a library, kept until it changes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pixkin.browsing import overview
from pixkin.browsing.places import Lying
from pixkin.browsing.shelf import Facts, Portrayed, Shelf
from pixkin.errors import EditError, NotGroupedError

if TYPE_CHECKING:
    from pixkin.browsing.overview import Overview
    from pixkin.browsing.records import Card
    from pixkin.errors import PixkinError
    from pixkin.lasting.state import State
    from pixkin.library.edits import Edits
    from pixkin.library.listing import GroupList
    from pixkin.searching.index import Index
    from pixkin.searching.memory import Memory

__all__ = ["Shelves"]

MOST = 8
"""Levels that are kept."""


class Shelves:
    """Makes shelves, and keeps the last few. Threads may share one.

    Parameters
    ----------
    memory : Memory
    folder : Path
        The library's.
    """

    def __init__(self, memory: Memory, folder: Path) -> None:
        self._memory, self._folder = memory, folder
        self._lock, self._map_lock = threading.Lock(), threading.Lock()
        self._levels_lock, self._glance_lock = threading.Lock(), threading.Lock()
        self._overview_lock = threading.Lock()
        self._overview: Overview | None = None
        self._is_overview_read = False
        self._facts: tuple[tuple[int, ...], Index, Facts] | None = None
        self._portrayed: Portrayed | None = None
        self._map: tuple[str, Index, Facts, Lying] | None = None
        self._levels: tuple[State, list[int], PixkinError | None] | None = None
        self._glance: tuple[tuple[int, ...], GroupList] | None = None
        self._made: OrderedDict[int | None, tuple[State, Facts, Shelf]] = OrderedDict()

    def shelf(self, edit: Edits, n_clusters: int | None = None) -> Shelf:
        """Give the groups as they are now, or as they would be at another level."""
        state, index = self._memory.both(edit)
        with self._lock:
            facts = self._facts_of(edit, index)
            kept = self._made.get(n_clusters)
            if kept is not None and kept[0] is state and kept[1] is facts:
                self._made.move_to_end(n_clusters)
                return kept[2]
            shelf = self._shelved(state, index, facts, n_clusters)
            self._made[n_clusters] = state, facts, shelf
            while len(self._made) > MOST:
                self._made.popitem(last=False)
            return shelf

    def lying(self, shelf: Shelf) -> Lying:
        """Give where the pictures of a shelf lie: read once, as edits move none on the map."""
        recipe, index, facts = shelf.state.recipe, shelf.index, shelf.facts
        with self._map_lock:
            kept = self._map
            if kept is None or kept[0] != recipe or kept[1] is not index or kept[2] is not facts:
                kept = self._map = recipe, index, facts, Lying.load(shelf, self._folder)
            return kept[3]

    def levels(self, edit: Edits) -> list[int]:
        """Give the numbers of groups of the levels worth looking at, the coarsest first."""
        kept = self._kept(edit)
        if kept is not None:
            if not kept.levels:
                from pixkin.leveling import ONE_LEVEL

                raise EditError(ONE_LEVEL)
            return list(kept.levels)
        state = self._memory.state(edit)
        with self._levels_lock:
            if self._levels is None or self._levels[0] is not state:
                self._levels = state, *self._levels_now()
            _, found, lacking = self._levels
        if lacking is not None:
            raise lacking.with_traceback(None)
        return found

    def glance(self, edit: Edits) -> GroupList:
        """Give every group with how much is in it."""
        with self._glance_lock:
            mark = (edit.last_entry(), *edit.file_mark())
            if self._glance is None or self._glance[0] != mark:
                kept = self._kept(edit)
                self._glance = mark, edit.groups() if kept is None else kept.groups
            return self._glance[1]

    def cards(self, edit: Edits) -> list[Card]:
        """Give a card of every group."""
        kept = self._kept(edit)
        if kept is not None:
            return list(kept.cards)
        return self.shelf(edit).cards(self.glance(edit).groups)

    def keep(self, edit: Edits) -> None:
        """Keep what is shown first, for the next time that the library is opened."""
        mark = edit.mark()
        if self._kept(edit) is not None:
            return
        try:
            levels = self.levels(edit)
        except EditError:
            levels = []
        found = overview.Overview(mark, self.glance(edit), self.cards(edit), levels)
        if mark == edit.mark():  # or somebody else has changed it meanwhile
            overview.keep(self._folder / "cache", found)
            with self._overview_lock:
                self._overview = found

    def _kept(self, edit: Edits) -> Overview | None:
        """Give what was kept of the library, if that is as it was then."""
        with self._overview_lock:
            if not self._is_overview_read:
                self._overview = overview.read(self._folder / "cache")
                self._is_overview_read = True
            known = self._overview
        return known if known is not None and known.mark == edit.mark() else None

    def _levels_now(self) -> tuple[list[int], PixkinError | None]:
        """Give the levels, or why there are none: to find either, the journal is read."""
        from pixkin.leveling import levels_of
        from pixkin.library.store import Library as Store

        try:
            with Store(self._folder) as store:
                return levels_of(store), None
        except (NotGroupedError, EditError) as lacking:
            return [], lacking

    def _shelved(self, state: State, index: Index, facts: Facts, n_clusters: int | None) -> Shelf:
        if self._portrayed is None or self._portrayed.index is not index:
            self._portrayed = Portrayed(index)
        if n_clusters is None:
            return Shelf(state, index, self._memory.labels(state, index), facts, self._portrayed)
        from pixkin.leveling import at_level
        from pixkin.library.store import Library as Store

        with Store(self._folder) as store:
            other = at_level(store, n_clusters)
        return Shelf(other, index, index.labels(other), facts, Portrayed(index))

    def _facts_of(self, edit: Edits, index: Index) -> Facts:
        mark = edit.file_mark()
        if self._facts is None or self._facts[0] != mark or self._facts[1] is not index:
            self._facts = mark, index, _facts(edit, index)
        return self._facts[2]


def _facts(edit: Edits, index: Index) -> Facts:
    sides = edit.sides()
    known = np.array([sides.get(i, (0, 0)) for i in index.ids.tolist()], dtype=np.int64)
    known = known.reshape(-1, 2)
    present = np.fromiter(edit.present_images(), dtype=np.int64)
    return Facts(np.isin(index.ids, present), known[:, 0], known[:, 1])
