"""How well a partition describes a graph: the fewer bits it takes, the more it has found.

Two codes are added. They err in opposite ways: the walker's code stops at groups between which a
walk can wander, and joins too much in small graphs; the edges' code goes on as long as there are
enough points to be sure, and halves too much in large ones. Measured on seven collections, their
sum is nearer to the number of classes than either (benchmarks/quality.md).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pixkin.communities.graph import Graph
    from pixkin.records import Labels

    Numbers = NDArray[np.float64]

__all__ = ["bits", "bits_of_edges", "bits_of_walk"]


def bits(graph: Graph, labels: Labels) -> float:
    """Give the bits that describe one step of a walk, and those that describe one edge.

    Parameters
    ----------
    graph : Graph
        With an edge.
    labels : int64 array of shape (graph.n,)
        0 to k - 1, each used.
    """
    return bits_of_walk(graph, labels) + bits_of_edges(graph, labels)


def bits_of_walk(graph: Graph, labels: Labels) -> float:
    """Give the code length of one step of a random walk, each group with a code book of its own.

    References
    ----------
    Rosvall & Bergstrom, "Maps of random walks on complex networks reveal community structure",
    PNAS 105 (2008), 1118-1123: the map equation, eq. 4 of its appendix.
    """
    total = 2 * graph.weights.sum()
    visits = graph.degrees() / total
    one, other = labels[graph.ends[0]], labels[graph.ends[1]]
    crosses = one != other
    k = int(labels.max()) + 1
    leaves = np.bincount(one[crosses], graph.weights[crosses], k)
    leaves = (leaves + np.bincount(other[crosses], graph.weights[crosses], k)) / total
    inside = np.bincount(labels, visits, k)
    return float(
        _entropic(leaves.sum()[None])
        - 2 * _entropic(leaves)
        + _entropic(leaves + inside)
        - _entropic(visits)
    )


def bits_of_edges(graph: Graph, labels: Labels) -> float:
    """Give the code length per edge under planted groups of one density inside and one between.

    Each edge counts once, whatever its weight.

    References
    ----------
    Zhang & Peixoto, "Statistical inference of assortative community structures", Phys. Rev.
    Research 2 (2020), 043271: the degree-corrected planted partition, sec. II.
    """
    from scipy.special import gammaln

    n_edges = len(graph.weights)
    degrees = np.bincount(graph.ends.ravel(), minlength=graph.n).astype(np.float64)
    k = int(labels.max()) + 1
    members = np.bincount(labels, minlength=k).astype(np.float64)
    volumes = np.bincount(labels, degrees, k).astype(np.float64)
    n_inside = int((labels[graph.ends[0]] == labels[graph.ends[1]]).sum())
    n_between = n_edges - n_inside
    # Which edges, given the degrees and how many lie inside.
    edges = gammaln(volumes + 1).sum() - gammaln(degrees + 1).sum()
    edges -= gammaln(n_inside + 1) + gammaln(n_between + 1)
    edges += n_inside * np.log(k)
    if k > 1:
        edges += n_between * np.log(k * (k - 1) / 2) + np.log(n_edges + 1)
    # The degrees, given the sum of each group; and who is in which group.
    edges += _log_choose(members + volumes - 1, volumes).sum()
    edges += float(_log_choose(graph.n - 1.0, k - 1.0)) + np.log(graph.n)
    edges += gammaln(graph.n + 1) - gammaln(members + 1).sum()
    return float(edges / n_edges / np.log(2))


def _entropic(shares: Numbers) -> float:
    shares = shares[shares > 0]
    return float((shares * np.log2(shares)).sum())


def _log_choose(n: Numbers | float, k: Numbers | float) -> Numbers:
    from scipy.special import gammaln

    logarithm: Numbers = gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1)
    return logarithm
