"""Proposed pairs to matches, on the thumbnails' pixels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pixkin.duplicates.match import Match, search, try_whole
from pixkin.duplicates.propose import likely_orientation
from pixkin.progress import OnProgress, Step
from pixkin.threads import in_blocks

if TYPE_CHECKING:
    from pixkin.duplicates.match import Picture
    from pixkin.duplicates.seen import Seen

__all__ = ["EVERY", "USUAL", "confirm"]

Pair = tuple[int, int]
USUAL, EVERY = (0, 1), tuple(range(8))
"""Orientations in which parts are looked for: a crop is rarely turned as well."""
BLOCK, ROUND = 32, 2048


def confirm(
    seen: Seen, pairs: Sequence[Pair], orientations: Sequence[int], on_progress: OnProgress
) -> dict[Pair, Match]:
    """Give the pairs that show the same, with how."""
    found: dict[Pair, Match] = {}
    for start in range(0, len(pairs), ROUND):
        on_progress(Step("compare", start, len(pairs)))
        found.update(_round(seen, pairs[start : start + ROUND], orientations))
    return found


def _round(
    seen: Seen, pairs: Sequence[Pair], orientations: Sequence[int]
) -> Iterator[tuple[Pair, Match]]:
    hashes = seen.hashes
    pictures = seen.pictures(row for pair in pairs for row in pair)

    def one(block: slice) -> list[tuple[Pair, Match]]:
        return _block(pairs[block], pictures, hashes, orientations)

    for block in in_blocks(one, len(pairs), BLOCK, seen.n_threads):
        yield from block


def _block(
    pairs: Sequence[Pair], pictures: Mapping[int, Picture], hashes: Any, orientations: Sequence[int]
) -> list[tuple[Pair, Match]]:
    found: list[tuple[Pair, Match]] = []
    left: list[Pair] = []
    for i, j in pairs:
        if i not in pictures or j not in pictures:
            continue
        turn = likely_orientation(hashes, i, j)
        match = None if turn is None else try_whole(pictures[i], pictures[j], turn)
        if match is None:
            left.append((i, j))
        else:
            found.append(((i, j), match))
    parts = search([(pictures[i], pictures[j]) for i, j in left], orientations)
    found += [(pair, match) for pair, match in zip(left, parts, strict=True) if match is not None]
    return found
