"""What an open library shows of its groups."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pixkin.browsing.memory import Shelves
    from pixkin.browsing.records import Card, Gallery, Places
    from pixkin.browsing.shelf import Shelf
    from pixkin.library.edits import Edits
    from pixkin.library.listing import GroupList
    from pixkin.searching.memory import Memory

__all__ = ["Browses"]


class Browses:
    """The part of `pixkin.Library` that is browsed. It keeps what it reads until that changes."""

    folder: Path
    _memory: Memory

    if TYPE_CHECKING:

        @property
        def edit(self) -> Edits: ...

    def __init__(self) -> None:
        super().__init__()
        self._making = threading.Lock()
        self._shelves: Shelves | None = None

    @property
    def levels(self) -> list[int]:
        """The numbers of groups of the levels worth looking at, the coarsest first.

        Raises
        ------
        NotGroupedError, EditError
            If there are no groups, or they have one level.
        """
        return self._kept().levels(self.edit)

    def glance(self) -> GroupList:
        """Give every group with how much is in it, and how many pictures are in none.

        It is what `clusters` is made of, kept while nothing changes.
        """
        return self._kept().glance(self.edit)

    def cards(self, n_clusters: int | None = None) -> list[Card]:
        """Give a card of each group, the largest first.

        Parameters
        ----------
        n_clusters : int, optional
            Of another level: the groups that there would be.

        Raises
        ------
        NotGroupedError
            If there are no groups yet, or what they were found in is not kept any more.
        EditError
            If there cannot be so many groups.
        """
        if n_clusters is None:
            return self._shelf(None).cards(self.glance().groups)
        shelf = self._shelf(n_clusters)
        return shelf.cards(self.edit.groups(shelf.state).groups)

    def gallery(self, group: str | None, n_clusters: int | None = None) -> Gallery:
        """Give the pictures of a group, the most typical first; of None, those that are in none.

        Parameters
        ----------
        group : str or None
            By its id, the beginning of that, or its name.
        n_clusters : int, optional
            Of another level.

        Raises
        ------
        UnknownGroupError, NotGroupedError, EditError
        """
        shelf = self._shelf(n_clusters)
        if group is None:
            return shelf.alone()
        return shelf.gallery(shelf.state.find(group).cluster_id)

    def places(self, n_clusters: int | None = None) -> Places:
        """Give the map: where each picture lies, and in which group it is.

        Parameters
        ----------
        n_clusters : int, optional
            Of another level.

        Raises
        ------
        NotGroupedError, EditError
        """
        from pixkin.browsing.places import places_of

        shelf = self._shelf(n_clusters)
        return places_of(shelf, self.edit.groups(shelf.state).groups, self.folder)

    def _shelf(self, n_clusters: int | None) -> Shelf:
        return self._kept().shelf(self.edit, n_clusters)

    def _kept(self) -> Shelves:
        from pixkin.browsing.memory import Shelves

        with self._making:
            if self._shelves is None:
                self._shelves = Shelves(self._memory, self.folder)
            return self._shelves
