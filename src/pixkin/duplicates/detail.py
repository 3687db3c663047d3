"""How much real detail a picture has: one that was made larger has no more than before."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from pixkin.decode import Limits, decode_image
from pixkin.errors import BadImageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pixkin.library.looks import Shot

__all__ = ["real_pixels"]

LIMITS = Limits(max_pixels=60_000_000)
WINDOW = 1024
CLEARLY = 1.25
"""How many times more pixels a picture has before it is asked whether they are real."""
REAL = 0.15
"""The share of the smaller one's fine detail, relative to its size, that the larger one has at
least if its pixels are real. Enlarged by a half to three times: up to 0.06; real: 0.3 and more."""
HALF, COPIED = 0.5, 0.5
"""What an enlarged picture counts, of the one it was made from: it is a copy of a copy."""
FULL = 1 << 30


def real_pixels(shots: Sequence[Shot], most: int = 8) -> dict[int, float]:
    """Give the pixels of each picture, by image id, counting none that were only made up.

    Files are opened only where sizes differ. The larger of two is compared with the smaller: if it
    has next to nothing at the scale that only it can show, it was enlarged.
    """
    found = {shot.image_id: float(shot.width * shot.height) for shot in shots}
    order = sorted(shots, key=lambda shot: (-found[shot.image_id], shot.sha256))[:most]
    greys: dict[int, Any] = {}
    for i in range(len(order) - 2, -1, -1):
        large, small = order[i], order[i + 1]
        ratio = (large.width * large.height) / max(small.width * small.height, 1)
        if ratio < CLEARLY:
            continue
        if _is_enlarged(_grey(large, greys), _grey(small, greys), ratio**-0.5):
            found[large.image_id] = COPIED * found[small.image_id]
    return found


def _is_enlarged(large: Any, small: Any, scale: float) -> bool:
    """Compare what only the larger one can show, up to twice as fine, with the smaller's finest."""
    if large is None or small is None:
        return False
    if scale < HALF:
        large, scale = _scaled(large, scale / HALF), HALF
    return _beyond(large, scale) < REAL * _beyond(small, scale)


def _beyond(grey: Any, scale: float) -> float:
    """Give the energy of what is lost when a picture is made smaller and large again."""
    small = Image.fromarray(_scaled(grey, scale))
    back = np.asarray(small.resize(grey.shape[::-1], Image.Resampling.LANCZOS))
    return float(((grey - back) ** 2).mean())


def _scaled(grey: Any, scale: float) -> Any:
    size = [max(1, round(side * scale)) for side in grey.shape[::-1]]
    return np.asarray(Image.fromarray(grey).resize(size, Image.Resampling.LANCZOS))


def _grey(shot: Shot, known: dict[int, Any]) -> Any:
    """Decode the middle of a picture at full size; None if that does not work now."""
    if shot.image_id not in known:
        known[shot.image_id] = _middle(shot.files[0])
    return known[shot.image_id]


def _middle(path: Path) -> Any:
    try:
        image, _ = decode_image(path, FULL, LIMITS)
    except BadImageError:
        return None
    width, height = image.size
    left, top = max(0, (width - WINDOW) // 2), max(0, (height - WINDOW) // 2)
    part = image.crop((left, top, min(width, left + WINDOW), min(height, top + WINDOW)))
    return np.asarray(part.convert("L"), dtype=np.float32)
