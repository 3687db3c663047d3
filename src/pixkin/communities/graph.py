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
    ends : int32 array of shape (2, n_edges)
        A million points seen in four ways have tens of millions of edges.
    weights : int32 array of shape (n_edges,)
    """

    def __init__(self, n: int, ends: NDArray[np.int32], weights: NDArray[np.int32]) -> None:
        self.n, self.ends, self.weights = n, ends, weights

    @classmethod
    def of(cls, views: Sequence[Neighbors]) -> Graph:
        """Join two points that are neighbours.

        An edge weighs how often it was found: once for each view and each end of it from which
        the other is among the nearest.

        Parameters
        ----------
        views : sequence of Neighbors
            Of the same points, seen in different ways; one or more. -1 stands for none, which
            is what a search of many points gives for one that is not a number.
        """
        n = len(views[0].indices)
        codes = np.empty(sum(view.indices.size for view in views), dtype=np.int64)
        stop = 0
        for view in views:
            here = np.repeat(np.arange(n, dtype=np.int32), view.indices.shape[1])
            there = view.indices.ravel()
            start, stop = stop, stop + len(here)
            np.multiply(np.minimum(here, there), n, out=codes[start:stop], dtype=np.int64)
            codes[start:stop] += np.maximum(here, there)
        codes.sort()
        return cls._summed(n, codes[np.searchsorted(codes, 0) :], None)

    @classmethod
    def _summed(cls, n: int, codes: NDArray[np.int64], weights: NDArray[np.int32] | None) -> Graph:
        """Add up edges, each written as ``low * n + high``, rising. None: each weighs 1."""
        starts = np.flatnonzero(np.append(True, codes[1:] != codes[:-1])[: len(codes)])
        ends = np.empty((2, len(starts)), dtype=np.int32)
        ends[0], ends[1] = np.divmod(codes[starts], n)
        if weights is None:
            summed = np.diff(starts, append=len(codes))
        else:
            summed = np.add.reduceat(weights, starts) if len(starts) else weights
        return cls(n, ends, summed.astype(np.int32))

    def merged(self, labels: Labels) -> Graph:
        """Draw each group as one point. What joins its members is an edge of it to itself."""
        n = int(labels.max()) + 1
        one, other = labels[self.ends[0]], labels[self.ends[1]]
        codes = np.minimum(one, other) * n + np.maximum(one, other)
        order = np.argsort(codes, kind="stable")
        return self._summed(n, codes[order], self.weights[order])

    def degrees(self) -> NDArray[np.float64]:
        """Sum the weights at each point."""
        both = [np.bincount(ends, self.weights, self.n) for ends in self.ends]
        return (both[0] + both[1]).astype(np.float64)

    def parts(self, labels: Labels) -> list[tuple[NDArray[np.int64], Graph]]:
        """Cut the graph along ``labels``: the points of each group, and the graph among them."""
        k = int(labels.max()) + 1
        order = np.argsort(labels, kind="stable")
        points = np.split(order, np.cumsum(np.bincount(labels, minlength=k))[:-1])
        place = np.empty(self.n, dtype=np.int32)
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
