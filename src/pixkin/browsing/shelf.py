"""The pictures of a library in the order in which they are looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pixkin.browsing.records import Card, Gallery
from pixkin.describe import members_of, nearest_of, portraits, typicality

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pixkin.describe import Portrait
    from pixkin.lasting.state import State
    from pixkin.library.listing import GroupInfo
    from pixkin.records import Labels
    from pixkin.searching.index import Index

__all__ = ["Facts", "Portrayed", "Shelf"]


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """What is known of each row of an index.

    Attributes
    ----------
    is_there : bool array of shape (n,)
        Whether a file of the picture is there.
    widths, heights : int64 arrays of shape (n,)
    """

    is_there: NDArray[np.bool_]
    widths: NDArray[np.int64]
    heights: NDArray[np.int64]


class Portrayed:
    """Portraits of groups, by what is in them: an edit changes few, and the others are kept."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self._known: dict[str, tuple[NDArray[np.int64], Portrait, NDArray[np.float64]]] = {}

    def of(self, cluster_id: str, rows: NDArray[np.int64]) -> tuple[Portrait, NDArray[np.float64]]:
        """Give the portrait of a group, with its numbers of rows in ``rows``, and its mean."""
        known = self._known.get(cluster_id)
        if known is None or not np.array_equal(known[0], rows):
            X, alone = self.index.X[rows], np.zeros(len(rows), dtype=np.int64)
            (portrait, *_) = portraits(X, alone, typicality(X, alone))
            known = self._known[cluster_id] = rows, portrait, X.mean(axis=0, dtype=np.float64)
        return known[1], known[2]


class Shelf:
    """The groups as they are at one moment.

    Parameters
    ----------
    state : State
    index : Index
    labels : int64 array of shape (n,)
        The number of each row's group in ``state.groups``; -1 for none.
    facts : Facts
    portrayed : Portrayed
    """

    def __init__(
        self, state: State, index: Index, labels: Labels, facts: Facts, portrayed: Portrayed
    ) -> None:
        self.state, self.index, self.facts, self.portrayed = state, index, facts, portrayed
        self.labels = np.where(facts.is_there, labels, -1)
        ids = list(state.groups)
        self.rows = {ids[int(self.labels[rows[0]])]: rows for rows in members_of(self.labels)}

    def cards(self, groups: Sequence[GroupInfo]) -> list[Card]:
        """Give a card of each group."""
        shown = [group for group in groups if group.cluster_id in self.rows]
        seen = [self.portrayed.of(g.cluster_id, self.rows[g.cluster_id]) for g in shown]
        near = nearest_of(np.array([mean for _, mean in seen])) if seen else []
        return [
            Card(
                group,
                tuple(self._hash(group.cluster_id, row) for row in portrait.representatives),
                portrait.tightness,
                len(self._doubtful(group.cluster_id, portrait)),
                tuple(shown[i].cluster_id for i in others),
            )
            for group, (portrait, _), others in zip(shown, seen, near, strict=True)
        ]

    def gallery(self, cluster_id: str) -> Gallery:
        """Give the pictures of a group, the most typical first."""
        rows = self.rows.get(cluster_id)
        if rows is None:
            return self.pictures(np.empty(0, dtype=np.int64))
        portrait, _ = self.portrayed.of(cluster_id, rows)
        order = np.array(portrait.members)
        return self.pictures(rows[order], np.isin(order, self._doubtful(cluster_id, portrait)))

    def alone(self) -> Gallery:
        """Give the pictures that are in no group, those that came last first."""
        rows = np.flatnonzero(self.facts.is_there & (self.labels < 0))
        return self.pictures(rows[np.argsort(-self.index.ids[rows], kind="stable")])

    def pictures(
        self, rows: NDArray[np.int64], doubtful: NDArray[np.bool_] | None = None
    ) -> Gallery:
        """Give the pictures of rows, in their order."""
        return Gallery(
            [self.index.hashes[row].hex() for row in rows.tolist()],
            self.facts.widths[rows],
            self.facts.heights[rows],
            np.zeros(len(rows), dtype=bool) if doubtful is None else doubtful,
        )

    def _doubtful(self, cluster_id: str, portrait: Portrait) -> list[int]:
        """Give the members that are far less typical, but for those that a person put there."""
        rows, placed = self.rows[cluster_id], self.state.taken
        return [i for i in portrait.outliers if int(self.index.ids[rows[i]]) not in placed]

    def _hash(self, cluster_id: str, member: int) -> str:
        return self.index.hashes[int(self.rows[cluster_id][member])].hex()
