"""k-means, as in the tutorial recipe."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

import numpy as np

from pixkin.number import check_number, choose_number, exactly
from pixkin.threads import one_thread

if TYPE_CHECKING:
    from pixkin.records import Labels, Neighbors, Vectors

__all__ = ["KMeansClusterer"]


STARTS = 10
WARD_POINTS = 4000
"""Distances of all pairs are held in memory: 64 MB at this many."""


class KMeansClusterer:
    """Groups around centres, such that the squared distances to them are small.

    Of ten starts by k-means++ and one from Ward's groups, the best is taken.

    Parameters
    ----------
    n_clusters : int or "auto", default="auto"
        "auto" tries numbers and takes the one of the best silhouette.
    detail : float, default=1
        Multiplies the number found.
    random_state : int, default=0

    References
    ----------
    Lloyd, "Least squares quantization in PCM", IEEE Trans. Inf. Theory 28 (1982); Arthur &
    Vassilvitskii, "k-means++", SODA 2007.
    """

    def __init__(
        self,
        n_clusters: int | Literal["auto"] = "auto",
        detail: float = 1.0,
        random_state: int = 0,
    ) -> None:
        self.n_clusters, self.detail, self.random_state = n_clusters, detail, random_state

    def prepare(self) -> None:
        import sklearn.cluster  # noqa: F401
        import sklearn.metrics  # noqa: F401

    def fit_predict(self, X: Vectors, neighbors: Iterable[Neighbors] = ()) -> Labels:
        check_number(self.n_clusters, len(X))
        self.prepare()  # one_thread holds what is loaded
        with one_thread():
            if self.n_clusters == "auto":
                return choose_number(X, self._cut, self.detail)
            return self._cut(X, self.n_clusters)

    def _cut(self, X: Vectors, n_clusters: int) -> Labels:
        from sklearn.cluster import KMeans
        from sklearn.exceptions import ConvergenceWarning

        models = [KMeans(n_clusters, n_init=STARTS, random_state=self.random_state)]
        if 1 < n_clusters <= WARD_POINTS // 2:
            models.append(KMeans(n_clusters, init=_ward_centres(X, n_clusters), n_init=1))
        with warnings.catch_warnings():
            # Of fewer groups than were asked for, where rows are equal.
            warnings.simplefilter("ignore", ConvergenceWarning)
            best = min((model.fit(X) for model in models), key=lambda model: model.inertia_)
        return exactly(X, best.labels_, n_clusters)


def _ward_centres(X: Vectors, n_clusters: int) -> Vectors:
    """Give the means of Ward's groups in a sample: a start that random ones seldom beat."""
    from sklearn.cluster import AgglomerativeClustering

    sample = X[:: math.ceil(len(X) / WARD_POINTS)]
    labels = AgglomerativeClustering(n_clusters).fit_predict(sample)
    return np.stack([sample[labels == label].mean(axis=0) for label in range(n_clusters)])
