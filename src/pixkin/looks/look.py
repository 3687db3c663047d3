"""What a picture looks like, in a few numbers: measured in it in small, and kept."""

from __future__ import annotations

import io
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageChops

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Look", "grey_of", "looks_from", "measure", "measure_jpeg"]

SIDE, KEPT = 32, 8
DARK, BRIGHT = 24, 250
FLAT = 3
FAR, STEEPEST, LEAST = 4, 0.005, 8
"""So few, because all the edges of a drawing may be few. Where even these are weaker than the last,
as in plain areas, they tell nothing."""
AROUND = 0.9
APART = 4
NOT_WHITE = bytes(range(BRIGHT))
BLOCKS = 8
VALUES = 256
VALUE = np.arange(VALUES)
NOTHING = [0] * VALUES
NO_COLOUR = [0] * 128 + [1] + [0] * 127
WAVES = np.rint(
    2**12 * np.cos(np.pi / SIDE * np.outer(np.arange(KEPT), np.arange(SIDE) + 0.5))
).astype(np.int64)
"""The lowest waves of the discrete cosine transform (DCT-II), in whole numbers: so the same bits
come of the same picture on every processor."""


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
        return ROW(self)


ROW = attrgetter(*Look.__slots__)


def grey_of(jpeg: bytes) -> NDArray[np.float32]:
    """Decode a thumbnail to brightness, 0 to 255."""
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as image:
        image.draft("L", image.size)
        return np.asarray(image.convert("L"), dtype=np.float32)


def measure_jpeg(jpeg: bytes) -> bytes:
    """Measure a thumbnail."""
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as image:
        image.draft("YCbCr", image.size)
        return measure(image)


def measure(image: Any) -> bytes:
    """Measure a small Pillow image: always as many bytes, from which `looks_from` gives its look.

    This is done for each picture that is read, between two runs of a network that needs all of
    the processor's cache, and must cost little: so it counts, in Pillow, and no more. What is made
    of the counts is made of very many pictures' at once.
    """
    grey, colours = _parted(image)
    tiny = grey.resize((SIDE, SIDE), Image.Resampling.BOX)
    pixels = grey.tobytes()
    counts = grey.histogram() + _changes(pixels, grey.size) + colours
    counts += _border(pixels, grey.width)
    return b"".join((tiny.tobytes(), array("I", counts).tobytes()))


def _parted(image: Any) -> tuple[Any, list[int]]:
    """Give brightness, and how often each value of the two colours occurs in blocks of pixels."""
    if image.mode == "L":
        return image, NO_COLOUR + NO_COLOUR
    small = image.reduce(BLOCKS).convert("YCbCr").histogram()
    grey = image.getchannel(0) if image.mode == "YCbCr" else image.convert("L")
    return grey, small[VALUES:]


def _changes(pixels: bytes, size: tuple[int, int]) -> list[int]:
    """Count changes: over one pixel along the rows, over some, and the larger to either side.

    Of one row in four, which tells as much.
    """
    (width, height), difference = (size[0], size[1] // APART), ImageChops.difference
    if width <= FAR or height == 0:
        return NOTHING * 3
    # Four rows are one that is four times as long: its first quarter is one in four, and what is
    # below a pixel follows in its second.
    rows = Image.frombuffer("L", (APART * width, height), pixels)
    here = rows.crop((0, 0, width - 1, height))
    beside = difference(here, rows.crop((1, 0, width, height)))
    edges = ImageChops.lighter(
        beside, difference(here, rows.crop((width, 0, 2 * width - 1, height)))
    )
    far = difference(rows.crop((0, 0, width - FAR, height)), rows.crop((FAR, 0, width, height)))
    return beside.histogram() + far.histogram() + edges.histogram()


def _border(pixels: bytes, width: int) -> list[int]:
    """Count the pixels of the border, and those of them that are white."""
    border = pixels[:width] + pixels[-width:] + pixels[::width] + pixels[width - 1 :: width]
    return [len(border), len(border.translate(None, NOT_WHITE))]


def looks_from(measures: Sequence[bytes]) -> list[Look]:
    """Give the looks of pictures that `measure` has measured; each is the same in any company."""
    if not measures:
        return []
    both = np.frombuffer(b"".join(measures), dtype=np.uint8).reshape(len(measures), -1)
    tiny = both[:, : SIDE * SIDE].reshape(-1, SIDE, SIDE)
    counts = np.ascontiguousarray(both[:, SIDE * SIDE :]).view(np.uint32).astype(np.int64)
    *histograms, border = np.split(counts, np.arange(1, 7) * VALUES, axis=1)
    grey, near, far, edges, blue, red = histograms
    mean, square = (_share(grey @ VALUE**n, grey) for n in (1, 2))
    spread = np.sqrt(np.maximum(0.0, square - mean * mean))
    bright = np.where(
        border[:, 1] >= AROUND * border[:, 0], 0.0, _share(grey[:, BRIGHT:].sum(axis=1), grey)
    )
    columns = [
        _hash(tiny),
        mean / (VALUES - 1),
        spread / (VALUES - 1),
        _share(grey[:, :DARK].sum(axis=1), grey),
        bright,
        _sharpness(near, far),
        _share(edges[:, :FLAT].sum(axis=1), edges, none=1.0),
        _share((blue + red) @ abs(VALUE - 128), blue + red) / 128,
    ]
    return [Look(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]


def _share(part: Any, counts: Any, none: float = 0.0) -> NDArray[np.float64]:
    """Divide by how many were counted; ``none`` where that is none."""
    n = counts.sum(axis=1)
    return np.where(n > 0, part / np.maximum(n, 1), none)


def _hash(tiny: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Hash brightness by the signs of its lowest frequencies.

    A discrete cosine transform of 32 x 32 pixels, as in pHash (Zauner, "Implementation and
    benchmarking of perceptual image hash functions", 2010, sec. 3.2.1; Klinger & Starkweather).
    The sign takes the place of pHash's comparison with the median, which for frequencies other
    than 0 is near 0: so mirroring and turning only change signs and places.
    """
    bits = WAVES @ tiny @ WAVES.T > 0
    bits[:, 0, 0] = False
    return np.packbits(bits.reshape(len(bits), -1), axis=1).view(">u8")[:, 0].astype(np.uint64)


def _sharpness(near: Any, far: Any) -> NDArray[np.float64]:
    """Compare the steepest changes over one pixel with those over some."""
    close, around = _steepest(near), _steepest(far)
    return np.where(around >= LEAST, np.minimum(1.0, close / np.maximum(around, 1)), 1.0)


def _steepest(changes: Any) -> NDArray[np.int64]:
    """Give the change that the steepest part of them reach."""
    reached = changes[:, ::-1].cumsum(axis=1)
    enough = reached >= STEEPEST * reached[:, -1:]
    return np.asarray(VALUES - 1 - enough.argmax(axis=1))
