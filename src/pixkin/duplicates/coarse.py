"""Whether one picture may be a part of another: a search over size, place and orientation.

Small grey pictures are compared by normalised cross-correlation through the Fourier transform
(Lewis, "Fast normalized cross-correlation", 1995): one, at ten sizes, is laid over the other in
every place where it fits.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["SIDE", "Fits", "Tile", "fit", "tile_of"]

SIDE = 32
SIZES = tuple(SIDE * 0.915**i for i in range(10))
"""Of the longer side of the picture that is laid over: down to 45 %, a fifth of the area."""
LEAST_SPREAD = 2.0
"""Standard deviation of brightness (0 to 255) below which a place says nothing."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A small grey picture, in a corner of a square, and at ten sizes.

    Attributes
    ----------
    whole : float32 array of shape (32, 32)
    sizes : int array of shape (10, 2)
        Height and width at each size.
    pyramid : float32 array of shape (10, 32, 32)
        Each with mean 0 and length 1.
    """

    whole: NDArray[np.float32]
    sizes: NDArray[np.int64]
    pyramid: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Fits:
    """The best fit of each pair.

    Attributes
    ----------
    score : float array of shape (n,)
        Correlation, -1 to 1.
    box : float array of shape (n, 4)
        Top, left, height and width of the one that is laid over, as shares of the other.
    """

    score: NDArray[np.float32]
    box: NDArray[np.float32]


def tile_of(grey: NDArray[np.float32]) -> Tile:
    """Make the small picture of a grey one."""
    picture = Image.fromarray(grey)
    picture.thumbnail((2 * SIDE, 2 * SIDE), Image.Resampling.BOX)
    sizes = [_size(picture.size, longer) for longer in SIZES]
    pyramid = np.zeros((len(SIZES), SIDE, SIDE), dtype=np.float32)
    whole = np.zeros((SIDE, SIDE), dtype=np.float32)
    for level, (height, width) in enumerate(sizes):
        small = np.asarray(picture.resize((width, height), Image.Resampling.BOX))
        if level == 0:
            whole[:height, :width] = small
        rest = small - small.mean()
        length = float(np.sqrt((rest**2).sum()))
        if length > LEAST_SPREAD * np.sqrt(rest.size):
            pyramid[level, :height, :width] = rest / length
    return Tile(whole, np.array(sizes), pyramid)


def _size(size: tuple[int, int], longer: float) -> tuple[int, int]:
    width, height = size
    scale = longer / max(size)
    return max(1, round(height * scale)), max(1, round(width * scale))


def fit(under: Sequence[Tile], over: Sequence[Tile], orientations: Sequence[int]) -> list[Fits]:
    """Lay the second picture of each pair over the first, in each orientation."""
    from scipy import fft

    whole = np.stack([tile.whole for tile in under])
    room = np.stack([tile.sizes[0] for tile in under])[:, None]
    sizes = np.stack([tile.sizes for tile in over])
    pyramid = np.stack([tile.pyramid for tile in over])
    spectrum = fft.rfft2(whole)[:, None]
    spreads: dict[bool, Any] = {}  # it is the same for a picture and its mirror image
    found = []
    for orientation in orientations:
        turned, own = _turned(pyramid, sizes, orientation)
        is_across = bool(orientation & 4)
        if is_across not in spreads:
            spreads[is_across] = _spread(whole, own, room)
        product = fft.irfft2(spectrum * np.conj(fft.rfft2(turned)), s=(SIDE, SIDE))
        found.append(_best(product / spreads[is_across], own, room))
    return found


def _turned(pyramid: Any, sizes: Any, orientation: int) -> tuple[Any, Any]:
    """Turn each picture inside its square, and bring it back to the corner."""
    if orientation & 4:
        pyramid, sizes = pyramid.swapaxes(2, 3), sizes[..., ::-1]
    place = np.arange(SIDE)
    if orientation & 2:
        rows = (sizes[..., :1] - 1 - place) % SIDE
        pyramid = np.take_along_axis(pyramid, rows[..., :, None], axis=2)
    if orientation & 1:
        columns = (sizes[..., 1:] - 1 - place) % SIDE
        pyramid = np.take_along_axis(pyramid, columns[..., None, :], axis=3)
    return pyramid, sizes


def _spread(whole: Any, sizes: Any, room: Any) -> Any:
    """Give the length of what lies under each window once its mean is taken off.

    Infinite where that is flat, and where the window does not fit.
    """
    mean = whole.sum(axis=(1, 2), keepdims=True) / room.prod(axis=2)[:, :, None]
    place = np.arange(SIDE)
    down = np.minimum(place + sizes[..., :1], SIDE)
    across = np.minimum(place + sizes[..., 1:], SIDE)
    pair = np.arange(len(whole))[:, None, None]
    sums = []
    for values in (whole - mean, (whole - mean) ** 2):
        table = _integral(values)
        rows = table[pair, down] - table[:, None, :SIDE]
        right = np.take_along_axis(rows, across[..., None, :], axis=3)
        sums.append(right - rows[..., :SIDE])
    n = sizes.prod(axis=-1)[..., None, None].astype(np.float32)
    variance = sums[1] - sums[0] ** 2 / n
    last = room - sizes  # the last place where it fits
    fits = (place <= last[..., :1])[..., :, None] & (place <= last[..., 1:])[..., None, :]
    is_seen = fits & (variance > LEAST_SPREAD**2 * n)
    return np.where(is_seen, np.sqrt(np.maximum(variance, 1e-6)), np.float32(np.inf))


def _integral(whole: Any) -> Any:
    table = np.zeros((len(whole), SIDE + 1, SIDE + 1), dtype=np.float32)
    table[:, 1:, 1:] = np.cumsum(np.cumsum(whole, axis=1, dtype=np.float64), axis=2)
    return table


def _best(score: Any, sizes: Any, room: Any) -> Fits:
    flat = score.reshape(len(score), -1)
    best = flat.argmax(axis=1)
    pair = np.arange(len(score))
    level, top, left = np.unravel_index(best, score.shape[1:])
    height, width = sizes[pair, level].T
    high, wide = room[:, 0].T
    box = np.column_stack([top / high, left / wide, height / high, width / wide])
    return Fits(flat[pair, best].astype(np.float32), box.astype(np.float32))
