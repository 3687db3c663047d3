"""The labelled collections that benchmarks run on, beside the checkout."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image, ImageChops, ImageOps

NAMES = (
    "objects-caltech101",
    "photos-imagenet",
    "waste-trashnet",
    "aerial-rsscn7",
    "faces-orl",
    "grocery-store",
    "tiny-cifar10",
)
HERE = Path(__file__).resolve().parent


def data_folder() -> Path:
    """Give the folder of the collections; the program ends with a reason if it is not there."""
    folder = Path(os.environ.get("PIXKIN_DATA", HERE.parent.parent / "shared" / "data"))
    if not folder.is_dir():
        sys.exit(f"{folder} is not there. Set PIXKIN_DATA to the folder of the collections.")
    return folder


def pictures(name: str) -> list[Path]:
    """Give the pictures of a collection in path order; each lies in the folder of its class."""
    folder = data_folder() / name
    return sorted(path for path in folder.glob("*/*") if path.suffix.lower() != ".csv")


def table(header: list[str], rows: list[list[object]]) -> str:
    """Write a Markdown table; the first column is left-aligned, the others right-aligned."""
    lines = [header, ["---", *["--:"] * (len(header) - 1)], *rows]
    return "".join("| " + " | ".join(map(str, line)) + " |\n" for line in lines)


def copies(sources: Sequence[Path], folder: Path, n: int) -> list[Path]:
    """Write ``n`` copies of JPEGs, in turn; no two have the same bytes.

    A number lies behind the end of each, where no decoder looks, so the pixels stay the same; and
    some more bytes, so that two are as rarely of one length as two pictures of a camera.
    """
    return _each(functools.partial(_copy, folder), sources, n)


def varied(names: Sequence[str], folder: Path, n: int) -> list[Path]:
    """Write ``n`` pictures made from collections: cropped, mirrored and brightened at random."""
    return _each(functools.partial(_vary, folder), [p for name in names for p in pictures(name)], n)


def photos(folder: Path, n: int) -> list[Path]:
    """Write ``n`` JPEGs of 4000 x 3000 pixels, made from the pictures of near-duplicates."""
    sources = [path for path in data_folder().glob("near-duplicates/**/*.*") if path.is_file()]
    kept = sorted(path for path in sources if path.suffix.lower() in {".jpg", ".jpeg", ".png"})
    return _each(functools.partial(_enlarge, folder), kept, n)


def _each(make: Callable[[Path, int], Path], sources: Sequence[Path], n: int) -> list[Path]:
    """Make file ``i`` of source ``i``, beginning anew after the last, on every core."""
    chosen = [sources[i % len(sources)] for i in range(n)]
    with ProcessPoolExecutor() as processes:
        return list(processes.map(make, chosen, range(n), chunksize=20))


def _target(folder: Path, i: int, suffix: str = ".jpg") -> Path:
    target = folder / f"{i // 1000:03}" / f"{i:06}{suffix}"
    target.parent.mkdir(parents=True, exist_ok=True)
    return target


def _copy(folder: Path, source: Path, i: int) -> Path:
    target = _target(folder, i, source.suffix)
    target.write_bytes(source.read_bytes() + i.to_bytes(8, "little") + bytes(i % 1009))
    return target


def _vary(folder: Path, source: Path, i: int) -> Path:
    rng = np.random.default_rng(i)
    with Image.open(source) as image:
        pixels = np.asarray(image.convert("RGB"))
    height, width = pixels.shape[:2]
    top, left = (rng.integers(0, max(1, side // 8)) for side in (height, width))
    cut = pixels[top : height - height // 12, left : width - width // 12]
    bright = np.clip(cut * rng.uniform(0.8, 1.2), 0, 255).astype(np.uint8)
    turned = bright[:, ::-1] if i % 2 else bright
    target = _target(folder, i)
    Image.fromarray(np.ascontiguousarray(turned)).save(target, quality=88)
    return target


def _enlarge(folder: Path, source: Path, i: int) -> Path:
    rng = np.random.default_rng(i)
    with Image.open(source) as image:
        large = ImageOps.fit(image.convert("RGB"), (4000, 3000), Image.Resampling.BICUBIC)
    # Grain, as a sensor has; else enlarged pictures are smooth, and quick to decode.
    tile = np.clip(rng.normal(128, 4, (500, 500)), 0, 255).astype(np.uint8)
    grain = Image.fromarray(np.tile(tile, (6, 8))).convert("RGB")
    target = _target(folder, i)
    ImageChops.add(large, grain, offset=-128).save(target, quality=90)
    return target
