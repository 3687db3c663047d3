"""Copies of pictures, made in the ways in which people come by them, to tune and test on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

__all__ = ["EDITED", "SAME", "plant"]

Picture = Image.Image
Make = Callable[[Picture, np.random.Generator], Picture]
TURN = Image.Transpose


def plant(sources: Sequence[Path], folder: Path) -> list[list[Path]]:
    """Write each source and a copy of it in every way; what belongs together is a list."""
    return [_versions(source, folder / f"{i:03}", i) for i, source in enumerate(sources)]


def _versions(source: Path, folder: Path, seed: int) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    with Image.open(source) as opened:
        picture = opened.convert("RGB")
    original = folder / f"original{source.suffix}"
    original.write_bytes(source.read_bytes())
    made = [original]
    for i, (name, make) in enumerate({**SAME, **EDITED}.items()):
        rng = np.random.default_rng([seed, i])
        suffix = {"webp": "webp", "png": "png"}.get(name, "jpg")
        target = folder / f"{name}.{suffix}"
        quality = {"jpeg-25": 25, "jpeg-60": 60}.get(name, 88)
        make(picture, rng).save(target, quality=quality)
        made.append(target)
    return made


def _resized(picture: Picture, share: float) -> Picture:
    size = [max(1, round(side * share)) for side in picture.size]
    return picture.resize((size[0], size[1]), Image.Resampling.LANCZOS)


def _cropped(picture: Picture, share: float, rng: np.random.Generator) -> Picture:
    """Keep ``share`` of each side, anywhere."""
    width, height = (round(side * share) for side in picture.size)
    left = int(rng.integers(0, picture.width - width + 1))
    top = int(rng.integers(0, picture.height - height + 1))
    return picture.crop((left, top, left + width, top + height))


def _captioned(picture: Picture, rng: np.random.Generator) -> Picture:
    """Cover a strip at the top or bottom, and write on it."""
    made, high = picture.copy(), max(8, round(picture.height * rng.uniform(0.08, 0.16)))
    top = 0 if rng.random() < 0.4 else made.height - high
    draw = ImageDraw.Draw(made)
    dark = bool(rng.random() < 0.5)
    draw.rectangle((0, top, made.width, top + high), fill=(15,) * 3 if dark else (245,) * 3)
    text = "a caption of some words " * 3
    draw.text((6, top + high / 4), text, fill="white" if dark else "black", font_size=high / 2)
    return made


def _bordered(picture: Picture, rng: np.random.Generator) -> Picture:
    width = max(2, round(min(picture.size) * rng.uniform(0.03, 0.12)))
    return ImageOps.expand(picture, width, fill="white" if rng.random() < 0.5 else "black")


def _below(picture: Picture, rng: np.random.Generator) -> Picture:
    """Put a caption under the picture, which becomes higher."""
    high = max(8, round(picture.height * rng.uniform(0.1, 0.2)))
    made = Image.new("RGB", (picture.width, picture.height + high), "white")
    made.paste(picture)
    ImageDraw.Draw(made).text(
        (6, picture.height + 2), "what is seen here", fill="black", font_size=high / 2
    )
    return made


SAME: dict[str, Make] = {
    "jpeg-25": lambda p, _: p,
    "jpeg-60": lambda p, _: p,
    "webp": lambda p, _: p,
    "png": lambda p, _: p,
    "half": lambda p, _: _resized(p, 0.5),
    "fifth": lambda p, _: _resized(p, 0.2),
    "double": lambda p, _: _resized(p, 2.0),
    "brighter": lambda p, rng: ImageEnhance.Brightness(p).enhance(rng.uniform(1.15, 1.35)),
    "darker": lambda p, rng: ImageEnhance.Brightness(p).enhance(rng.uniform(0.6, 0.85)),
    "contrast": lambda p, rng: ImageEnhance.Contrast(p).enhance(rng.uniform(1.2, 1.5)),
    "soft": lambda p, _: p.filter(ImageFilter.GaussianBlur(min(p.size) / 250)),
    "sharp": lambda p, _: p.filter(ImageFilter.UnsharpMask(2, 120)),
    "vivid": lambda p, _: ImageEnhance.Color(p).enhance(1.5),
}
"""The same picture, re-encoded, resized or lightly retouched."""

EDITED: dict[str, Make] = {
    "grey": lambda p, _: p.convert("L"),
    "crop-90": lambda p, rng: _cropped(p, 0.9, rng),
    "crop-75": lambda p, rng: _cropped(p, 0.75, rng),
    "crop-65": lambda p, rng: _cropped(p, 0.65, rng),
    "mirrored": lambda p, _: p.transpose(TURN.FLIP_LEFT_RIGHT),
    "upside-down": lambda p, _: p.transpose(TURN.ROTATE_180),
    "turned": lambda p, _: p.transpose(TURN.ROTATE_90),
    "turned-mirrored": lambda p, _: p.transpose(TURN.TRANSPOSE),
    "mirrored-crop": lambda p, rng: _cropped(p.transpose(TURN.FLIP_LEFT_RIGHT), 0.8, rng),
    "caption": _captioned,
    "caption-below": _below,
    "border": _bordered,
    "square": lambda p, _: p.resize((256, 256), Image.Resampling.LANCZOS),
}
"""Edited: grey, cropped, turned, mirrored, with a caption or border, squashed."""
