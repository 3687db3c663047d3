"""The two directions along which vectors differ most, as in the tutorial recipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pixkin.threads import one_thread

if TYPE_CHECKING:
    from pixkin.records import Map, Neighbors, Vectors

__all__ = ["PcaLayout"]


class PcaLayout:
    """Principal components 1 and 2.

    Parameters
    ----------
    random_state : int, default=0
    """

    n_neighbors = 0

    def __init__(self, random_state: int = 0) -> None:
        self.random_state = random_state

    def fit_transform(self, X: Vectors, neighbors: Neighbors | None = None) -> Map:
        from sklearn.decomposition import PCA

        places = np.zeros((len(X), 2), dtype=np.float32)
        n_axes = min(2, X.shape[1], len(X) - 1)
        if n_axes > 0:
            # Equal rows have no variance, of which PCA then gives each axis's share.
            with one_thread(), np.errstate(divide="ignore", invalid="ignore"):
                solver = PCA(n_axes, svd_solver="full", random_state=self.random_state)
                places[:, :n_axes] = solver.fit_transform(X)
        return places
