"""Pixels to pixels of another size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from pixkin.records import Picture, Pixels

__all__ = ["squash"]


def squash(picture: Picture, width: int, height: int) -> Pixels:
    """Resize to exactly ``width`` x ``height``, averaging what is made smaller."""
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(picture)
    small = image.resize((width, height), Image.Resampling.BILINEAR, reducing_gap=3.0)
    return np.asarray(small, dtype=np.uint8)
