"""The graph whose communities are groups."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

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
    def of(cls, views: Iterable[Neighbors]) -> Graph:
        """Join two points that are neighbours.

        An edge weighs how often it was found: once for each view and each end of it from which
        the other is among the nearest.

        Parameters
        ----------
        views : iterable of Neighbors
            Of the same points, seen in different ways; one or more. -1 stands for none, which
            is what a search of many points gives for one that is not a number.
        """
        n, found = 0, []
        for view in views:
            n = len(view.indices)
            here = np.repeat(np.arange(n, dtype=np.int32), view.indices.shape[1])
            found.append(_codes(n, here, view.indices.ravel()))
            del view  # of a million points they take more than the graph
        codes = np.concatenate(found)
        del found
        codes.sort()
        codes = codes[np.searchsorted(codes, 0) :]
        is_first = np.append(True, codes[1:] != codes[:-1])[: len(codes)]
        weights = np.diff(np.flatnonzero(is_first), append=len(codes))
        codes = codes[is_first]
        return cls(n, _ends(n, codes), weights.astype(np.int32))

    def merged(self, labels: Labels) -> Graph:
        """Draw each group as one point. What joins its members is an edge of it to itself."""
        n = int(labels.max()) + 1
        codes = _codes(n, labels[self.ends[0]], labels[self.ends[1]])
        order = np.argsort(codes, kind="stable")
        codes = codes[order]
        starts = np.flatnonzero(np.append(True, codes[1:] != codes[:-1])[: len(codes)])
        weights = self.weights[order]
        weights = np.add.reduceat(weights, starts) if len(starts) else weights
        return Graph(n, _ends(n, codes[starts]), weights.astype(np.int32))

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


def _codes(n: int, one: NDArray[Any], other: NDArray[Any]) -> NDArray[np.int64]:
    """Write each edge as one number, ``low * n + high``; below 0 where an end is."""
    codes: NDArray[np.int64] = np.multiply(np.minimum(one, other), n, dtype=np.int64)
    codes += np.maximum(one, other)
    return codes


def _ends(n: int, codes: NDArray[np.int64]) -> NDArray[np.int32]:
    ends = np.empty((2, len(codes)), dtype=np.int32)
    np.floor_divide(codes, n, out=ends[0], casting="same_kind")
    np.remainder(codes, n, out=ends[1], casting="same_kind")
    return ends
