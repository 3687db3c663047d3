"""Which pictures are most like some, and least like others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from pixkin.pool import n_cores
from pixkin.threads import in_blocks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pixkin.records import Vectors

__all__ = ["diverse", "query_of", "ranked"]

AWAY = 0.25
"""What a disliked picture counts, where a liked one counts 1. On seven labelled collections, of 20
found for three liked pictures and against three wrong ones 82.6 % are of the class that was meant;
with 0, 81.2 %; with 0.5, 79.5 %. By the nearest of the liked in place of their mean, 76.6 %."""
BLOCK = 16_384
SLACK = 1e-4
"""A product of two rows of length 1 in float32 is nearer to the true one than this."""
FIRST, GROWTH, MOST = 256, 4, 65_536
"""Rows that are put in order at once: few at first, as most searches want no more."""


def query_of(liked: Vectors, disliked: Vectors) -> NDArray[np.float64]:
    """Give the one vector that stands for all: the mean of the liked, away from the disliked.

    Parameters
    ----------
    liked : float32 array of shape (n_liked, n_components)
        One row or more.
    disliked : float32 array of shape (n_disliked, n_components)

    References
    ----------
    Rocchio, "Relevance feedback in information retrieval", in: Salton (ed.), The SMART Retrieval
    System (1971), 313-323.
    """
    query: NDArray[np.float64] = liked.mean(axis=0, dtype=np.float64)
    if len(disliked):
        query = query - AWAY * disliked.mean(axis=0, dtype=np.float64)
    return query


def ranked(
    X: Vectors,
    query: NDArray[np.float64],
    n_threads: int = 0,
    skip: NDArray[np.bool_] | None = None,
) -> Iterator[tuple[int, float]]:
    """Give rows and their products with ``query``, the largest first; of equals, the first row.

    All rows are compared, in float32, and then the best once more in float64, row by row: so the
    order is the same for any number of threads, and equal rows have equal scores.

    Parameters
    ----------
    X : float32 array of shape (n, n_components)
    query : float64 array of shape (n_components,)
    n_threads : int
        0 for one per core.
    skip : bool array of shape (n,), optional
        Rows that are not wanted. It may be changed meanwhile; what is at hand by then still comes.
    """
    near = _products(X, query.astype(np.float32), n_threads)
    size = FIRST
    while True:
        if skip is not None:
            near[skip] = -np.inf
        least = np.partition(near, -size)[-size] if size < len(X) else -np.inf
        rows = np.flatnonzero((near >= least - SLACK) & (near > -np.inf))
        if not len(rows):
            return
        exact = (X[rows] * query).sum(axis=1)
        order = np.lexsort((rows, -exact))[:size]
        near[rows[order]] = -np.inf
        yield from zip(rows[order].tolist(), exact[order].tolist(), strict=True)
        size = min(size * GROWTH, MOST)


def diverse(
    X: Vectors, rows: Sequence[int], scores: Sequence[float], n: int, share: float
) -> list[int]:
    """Choose rows that score well and are not alike, by maximal marginal relevance.

    Parameters
    ----------
    X : float32 array of shape (n_samples, n_components)
    rows : sequence of int
        To choose from, the best first.
    scores : sequence of float
    n : int
    share : float
        0: by score alone; 1: each as unlike those chosen before as can be.

    Returns
    -------
    list of int
        Places in ``rows``.

    References
    ----------
    Carbonell & Goldstein, "The use of MMR, diversity-based reranking for reordering documents and
    producing summaries", SIGIR 1998.
    """
    candidates = X[list(rows)].astype(np.float64)
    value = (1 - share) * np.asarray(scores)
    nearest = np.full(len(candidates), -np.inf)
    chosen: list[int] = []
    left = np.ones(len(candidates), dtype=bool)
    while len(chosen) < min(n, len(candidates)):
        worth = value - share * nearest if chosen else value
        # The first is the best one, also where the score does not count.
        best = int(np.where(left, worth, -np.inf).argmax()) if chosen else 0
        chosen.append(best)
        left[best] = False
        nearest = np.maximum(nearest, (candidates * candidates[best]).sum(axis=1))
    return chosen


def _products(X: Vectors, query: Vectors, n_threads: int) -> Vectors:
    out = np.empty(len(X), dtype=np.float32)

    def one(rows: slice) -> None:
        np.dot(X[rows], query, out=out[rows])

    in_blocks(one, len(X), BLOCK, n_threads or n_cores())
    return out
