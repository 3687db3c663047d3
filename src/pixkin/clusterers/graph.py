"""Communities of the neighbour graph: needs no number of groups, and calls nothing noise."""

from __future__ import annotations

import functools
import heapq
import importlib.util
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from pixkin.neighbors import nearest
from pixkin.number import check_number
from pixkin.settings import default
from pixkin.threads import one_thread

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pixkin.records import Labels, Neighbors, Vectors

__all__ = ["GraphCommunities"]

RESOLUTION = 2.0
"""Of modularity, at detail 1: measured on seven collections (benchmarks/quality.md)."""
ITERATIONS = 10
RESTART_POINTS = 200_000
MOST_RESTARTS = 10
SEARCH_STEPS = 12


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
        if n < 3 and self.n_clusters == "auto":
            return np.zeros(n, dtype=np.int64)
        if neighbors is None:
            neighbors = nearest(X, self.n_neighbors)
        graph = _Graph(neighbors)
        if self.n_clusters == "auto":
            return graph.communities(RESOLUTION * self.detail, self.random_state)
        labels = self._at_least(graph, self.n_clusters)
        with one_thread():
            return _split_to(X, _join_to(X, labels, self.n_clusters), self.n_clusters)

    def _at_least(self, graph: _Graph, n_clusters: int) -> Labels:
        """Find the coarsest communities that are no fewer than ``n_clusters``."""
        low, high = np.log(RESOLUTION / 64), np.log(RESOLUTION * 64)
        best = graph.communities(float(np.exp(high)), self.random_state)
        for _ in range(SEARCH_STEPS):
            middle = (low + high) / 2
            labels = graph.communities(float(np.exp(middle)), self.random_state)
            if labels.max() + 1 < n_clusters:
                low = middle
            else:
                high, best = middle, labels
                if labels.max() + 1 == n_clusters:
                    break
        return best


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

    def communities(self, resolution: float, random_state: int) -> Labels:
        """Take the best of several runs, each on the points in another order."""
        rng = np.random.default_rng(random_state)
        runs = int(np.clip(RESTART_POINTS // max(self.n, 1), 1, MOST_RESTARTS))
        best, best_score = np.zeros(self.n, dtype=np.int64), -np.inf
        for run in range(runs):
            order = rng.permutation(self.n) if run else np.arange(self.n)
            labels = self._leiden(order, resolution)
            score = self._modularity(labels, resolution)
            if score > best_score:
                best, best_score = labels, score
        return best

    def _leiden(self, order: NDArray[np.int64], resolution: float) -> Labels:
        # With one thread and no randomisation ParallelLeiden is the same on every run.
        kit = _networkit()
        threads = kit.engineering.getCurrentNumberOfThreads()
        kit.engineering.setNumberOfThreads(1)
        try:
            ends = order[self.ends]
            edges = (self.weights, (ends[0], ends[1]))
            graph = kit.graph.GraphFromCoo(edges, n=self.n, weighted=True)
            leiden = kit.community.ParallelLeiden(
                graph, randomize=False, iterations=ITERATIONS, gamma=resolution
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


def _join_to(X: Vectors, labels: Labels, n_clusters: int) -> Labels:
    """Join the two groups whose union adds least to the spread within, until few enough."""
    k = int(labels.max()) + 1
    if k <= n_clusters:
        return labels
    sizes = np.bincount(labels).astype(float)
    centres = np.zeros((k, X.shape[1]))
    np.add.at(centres, labels, X)
    centres /= sizes[:, None]
    while k > n_clusters:
        a, b = _cheapest_union(centres, sizes)
        total = sizes[a] + sizes[b]
        centres[a] = (centres[a] * sizes[a] + centres[b] * sizes[b]) / total
        sizes[a] = total
        centres, sizes = np.delete(centres, b, axis=0), np.delete(sizes, b)
        labels = np.where(labels == b, a, labels)
        labels = np.where(labels > b, labels - 1, labels)
        k -= 1
    return labels


def _cheapest_union(centres: Any, sizes: Any) -> tuple[int, int]:
    """Find the pair of least Ward cost: squared distance times ab / (a + b)."""
    square = (centres**2).sum(axis=1)
    apart = square[:, None] + square - 2 * centres @ centres.T
    cost = np.maximum(apart, 0) * (sizes[:, None] * sizes) / (sizes[:, None] + sizes)
    cost[np.tril_indices(len(sizes))] = np.inf
    a, b = np.unravel_index(int(cost.argmin()), cost.shape)
    return int(a), int(b)


def _split_to(X: Vectors, labels: Labels, n_clusters: int) -> Labels:
    """Halve the group of the widest spread until there are enough."""
    from sklearn.cluster import KMeans

    k = int(labels.max()) + 1
    if k >= n_clusters:
        return labels
    labels = labels.copy()
    widest = [(-_spread(X[labels == label]), label) for label in range(k)]
    heapq.heapify(widest)
    while k < n_clusters:
        _, label = heapq.heappop(widest)
        rows = np.flatnonzero(labels == label)
        halves = KMeans(2, n_init=3, random_state=0).fit_predict(X[rows])
        if not halves.any():
            halves[-1] = 1
        labels[rows[halves == 1]] = k
        for part in (label, k):
            heapq.heappush(widest, (-_spread(X[labels == part]), part))
        k += 1
    return labels


def _spread(points: Vectors) -> float:
    """Sum of squared distances from the mean; a group that cannot be halved comes last."""
    if len(points) < 2:
        return -1.0
    return float(((points - points.mean(axis=0)) ** 2).sum())
