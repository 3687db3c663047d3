"""Whether one picture may be a part of another: a search over size, place and orientation.

Small grey pictures are compared by normalised cross-correlation through the Fourier transform
(Lewis, "Fast normalized cross-correlation", 1995): one, at ten sizes, is laid over the other in
every place where it fits.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image
from scipy import fft

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["SIDE", "Fits", "Tile", "fit", "tile_of"]

SIDE = 32
SMALLER, N_SIZES = 0.915, 10
"""Of the longer side of the picture that is laid over: down to 45 %, a fifth of the area."""
LEAST_SPREAD = 2.0
"""Standard deviation of brightness (0 to 255) below which a place says nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Tile:
    """A small grey picture, in a corner of a square, and at ten sizes.

    It is compared with several others, so what is made of it alone is kept.

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
    _spectra: dict[int | None, Any] = field(default_factory=dict)

    def spectrum(self) -> Any:
        """Give the Fourier transform of the picture, a row shorter than it by half."""
        if None not in self._spectra:
            self._spectra[None] = fft.rfft2(self.whole)
        return self._spectra[None]

    def spectra(self, orientation: int) -> Any:
        """Give the conjugate Fourier transforms of all sizes, in one of the eight orientations."""
        if orientation not in self._spectra:
            turned = _turned(self.pyramid, self.sizes, orientation)
            self._spectra[orientation] = np.conj(fft.rfft2(turned))
        return self._spectra[orientation]


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
    whole = np.stack([tile.whole for tile in under])
    room = np.stack([tile.sizes[0] for tile in under])[:, None]
    upright = np.stack([tile.sizes for tile in over])
    spectrum = np.stack([tile.spectrum() for tile in under])[:, None]
    spreads: dict[bool, Any] = {}  # it is the same for a picture and its mirror image
    found = []
    for orientation in orientations:
        is_across = bool(orientation & 4)
        sizes = upright[..., ::-1] if is_across else upright
        if is_across not in spreads:
            spreads[is_across] = _spread(whole, sizes, room)
        spectra = np.stack([tile.spectra(orientation) for tile in over])
        product = fft.irfft2(spectrum * spectra, s=whole.shape[1:])
        found.append(_best(product / spreads[is_across], sizes, room))
    return found


def _turned(pyramid: Any, sizes: Any, orientation: int) -> Any:
    """Turn the picture inside its squares, and bring it back to their corners."""
    if orientation & 4:
        pyramid, sizes = pyramid.swapaxes(1, 2), sizes[:, ::-1]
    found = np.zeros_like(pyramid)
    for turned, picture, (height, width) in zip(found, pyramid, sizes, strict=True):
        rows = slice(None, None, -1 if orientation & 2 else 1)
        columns = slice(None, None, -1 if orientation & 1 else 1)
        turned[:height, :width] = picture[:height, :width][rows, columns]
    return found


def _spread(whole: Any, sizes: Any, room: Any) -> Any:
    """Give the length of what lies under each window once its mean is taken off.

    Infinite where that is flat, and where the window does not fit.
    """
    mean = whole.sum(axis=(1, 2), keepdims=True) / room.prod(axis=2)[:, :, None]
    side = whole.shape[-1]
    tables = np.stack([_integral(whole - mean), _integral((whole - mean) ** 2)])
    found = np.full((*sizes.shape[:2], side, side), np.inf, dtype=np.float32)
    # Many pictures have the same proportions: their windows are done at once.
    kinds, kind_of = np.unique(sizes.reshape(len(sizes), -1), axis=0, return_inverse=True)
    for kind, windows in enumerate(kinds.reshape(-1, *sizes.shape[1:]).tolist()):
        pairs = np.flatnonzero(kind_of.ravel() == kind)
        own = tables[:, pairs]
        for level, (height, width) in enumerate(windows):
            rows = own[:, :, height:] - own[:, :, :-height]
            sums = rows[..., width:] - rows[..., :-width]
            n = np.float32(height * width)
            variance = sums[1] - sums[0] ** 2 / n
            length = np.sqrt(np.maximum(variance, 1e-6))
            length[variance <= LEAST_SPREAD**2 * n] = np.inf
            high, wide = length.shape[1:]
            found[pairs, level, :high, :wide] = length
    place, last = np.arange(side), room - sizes  # the last place where it fits
    fits = (place <= last[..., :1])[..., :, None] & (place <= last[..., 1:])[..., None, :]
    return np.where(fits, found, np.float32(np.inf))


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
