"""The graph whose communities are groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pixkin.records import Labels, Neighbors

__all__ = ["Graph"]


class Graph:
    """An undirected graph: each edge once, with the lower point first.

    Attributes
    ----------
    n : int
        Points.
    ends : int64 array of shape (2, n_edges)
    weights : float64 array of shape (n_edges,)
        Whole numbers.
    """

    def __init__(self, n: int, ends: NDArray[np.int64], weights: NDArray[np.float64]) -> None:
        self.n, self.ends, self.weights = n, ends, weights

    @classmethod
    def of(cls, views: Sequence[Neighbors]) -> Graph:
        """Join two points that are neighbours.

        An edge weighs how often it was found: once for each view and each end of it from which
        the other is among the nearest.

        Parameters
        ----------
        views : sequence of Neighbors
            Of the same points, seen in different ways; one or more.
        """
        n = len(views[0].indices)
        codes = []
        for view in views:
            here = np.repeat(np.arange(n, dtype=np.int64), view.indices.shape[1])
            there = view.indices.ravel().astype(np.int64)
            found = there >= 0
            low, high = np.minimum(here, there)[found], np.maximum(here, there)[found]
            codes.append(low * n + high)
        pairs, counts = np.unique(np.concatenate(codes), return_counts=True)
        return cls(n, np.stack([pairs // n, pairs % n]), counts.astype(np.float64))

    def degrees(self) -> NDArray[np.float64]:
        """Sum the weights at each point."""
        both = [np.bincount(ends, self.weights, self.n) for ends in self.ends]
        return (both[0] + both[1]).astype(np.float64)

    def parts(self, labels: Labels) -> list[tuple[NDArray[np.int64], Graph]]:
        """Cut the graph along ``labels``: the points of each group, and the graph among them."""
        k = int(labels.max()) + 1
        order = np.argsort(labels, kind="stable")
        points = np.split(order, np.cumsum(np.bincount(labels, minlength=k))[:-1])
        place = np.empty(self.n, dtype=np.int64)
        for rows in points:
            place[rows] = np.arange(len(rows))
        home = labels[self.ends[0]]
        inside = np.flatnonzero(home == labels[self.ends[1]])
        inside = inside[np.argsort(home[inside], kind="stable")]
        stops = np.cumsum(np.bincount(home[inside], minlength=k))[:-1]
        edges = np.split(inside, stops)
        return [
            (rows, Graph(len(rows), place[self.ends[:, own]], self.weights[own]))
            for rows, own in zip(points, edges, strict=True)
        ]
