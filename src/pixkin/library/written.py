"""What runs write in the journal: groups that were found, and where new pictures belong."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from pixkin.lasting.state import Outline, State
from pixkin.library import journal
from pixkin.library.assign import founded_groups
from pixkin.library.book import Book
from pixkin.library.schema import transaction

if TYPE_CHECKING:
    from pixkin.records import Json

__all__ = ["Written"]


class Written(Book):
    """The groups of a library, and what runs do to them."""

    def regrouped(self, before: State, after: State, events: Sequence[Json]) -> bool:
        """Write down a regrouping, unless the groups have changed since ``before`` was read.

        Returns
        -------
        bool
            Whether it is written down.
        """
        told, found, labels = after.gather()
        with self._editing() as state:
            if state.last != before.last:
                return False
            journal.append(self.db, "group", {**told, "events": list(events)}, found, labels)
            return True

    def place(
        self,
        before: State,
        joined: Sequence[tuple[int, str]],
        groups: Sequence[tuple[Sequence[int], Sequence[bytes]]],
    ) -> list[str] | None:
        """Write down where new images belong, unless the groups have changed since ``before``.

        Parameters
        ----------
        before : State
        joined : sequence of (int, str)
            Image id and cluster id.
        groups : sequence of (sequence of int, sequence of bytes)
            Image ids and hashes of each new group.

        Returns
        -------
        list of str or None
            The ids of the new groups; None if nothing was written down.
        """
        with self._editing() as state:
            if state.last != before.last:
                return None
            new = founded_groups(state, [hashes for _, hashes in groups])
            at = [*joined]
            for group, (images, _) in zip(new, groups, strict=True):
                at += [(image, group.cluster_id) for image in images]
            if at:
                ids = list(dict.fromkeys(cluster_id for _, cluster_id in at))
                number = {cluster_id: i for i, cluster_id in enumerate(ids)}
                told = {"ids": ids, "groups": [asdict(group) for group in new]}
                labels = [number[cluster_id] for _, cluster_id in at]
                journal.append(self.db, "place", told, [image for image, _ in at], labels)
            return [group.cluster_id for group in new]

    @contextlib.contextmanager
    def _editing(self) -> Iterator[State]:
        """Give the groups as they are, and let nobody else change them meanwhile."""
        with transaction(self.db, self.folder):
            yield journal.load(self.db)

    @contextlib.contextmanager
    def _naming(self) -> Iterator[Outline]:
        """Do the same where it does not matter who is in the groups."""
        with transaction(self.db, self.folder):
            yield journal.outline(self.db)
