"""Pictures to try Pixkin on that come with scikit-learn, so that nothing is fetched."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pixkin.errors import PathError
from pixkin.library.place import is_marked, mark
from pixkin.resize import squash

if TYPE_CHECKING:
    from pixkin.records import Pixels

__all__ = ["write_pictures"]

NAME_ANOTHER = "name another folder: pixkin demo DIR"
DIGIT_PX = 96
CROPS_PER_PHOTO = 60
CROP_PX = (140, 320)


def write_pictures(folder: Path) -> Path:
    """Write 1,797 scanned digits and 120 crops of two photographs.

    Parameters
    ----------
    folder : Path
        Made if it is not there. What an earlier demo wrote is written again.

    Returns
    -------
    Path
        The folder in it that holds the pictures.

    Raises
    ------
    PathError
        If ``folder`` holds something else, or cannot be written to.
    """
    pictures = folder / "pictures"
    try:
        if folder.is_dir() and any(folder.iterdir()) and not is_marked(folder):
            raise PathError(str(folder), f"is not empty and was not made by Pixkin; {NAME_ANOTHER}")
        pictures.mkdir(parents=True, exist_ok=True)
        mark(folder)
        _write_digits(pictures / "digits")
        _write_crops(pictures / "photos")
    except OSError as error:
        why = f"cannot be written ({error.strerror or error}); {NAME_ANOTHER}"
        raise PathError(str(folder), why) from error
    return pictures


def _write_digits(folder: Path) -> None:
    from sklearn.datasets import load_digits

    digits = load_digits()
    for i, (values, digit) in enumerate(zip(digits.images, digits.target, strict=True)):
        dark = 255 - np.round(values * (255 / 16)).astype(np.uint8)
        _save(
            folder / str(digit) / f"{i:04}.png", squash(np.dstack([dark] * 3), DIGIT_PX, DIGIT_PX)
        )


def _write_crops(folder: Path) -> None:
    from sklearn.datasets import load_sample_image

    rng = np.random.default_rng(0)
    for name in ("china", "flower"):
        photo: Pixels = load_sample_image(f"{name}.jpg")
        for i in range(CROPS_PER_PHOTO):
            height, width = rng.integers(*CROP_PX, size=2)
            top = rng.integers(photo.shape[0] - height)
            left = rng.integers(photo.shape[1] - width)
            crop = photo[top : top + height, left : left + width]
            bright = np.clip(crop * rng.uniform(0.75, 1.25), 0, 255).astype(np.uint8)
            _save(folder / name / f"{i:02}.jpg", bright[:, ::-1] if i % 2 else bright)


def _save(path: Path, pixels: Pixels) -> None:
    from PIL import Image

    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.ascontiguousarray(pixels)).save(path)
