"""How one picture lies in another, to a fraction of a pixel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from pixkin.duplicates.agree import NOISE, WINDOW, agreement

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pixkin.duplicates.agree import Agreement, Box

__all__ = ["WHOLE", "align"]

ROUGH, FINE = 40, 96
"""The longer side, in pixels, at which pictures are first laid over each other, and compared."""
STEPS = {ROUGH: 7, FINE: 4}
STILL = 0.05
"""Pixels; a movement below this is the last."""
SMALLEST, MARGIN = 0.3, 0.25
"""Of a side of the inner picture, as a share of the outer one's, and how far it may reach out."""
LEAST_BEGUN = 0.42
"""Of the correlation that a rough guess begins with. Of those that led to a match none had less
than 0.51; of the others half had."""
LEAST_LED, LED = 0.57, 2
"""Of the correlation after so many steps. Of 2,500 matches one had less, of other pairs a quarter.
"""
LEAST_ROUGH = 0.7
"""Of the share that agrees roughly; below it a closer look is not worth its time. Of matches none
had less than 0.74; of the others a third to a half had."""

WHOLE: Box = (0.0, 0.0, 1.0, 1.0)


def align(outer: NDArray[np.float32], inner: NDArray[np.float32], box: Box) -> Agreement | None:
    """Lay ``inner`` over ``outer``, beginning with a rough guess; None if that leads nowhere."""
    found = None
    for longer, steps in STEPS.items():
        padded = _padded(_fitted(outer, round(2.5 * longer)))
        reach = max(box[2] * outer.shape[0], box[3] * outer.shape[1])
        base = _fitted(inner, min(longer, round(reach)))
        if found is None and not _is_promising(padded, base, box):
            return None
        moved = _descend(padded, base, box, steps)
        if moved is None:
            return None
        box = moved
        laid, inside = _laid(padded, base.shape, box)
        found = agreement(base, laid, inside, box)
        if found.share < LEAST_ROUGH:
            return None
    return found


def _fitted(picture: NDArray[np.float32], longer: int) -> NDArray[np.float32]:
    high, wide = picture.shape
    scale = min(1.0, longer / max(high, wide))
    size = (max(8, round(wide * scale)), max(8, round(high * scale)))
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BILINEAR))


def _is_promising(outer: Any, base: Any, box: Box) -> bool:
    laid, inside = _laid(outer, base.shape, box)
    return _correlates(_levelled(base)[inside], _levelled(laid)[inside], LEAST_BEGUN)


def _correlates(a: Any, b: Any, least: float) -> bool:
    return float(a @ b) > least * float(np.sqrt((a @ a) * (b @ b)))


def _descend(outer: Any, base: Any, box: Box, steps: int) -> Box | None:
    """Follow the gradient of the difference (Lucas & Kanade 1981), letting outliers go."""
    high, wide = base.shape
    y = (np.arange(high, dtype=np.float32) + 0.5)[:, None] / high - 0.5
    x = (np.arange(wide, dtype=np.float32) + 0.5)[None, :] / wide - 0.5
    wanted = _levelled(base)
    at = np.array([box[0] + box[2] / 2, box[1] + box[3] / 2, box[2], box[3]])
    for n_done in range(steps):
        laid, inside = _laid(outer, base.shape, _box(at))
        level = _levelled(laid)
        if n_done == LED and not _correlates(wanted[inside], level[inside], LEAST_LED):
            return None
        down, across = np.gradient(level)
        # Changes of the middle and of the size, in shares of the outer picture.
        down, across = down * (high / float(at[2])), across * (wide / float(at[3]))
        columns = np.stack([down, across, down * y, across * x], axis=-1)
        step = _solved(columns[inside], (wanted - level)[inside])
        if step is None:
            return None
        at = at + step
        if not _is_near(at):
            return None
        if np.abs(step).max() * max(high, wide) < STILL:
            break
    return _box(at)


def _is_near(at: NDArray[np.float64]) -> bool:
    """Tell whether a box is neither too small nor too far out."""
    start, end = at[:2] - at[2:] / 2, at[:2] + at[2:] / 2
    return bool(at[2:].min() > SMALLEST and start.min() > -MARGIN and end.max() < 1 + MARGIN)


def _box(at: NDArray[np.float64]) -> Box:
    return (
        float(at[0] - at[2] / 2),
        float(at[1] - at[3] / 2),
        float(at[2]),
        float(at[3]),
    )


def _levelled(picture: Any) -> Any:
    """Bring every place to the same brightness and contrast, which retouching changes."""
    from scipy.ndimage import uniform_filter

    rest = picture - uniform_filter(picture, WINDOW, mode="nearest")
    spread = uniform_filter(rest * rest, WINDOW, mode="nearest")
    return rest / np.sqrt(spread + NOISE**2)


def _solved(A: Any, rest: Any) -> Any:
    """Solve for the movement, with less weight for what fits badly (Huber)."""
    if len(A) < 64:
        return None
    usual = 1.5 * float(np.median(np.abs(rest))) + 0.05
    weights = 1 / (1 + (rest / usual) ** 2)
    W = A * weights[:, None]
    normal = (W.T @ A).astype(np.float64)
    normal[np.diag_indices(4)] *= 1 + 1e-4
    try:
        found = np.linalg.solve(normal, (W.T @ rest).astype(np.float64))
    except np.linalg.LinAlgError:
        return None
    return np.clip(found, -0.05, 0.05)


def _laid(outer: Any, shape: tuple[int, int], box: Box) -> tuple[Any, Any]:
    """Give what of ``outer`` is in a box, and which pixels of that are inside it.

    ``outer`` is a Pillow image with a margin, which lets a box reach beyond the picture.
    """
    high, wide = (side / (1 + 2 * MARGIN) for side in (outer.height, outer.width))
    top, left = (box[0] + MARGIN) * high, (box[1] + MARGIN) * wide
    bottom, right = top + box[2] * high, left + box[3] * wide
    within = (max(left, 0.0), max(top, 0.0), min(right, outer.width), min(bottom, outer.height))
    laid = np.asarray(outer.resize(shape[::-1], Image.Resampling.BILINEAR, box=within))
    rows, columns = (
        start + (np.arange(n) + 0.5) / n * length
        for start, length, n in ((box[0], box[2], shape[0]), (box[1], box[3], shape[1]))
    )
    is_row, is_column = ((places > 0) & (places < 1) for places in (rows, columns))
    return laid, is_row[:, None] & is_column[None, :]


def _padded(picture: NDArray[np.float32]) -> Any:
    down, across = (round(MARGIN * side) for side in picture.shape)
    return Image.fromarray(np.pad(picture, ((down, down), (across, across)), mode="edge"))
