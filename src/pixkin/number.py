"""How many groups, for clusterers that have to be told."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from pixkin.errors import SettingError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pixkin.records import Labels, Vectors

__all__ = ["check_number", "choose_number", "components", "exactly"]

SAMPLE = 2000
"""Points that the silhouette is taken of: its cost grows with their square."""
EACH_UP_TO = 10
MOST = 100
SETTLING_STEPS = 20


def check_number(n_clusters: int | Literal["auto"], n_samples: int) -> None:
    """Refuse no groups, and more groups than there are points.

    Raises
    ------
    SettingError
    """
    if n_clusters == "auto":
        return
    if n_clusters < 1:
        raise SettingError("n_clusters", "at least 1", n_clusters)
    if n_clusters > n_samples:
        allowed = f"at most {n_samples}, the number of distinct pictures"
        raise SettingError("n_clusters", allowed, n_clusters)


def choose_number(X: Vectors, cut: Callable[[Any, int], Labels], detail: float) -> Labels:
    """Cut into the number of groups of the best silhouette.

    Numbers from 2 to half of the points are tried: each up to 10, then in steps of a fifth, to 100.

    Parameters
    ----------
    X : float32 array of shape (n_samples, n_features)
    cut : callable
        (X, n_clusters) to labels.
    detail : float
        Multiplies the number found.

    References
    ----------
    Rousseeuw, "Silhouettes", J. Comput. Appl. Math. 20 (1987), 53-65.
    """
    from sklearn.metrics import silhouette_score

    if len(X) < 4:
        return np.zeros(len(X), dtype=np.int64)
    most = min(MOST, len(X) // 2)
    numbers = [*range(2, min(EACH_UP_TO, most) + 1)]
    if most > EACH_UP_TO:
        numbers += sorted({round(number) for number in np.geomspace(EACH_UP_TO, most, 14)[1:]})
    rows = np.linspace(0, len(X) - 1, min(len(X), SAMPLE)).astype(int)
    scores = []
    for number in numbers:
        labels = cut(X, number)[rows]
        n_found = len(np.unique(labels))
        usable = 1 < n_found < len(rows)
        scores.append(silhouette_score(X[rows], labels) if usable else -1.0)
    best = numbers[int(np.argmax(scores))]
    return cut(X, int(np.clip(round(best * detail), 1, len(X))))


def exactly(X: Vectors, labels: Labels, n_clusters: int) -> Labels:
    """Join or halve groups until there are ``n_clusters``.

    Those whose union adds least to the spread within groups (Ward) are joined; of those to halve,
    the one of the widest spread comes first.

    Parameters
    ----------
    X : float32 array of shape (n_samples, n_features)
    labels : int array of shape (n_samples,)
        Any numbers, none of them noise.
    n_clusters : int
        At most ``n_samples``.
    """
    found, labels = np.unique(labels, return_inverse=True)
    labels = labels.astype(np.int64)
    if len(found) == n_clusters:
        return labels
    if len(found) > n_clusters:
        return _join(X, labels, n_clusters)
    return _halve(X, labels, n_clusters)


def components(here: NDArray[np.int64], there: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """Label the parts of the graph on ``n`` points with an edge from each ``here`` to ``there``."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    graph = coo_array((np.ones(len(here)), (here, there)), shape=(n, n))
    labels: NDArray[np.int64] = connected_components(graph, directed=False)[1].astype(np.int64)
    return labels


def _join(X: Vectors, labels: Labels, n_clusters: int) -> Labels:
    k = int(labels.max()) + 1
    sizes = np.bincount(labels).astype(np.float64)
    centres = np.zeros((k, X.shape[1]))
    np.add.at(centres, labels, X)
    unions = sorted(_unions(centres / sizes[:, None], sizes))[: k - n_clusters]
    ends = np.array([pair for _, pair in unions], dtype=np.int64)
    return components(ends[:, 0], ends[:, 1], k)[labels]


def _unions(
    centres: NDArray[np.float64], sizes: NDArray[np.float64]
) -> list[tuple[float, tuple[int, int]]]:
    """Give all unions of Ward's hierarchy, as (cost, a member of each side).

    By chains of nearest neighbours (Murtagh, "A survey of recent advances in hierarchical
    clustering algorithms", Computer J. 26 (1983), 354-359): time k^2, and no matrix of k^2.
    """
    left = np.ones(len(sizes), dtype=bool)
    square = (centres**2).sum(axis=1)
    unions: list[tuple[float, tuple[int, int]]] = []
    chain: list[int] = []
    while len(unions) < len(sizes) - 1:
        chain = chain or [int(left.argmax())]
        last = chain[-1]
        apart = np.maximum(square + square[last] - 2 * centres @ centres[last], 0)
        cost = np.where(left, apart * sizes / (sizes + sizes[last]) * sizes[last], np.inf)
        cost[last] = np.inf
        before = chain[-2] if len(chain) > 1 else last
        best = int(cost.argmin())
        if cost[best] < cost[before]:
            chain.append(best)
            continue
        del chain[-2:]
        unions.append((float(cost[before]), (before, last)))
        left[last] = False
        total = sizes[before] + sizes[last]
        centres[before] += (centres[last] - centres[before]) * (sizes[last] / total)
        sizes[before], square[before] = total, (centres[before] ** 2).sum()
    return unions


def _halve(X: Vectors, labels: Labels, n_clusters: int) -> Labels:
    k = int(labels.max()) + 1
    members = [np.flatnonzero(labels == label) for label in range(k)]
    widest = [(-_spread(X[rows]), label) for label, rows in enumerate(members)]
    heapq.heapify(widest)
    labels = labels.copy()
    for new in range(k, n_clusters):
        _, label = heapq.heappop(widest)
        rows = members[label]
        is_new = _side(X[rows].astype(np.float64))
        members[label] = rows[~is_new]
        members.append(rows[is_new])
        labels[members[new]] = new
        for part in (label, new):
            heapq.heappush(widest, (-_spread(X[members[part]]), part))
    return labels


def _side(points: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Cut points across their longest axis, and move the cut as 2-means does; no side is empty."""
    points = points - points.mean(axis=0)
    axis = points[(points**2).sum(axis=1).argmax()]
    for _ in range(SETTLING_STEPS):
        longer = (points @ axis) @ points
        length = np.sqrt((longer**2).sum())
        axis = longer / length if length > 0 else axis
    side: NDArray[np.bool_] = points @ axis > 0
    if not side.any() or side.all():
        return np.arange(len(points)) >= len(points) // 2
    for _ in range(SETTLING_STEPS):
        one, other = points[side].mean(axis=0), points[~side].mean(axis=0)
        settled = points @ (one - other) > (one @ one - other @ other) / 2
        if not settled.any() or settled.all() or (settled == side).all():
            break
        side = settled
    return side


def _spread(points: Vectors) -> float:
    """Sum of squared distances from the mean; a group that cannot be halved comes last."""
    if len(points) < 2:
        return -1.0
    return float(((points - points.mean(axis=0)) ** 2).sum())
