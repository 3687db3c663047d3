"""Joining the two nearest groups, again and again (Ward)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

import numpy as np

from pixkin.errors import UsageError
from pixkin.number import check_number, choose_number, components
from pixkin.threads import one_thread

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pixkin.records import Labels, Neighbors, Vectors

__all__ = ["AgglomerativeClusterer"]

MOST_POINTS = 30_000
"""Distances of all pairs are held in memory: 3.6 GB at this many."""


class AgglomerativeClusterer:
    """The hierarchy whose every union adds least to the spread within groups, cut once.

    Parameters
    ----------
    n_clusters : int or "auto", default="auto"
        "auto" tries numbers and takes the one of the best silhouette.
    detail : float, default=1
        Multiplies the number found.
    random_state : int, default=0
        Not used: there is nothing random in it.

    References
    ----------
    Ward, "Hierarchical grouping to optimize an objective function", JASA 58 (1963), 236-244.
    """

    def __init__(
        self,
        n_clusters: int | Literal["auto"] = "auto",
        detail: float = 1.0,
        random_state: int = 0,
    ) -> None:
        self.n_clusters, self.detail, self.random_state = n_clusters, detail, random_state

    def prepare(self) -> None:
        import scipy.cluster.hierarchy  # noqa: F401
        import sklearn.metrics  # noqa: F401

    def fit_predict(self, X: Vectors, neighbors: Iterable[Neighbors] = ()) -> Labels:
        from scipy.cluster.hierarchy import linkage

        check_number(self.n_clusters, len(X))
        if len(X) > MOST_POINTS:
            raise UsageError(
                f"The agglomerative clusterer holds the distances of all pairs, so it takes at "
                f"most {MOST_POINTS:,} pictures; there are {len(X):,}. Use the graph clusterer."
            )
        if len(X) < 2:
            return np.zeros(len(X), dtype=np.int64)
        self.prepare()  # one_thread holds what is loaded
        with one_thread():
            tree = linkage(X, "ward")
            if self.n_clusters == "auto":
                return choose_number(X, lambda _, number: _cut(tree, number), self.detail)
            return _cut(tree, self.n_clusters)


def _cut(tree: NDArray[np.float64], n_clusters: int) -> Labels:
    """Undo the last unions. SciPy's own cut is by height, and of equal heights it undoes all."""
    n = len(tree) + 1
    n_unions = n - n_clusters
    lower = tree[:n_unions, :2].astype(np.int64)
    return components(lower.T.ravel(), np.tile(n + np.arange(n_unions), 2), n + n_unions)[:n]
