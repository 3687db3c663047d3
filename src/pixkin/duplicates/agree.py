"""How well two pictures agree that were laid over each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["NOISE", "WINDOW", "Agreement", "Box", "agreement"]

WINDOW = 9
"""Pixels around a pixel that its brightness is compared with."""
NOISE = 3.0
"""Brightness (0 to 255) by which pictures differ that are the same."""
BLOCK = 8
AGREES = 0.7
MOST_WEIGHT = 12.0
STRONG, WORST = 0.75, 0.1
"""Of the quarter of the blocks in which most is to be seen, that which a tenth fall below: faces
of one person, taken one after the other, agree nearly everywhere, but not there."""
POOR, LIGHT, MOST_TRIMMED = 0.3, 0.2, 0.3
"""Of the rows or columns at one edge: a caption or border."""

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How the second picture of a pair, the inner one, lies in the first, the outer one.

    Attributes
    ----------
    box : (top, left, height, width)
        Of the inner one, as shares of the outer one's sides. May reach beyond it.
    share : float
        The share of what is to be seen that agrees, strips at the edges left out that do not.
    strong : float
        Correlation in the worst of the places in which most is to be seen.
    strips : (top, bottom, left, right)
        The share of the inner one in strips at its edges that do not agree.
    seen : float
        How many blocks there are in which something is to be seen.
    """

    box: Box
    share: float
    strong: float
    strips: tuple[float, float, float, float]
    seen: int


def agreement(base: Any, laid: Any, inside: Any, box: Box) -> Agreement:
    """Compare the detail of ``base`` and of what was ``laid`` over it, block by block."""
    from scipy.ndimage import uniform_filter

    a, b = (
        np.where(inside, part - uniform_filter(part, WINDOW, mode="nearest"), 0.0)
        for part in (base, laid)
    )
    aa, bb, ab = _summed(a * a), _summed(b * b), _summed(a * b)
    n = base.size / aa.size
    gain = float(bb.sum() / max(aa.sum(), 1e-6))
    spread = np.sqrt(np.maximum(aa * gain, bb) / n)
    blocks = ab / np.maximum(np.sqrt(aa * bb), 1e-6)
    blocks = np.where(_summed(inside * 1.0) > n / 2, blocks, -1.0)
    weights = np.clip(spread - NOISE / 2, 0.0, MOST_WEIGHT)  # a plain block says nothing
    for ring in (np.s_[[0, -1], :], np.s_[:, [0, -1]]):
        weights[ring] /= 2  # a border bleeds into it
    top, bottom = _strips(blocks, weights)
    left, right = _strips(
        blocks[top : len(blocks) - bottom].T, weights[top : len(blocks) - bottom].T
    )
    kept = np.s_[top : len(blocks) - bottom, left : blocks.shape[1] - right]
    rows, columns = blocks.shape
    return _measured(
        blocks[kept],
        weights[kept],
        spread[kept],
        box,
        (top / rows, bottom / rows, left / columns, right / columns),
    )


def _measured(
    blocks: NDArray[Any], weights: NDArray[Any], spread: NDArray[Any], box: Box, strips: Any
) -> Agreement:
    total = max(float(weights.sum()), 1e-6)
    share = float((weights * (blocks > AGREES)).sum()) / total
    seen = weights > 0
    if not seen.any():
        return Agreement(box, 0.0, 0.0, strips, 0)
    strong = blocks[seen][spread[seen] >= np.quantile(spread[seen], STRONG)]
    return Agreement(box, share, float(np.quantile(strong, WORST)), strips, int(seen.sum()))


def _strips(blocks: NDArray[Any], weights: NDArray[Any]) -> tuple[int, int]:
    """Count the rows at either end in which little agrees; plain ones say neither."""
    total = weights.sum(axis=1)
    agree = (weights * (blocks > AGREES)).sum(axis=1)
    is_told = total > LIGHT * total.mean()
    is_good = is_told & (agree > POOR * total)
    most = int(MOST_TRIMMED * len(blocks))
    found = []
    for order in (slice(None), slice(None, None, -1)):
        first = int(np.argmax(is_good[order])) if is_good.any() else 0
        bad = np.flatnonzero((is_told & ~is_good)[order][: min(first, most)])
        # The next row may be covered in part.
        found.append(int(bad[-1]) + 2 if len(bad) else 0)
    return found[0], found[1]


def _summed(values: Any) -> Any:
    """Add up what is in each block."""
    for axis in (0, 1):
        n = values.shape[axis]
        edges = np.linspace(0, n, max(1, round(n / BLOCK)) + 1).astype(int)[:-1]
        values = np.add.reduceat(values, edges, axis=axis)
    return values
