"""Dense regions are groups, and what lies between them is in none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

import numpy as np

from pixkin.errors import SettingError
from pixkin.threads import one_thread

if TYPE_CHECKING:
    from pixkin.records import Labels, Neighbors, Vectors

__all__ = ["HdbscanClusterer"]

SMALLEST_GROUP = 5


class HdbscanClusterer:
    """Groups that persist over the widest range of densities; label -1 is noise.

    Parameters
    ----------
    n_clusters : "auto"
        It finds its own number.
    detail : float, default=1
        Divides the size of the smallest group, which is 5 at 1, and at least 2.
    random_state : int, default=0
        Not used: there is nothing random in it.

    References
    ----------
    Campello, Moulavi & Sander, "Density-based clustering based on hierarchical density
    estimates", PAKDD 2013.
    """

    def __init__(
        self,
        n_clusters: int | Literal["auto"] = "auto",
        detail: float = 1.0,
        random_state: int = 0,
    ) -> None:
        if n_clusters != "auto":
            raise SettingError("n_clusters", "'auto' with the hdbscan clusterer", n_clusters)
        self.n_clusters, self.detail, self.random_state = n_clusters, detail, random_state

    def prepare(self) -> None:
        import sklearn.cluster  # noqa: F401

    def fit_predict(self, X: Vectors, neighbors: Iterable[Neighbors] = ()) -> Labels:
        from sklearn.cluster import HDBSCAN

        smallest = max(2, round(SMALLEST_GROUP / self.detail))
        if len(X) < smallest:
            return np.zeros(len(X), dtype=np.int64)
        with one_thread():
            model = HDBSCAN(min_cluster_size=smallest, n_jobs=1, copy=True)
            labels: Labels = model.fit_predict(X).astype(np.int64)
            return labels
