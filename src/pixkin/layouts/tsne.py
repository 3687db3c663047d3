"""t-SNE on the neighbour graph, started from the principal components."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pixkin.neighbors import nearest, nearest_to
from pixkin.pool import n_cores
from pixkin.threads import one_thread

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pixkin.records import Map, Neighbors, Vectors

__all__ = ["TsneLayout"]

FEWEST_POINTS = 8
EARLY_ITERATIONS, ITERATIONS = 125, 375
START_SPREAD = 1e-4
INTERPOLATED_ABOVE = 4000
"""Points from which forces through a grid (Linderman et al., 2019) are quicker than a tree's."""
INTERVAL = 2
"""Width of the grid's cells. With openTSNE's 1, 10,000 points take five times as long, and keep
0.804 of their neighbours instead of 0.795."""
SAMPLED_ABOVE, SAMPLE = 100_000, 50_000
"""More points than this are laid out by a sample, evenly spaced, and the rest is put beside it."""
BESIDE = 3


class TsneLayout:
    """Neighbours lie together; distances between groups mean little.

    Parameters
    ----------
    random_state : int, default=0

    References
    ----------
    van der Maaten & Hinton, "Visualizing data using t-SNE", JMLR 9 (2008); Kobak & Berens, "The
    art of using t-SNE", Nature Communications 10, 5416 (2019): start and learning rate; Böhm,
    Berens & Kobak, "Attraction-repulsion spectrum in neighbor embeddings", JMLR 23 (2022): equal
    weights for 15 neighbours in place of a perplexity.
    """

    needs = ("openTSNE",)
    n_neighbors = 15
    most_neighbors_of = SAMPLED_ABOVE

    def __init__(self, random_state: int = 0) -> None:
        self.random_state = random_state

    def fit_transform(self, X: Vectors, neighbors: Neighbors | None = None) -> Map:
        if len(X) < FEWEST_POINTS:
            return _first_axes(X)
        if len(X) <= SAMPLED_ABOVE:
            return self._lay_out(X, neighbors)
        rows = np.linspace(0, len(X) - 1, SAMPLE).astype(np.int64)
        places = self._lay_out(X[rows], None)
        return _beside(places, nearest_to(X, X[rows], BESIDE))

    def _lay_out(self, X: Vectors, neighbors: Neighbors | None) -> Map:
        import openTSNE
        from openTSNE.nearest_neighbors import PrecomputedNeighbors

        # Where all are neighbours of all, neighbours say nothing.
        k = min(self.n_neighbors, (len(X) - 1) // 3)
        if neighbors is None or neighbors.indices.shape[1] < k:
            neighbors = nearest(X, k)
        neighbors = neighbors.first(k)
        with one_thread():
            index = PrecomputedNeighbors(neighbors.indices, np.sqrt(neighbors.distances))
            affinities = openTSNE.affinity.Uniform(knn_index=index, k_neighbors=k)
            embedding = openTSNE.TSNEEmbedding(
                _start(X),
                affinities,
                negative_gradient_method="fft" if len(X) > INTERPOLATED_ABOVE else "bh",
                ints_in_interval=INTERVAL,
                n_jobs=n_cores(),  # of the tree's forces, each point's are summed by one thread
                random_state=self.random_state,
            )
            embedding.optimize(EARLY_ITERATIONS, exaggeration=12, momentum=0.5, inplace=True)
            embedding.optimize(ITERATIONS, momentum=0.8, inplace=True)
        return np.asarray(embedding, dtype=np.float32)


def _beside(places: Map, near: Neighbors) -> Map:
    """Place each row at the mean of its nearest neighbours' places, the nearer the weightier.

    What is in the sample is its own nearest neighbour, at no distance, and keeps its place.
    """
    weights = 1 / np.maximum(near.distances.astype(np.float64), 1e-6)
    weights /= weights.sum(axis=1, keepdims=True)
    laid = np.einsum("nk,nkd->nd", weights, places[near.indices].astype(np.float64))
    return np.asarray(laid, dtype=np.float32)


def _first_axes(X: Vectors) -> Map:
    """Place each row by the first two principal axes that ``X`` is already written in."""
    places = np.zeros((len(X), 2), dtype=np.float32)
    n_axes = min(2, X.shape[1])
    places[:, :n_axes] = X[:, :n_axes]
    return places


def _start(X: Vectors) -> NDArray[np.float64]:
    """Place rows so near to each other that forces move them freely (Kobak & Berens)."""
    places = _first_axes(X).astype(np.float64)
    spread = places[:, 0].std()
    return places / spread * START_SPREAD if spread > 0 else places
