"""Vectors to groups and a map: the stages after encoding, one after another."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pixkin import reduce, registry
from pixkin.errors import MissingDependencyError
from pixkin.neighbors import nearest
from pixkin.progress import OnProgress, Step

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pixkin.meter import Meter
    from pixkin.records import Labels, Map, Neighbors, Vectors
    from pixkin.settings import Settings

__all__ = [
    "GROUPING_VERSION",
    "Groups",
    "check",
    "cluster_ids",
    "group",
    "in_order",
    "prepare",
    "typicality",
]

GROUPING_VERSION = 1
"""Raised when the same vectors would give other groups, so that kept results are not reused."""

ID_LENGTH = 10
FALLBACK_LAYOUT = "pca"


@dataclass(frozen=True, slots=True)
class Groups:
    """What the vectors fell into. All arrays have one row per vector.

    Attributes
    ----------
    labels : int64 array of shape (n,)
        0 to k - 1, the largest group first; -1 for none.
    typicality : float64 array of shape (n,)
        From 0 to 1.
    places : float32 array of shape (n, 2)
        The map.
    layout : str
        The layout that was used.
    projection : Projection or None
        None where the groups were not computed just now.
    """

    labels: Labels
    typicality: Any
    places: Map
    layout: str
    projection: reduce.Projection | None


def group(
    vectors: Any,
    hashes: Sequence[bytes],
    scaling: str,
    settings: Settings,
    meter: Meter,
    on_progress: OnProgress,
) -> Groups:
    """Find the groups of vectors, and lay them out.

    Parameters
    ----------
    vectors : float16 array of shape (n, n_features)
        One row or more.
    hashes : sequence of bytes
        One per row, rising: ties are broken by them.
    scaling : {"root", "standard", "none"}
        As the encoder says.
    settings : Settings
    meter : Meter
    on_progress : callable

    Raises
    ------
    SettingError
        If more groups are asked for than there are distinct pictures.
    """
    clusterer = _clusterer(settings)
    layout_name, layout = _layout(settings)
    on_progress(Step("reduce", 0, 1))
    with meter.stage("reduce"):
        first, twin = reduce.distinct(vectors)
        different = vectors if len(first) == len(vectors) else vectors[first]
        projection = reduce.fit(different, scaling, settings.n_components, settings.random_state)
        X = projection.transform(different)
    on_progress(Step("neighbors", 0, 1))
    with meter.stage("neighbors"):
        neighbors = nearest(X, max(settings.n_neighbors, layout.n_neighbors))
    on_progress(Step("cluster", 0, 1))
    with meter.stage("cluster"):
        labels = in_order(_fit(clusterer, X, neighbors, settings)[twin], hashes)
    on_progress(Step("layout", 0, 1))
    with meter.stage("layout"):
        places = layout.fit_transform(X, neighbors)[twin]
    on_progress(Step("layout", 1, 1))
    return Groups(labels, typicality(X[twin], labels), places, layout_name, projection)


def check(settings: Settings) -> None:
    """Find out what is wrong with the settings before any time is spent.

    Raises
    ------
    SettingError, UnknownNameError, MissingDependencyError
    """
    _clusterer(settings)
    _layout(settings)


def prepare(settings: Settings) -> None:
    """Import what grouping will need, while pictures are being read by other processes."""
    _clusterer(settings).prepare()
    _layout(settings)[1].prepare()
    reduce.prepare()


def in_order(labels: Labels, hashes: Sequence[bytes]) -> Labels:
    """Number groups by size, the largest 0; of equals, the one with the smallest hash first."""
    groups = [
        (-len(rows), min(hashes[i] for i in rows.tolist()), rows) for rows in _members(labels)
    ]
    renamed = np.full(len(labels), -1, dtype=np.int64)
    for new, (_, _, rows) in enumerate(sorted(groups, key=lambda group: group[:2])):
        renamed[rows] = new
    return renamed


def cluster_ids(labels: Labels, hashes: Sequence[bytes]) -> list[str]:
    """Derive each group's lasting id from the members that found it.

    The SHA-256 of the members' hashes, rising, in base 32, cut to 50 bits: never random, and two
    groups of different members do not share one.
    """
    ids = []
    for rows in _members(labels):
        digest = hashlib.sha256(b"".join(sorted(hashes[i] for i in rows.tolist())))
        ids.append(base64.b32encode(digest.digest()).decode("ascii").lower()[:ID_LENGTH])
    return ids


def typicality(X: Vectors, labels: Labels) -> Any:
    """Give the cosine of each row with the mean of its group, 0 where negative or in none.

    Parameters
    ----------
    X : float32 array of shape (n, n_components)
        Rows of length 1 (or 0: such a row is its own mean, and its typicality 1 if alone).
    labels : int64 array of shape (n,)

    Returns
    -------
    float64 array of shape (n,)
        From 0 to 1, rounded to 4 decimals.
    """
    out = np.zeros(len(X))
    for rows in _members(labels):
        members = X[rows].astype(np.float64)
        mean = members.mean(axis=0)
        length = np.sqrt((mean**2).sum())
        if length < 1e-9:
            out[rows] = 1.0 if not members.any() else 0.0
        else:
            out[rows] = (members * (mean / length)).sum(axis=1)
    return np.round(np.clip(out, 0, 1), 4)


def _members(labels: Labels) -> list[NDArray[np.int64]]:
    """Give the rows of each label, -1 left out, by rising label."""
    order = np.argsort(labels, kind="stable")
    numbers, starts = np.unique(labels[order], return_index=True)
    parts = np.split(order, starts[1:]) if len(order) else []
    return [rows for number, rows in zip(numbers, parts, strict=True) if number >= 0]


def _clusterer(settings: Settings) -> Any:
    return registry.build(
        "clusterer",
        settings.clusterer,
        n_clusters=settings.n_clusters,
        detail=settings.detail,
        random_state=settings.random_state,
    )


def _layout(settings: Settings) -> tuple[str, Any]:
    """Make the layout; where the default's package has no wheel, the one that needs none."""
    try:
        layout = registry.build("layout", settings.layout, random_state=settings.random_state)
    except MissingDependencyError:
        if settings.layout != type(settings)().layout:
            raise
        fallback = registry.build("layout", FALLBACK_LAYOUT, random_state=settings.random_state)
        return FALLBACK_LAYOUT, fallback
    return settings.layout, layout


def _fit(clusterer: Any, X: Vectors, neighbors: Neighbors, settings: Settings) -> Labels:
    labels: Labels = clusterer.fit_predict(X, neighbors.first(settings.n_neighbors))
    return labels
