"""Whether two pictures that agree in brightness have the same colours."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["are_recoloured"]

N_HUES = 12
PALE = 14
"""Distance from grey (0 to 181) below which a pixel has no hue to speak of."""
COLOURED = 0.03
"""The least share of pixels that have a hue, for it to be compared."""
ALIKE = 0.5
"""Least cosine of the two histograms. Saturation and brightness hardly change them."""


def are_recoloured(a: bytes, b: bytes) -> bool:
    """Tell whether two thumbnails that show the same show it in other hues."""
    one, other = _hues(a), _hues(b)
    if one is None or other is None:
        return False
    return float(one @ other) < ALIKE * float(np.linalg.norm(one) * np.linalg.norm(other))


def _hues(jpeg: bytes) -> NDArray[Any] | None:
    """Weigh the pixels of each hue by how coloured they are, with some of the hues beside it."""
    try:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as image:
            small = np.asarray(image.convert("YCbCr").resize((48, 48)), dtype=np.float32)
    except (OSError, ValueError, SyntaxError):
        return None
    cb, cr = small[..., 1].ravel() - 128, small[..., 2].ravel() - 128
    far = np.hypot(cb, cr)
    if (far > PALE).mean() < COLOURED:
        return None
    bins = ((np.arctan2(cr, cb) / (2 * np.pi) + 1) * N_HUES).astype(int) % N_HUES
    counts = np.bincount(bins, np.where(far > PALE, far, 0.0), N_HUES)
    return counts + 0.5 * (np.roll(counts, 1) + np.roll(counts, -1))
