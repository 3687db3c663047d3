"""What a picture looks like, in a few numbers: computed from its thumbnail, and kept."""

from __future__ import annotations

import io
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["LOOK_VERSION", "Look", "grey_of", "look_at"]

LOOK_VERSION = 1
"""Raised when the same thumbnail would give other numbers."""

SIDE, KEPT = 32, 8
DARK, BRIGHT = 24, 250
FLAT = 3
FAR, STEEPEST = 4, 0.02
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
    dark, bright : float
        Share of pixels that are nearly black, and white.
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
        return astuple(self)


def grey_of(jpeg: bytes) -> NDArray[np.float32]:
    """Decode a thumbnail to brightness, 0 to 255."""
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as image:
        image.draft("L", image.size)
        return np.asarray(image.convert("L"), dtype=np.float32)


def look_at(jpeg: bytes) -> Look:
    """Compute the numbers of a thumbnail."""
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as image:
        image.draft("YCbCr", image.size)
        planes = image.split() if image.mode == "YCbCr" else (image.convert("L"),)
    grey, *colours = planes
    y = np.asarray(grey)
    steps = [np.abs(np.diff(y.astype(np.int16), axis=axis)) for axis in (0, 1)]
    edges = np.maximum(steps[0][:, 1:], steps[1][1:])
    counts = np.asarray(grey.histogram()) / y.size
    return Look(
        hash=_hash(grey),
        brightness=float(y.mean()) / 255,
        spread=float(y.std()) / 255,
        dark=float(counts[:DARK].sum()),
        bright=float(counts[BRIGHT:].sum()),
        sharpness=_sharpness(y),
        flat=float((edges < FLAT).mean()) if edges.size else 1.0,
        colour=sum(_strayed(plane) for plane in colours) / 2,
    )


def _strayed(plane: Any) -> float:
    """Give how far a plane of colour is from grey, on average, 0 to 1."""
    apart = np.abs(np.arange(256) - 128) @ np.array(plane.histogram())
    return float(apart / 128 / (plane.width * plane.height))


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


def _sharpness(y: NDArray[np.uint8]) -> float:
    """Compare the steepest changes over one pixel with those over four."""
    if min(y.shape) < 2 * FAR:
        return 1.0
    steep = []
    for step in (1, FAR):
        change = np.abs(y[:, step:].astype(np.int16) - y[:, :-step])
        counts = np.bincount(change.ravel(), minlength=256)
        above = np.cumsum(counts[::-1])[::-1]
        steep.append(int(np.flatnonzero(above >= STEEPEST * change.size)[-1]))
    return min(1.0, steep[0] / max(steep[1], 4))
