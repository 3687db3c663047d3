"""The picture itself, small: the tutorial's vector, and the baseline to beat."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pixkin.decode import DECODER_VERSION
from pixkin.errors import SettingError
from pixkin.resize import squash

if TYPE_CHECKING:
    from pixkin.records import Json, Pixels, Vectors

__all__ = ["PixelsEncoder"]

GRAY_WEIGHTS = np.array([0.299, 0.587, 0.114], dtype=np.float32)
"""Luma of red, green and blue (ITU-R BT.601), as Pillow and scikit-image use it for grey."""


FINER = 8
"""How many times ``size`` a picture is decoded at.

`decode` averages whole blocks of pixels, so what it gives is off by up to one of its pixels at two
edges; and JPEGs are decoded at a fraction before that. So the same picture from a file and as an
array differed by up to 125 of 255. Decoded at twice the size it was 64, at four times 33, at eight
times 16 (8 with 32 pixels or more), on 126 photos of 400 to 4000 pixels.
"""


class PixelsEncoder:
    """Every pixel of the picture squashed to ``size`` x ``size``, row by row, 0 to 255.

    Parameters
    ----------
    size : int, default=32
        Width and height in pixels, 1 to 512.
    gray : bool, default=False
        One number per pixel instead of three.

    Raises
    ------
    SettingError
        If ``size`` is outside its range.
    """

    scaling = "standard"

    def __init__(self, size: int = 32, gray: bool = False) -> None:
        if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= 512:
            raise SettingError("size", "a whole number from 1 to 512", size)
        self.size, self.gray = size, gray
        self.min_side = FINER * size
        self.n_features = size * size * (1 if gray else 3)

    @property
    def fingerprint(self) -> Json:
        """Name, size, colour and decoding."""
        facts: Json = {"encoder": "pixels", "size": self.size, "gray": self.gray, "resize": 2}
        return {**facts, "decoder": DECODER_VERSION}

    def encode(self, batch: list[Pixels]) -> Vectors:
        return np.stack([self._flat(pixels) for pixels in batch])

    def _flat(self, pixels: Pixels) -> Vectors:
        small = squash(pixels, self.size, self.size).astype(np.float32)
        return (small @ GRAY_WEIGHTS if self.gray else small).ravel()
