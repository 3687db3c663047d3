"""Groups kept in the library: the same pictures and settings give them back, uncomputed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pixkin.group import GROUPING_VERSION, Groups, cluster_ids

if TYPE_CHECKING:
    from pixkin.library.store import Library, Space
    from pixkin.settings import Settings

__all__ = ["keep", "recall", "recipe_of"]

DECIDING = (
    "clusterer", "n_clusters", "detail", "layout", "random_state", "n_neighbors", "n_components",
)  # fmt: skip
"""The settings that decide groups and map, besides what is in the vectors already."""


def recipe_of(
    hashes: Sequence[bytes], space: Space, settings: Settings, versions: dict[str, Any]
) -> str:
    """Give the checksum of everything that decides the groups."""
    facts = {
        "images": hashlib.sha256(b"".join(hashes)).hexdigest(),
        "space": space.space_id,
        "settings": {name: getattr(settings, name) for name in DECIDING},
        "grouping": GROUPING_VERSION,
        "versions": versions,
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def recall(library: Library, recipe: str, hashes: Sequence[bytes]) -> Groups | None:
    """Give the groups made by ``recipe`` before, if they were kept."""
    kept = library.load_clustering(recipe)
    if kept is None or len(kept.members) != len(hashes):
        return None
    rows = [kept.members[sha256] for sha256 in hashes]
    return Groups(
        labels=np.array([row[0] for row in rows], dtype=np.int64),
        typicality=np.array([row[1] for row in rows]),
        places=np.array([row[2:] for row in rows], dtype=np.float32),
        layout=kept.settings["layout_used"],
        projection=None,
    )


def keep(
    library: Library,
    recipe: str,
    hashes: Sequence[bytes],
    space: Space,
    settings: Settings,
    groups: Groups,
) -> None:
    """Keep groups under ``recipe``."""
    members = zip(
        hashes,
        groups.labels.tolist(),
        groups.typicality.tolist(),
        groups.places[:, 0].tolist(),
        groups.places[:, 1].tolist(),
        strict=True,
    )
    library.save_clustering(
        recipe,
        {**settings.to_dict(), "layout_used": groups.layout},
        space,
        cluster_ids(groups.labels, hashes),
        members,
    )
