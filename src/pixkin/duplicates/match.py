"""Whether two pictures show the same, and how one was made from the other."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from pixkin.duplicates.align import WHOLE, align
from pixkin.duplicates.coarse import fit, tile_of
from pixkin.duplicates.hashes import REVERSED, turned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pixkin.duplicates.agree import Agreement
    from pixkin.duplicates.coarse import Tile

__all__ = ["Match", "Picture", "search", "try_whole"]

LEAST_COARSE = 0.74
GLANCE, LEAST_GLANCE = 16, 0.76
PLAIN, MOSTLY = 12.0, 0.75
LEAST_STRONG = 0.85
LEAST_SHARE, LEAST_SHARE_SMALL = 0.94, 0.98
LEAST_SEEN = 24
ENTIRE, SQUEEZED, MOST_SQUEEZED = 0.965, 1.03, 3.0
SMALL = 128
"""The longer side, in pixels, below which a picture has to agree nearly everywhere and from edge to
edge: little is to be seen in it. All are tuned on copies made by `benchmarks/copies.py`, and
on those pairs of other pictures of the labelled collections that are most alike."""


@dataclass(frozen=True)
class Picture:
    """What is compared: brightness, and the same small, which is made when it is needed."""

    grey: NDArray[np.float32]

    @cached_property
    def tile(self) -> Tile:
        """Give the small picture."""
        return tile_of(self.grey)

    @cached_property
    def glance(self) -> Tile:
        """Give a smaller one, for a first look."""
        return tile_of(self.grey, GLANCE)


@dataclass(frozen=True, slots=True)
class Match:
    """Two pictures that show the same.

    Attributes
    ----------
    orientation : int
        In which the second picture is like the first (`hashes.ORIENTATIONS`).
    is_outer : bool
        Whether the first shows more, and the box is where the second lies in it; else it is the
        other way round.
    box : (top, left, height, width)
        As shares of the sides of the outer one, in the first one's orientation.
    strips : (top, bottom, left, right)
        Shares of the inner one that do not agree: a caption, or a border.
    score : float
        The share of what is to be seen that agrees, 0 to 1.
    stretch : float
        How much wider the inner one would be, of the same height, had it the outer one's
        proportions.
    is_framed : bool
        Whether what the outer one has beside the box is plain: a border, or a strip of text.
    """

    orientation: int
    is_outer: bool
    box: tuple[float, float, float, float]
    strips: tuple[float, float, float, float]
    score: float
    stretch: float
    is_framed: bool

    @property
    def covered(self) -> float:
        """The share of the outer picture that the inner one shows."""
        return _covered(self.box)


def _covered(box: Any) -> float:
    top, left, height, width = box
    high = min(top + height, 1.0) - max(top, 0.0)
    return float(high * (min(left + width, 1.0) - max(left, 0.0)))


def search(
    pairs: Sequence[tuple[Picture, Picture]], orientations: Sequence[int]
) -> list[Match | None]:
    """Look whether either picture of each pair is a part of the other."""
    found: list[Match | None] = [None] * len(pairs)
    glances = [(a.glance, b.glance) for a, b in pairs]
    near = [i for i, fit in enumerate(_best(glances, orientations)) if fit[0] >= LEAST_GLANCE]
    tiles = [(pairs[i][0].tile, pairs[i][1].tile) for i in near]
    for i, best in zip(near, _best(tiles, orientations), strict=True):
        score, box, orientation, is_outer = best
        if score >= LEAST_COARSE:
            start = tuple(map(float, box))
            found[i] = _tried(*pairs[i], orientation, is_outer, start)
    return found


def _best(
    pairs: Sequence[tuple[Tile, Tile]], orientations: Sequence[int]
) -> list[tuple[float, Any, int, bool]]:
    """Give for each pair how well it fits at best, where, how turned, and in which of the two."""
    if not pairs:
        return []
    first, second = zip(*pairs, strict=True)
    here = fit(first, second, orientations)
    there = fit(second, first, [REVERSED[orientation] for orientation in orientations])
    tries = [
        (fits, orientation, is_outer)
        for side, is_outer in ((here, True), (there, False))
        for fits, orientation in zip(side, orientations, strict=True)
    ]
    best = np.argmax([fits.score for fits, *_ in tries], axis=0)
    return [
        (float(fits.score[i]), fits.box[i], orientation, is_outer)
        for i, (fits, orientation, is_outer) in enumerate(tries[k] for k in best)
    ]


def try_whole(a: Picture, b: Picture, orientation: int) -> Match | None:
    """Look whether two pictures show the same from edge to edge, but for what is beside it."""
    return _tried(a, b, orientation, True, WHOLE)


def _tried(a: Picture, b: Picture, orientation: int, is_outer: bool, box: Any) -> Match | None:
    if is_outer:
        outer, inner = a.grey, turned(b.grey, orientation)
    else:
        outer, inner = b.grey, turned(a.grey, REVERSED[orientation])
    found = align(outer, np.ascontiguousarray(inner), box)
    if found is None:
        return None
    high, wide = inner.shape
    stretch = (found.box[3] * outer.shape[1] / wide) / (found.box[2] * outer.shape[0] / high)
    is_small = min(max(outer.shape), max(inner.shape)) < SMALL
    if not _is_enough(found, stretch, is_small):
        return None
    return Match(
        orientation,
        is_outer,
        found.box,
        found.strips,
        round(found.share, 4),
        stretch,
        _is_plain(outer, found.box),
    )


def _is_plain(outer: NDArray[np.float32], box: Any) -> bool:
    """Tell whether most of what lies beside a box is of one brightness, side by side."""
    rows, columns = np.arange(outer.shape[0]) + 0.5, np.arange(outer.shape[1]) + 0.5
    top, left, height, width = box * np.array([*outer.shape, *outer.shape])
    beside = np.ones(outer.shape, dtype=bool)
    inside = (rows > top - 1) & (rows < top + height + 1)
    beside[np.ix_(inside, (columns > left - 1) & (columns < left + width + 1))] = False
    if not beside.any():
        return False
    values = outer[beside]
    return float((np.abs(values - np.median(values)) < PLAIN).mean()) > MOSTLY


def _is_enough(found: Agreement, stretch: float, is_small: bool) -> bool:
    if found.strong < LEAST_STRONG:
        return False
    is_whole = _covered(found.box) > ENTIRE
    if is_small or found.seen < LEAST_SEEN:
        is_plain = is_whole and not any(found.strips) and 1 / SQUEEZED < stretch < SQUEEZED
        return is_plain and found.share >= LEAST_SHARE_SMALL
    # Cropped or squeezed: hardly anybody does both.
    most = MOST_SQUEEZED if is_whole else SQUEEZED
    return found.share >= LEAST_SHARE and 1 / most < stretch < most
