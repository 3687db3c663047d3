"""Groups inside groups: one tree, which can be cut into any number."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from pixkin.communities.evidence import bits
from pixkin.communities.graph import Graph
from pixkin.communities.leiden import Leiden
from pixkin.pool import n_cores
from pixkin.threads import in_blocks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pixkin.records import Labels

__all__ = ["Tree", "grow"]

COARSEST, STEP, FINEST = 0.7, 1.16, 4.5
"""Resolutions that are always tried; finer ones while there is more evidence for them."""
LARGE, STEPS_IF_LARGE = 30_000, 2
"""In a graph of more points every other resolution is left out: each takes seconds there."""
SKETCHED_ABOVE, SKETCH_RESOLUTION = 100_000, 0.001
"""In a graph of more points the search goes over a sketch, in which the communities at this
resolution for each point (of 60 points or so) are one each, and then over the resolutions beside
what is found there. Of 250,000 planted points it takes 5 runs in place of 16 and finds the same."""
PATIENCE = 4
"""Steps that the evidence may be less for before the search ends."""
MOST_STEPS = 60
RUNS, RUN_POINTS = 4, 20_000
"""Leiden begins this often, or, in large graphs, as often as this many points allow."""
INSIDE_RESOLUTION = 1.5
"""At which a group is cut into the leaves of the tree: into about seven."""

Union: TypeAlias = tuple[float, int, int]
"""How much more the two are joined than by chance, and a leaf of each."""


@dataclass(frozen=True, slots=True)
class Tree:
    """Groups at every level. Each group of a finer level lies inside one of a coarser level.

    Attributes
    ----------
    leaves : int64 array of shape (n_samples,)
        The smallest groups, 0 to m - 1.
    unions : int64 array of shape (m - 1, 2)
        What is joined, one after another, until all is one: a leaf of each side.
    best : int
        The number of groups that there is most evidence for.
    """

    leaves: Labels
    unions: NDArray[np.int64]
    best: int

    @property
    def n_leaves(self) -> int:
        """The largest number of groups that it can be cut into."""
        return len(self.unions) + 1

    def cut(self, n_clusters: int) -> Labels:
        """Give the groups at one level.

        Parameters
        ----------
        n_clusters : int
            At least 1; more than there are leaves gives the leaves.

        Returns
        -------
        int64 array of shape (n_samples,)
            0 to k - 1.
        """
        home = list(range(self.n_leaves))

        def root(leaf: int) -> int:
            while home[leaf] != leaf:
                home[leaf] = home[home[leaf]]
                leaf = home[leaf]
            return leaf

        for one, other in self.unions[: max(0, self.n_leaves - n_clusters)].tolist():
            home[root(other)] = root(one)
        roots = np.array([root(leaf) for leaf in range(self.n_leaves)], dtype=np.int64)
        return np.unique(roots, return_inverse=True)[1][self.leaves].astype(np.int64)


def grow(graph: Graph, random_state: int) -> Tree:
    """Find the groups of a graph at every level.

    The partition of most evidence comes first. Each of its groups is cut into leaves, which are
    joined again in the order in which they hold together; then the groups themselves are.

    Parameters
    ----------
    graph : Graph
        Of one point or more.
    random_state : int
    """
    best = _best(graph, random_state)
    leaves = np.empty(graph.n, dtype=np.int64)
    n_leaves, inside = 0, []
    degrees, volume = graph.degrees(), 2 * graph.weights.sum()
    parts = graph.parts(best)

    def inner(place: slice) -> Labels:
        _, part = parts[place.start]
        return Leiden(part, random_state, 1).communities(INSIDE_RESOLUTION)

    found = in_blocks(inner, len(parts), 1, n_cores())
    for (points, part), own in zip(parts, found, strict=True):
        sizes = np.bincount(own, degrees[points]).astype(np.float64)
        inside += [
            (strength, one + n_leaves, other + n_leaves)
            for strength, one, other in _unions(part, own, sizes, volume)
        ]
        leaves[points] = own + n_leaves
        n_leaves += len(sizes)
    first_leaf = np.full(int(best.max()) + 1, n_leaves, dtype=np.int64)
    np.minimum.at(first_leaf, best, leaves)
    volumes = np.bincount(best, degrees).astype(np.float64)
    between = [
        (strength, int(first_leaf[one]), int(first_leaf[other]))
        for strength, one, other in _unions(graph, best, volumes, volume)
    ]
    ordered = [*sorted(inside, key=_strongest), *sorted(between, key=_strongest)]
    pairs = np.array([union[1:] for union in ordered], dtype=np.int64).reshape(-1, 2)
    return Tree(leaves, pairs, len(first_leaf))


def _strongest(union: Union) -> float:
    return -union[0]


def _best(graph: Graph, random_state: int) -> Labels:
    """Find the partition with the shortest description (`evidence`)."""
    if not len(graph.weights):
        return np.zeros(graph.n, dtype=np.int64)
    leiden = Leiden(graph, random_state, int(np.clip(RUN_POINTS // graph.n, 1, RUNS)))
    steps = range(0, MOST_STEPS, STEPS_IF_LARGE if graph.n > LARGE else 1)
    resolutions = [COARSEST * STEP**step for step in steps]
    if graph.n <= SKETCHED_ABOVE:
        return _search(graph, leiden, resolutions)[1]
    small = leiden.communities(graph.n * SKETCH_RESOLUTION)
    sketch = Leiden(graph.merged(small), random_state, RUNS)
    near, _ = _search(graph, sketch, resolutions, small)
    return _climb(graph, leiden, resolutions, near)


def _search(
    graph: Graph, leiden: Leiden, resolutions: Sequence[float], small: Labels | None = None
) -> tuple[int, Labels]:
    """Try rising resolutions while there is more evidence for finer groups.

    Where ``leiden`` is of groups that ``small`` gives, its groups are groups of those.
    """
    best, best_labels, least, since = 0, np.zeros(graph.n, dtype=np.int64), np.inf, 0
    with contextlib.closing(leiden.partitions(resolutions)) as partitions:
        for step, found in enumerate(partitions):
            labels = found if small is None else found[small]
            length = bits(graph, labels)
            if length < least:
                best, best_labels, least, since = step, labels, length, 0
            else:
                since += 1
            if resolutions[step] > FINEST and since > PATIENCE:
                break
    return best, best_labels


def _climb(graph: Graph, leiden: Leiden, resolutions: Sequence[float], near: int) -> Labels:
    """Try resolutions beside one, and on from there while there is more evidence."""
    lengths: dict[int, float] = {}
    best, best_labels, beside = near, np.zeros(graph.n, dtype=np.int64), [near - 1, near, near + 1]
    while beside := [step for step in beside if 0 <= step < len(resolutions)]:
        partitions = leiden.partitions([resolutions[step] for step in beside])
        for step, labels in zip(beside, partitions, strict=True):
            lengths[step] = bits(graph, labels)
            if lengths[step] <= min(lengths.values()):
                best, best_labels = step, labels
        beside = [step for step in (best - 1, best + 1) if step not in lengths]
    return best_labels


def _unions(
    graph: Graph, labels: Labels, sizes: NDArray[np.float64], volume: float
) -> Iterator[Union]:
    """Join groups until all are one, those that hold together most first.

    Two groups hold together as many times more than chance as there is weight between them over
    the product of their degrees. By chains of strongest neighbours: what they give is in no order,
    but no union is stronger than those that it is made of.

    References
    ----------
    Bonald, Charpentier, Galland & Hollocou, "Hierarchical graph clustering using node pair
    sampling", MLG 2018, arXiv:1806.01664: Paris.
    """
    size = sizes.tolist()
    beside = _between(graph, labels, len(size))
    left = set(range(len(size)))
    ended: list[int] = []
    while left:
        chain = [min(left)]
        while chain:
            last = chain[-1]
            before = chain[-2] if len(chain) > 1 else None
            near = _nearest(beside[last], size, before)
            if near is None:  # joined with all that it touches
                ended.append(last)
                left.discard(last)
                chain.pop()
            elif near == before:
                yield beside[last][near] * volume / (size[last] * size[near]), near, last
                _join(beside, size, near, last)
                left.discard(last)
                del chain[-2:]
            else:
                chain.append(near)
    for one, other in itertools.pairwise(ended):
        yield 0.0, one, other


def _nearest(beside: dict[int, float], size: list[float], before: int | None) -> int | None:
    """Give the group that holds to this one most; of equals the one before, or the lowest."""
    return max(
        beside,
        key=lambda other: (beside[other] / size[other], other == before, -other),
        default=None,
    )


def _join(beside: list[dict[int, float]], size: list[float], one: int, other: int) -> None:
    for third, weight in beside[other].items():
        if third != one:
            beside[one][third] = beside[one].get(third, 0.0) + weight
            beside[third][one] = beside[one][third]
        del beside[third][other]
    beside[other] = {}
    size[one] += size[other]


def _between(graph: Graph, labels: Labels, k: int) -> list[dict[int, float]]:
    """Give the weights between groups: for each, by the other."""
    beside: list[dict[int, float]] = [{} for _ in range(k)]
    merged = graph.merged(labels)
    for one, other, weight in zip(*merged.ends.tolist(), merged.weights.tolist(), strict=True):
        if one != other:
            beside[one][other] = beside[other][one] = float(weight)
    return beside
