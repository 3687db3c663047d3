"""Communities of a graph by Leiden, the same on every run."""

from __future__ import annotations

import functools
import importlib
import importlib.util
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pixkin.communities.graph import Graph
    from pixkin.records import Labels

__all__ = ["communities", "prepare"]

ITERATIONS = 10
EXACT_BITS = 10
"""Of a resolution: they place it within 0.1 %, and leave room for exact sums (`_leiden`)."""


def communities(graph: Graph, resolution: float, random_state: int, n_runs: int) -> Labels:
    """Find the partition of the highest modularity.

    Parameters
    ----------
    graph : Graph
    resolution : float
        Of modularity: how much denser than chance a community must be.
    random_state : int
    n_runs : int
        Each begins with the points in another order, and the best is taken.

    Returns
    -------
    int64 array of shape (graph.n,)
        0 to k - 1.

    References
    ----------
    Traag, Waltman & van Eck, "From Louvain to Leiden", Scientific Reports 9, 5233 (2019).
    Reichardt & Bornholdt, "Statistical mechanics of community detection", Phys. Rev. E 74 (2006),
    016110, eq. 15: modularity with a resolution.
    """
    if not len(graph.weights):
        return np.arange(graph.n, dtype=np.int64)
    rng = np.random.default_rng(random_state)
    degrees = graph.degrees()
    best, best_score = np.zeros(graph.n, dtype=np.int64), -np.inf
    for run in range(n_runs):
        order = rng.permutation(graph.n) if run else np.arange(graph.n)
        labels = _leiden(graph, order, resolution)
        score = _modularity(graph, degrees, labels, resolution)
        if score > best_score:
            best, best_score = labels, score
    return best


def prepare() -> None:
    """Import what will be needed."""
    _networkit()


def _leiden(graph: Graph, order: NDArray[np.int64], resolution: float) -> Labels:
    """Run Leiden once.

    ParallelLeiden moves a point where that gains anything, by its rounded sums; of moves that
    gain nothing it may go round for ever. So all its sums are made exact: weights are whole
    numbers, a loop at one more point brings their total to a power of two, and the resolution
    is rounded to a few bits.
    """
    volume = 2 * graph.weights.sum()
    whole = 2.0 ** np.ceil(np.log2(volume + 2))
    weights = np.append(graph.weights, (whole - volume) / 2)
    ends = np.append(order[graph.ends], [[graph.n], [graph.n]], axis=1)
    part, power = np.frexp(resolution * whole / volume)
    gamma = float(np.ldexp(np.round(part * 2**EXACT_BITS) / 2**EXACT_BITS, power))
    # With one thread and no randomisation ParallelLeiden is the same on every run.
    kit = _networkit()
    threads = kit.engineering.getMaxNumberOfThreads()
    kit.engineering.setNumberOfThreads(1)
    try:
        drawn = kit.graph.GraphFromCoo((weights, (ends[0], ends[1])), n=graph.n + 1, weighted=True)
        leiden = kit.community.ParallelLeiden(
            drawn, randomize=False, iterations=ITERATIONS, gamma=gamma
        )
        found = np.asarray(leiden.run().getPartition().getVector(), dtype=np.int64)
    finally:
        kit.engineering.setNumberOfThreads(threads)
    return np.unique(found[order], return_inverse=True)[1].astype(np.int64)


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
