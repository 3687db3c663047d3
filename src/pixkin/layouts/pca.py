"""The two directions along which vectors differ most, as in the tutorial recipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pixkin.reduce import principal
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
        places = np.zeros((len(X), 2), dtype=np.float32)
        if len(X) > 1:
            centred = X - X.mean(axis=0, dtype=np.float64).astype(X.dtype)
            with one_thread():
                _, axes = principal(centred, 2)
                places[:, : axes.shape[1]] = centred @ axes
        return places
