"""Where pictures lie on the map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pixkin.browsing.records import Places
from pixkin.errors import NotGroupedError, printable
from pixkin.library.store import Library as Store

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pixkin.browsing.shelf import Shelf
    from pixkin.library.listing import GroupInfo

__all__ = ["Lying", "places_of"]

SHA256 = 32


@dataclass(frozen=True, slots=True, eq=False)
class Lying:
    """What of the map no edit changes.

    Attributes
    ----------
    rows : int64 array of shape (n,)
        Of the index.
    hashes : uint8 array of shape (n, 32)
    xy : float32 array of shape (n, 2)
    """

    rows: NDArray[np.int64]
    hashes: NDArray[np.uint8]
    xy: NDArray[np.float32]

    @classmethod
    def load(cls, shelf: Shelf, folder: Path) -> Lying:
        """Read the places of the pictures that the last grouping looked at and that are there."""
        with Store(folder) as store:
            kept = store.load_clustering(shelf.state.recipe)
        if kept is None:
            where = printable(str(folder))
            raise NotGroupedError(f"The map of {where} is not kept any more. Run `pixkin cluster`.")
        rows = np.array([shelf.index.row_of(sha256) for sha256 in kept.hashes], dtype=np.int64)
        here = np.flatnonzero(shelf.facts.is_there[rows])
        hashes = np.frombuffer(b"".join(kept.hashes), dtype=np.uint8).reshape(-1, SHA256)
        return cls(rows[here], hashes[here], kept.places[here].astype(np.float32))


def places_of(shelf: Shelf, groups: Sequence[GroupInfo], lying: Lying) -> Places:
    """Give the map with the groups as they are."""
    shown = {group.cluster_id: i for i, group in enumerate(groups)}
    numbers = np.array([shown.get(c, -1) for c in shelf.state.groups] + [-1])
    labels = numbers[shelf.labels[lying.rows]]
    return Places(lying.hashes, lying.xy, labels, tuple(groups))
