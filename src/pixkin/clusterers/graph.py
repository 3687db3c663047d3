"""Communities of the neighbour graph: needs no number of groups, and calls nothing noise."""

from __future__ import annotations

import functools
import importlib.util
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Literal

import numpy as np

from pixkin.neighbors import nearest
from pixkin.number import check_number, exactly
from pixkin.settings import default
from pixkin.threads import one_thread

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pixkin.records import Labels, Neighbors, Vectors

__all__ = ["GraphCommunities"]

RESOLUTION = 1.8
"""Of modularity, at detail 1: measured on seven collections (benchmarks/quality.md)."""
FEWEST_POINTS = 4
POINTS_PER_NEIGHBOR = 3
"""In a small collection each point gets fewer neighbours: among neighbours of all, none are kin."""
ITERATIONS = 10
RESTART_POINTS = 200_000
MOST_RESTARTS = 10
SEARCH_STEPS = 12
EXACT_BITS = 10
"""Of a resolution: they place it within 0.1 %, and leave room for exact sums (`_leiden`)."""


class GraphCommunities:
    """Leiden communities of the graph of mutual and one-sided neighbours.

    An edge joins two points of which one is among the other's nearest; it weighs 2 where both
    are. The partition of the highest modularity from several orders of the points is taken.

    Parameters
    ----------
    n_clusters : int or "auto", default="auto"
        With a number, communities are found a little finer, and the two whose union adds least
        to the spread within groups (Ward) are joined until the number is met; or, where even
        the finest communities are too few, the widest is halved.
    detail : float, default=1
        Scales the resolution.
    random_state : int, default=0
    n_neighbors : int, default=8

    References
    ----------
    Traag, Waltman & van Eck, "From Louvain to Leiden", Scientific Reports 9, 5233 (2019).
    Reichardt & Bornholdt, "Statistical mechanics of community detection", Phys. Rev. E 74 (2006),
    016110, eq. 15: modularity with a resolution.
    """

    needs = ("networkit",)

    def __init__(
        self,
        n_clusters: int | Literal["auto"] = "auto",
        detail: float = 1.0,
        random_state: int = 0,
        n_neighbors: int = default("n_neighbors"),
    ) -> None:
        self.n_clusters, self.detail = n_clusters, detail
        self.random_state, self.n_neighbors = random_state, n_neighbors

    def prepare(self) -> None:
        _networkit()

    def fit_predict(self, X: Vectors, neighbors: Neighbors | None = None) -> Labels:
        n = len(X)
        check_number(self.n_clusters, n)
        if n < FEWEST_POINTS and self.n_clusters == "auto":
            return np.zeros(n, dtype=np.int64)
        if neighbors is None:
            neighbors = nearest(X, self.n_neighbors)
        graph = _Graph(neighbors.first(max(1, (n - 1) // POINTS_PER_NEIGHBOR)))
        if self.n_clusters == "auto":
            return graph.communities(RESOLUTION * self.detail, self.random_state)
        labels = self._at_least(graph, self.n_clusters)
        with one_thread():
            return exactly(X, labels, self.n_clusters)

    def _at_least(self, graph: _Graph, n_clusters: int) -> Labels:
        """Find the coarsest communities that are no fewer than ``n_clusters``."""
        low, high = np.log(RESOLUTION / 64), np.log(RESOLUTION * 64)
        coarsest = graph.communities(float(np.exp(high)), self.random_state, most_runs=1)
        if coarsest.max() + 1 <= n_clusters:
            return coarsest
        for _ in range(SEARCH_STEPS):
            middle = (low + high) / 2
            labels = graph.communities(float(np.exp(middle)), self.random_state, most_runs=1)
            if labels.max() + 1 < n_clusters:
                low = middle
            else:
                high, coarsest = middle, labels
                if labels.max() + 1 == n_clusters:
                    break
        best = graph.communities(float(np.exp(high)), self.random_state)
        return best if best.max() + 1 >= n_clusters else coarsest


class _Graph:
    """An undirected graph: each edge once, with the lower point first.

    Attributes
    ----------
    n : int
    ends : int64 array of shape (2, n_edges)
    weights : float64 array of shape (n_edges,)
    """

    def __init__(self, neighbors: Neighbors) -> None:
        self.n, k = neighbors.indices.shape
        here = np.repeat(np.arange(self.n, dtype=np.int64), k)
        there = neighbors.indices.ravel().astype(np.int64)
        found = there >= 0
        low, high = np.minimum(here, there)[found], np.maximum(here, there)[found]
        pairs, counts = np.unique(low * self.n + high, return_counts=True)
        self.ends = np.stack([pairs // self.n, pairs % self.n])
        self.weights = counts.astype(np.float64)

    def communities(
        self, resolution: float, random_state: int, most_runs: int = MOST_RESTARTS
    ) -> Labels:
        """Take the best of several runs, each on the points in another order."""
        rng = np.random.default_rng(random_state)
        runs = int(np.clip(RESTART_POINTS // max(self.n, 1), 1, most_runs))
        best, best_score = np.zeros(self.n, dtype=np.int64), -np.inf
        for run in range(runs):
            order = rng.permutation(self.n) if run else np.arange(self.n)
            labels = self._leiden(order, resolution)
            score = self._modularity(labels, resolution)
            if score > best_score:
                best, best_score = labels, score
        return best

    def _leiden(self, order: NDArray[np.int64], resolution: float) -> Labels:
        """Run Leiden once.

        ParallelLeiden moves a point where that gains anything, by its rounded sums; of moves that
        gain nothing it may go round for ever. So all its sums are made exact: weights are whole
        numbers, a loop at one more point brings their total to a power of two, and the resolution
        is rounded to a few bits.
        """
        volume = 2 * self.weights.sum()
        whole = 2.0 ** np.ceil(np.log2(volume + 2))
        weights = np.append(self.weights, (whole - volume) / 2)
        ends = np.append(order[self.ends], [[self.n], [self.n]], axis=1)
        part, power = np.frexp(resolution * whole / max(volume, 1))
        gamma = float(np.ldexp(np.round(part * 2**EXACT_BITS) / 2**EXACT_BITS, power))
        # With one thread and no randomisation ParallelLeiden is the same on every run.
        kit = _networkit()
        threads = kit.engineering.getMaxNumberOfThreads()
        kit.engineering.setNumberOfThreads(1)
        try:
            graph = kit.graph.GraphFromCoo(
                (weights, (ends[0], ends[1])), n=self.n + 1, weighted=True
            )
            leiden = kit.community.ParallelLeiden(
                graph, randomize=False, iterations=ITERATIONS, gamma=gamma
            )
            found = np.asarray(leiden.run().getPartition().getVector(), dtype=np.int64)
        finally:
            kit.engineering.setNumberOfThreads(threads)
        return np.unique(found[order], return_inverse=True)[1].astype(np.int64)

    def _modularity(self, labels: Labels, resolution: float) -> float:
        total = self.weights.sum()
        if not total:
            return 0.0
        inside = self.weights[labels[self.ends[0]] == labels[self.ends[1]]].sum()
        degree = np.bincount(self.ends.ravel(), np.tile(self.weights, 2), minlength=self.n)
        volume = np.bincount(labels, degree)
        return float(inside / total - resolution * (volume**2).sum() / (2 * total) ** 2)


@functools.cache
def _networkit() -> SimpleNamespace:
    """Import the three parts of NetworKit that are used.

    Its ``__init__`` imports all of its parts, Matplotlib and NetworkX: 3.5 s, against 0.6 s for
    these. So a bare package stands in while they are imported, and goes again, so that whoever
    imports NetworKit later gets all of it.
    """
    kit = _networkit_parts()
    kit.engineering.setLogLevel("ERROR")  # what its __init__ does
    return kit


def _networkit_parts() -> SimpleNamespace:
    names = ("graph", "community", "engineering")
    if "networkit" not in sys.modules:
        spec = importlib.util.find_spec("networkit")
        if spec is not None and spec.submodule_search_locations:
            bare = importlib.util.module_from_spec(spec)
            sys.modules["networkit"] = bare
            try:
                parts = {name: importlib.import_module(f"networkit.{name}") for name in names}
            except (ImportError, AttributeError):
                pass  # another version, whose parts need the whole
            else:
                return SimpleNamespace(**parts)
            finally:
                del sys.modules["networkit"]
    return SimpleNamespace(**{n: importlib.import_module(f"networkit.{n}") for n in names})
