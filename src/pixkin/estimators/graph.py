"""Rows to groups: the default clusterer with scikit-learn's face."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils.validation import validate_data

from pixkin import reduce
from pixkin.clusterers.graph import GraphCommunities
from pixkin.describe import in_order
from pixkin.settings import Settings, default

__all__ = ["GraphClusterer"]


class GraphClusterer(ClusterMixin, BaseEstimator):
    """Find communities in the graph of nearest neighbours.

    Parameters
    ----------
    n_clusters : int or "auto", default="auto"
        With "auto" the number is found.
    detail : float, default=1.0
        Fewer (below 1) or more (above 1) groups when automatic.
    n_neighbors : int, default=8
    random_state : int, default=0

    Attributes
    ----------
    labels_ : int64 array of shape (n_samples,)
        0 to k - 1, the largest group first.
    n_clusters_ : int
    n_features_in_ : int

    References
    ----------
    Traag, Waltman & van Eck, "From Louvain to Leiden", Scientific Reports 9, 5233 (2019).

    Examples
    --------
    >>> from pixkin import GraphClusterer
    >>> from sklearn.datasets import make_blobs
    >>> X, _ = make_blobs(120, centers=4, random_state=0, cluster_std=0.3)
    >>> GraphClusterer(n_clusters=4).fit(X).n_clusters_
    4
    """

    def __init__(
        self,
        n_clusters: int | Literal["auto"] = default("n_clusters"),
        detail: float = default("detail"),
        n_neighbors: int = default("n_neighbors"),
        random_state: int = default("random_state"),
    ) -> None:
        self.n_clusters = n_clusters
        self.detail = detail
        self.n_neighbors = n_neighbors
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None) -> GraphClusterer:
        """Group the rows of ``X``.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
        y : ignored

        Returns
        -------
        self

        Raises
        ------
        SettingError
            If a parameter is out of range, or more groups are asked for than rows differ.
        """
        X = validate_data(self, X, dtype=np.float32, order="C", ensure_min_samples=2)
        Settings(
            n_clusters=self.n_clusters,
            detail=self.detail,
            n_neighbors=self.n_neighbors,
            random_state=self.random_state,
        )
        first, twin = reduce.distinct(X)
        communities = GraphCommunities(
            self.n_clusters, self.detail, self.random_state, self.n_neighbors
        )
        labels = communities.fit_predict(np.ascontiguousarray(X[first]))[twin]
        # Ties between groups of one size go by the row that comes first.
        order = [i.to_bytes(8, "big") for i in range(len(labels))]
        self.labels_ = in_order(labels, order)
        self.n_clusters_ = int(self.labels_.max()) + 1
        return self
