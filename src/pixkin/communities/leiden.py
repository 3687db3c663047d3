"""Communities of a graph by Leiden, the same on every run."""

from __future__ import annotations

import contextlib
import functools
import importlib
import importlib.util
import sys
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np

from pixkin.pool import n_cores

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pixkin.communities.graph import Graph
    from pixkin.records import Labels

__all__ = ["Leiden", "prepare"]

ITERATIONS = 10
POINTS_AT_ONCE = 2_000_000
"""In all runs side by side: of a graph of a million points two, whose grouping peaked at 3.7 GB."""
EXACT_BITS = 10
"""Of a resolution: they place it within 0.1 %, and leave room for exact sums (`_Drawn`)."""


class Leiden:
    """Leiden on one graph, which is drawn once and then looked at with any resolution.

    Parameters
    ----------
    graph : Graph
    random_state : int
    n_runs : int
        Each begins with the points in another order, and the best is taken.

    References
    ----------
    Traag, Waltman & van Eck, "From Louvain to Leiden", Scientific Reports 9, 5233 (2019).
    Reichardt & Bornholdt, "Statistical mechanics of community detection", Phys. Rev. E 74 (2006),
    016110, eq. 15: modularity with a resolution.
    """

    def __init__(self, graph: Graph, random_state: int, n_runs: int) -> None:
        self.graph, self.degrees = graph, graph.degrees()
        rng = np.random.default_rng(random_state)
        orders = [np.arange(graph.n), *(rng.permutation(graph.n) for _ in range(n_runs - 1))]
        self._drawn = [_Drawn(graph, order) for order in orders] if len(graph.weights) else []

    def communities(self, resolution: float) -> Labels:
        """Find the partition of the highest modularity.

        Parameters
        ----------
        resolution : float
            Of modularity: how much denser than chance a community must be.

        Returns
        -------
        int64 array of shape (graph.n,)
            0 to k - 1; without edges each point is alone.
        """
        return self._best(resolution, [drawn.communities(resolution) for drawn in self._drawn])

    def partitions(self, resolutions: Iterable[float], n_threads: int = 0) -> Generator[Labels]:
        """Give what `communities` gives for each of ``resolutions``.

        The next ones are worked on beside the one that is waited for. Whoever stops early should
        close the iterator.

        Parameters
        ----------
        resolutions : iterable of float
        n_threads : int
            0 for one per core. The result is the same for any number.
        """
        most = max(1, POINTS_AT_ONCE // max(1, self.graph.n))
        n_threads = min(n_threads or n_cores(), most)
        n_ahead = -(-n_threads // max(1, len(self._drawn)))
        ahead: deque[tuple[float, list[Future[Labels]]]] = deque()
        with ThreadPoolExecutor(n_threads) as threads:
            try:
                for resolution in resolutions:
                    runs = [threads.submit(d.communities, resolution) for d in self._drawn]
                    ahead.append((resolution, runs))
                    if len(ahead) > n_ahead:
                        yield self._earliest(ahead)
                while ahead:
                    yield self._earliest(ahead)
            finally:
                threads.shutdown(cancel_futures=True)

    def _earliest(self, ahead: deque[tuple[float, list[Future[Labels]]]]) -> Labels:
        resolution, runs = ahead.popleft()
        return self._best(resolution, [run.result() for run in runs])

    def _best(self, resolution: float, found: Sequence[Labels]) -> Labels:
        if len(found) == 1:
            return found[0]
        best, best_score = np.arange(self.graph.n, dtype=np.int64), -np.inf
        for labels in found:
            score = _modularity(self.graph, self.degrees, labels, resolution)
            if score > best_score:
                best, best_score = labels, score
        return best


def prepare() -> None:
    """Import what will be needed."""
    _networkit()


class _Drawn:
    """A graph as NetworKit has it, its points in some order.

    ParallelLeiden moves a point where that gains anything, by its rounded sums; of moves that
    gain nothing it may go round for ever. So all its sums are made exact: weights are whole
    numbers, a loop at one more point brings their total to a power of two, and the resolution
    is rounded to a few bits.
    """

    def __init__(self, graph: Graph, order: NDArray[np.int64]) -> None:
        self.order = order
        self.volume = 2 * float(graph.weights.sum())
        self.whole = 2.0 ** np.ceil(np.log2(self.volume + 2))
        ends = order.astype(np.int32)[graph.ends]
        with _alone() as kit:
            self._graph = kit.graph.GraphFromCoo(
                (graph.weights.astype(np.float64), (ends[0], ends[1])), n=graph.n + 1, weighted=True
            )
        self._graph.addEdge(graph.n, graph.n, (self.whole - self.volume) / 2)

    def communities(self, resolution: float) -> Labels:
        """Run Leiden once."""
        part, power = np.frexp(resolution * self.whole / self.volume)
        gamma = float(np.ldexp(np.round(part * 2**EXACT_BITS) / 2**EXACT_BITS, power))
        with _alone() as kit:
            leiden = kit.community.ParallelLeiden(
                self._graph, randomize=False, iterations=ITERATIONS, gamma=gamma
            )
            found = np.asarray(leiden.run().getPartition().getVector(), dtype=np.int64)
        return np.unique(found[self.order], return_inverse=True)[1].astype(np.int64)


@contextlib.contextmanager
def _alone() -> Iterator[SimpleNamespace]:
    """Hold NetworKit to one thread: with that and no randomisation it is the same on every run.

    It is held in the thread that calls this, and in no other: the number is OpenMP's.
    """
    kit = _networkit()
    threads = kit.engineering.getMaxNumberOfThreads()
    kit.engineering.setNumberOfThreads(1)
    try:
        yield kit
    finally:
        kit.engineering.setNumberOfThreads(threads)


def _modularity(
    graph: Graph, degrees: NDArray[np.float64], labels: Labels, resolution: float
) -> float:
    total = graph.weights.sum()
    inside = graph.weights[labels[graph.ends[0]] == labels[graph.ends[1]]].sum()
    volume = np.bincount(labels, degrees)
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
