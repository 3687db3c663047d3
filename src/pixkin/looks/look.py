"""What a picture looks like, in a few numbers: computed from it in small, and kept."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Look", "grey_of", "look_at", "look_of"]

SIDE, KEPT = 32, 8
DARK, BRIGHT = 24, 250
FLAT = 3
FAR, STEEPEST, LEAST = 4, 0.005, 8
"""So few, because all the edges of a drawing may be few. Where even these are weaker than the last,
as in plain areas, they tell nothing."""
AROUND = 0.9
BLOCKS = 8
GREY = np.full((1, 1, 2), 128, dtype=np.uint8)
POWERS = np.arange(256.0)[:, None] ** [1, 2]
WAVES = np.cos(np.pi / SIDE * np.outer(np.arange(KEPT), np.arange(SIDE) + 0.5)).astype(np.float32)
"""The lowest waves of the discrete cosine transform (DCT-II)."""


@dataclass(frozen=True, slots=True)
class Look:
    """A picture in numbers.

    Attributes
    ----------
    hash : int
        63 bits: the signs of the lowest frequencies of its brightness. Bit 8 v + u is that of
        vertical frequency v and horizontal frequency u, counted from the highest bit.
    brightness : float
        Mean, 0 to 1.
    spread : float
        Standard deviation of brightness, 0 to 0.5.
    dark : float
        Share of pixels that are nearly black.
    bright : float
        Share of pixels that are nearly white; 0 if nearly all of the border is, as around a
        drawing or an object on white paper.
    sharpness : float
        Of the strongest edges: the change from pixel to pixel, as a share of the change around it.
    flat : float
        Share of pixels that are as their neighbours, as in drawings and screenshots.
    colour : float
        Mean distance from grey, 0 to 1.
    """

    hash: int
    brightness: float
    spread: float
    dark: float
    bright: float
    sharpness: float
    flat: float
    colour: float

    def row(self) -> tuple[int | float, ...]:
        """Give the values in their order."""
        return tuple(getattr(self, name) for name in self.__slots__)


def grey_of(jpeg: bytes) -> NDArray[np.float32]:
    """Decode a thumbnail to brightness, 0 to 255."""
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as image:
        image.draft("L", image.size)
        return np.asarray(image.convert("L"), dtype=np.float32)


def look_at(jpeg: bytes) -> Look:
    """Compute the numbers of a thumbnail."""
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as image:
        image.draft("YCbCr", image.size)
        return look_of(image)


def look_of(image: Any) -> Look:
    """Compute the numbers of a small Pillow image.

    It is done for each picture that is read, and must cost little: so it is of whole numbers of 8
    bits in one row, which the processor takes many of at a time.
    """
    grey, colours = _parted(image)
    y = np.asarray(grey)
    counts = np.array(grey.histogram())
    mean, square = (counts @ POWERS / y.size).tolist()
    return Look(
        hash=_hash(grey),
        brightness=mean / 255,
        spread=max(0.0, square - mean * mean) ** 0.5 / 255,
        dark=int(counts[:DARK].sum()) / y.size,
        bright=0.0 if _is_on_white(y) else int(counts[BRIGHT:].sum()) / y.size,
        sharpness=_sharpness(y),
        flat=_flat(y),
        colour=int(np.abs(colours.astype(np.int16) - 128).sum()) / (128 * colours.size),
    )


def _parted(image: Any) -> tuple[Any, NDArray[np.uint8]]:
    """Give brightness, and the colours of blocks of pixels."""
    if image.mode == "L":
        return image, GREY
    if image.mode == "YCbCr":
        return image.getchannel(0), np.asarray(image.reduce(BLOCKS))[..., 1:]
    small = image.reduce(BLOCKS).convert("YCbCr")
    return image.convert("L"), np.asarray(small)[..., 1:]


def _change(y: NDArray[np.uint8], n: int) -> NDArray[np.uint8]:
    """Give the change from each pixel to the ``n``-th after it, of the same shape.

    At the end of a row that is one of the next row, and at the very end none.
    """
    flat, found = y.ravel(), np.zeros(y.size, dtype=np.uint8)
    before, after = flat[:-n], flat[n:]
    np.subtract(np.maximum(before, after), np.minimum(before, after), out=found[:-n])
    return found.reshape(y.shape)


def _flat(y: NDArray[np.uint8]) -> float:
    """Give the share of pixels that are as their neighbours."""
    if min(y.shape) < 2:
        return 1.0
    beside, below = _change(y, 1), _change(y, y.shape[1])
    edges = np.maximum(beside[1:, :-1], below[:-1, 1:])
    return float(np.count_nonzero(edges < FLAT) / edges.size)


def _hash(grey: Any) -> int:
    """Hash brightness by the signs of its lowest frequencies.

    A discrete cosine transform of 32 x 32 pixels, as in pHash (Zauner, "Implementation and
    benchmarking of perceptual image hash functions", 2010, sec. 3.2.1; Klinger & Starkweather).
    The sign takes the place of pHash's comparison with the median, which for frequencies other
    than 0 is near 0: so mirroring and turning only change signs and places.
    """
    small = np.asarray(grey.resize((SIDE, SIDE), Image.Resampling.BOX), dtype=np.float32)
    low = WAVES @ small @ WAVES.T
    bits = low > 0
    bits[0, 0] = False
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


def _is_on_white(y: NDArray[np.uint8]) -> bool:
    """Tell whether nearly all of the border is white."""
    border = np.concatenate([y[0], y[-1], y[:, 0], y[:, -1]])
    return int(np.count_nonzero(border >= BRIGHT)) >= AROUND * border.size


def _sharpness(y: NDArray[np.uint8]) -> float:
    """Compare the steepest changes over one pixel with those over four."""
    if min(y.shape) < 2 * FAR:
        return 1.0
    y = np.ascontiguousarray(y[::4])  # a quarter of the rows tells as much
    near, far = (_steepest(_change(y, step)[:, :-step]) for step in (1, FAR))
    return min(1.0, near / far) if far >= LEAST else 1.0


def _steepest(change: NDArray[np.uint8]) -> int:
    """Give the change that the steepest part of them reach."""
    counts = np.bincount(change.ravel(), minlength=256)
    return 255 - int(counts[::-1].cumsum().searchsorted(STEEPEST * change.size))
