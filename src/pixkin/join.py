"""New pictures join the groups that there are, where they belong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pixkin.communities import Graph, grow
from pixkin.describe import members_of
from pixkin.neighbors import n_neighbors_of, nearest, nearest_to
from pixkin.reduce import unit
from pixkin.settings import default

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pixkin.records import Labels, Vectors

__all__ = ["Grouped"]

K = 10
"""Neighbours that have a say."""
SAMPLE = 500
USUAL = 0.95
"""The share of pictures whose nearest other is nearer than what counts as far. On seven collections
86 % of pictures held back join a group then, and 57 % of a class that was never seen are refused;
with 0.9, 82 and 64 %; with 0.8, 71 and 73 %."""
LEAST_CONFIDENCE = 0.5
FEWEST = 5
"""Pictures that are enough for a group of their own."""


class Grouped:
    """Pictures that are in groups, which new ones may join.

    Parameters
    ----------
    X : float32 array of shape (n_samples, n_components)
        Reduced: rows of length 1.
    labels : int64 array of shape (n_samples,)
        -1 for none.
    vectors : array of shape (n_samples, n_features)
        As the encoder gave them, in a file or not. A picture of a kind that was never seen may lie
        near others when it is reduced, as what is different in it is left out there.
    """

    def __init__(self, X: Vectors, labels: Labels, vectors: Any) -> None:
        self.X, self.labels, self.vectors = X, labels, vectors
        rows = np.linspace(0, len(X) - 1, min(len(X), SAMPLE)).astype(int)
        near = nearest_to(X[rows], X, K + 1)
        others, distances = near.indices[:, 1:], near.distances[:, 1:]  # the first is itself
        self.far = self.unlike = 0.0
        if others.size:
            self.far = float(np.quantile(distances[:, 0], USUAL))
            unlike = self._unlike(_at(vectors, rows), others)
            self.unlike = float(np.quantile(unlike, USUAL))

    def join(self, new: Vectors, new_vectors: Any) -> tuple[Labels, NDArray[np.float64]]:
        """Tell which group each new picture belongs to, by its nearest neighbours.

        Parameters
        ----------
        new : float32 array of shape (n_new, n_components)
        new_vectors : array of shape (n_new, n_features)

        Returns
        -------
        found : int64 array of shape (n_new,)
            The group that most of the nearest are in, or -1 where that is not sure enough.
        confidence : float64 array of shape (n_new,)
            From 0 to 1: the share of the nearest that are in it; 0 where the nearest is farther
            away than nearly all are from theirs.
        """
        found = np.full(len(new), -1, dtype=np.int64)
        confidence = np.zeros(len(new))
        near = nearest_to(new, self.X, K)
        if not near.indices.size:
            return found, confidence
        is_near = near.distances[:, 0] <= self.far
        is_near &= self._unlike(new_vectors, near.indices) <= self.unlike
        for i in np.flatnonzero(is_near).tolist():
            groups = self.labels[near.indices[i]]
            numbers, where, counts = np.unique(groups, return_index=True, return_counts=True)
            best = min(range(len(numbers)), key=lambda j: (-counts[j], where[j]))
            confidence[i] = counts[best] / len(groups)
            if numbers[best] >= 0 and confidence[i] >= LEAST_CONFIDENCE:
                found[i] = numbers[best]
        return found, confidence

    def form(self, new: Vectors, random_state: int) -> Labels:
        """Find groups among new pictures that belong to none.

        Parameters
        ----------
        new : float32 array of shape (n_new, n_components)
        random_state : int

        Returns
        -------
        int64 array of shape (n_new,)
            0 to k - 1; -1 for those that are still in none: their community is too small, or its
            members are farther from each other than nearly all are from theirs.
        """
        found = np.full(len(new), -1, dtype=np.int64)
        if len(new) < FEWEST:
            return found
        k = 0
        for rows in members_of(_communities(new, random_state)):
            apart = nearest_to(new[rows], new[rows], 2).distances[:, -1]
            if len(rows) >= FEWEST and np.median(apart) <= self.far:
                found[rows] = k
                k += 1
        return found

    def _unlike(self, vectors: Any, near: NDArray[np.int32]) -> NDArray[np.float64]:
        """Give for each of ``vectors`` how unlike it is the one of its neighbours most like it."""
        there, place = np.unique(near, return_inverse=True)
        V, W = unit(_floats(_at(self.vectors, there))), unit(_floats(vectors))
        place = place.reshape(near.shape)
        like = [(V[row] * one).sum(axis=1).max() for row, one in zip(place, W, strict=True)]
        return 1.0 - np.array(like, dtype=np.float64)


def _at(vectors: Any, rows: NDArray[Any]) -> Any:
    """Pick rows; of vectors in a file, without reading the others."""
    return vectors.at(rows)[:] if hasattr(vectors, "at") else vectors[rows]


def _floats(vectors: Any) -> Vectors:
    return np.asarray(vectors[:], dtype=np.float32)


def _communities(new: Vectors, random_state: int) -> Labels:
    views = [nearest(new, n_neighbors_of(len(new), default("n_neighbors")))]
    tree = grow(Graph.of(views), random_state)
    return tree.cut(tree.best)
