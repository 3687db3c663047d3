"""Which new group is which old one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pixkin.records import Labels

__all__ = ["match", "shares"]


def shares(old: Labels, new: Labels) -> tuple[Labels, Labels, NDArray[np.int64]]:
    """Count what each old and each new group have in common.

    Returns
    -------
    olds, news, counts : int64 arrays of shape (n_pairs,)
        Of the pairs that have anything in common.
    """
    both = (old >= 0) & (new >= 0)
    width = int(new.max(initial=0)) + 1
    pairs, counts = np.unique(old[both] * width + new[both], return_counts=True)
    return pairs // width, pairs % width, counts


def match(old: Labels, new: Labels) -> dict[int, int]:
    """Match groups so that as many points as can be keep their group.

    Only groups may match that share at least half of the smaller of the two, of the points that
    are in both partitions.

    Parameters
    ----------
    old, new : int64 arrays of shape (n,)
        Negative for points in no group.

    Returns
    -------
    dict of int to int
        Old label by new label, each at most once.

    References
    ----------
    Kuhn, "The Hungarian method for the assignment problem", Nav. Res. Logist. Q. 2 (1955), 83-97.
    """
    from scipy.optimize import linear_sum_assignment
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    olds, news, counts = shares(old, new)
    if not len(counts):
        return {}
    smaller = np.minimum(np.bincount(olds, counts)[olds], np.bincount(news, counts)[news])
    may = counts * 2 >= smaller
    olds, news, counts = olds[may], news[may], counts[may]
    n_old = int(olds.max()) + 1
    n = n_old + int(news.max()) + 1
    links = coo_array((np.ones(len(olds)), (olds, news + n_old)), shape=(n, n))
    _, parts = connected_components(links, directed=False)
    found = {}
    order = np.argsort(parts[olds], kind="stable")
    starts = np.flatnonzero(np.diff(parts[olds][order], prepend=-1))
    for rows in np.split(order, starts[1:]):
        ours, one = np.unique(olds[rows], return_inverse=True)
        theirs, other = np.unique(news[rows], return_inverse=True)
        common = np.zeros((len(ours), len(theirs)))
        common[one, other] = counts[rows]
        for i, j in zip(*linear_sum_assignment(common, maximize=True), strict=True):
            if common[i, j]:
                found[int(theirs[j])] = int(ours[i])
    return found
