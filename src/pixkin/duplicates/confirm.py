"""Proposed pairs to matches, on the thumbnails' pixels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

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
    blocks = [pairs[start : start + BLOCK] for start in range(0, len(pairs), BLOCK)]
    tasks = (_task(seen, block, orientations) for block in blocks)
    answers = seen.crew.each(tasks, len(blocks))
    n_done = 0
    for block, answer in zip(blocks, answers, strict=True):
        on_progress(Step("compare", n_done, len(pairs)))
        n_done += len(block)
        matches = zip(block, matches_of(answer), strict=True)
        found.update((pair, match) for pair, match in matches if match is not None)
    return found


def _task(seen: Seen, pairs: Sequence[Pair], orientations: Sequence[int]) -> Task:
    rows = sorted({row for pair in pairs for row in pair})
    place = {row: i for i, row in enumerate(rows)}
    turns = likely_orientations(seen.hashes, pairs)
    asked = [(place[i], place[j], turn) for (i, j), turn in zip(pairs, turns, strict=True)]
    return pairs_task(asked, seen.jpegs(rows), orientations)
