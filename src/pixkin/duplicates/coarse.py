"""Whether one picture may be a part of another: a search over size, place and orientation.

Small grey pictures are compared by normalised cross-correlation through the Fourier transform
(Lewis, "Fast normalized cross-correlation", 1995): one, at ten sizes, is laid over the other in
every place where it fits.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["SIDE", "Fits", "Tile", "fit", "tile_of"]

SIDE = 32
SMALLER, N_SIZES = 0.915, 10
"""Of the longer side of the picture that is laid over: down to 45 %, a fifth of the area."""
LEAST_SPREAD = 2.0
"""Standard deviation of brightness (0 to 255) below which a place says nothing."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A small grey picture, in a corner of a square, and at ten sizes.

    Attributes
    ----------
    whole : float32 array of shape (side, side)
    sizes : int array of shape (10, 2)
        Height and width at each size.
    pyramid : float32 array of shape (10, side, side)
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


def tile_of(grey: NDArray[np.float32], side: int = SIDE) -> Tile:
    """Make the small picture of a grey one."""
    picture = Image.fromarray(grey)
    picture.thumbnail((2 * side, 2 * side), Image.Resampling.BOX)
    small = np.asarray(picture)
    sizes, down, across, inside = _reduction(small.shape[0], small.shape[1], side)
    pyramid = down @ small @ across
    whole = pyramid[0].copy()
    n = sizes.prod(axis=1)[:, None, None]
    pyramid = np.where(inside, pyramid - pyramid.sum(axis=(1, 2), keepdims=True) / n, 0)
    length = np.sqrt((pyramid**2).sum(axis=(1, 2), keepdims=True))
    is_seen = length > LEAST_SPREAD * np.sqrt(n)
    pyramid = np.where(is_seen, pyramid / np.maximum(length, 1e-6), 0)
    return Tile(whole, sizes, pyramid.astype(np.float32))


@lru_cache(maxsize=64)
def _reduction(high: int, wide: int, side: int) -> tuple[Any, ...]:
    """Give what brings a picture to all sizes at once, in the corners of squares.

    Returns
    -------
    sizes : int array of shape (10, 2)
    down : float32 array of shape (10, side, high)
    across : float32 array of shape (10, wide, side)
    inside : bool array of shape (10, side, side)
    """
    scales = [side * SMALLER**i / max(high, wide) for i in range(N_SIZES)]
    sizes = np.array([[max(1, round(n * scale)) for n in (high, wide)] for scale in scales])
    down = np.stack([_averages(high, n, side) for n in sizes[:, 0]])
    across = np.stack([_averages(wide, n, side).T for n in sizes[:, 1]])
    place = np.arange(side)
    inside = (place < sizes[:, :1])[:, :, None] & (place < sizes[:, 1:])[:, None, :]
    return sizes, down, across, inside


def _averages(n: int, fewer: int, side: int) -> NDArray[np.float32]:
    """Give the weights of ``n`` pixels in each of ``fewer``, as Pillow averages them."""
    one = Image.fromarray(np.eye(n, dtype=np.float32))
    weights = np.asarray(one.resize((n, int(fewer)), Image.Resampling.BOX))
    return np.pad(weights, ((0, side - len(weights)), (0, 0)))


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
        product = fft.irfft2(spectrum * np.conj(fft.rfft2(turned)), s=whole.shape[1:])
        found.append(_best(product / spreads[is_across], own, room))
    return found


def _turned(pyramid: Any, sizes: Any, orientation: int) -> tuple[Any, Any]:
    """Turn each picture inside its square, and bring it back to the corner."""
    if orientation & 4:
        pyramid, sizes = pyramid.swapaxes(2, 3), sizes[..., ::-1]
    place = np.arange(pyramid.shape[-1])
    if orientation & 2:
        rows = (sizes[..., :1] - 1 - place) % len(place)
        pyramid = np.take_along_axis(pyramid, rows[..., :, None], axis=2)
    if orientation & 1:
        columns = (sizes[..., 1:] - 1 - place) % len(place)
        pyramid = np.take_along_axis(pyramid, columns[..., None, :], axis=3)
    return pyramid, sizes


def _spread(whole: Any, sizes: Any, room: Any) -> Any:
    """Give the length of what lies under each window once its mean is taken off.

    Infinite where that is flat, and where the window does not fit.
    """
    mean = whole.sum(axis=(1, 2), keepdims=True) / room.prod(axis=2)[:, :, None]
    side = whole.shape[-1]
    place = np.arange(side)
    down = np.minimum(place + sizes[..., :1], side)
    across = np.minimum(place + sizes[..., 1:], side)
    pair = np.arange(len(whole))[:, None, None]
    sums = []
    for values in (whole - mean, (whole - mean) ** 2):
        table = _integral(values)
        rows = table[pair, down] - table[:, None, :side]
        right = np.take_along_axis(rows, across[..., None, :], axis=3)
        sums.append(right - rows[..., :side])
    n = sizes.prod(axis=-1)[..., None, None].astype(np.float32)
    variance = sums[1] - sums[0] ** 2 / n
    last = room - sizes  # the last place where it fits
    fits = (place <= last[..., :1])[..., :, None] & (place <= last[..., 1:])[..., None, :]
    is_seen = fits & (variance > LEAST_SPREAD**2 * n)
    return np.where(is_seen, np.sqrt(np.maximum(variance, 1e-6)), np.float32(np.inf))


def _integral(whole: Any) -> Any:
    n, side, _ = whole.shape
    table = np.zeros((n, side + 1, side + 1), dtype=np.float32)
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
