"""Proposed pairs to matches, on the thumbnails' pixels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pixkin.duplicates.propose import likely_orientations
from pixkin.duplicates.work import matches_of, pairs_task
from pixkin.progress import OnProgress, Step

if TYPE_CHECKING:
    from pixkin.duplicates.match import Match
    from pixkin.duplicates.seen import Seen
    from pixkin.duplicates.work import Task

__all__ = ["EVERY", "USUAL", "confirm"]

Pair = tuple[int, int]
USUAL, EVERY = (0, 1), tuple(range(8))
"""Orientations in which parts are looked for: a crop is rarely turned as well."""
BLOCK = 512
"""Pairs in a task: each of their pictures is decoded once."""


def confirm(
    seen: Seen, pairs: Sequence[Pair], orientations: Sequence[int], on_progress: OnProgress
) -> dict[Pair, Match]:
    """Give the pairs that show the same, with how."""
    found: dict[Pair, Match] = {}
    pairs = _by_place(pairs)
    blocks = [pairs[start : start + BLOCK] for start in range(0, len(pairs), BLOCK)]
    tasks = (_task(seen, block, orientations) for block in blocks)
    answers = seen.crew.each(tasks, len(blocks))
    n_done = 0
    for block, answer in zip(blocks, answers, strict=True):
        on_progress(Step("compare", n_done, len(pairs)))
        n_done += len(block)
        matches = zip(block, matches_of(answer), strict=True)
        found.update((pair, match) for pair, match in matches if match is not None)
    return dict(sorted(found.items()))


def _by_place(pairs: Sequence[Pair]) -> list[Pair]:
    """Bring pairs of the same pictures together, so that few are decoded twice.

    By Cuthill and McKee's order ("Reducing the bandwidth of sparse symmetric matrices", 1969).
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import reverse_cuthill_mckee

    if not pairs:
        return []
    a, b = np.array(pairs, dtype=np.int64).T
    n = int(max(a.max(), b.max())) + 1
    both = (np.concatenate([a, b]), np.concatenate([b, a]))
    graph = coo_array((np.ones(2 * len(a), dtype=np.int8), both), shape=(n, n)).tocsr()
    place = np.empty(n, dtype=np.int64)
    place[reverse_cuthill_mckee(graph, symmetric_mode=True)] = np.arange(n)
    first, second = np.sort([place[a], place[b]], axis=0)
    return [pairs[i] for i in np.lexsort((second, first))]


def _task(seen: Seen, pairs: Sequence[Pair], orientations: Sequence[int]) -> Task:
    rows = sorted({row for pair in pairs for row in pair})
    place = {row: i for i, row in enumerate(rows)}
    turns = likely_orientations(seen.hashes, pairs)
    asked = [(place[i], place[j], turn) for (i, j), turn in zip(pairs, turns, strict=True)]
    return pairs_task(asked, seen.jpegs(rows), orientations)
