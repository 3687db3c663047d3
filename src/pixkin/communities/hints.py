"""A graph that leans towards the groups that there were, and keeps to what a person said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pixkin.communities.graph import Graph

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pixkin.records import Hints, Labels

__all__ = ["hinted"]

USUAL, SAME_GROUP = 2, 3
"""What an edge is multiplied by: half as much again in a group that there was keeps 98 % of the
pictures in their group when a tenth more come, against 88 % (benchmarks/stability.md)."""
CORRECTED_GROUP = 4
"""The same in a group that a person put pictures into: he has seen it, and takes it for one."""
TOGETHER = 16
"""What an edge weighs between two pictures that a person put into one group: as much as one that
is found in every view from both ends."""


def hinted(graph: Graph, hints: Hints) -> Graph:
    """Weigh the edges of a graph by what is known of the groups of its points.

    Points that a person put together are joined, and those that he put apart are not (must-link
    and cannot-link: Wagstaff & Cardie, "Clustering with instance-level constraints", ICML 2000).

    Parameters
    ----------
    graph : Graph
    hints : Hints
    """
    one, other = graph.ends
    start, held = hints.start, hints.held
    same = (start[one] >= 0) & (start[one] == start[other])
    factors = np.full(len(graph.weights), USUAL, dtype=np.int32)
    factors[same] = SAME_GROUP
    factors[same & np.isin(start[one], np.unique(start[held]))] = CORRECTED_GROUP
    factors[held[one] & held[other] & ~same] = 0
    pinned = np.isin(start, sorted(hints.pinned))
    factors[(pinned[one] | pinned[other]) & ~same] = 0
    for point, group in hints.barred:
        at = np.flatnonzero((one == point) | (other == point))
        factors[at[start[one[at] + other[at] - point] == group]] = 0
    stays = factors > 0
    links = _links(hints)
    ends = np.hstack([graph.ends[:, stays], links])
    weights = np.append(
        graph.weights[stays] * factors[stays], np.full(links.shape[1], TOGETHER, dtype=np.int32)
    )
    return Graph(graph.n, ends.astype(np.int32), weights.astype(np.int32))


def _links(hints: Hints) -> NDArray[np.int64]:
    """Join those that are held in one group, one after another, and each with one of the rest."""
    put, rest = (_by_group(hints.start, rows) for rows in (hints.held, ~hints.held))
    one, other = put[:-1], put[1:]
    same = hints.start[one] == hints.start[other]
    groups, of_rest = hints.start[put], hints.start[rest]
    begin, end = (np.searchsorted(of_rest, groups, side) for side in ("left", "right"))
    joins = end > begin
    turn = np.arange(len(put)) - np.searchsorted(groups, groups)
    beside = rest[(begin + turn % np.maximum(end - begin, 1))[joins]]
    pairs = np.hstack([[one[same], other[same]], [put[joins], beside]])
    return np.sort(pairs, axis=0).astype(np.int64)


def _by_group(start: Labels, chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Give the chosen points that are in a group, those of one group after another."""
    rows = np.flatnonzero(chosen & (start >= 0))
    return rows[np.argsort(start[rows], kind="stable")]
