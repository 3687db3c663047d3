"""Groups kept in the library: the same pictures and settings give them back, uncomputed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pixkin.communities import Tree
from pixkin.group import GROUPING_VERSION, Groups, has_levels
from pixkin.library.values import KeptClustering

if TYPE_CHECKING:
    from pixkin.library.store import Library
    from pixkin.settings import Settings

__all__ = ["CUTTING", "groups_of", "keep", "recall", "recipe_of"]

DECIDING = ("clusterer", "layout", "random_state", "n_neighbors", "n_components")
"""The settings that decide groups and map, besides what is in the vectors already."""
CUTTING = ("n_clusters", "detail")
"""Those that choose a level, and so decide nothing where every level is kept."""


def recipe_of(
    hashes: Sequence[bytes],
    space_id: int,
    settings: Settings,
    versions: dict[str, Any],
    vectors: str = "",
) -> str:
    """Give the checksum of everything that decides the groups.

    ``vectors`` is the checksum of those that were brought; others follow from the images.
    """
    names = DECIDING if has_levels(settings) else DECIDING + CUTTING
    facts = {
        "images": hashlib.sha256(b"".join(hashes)).hexdigest(),
        "space": space_id,
        "settings": {name: getattr(settings, name) for name in names},
        "grouping": GROUPING_VERSION,
        "versions": versions,
    }
    if vectors:
        facts["vectors"] = vectors
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def recall(library: Library, recipe: str) -> Groups | None:
    """Give the groups made by ``recipe`` before, if they were kept."""
    kept = library.load_clustering(recipe)
    return None if kept is None else groups_of(kept)


def groups_of(kept: KeptClustering) -> Groups:
    """Give the groups that were kept."""
    return Groups(
        leaves=kept.leaves,
        tree=None if kept.best is None else Tree(kept.leaves, kept.unions, kept.best),
        reduced=kept.reduced,
        places=kept.places,
        layout=kept.settings["layout_used"],
        likely=kept.likely,
        reduction=None,
    )


def keep(
    library: Library,
    recipe: str,
    hashes: Sequence[bytes],
    space_id: int,
    settings: Settings,
    groups: Groups,
) -> None:
    """Keep groups under ``recipe``."""
    tree = groups.tree
    kept = KeptClustering(
        settings={**settings.to_dict(), "layout_used": groups.layout},
        hashes=hashes,
        leaves=groups.leaves,
        places=groups.places,
        reduced=groups.reduced,
        unions=np.empty((0, 2), dtype=np.int64) if tree is None else tree.unions,
        best=None if tree is None else tree.best,
        likely=groups.likely,
        reduction={} if groups.reduction is None else groups.reduction.to_arrays(),
    )
    library.save_clustering(recipe, space_id, kept)
