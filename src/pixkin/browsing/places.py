"""Where pictures lie on the map."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pixkin.browsing.records import Places
from pixkin.errors import NotGroupedError, printable
from pixkin.library.store import Library as Store

if TYPE_CHECKING:
    from pixkin.browsing.shelf import Shelf
    from pixkin.library.listing import GroupInfo

__all__ = ["places_of"]


def places_of(shelf: Shelf, groups: Sequence[GroupInfo], folder: Path) -> Places:
    """Give the places of the pictures that the last grouping looked at and that are there."""
    with Store(folder) as store:
        kept = store.load_clustering(shelf.state.recipe)
    if kept is None:
        where = printable(str(folder))
        raise NotGroupedError(f"The map of {where} is not kept any more. Run `pixkin cluster`.")
    rows = np.array([shelf.index.row_of(sha256) for sha256 in kept.hashes])
    here = np.flatnonzero(shelf.facts.is_there[rows])
    shown = {group.cluster_id: i for i, group in enumerate(groups)}
    numbers = np.array([shown.get(c, -1) for c in shelf.state.groups] + [-1])
    return Places(
        [kept.hashes[i].hex() for i in here.tolist()],
        kept.places[here].astype(np.float32),
        numbers[shelf.labels[rows[here]]],
        tuple(groups),
    )
