"""Shots of one scene, seconds apart."""

from __future__ import annotations

from collections.abc import Sequence, Set
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pixkin.duplicates.seen import Seen
    from pixkin.library.looks import Shot

__all__ = ["Likeness", "are_shots_apart", "between", "bursts"]

APART_S = 3.0
"""From one shot to the next."""
MOST_S = 30.0
"""From the first to the last; and from one to the next if they show the same."""
ALIKE, NEAR_BITS = 0.85, 12
"""Least cosine of the vectors, or most bits in which the hashes differ."""


class Likeness:
    """How alike the pictures of a library are.

    Parameters
    ----------
    seen : Seen
    X : float32 array of shape (m, n_components)
        Reduced vectors of some of them.
    rows : int64 array of shape (m,)
        Which these are.
    matched : set of (int, int)
        Pairs that show the same, the smaller row first.
    """

    def __init__(
        self, seen: Seen, X: NDArray[Any], rows: NDArray[Any], matched: Set[tuple[int, int]]
    ) -> None:
        self.seen, self.X, self.matched = seen, X, matched
        self.row_of = {row: i for i, row in enumerate(rows.tolist())}

    def of(self, a: int, b: int) -> float:
        """Give how alike two are, 0 to 1: as the encoder sees them, or by their hashes."""
        apart = (self.seen.looks[a].hash ^ self.seen.looks[b].hash).bit_count()
        found = ALIKE if apart <= NEAR_BITS else 0.0
        if a in self.row_of and b in self.row_of:
            found = max(found, float((self.X[self.row_of[a]] * self.X[self.row_of[b]]).sum()))
        return min(found, 1.0)

    def is_alike(self, a: int, b: int) -> bool:
        """Tell whether two may be shots of one scene."""
        return self.is_matched(a, b) or self.of(a, b) >= ALIKE

    def is_matched(self, a: int, b: int) -> bool:
        """Tell whether two show the same."""
        return (min(a, b), max(a, b)) in self.matched


def are_shots_apart(a: Shot, b: Shot) -> bool:
    """Tell whether two pictures were taken seconds apart: then neither is a copy of the other."""
    if a.taken is None or b.taken is None or a.taken == b.taken or not _is_one_camera(a, b):
        return False
    return abs(_seconds(a) - _seconds(b)) <= MOST_S


def bursts(likeness: Likeness, rows: Sequence[int]) -> list[list[int]]:
    """Give runs of pictures, each like the first of its run and taken soon after the one before."""
    shots = likeness.seen.shots
    timed = [row for row in rows if shots[row].taken is not None]
    timed.sort(key=lambda row: (shots[row].camera or "", shots[row].taken, row))
    runs: list[list[int]] = []
    for row in timed:
        if runs and _continues(likeness, runs[-1], row):
            runs[-1].append(row)
        else:
            runs.append([row])
    return [run for run in runs if len(run) > 1]


def between(kept: str | None, taken: str | None) -> str:
    """Say how far apart two shots are."""
    if kept is None or taken is None:
        return "a shot of the same scene"
    apart = (datetime.fromisoformat(taken) - datetime.fromisoformat(kept)).total_seconds()
    if not apart:
        return "taken in the same second"
    unit = "second" if abs(apart) == 1 else "seconds"
    return f"taken {abs(apart):.0f} {unit} {'later' if apart > 0 else 'before'}"


def _continues(likeness: Likeness, run: Sequence[int], row: int) -> bool:
    shots = likeness.seen.shots
    first, last, this = shots[run[0]], shots[run[-1]], shots[row]
    if not _is_one_camera(last, this) or _seconds(this) - _seconds(first) > MOST_S:
        return False
    is_soon = _seconds(this) - _seconds(last) <= APART_S
    return (is_soon or likeness.is_matched(run[-1], row)) and likeness.is_alike(run[0], row)


def _is_one_camera(a: Shot, b: Shot) -> bool:
    return a.camera is None or b.camera is None or a.camera == b.camera


def _seconds(shot: Shot) -> float:
    return datetime.fromisoformat(str(shot.taken)).timestamp()
