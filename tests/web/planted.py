"""Pictures with copies of several kinds among them."""

import os
import shutil
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

import pixkin

N_OTHERS = 6
CROP = "crop <img src=x onerror=document.title='taken'> 3.jpg"
"""File names are text, whatever is in them."""
SIZE = (360, 260)
Snapshot = dict[str, tuple[bytes, int]]


def scene(seed: int) -> Image.Image:
    """Draw something with detail everywhere, different for each seed."""
    rng = np.random.default_rng(seed)
    small = rng.integers(0, 255, (5, 7, 3)).astype(np.uint8)
    image = Image.fromarray(small).resize(SIZE, Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(image)
    for _ in range(120):
        x, y = rng.integers(0, SIZE[0]), rng.integers(0, SIZE[1])
        w, h = rng.integers(6, 45, 2)
        fill = tuple(int(v) for v in rng.integers(0, 255, 3))
        (draw.ellipse, draw.rectangle)[int(rng.integers(0, 2))]((x, y, x + w, y + h), fill=fill)
    return image.filter(ImageFilter.GaussianBlur(0.7))


def plant(folder: Path) -> Path:
    """Write two pictures with identical copies, one with a small one, one with a crop; others."""
    folder.mkdir(parents=True)
    for i in range(4 + N_OTHERS):
        scene(i).save(folder / f"picture {i}.jpg", quality=95)
    (folder / "safe").mkdir()
    shutil.copy(folder / "picture 0.jpg", folder / "picture 0 copy.jpg")
    shutil.copy(folder / "picture 1.jpg", folder / "safe" / "picture 1 copy.jpg")
    shutil.copy(folder / "picture 1.jpg", folder / "picture 1 copy.jpg")
    scene(2).resize((180, 130)).save(folder / "small 2.jpg", quality=85)
    scene(3).crop((40, 30, 320, 230)).save(folder / CROP, quality=90)
    for i, path in enumerate(sorted(folder.rglob("*.jpg"))):
        os.utime(path, ns=(10**18 + i, 10**18 + i))
    pixkin.cluster(folder)
    return folder


def tree(folder: Path) -> Snapshot:
    """Give content and time of all files but those of the library."""
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".pixkin" not in path.parts
    }
