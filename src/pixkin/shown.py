"""Which images of a clustering a page or a plot shows: enough to judge it, and not too many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pixkin.clustering import Cluster, Clustering
    from pixkin.records import Labels

__all__ = ["shown_hashes", "shown_images", "shown_members"]

SHOWN_PER_CLUSTER = 96
SHOWN_IN_ALL = 1800
FEWEST_SHOWN = 12
SHOWN_PER_FINER = 3


def shown_members(members: Sequence[int], n_clusters: int) -> list[int]:
    """Choose which members of a group are shown: all, or a sample from most to least typical.

    Parameters
    ----------
    members : sequence of int
        The most typical first.
    n_clusters : int
        Among which a fixed number of pictures is shared, so that a page stays quick to open.
    """
    share = max(FEWEST_SHOWN, min(SHOWN_PER_CLUSTER, SHOWN_IN_ALL // max(n_clusters, 1)))
    if len(members) <= share:
        return list(members)
    return [members[i] for i in np.linspace(0, len(members) - 1, share).round().astype(int)]


def shown_images(clustering: Clustering) -> tuple[tuple[int, ...], ...]:
    """Choose the images of each group that are shown, the most typical first.

    Besides those of `shown_members`, a few of each group at the finer levels, so that none is
    empty when a person looks at another level.
    """
    chosen = [
        set(shown_members(cluster.members, clustering.n_clusters_))
        for cluster in clustering.clusters
    ]
    room = SHOWN_IN_ALL
    for level in clustering.levels:
        room -= SHOWN_PER_FINER * level.n_clusters
        if level.n_clusters > clustering.n_clusters_ and room >= 0:
            _add_first(chosen, clustering.clusters, level.labels)
    return tuple(
        tuple(member for member in cluster.members if member in images)
        for cluster, images in zip(clustering.clusters, chosen, strict=True)
    )


def _add_first(chosen: list[set[int]], clusters: Sequence[Cluster], labels: Labels) -> None:
    """Add the first members of each group of a finer level."""
    for images, cluster in zip(chosen, clusters, strict=True):
        seen: dict[int, int] = {}
        for member in cluster.members:
            label = int(labels[member])
            seen[label] = seen.get(label, 0) + 1
            if seen[label] <= SHOWN_PER_FINER:
                images.add(member)


def shown_hashes(clustering: Clustering) -> list[bytes]:
    """Name the images whose thumbnails a page or a plot needs."""
    return [clustering.hashes[image] for images in shown_images(clustering) for image in images]
