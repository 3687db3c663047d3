"""Bytes to pixels: the only module that opens an image.

What is an image is decided by its content. Pillow's plugins are called one by one rather than
through ``Image.open``, because its limit on pixels is a global of the whole process and counts
the pixels before scaled decoding; ours counts after, and is an argument.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from PIL import Image

from pixkin.decode.formats import attempt, looks_like_image, open_image
from pixkin.decode.srgb import from_array, is_transparent, range_problem, to_srgb
from pixkin.errors import BadImageError
from pixkin.exif import ORIENTATION, SIDEWAYS, facts_from_exif, read_exif
from pixkin.records import ImageFacts

if TYPE_CHECKING:
    from pixkin.records import Pixels

__all__ = [
    "DECODER_VERSION",
    "Limits",
    "TooHeavyError",
    "decode",
    "decode_image",
    "from_array",
    "looks_like_image",
    "preview",
    "range_problem",
    "rules",
    "shrink",
    "small",
    "to_jpeg",
]

DECODER_VERSION = 1
"""Raised when the same bytes would give other pixels, so that vectors are never mixed."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one picture may cost.

    ``max_pixels`` counts after scaled decoding. A picture of more than ``shared_pixels`` is
    refused while ``alone`` is false: several such pictures at once would not fit in memory.
    """

    max_pixels: int = 150_000_000
    shared_pixels: int = 30_000_000
    alone: bool = True


class TooHeavyError(Exception):
    """The picture fits the limits, but only while no other is decoded."""


def rules(limits: Limits) -> str:
    """Say what decides whether bytes decode, so that failures are tried again when it changes."""
    import pi_heif
    import PIL

    return (
        f"decoder {DECODER_VERSION}, pillow {PIL.__version__}, pi-heif {pi_heif.__version__}, "
        f"{limits.max_pixels} pixels"
    )


def decode(
    source: Path | bytes, min_side: int = 256, limits: Limits = Limits()
) -> tuple[Pixels, ImageFacts]:
    """Decode a picture to upright sRGB.

    Animations give their first frame; transparent parts lie over white; a file that ends too
    early is damaged, because half a picture would be grouped by its missing half.

    Parameters
    ----------
    source : Path or bytes
        A file, or its content.
    min_side : int
        The shorter side, in pixels, that is enough: large pictures are decoded at a fraction of
        their size that keeps at least this much.
    limits : Limits

    Returns
    -------
    pixels : uint8 array of shape (height, width, 3)
    facts : ImageFacts
        Of the picture at its full size.

    Raises
    ------
    BadImageError
        If the file cannot be read, is no picture, is damaged, or is above a limit.
    """
    image, facts = decode_image(source, min_side, limits)
    return np.ascontiguousarray(np.asarray(image, dtype=np.uint8)), facts


def decode_image(
    source: Path | bytes, min_side: int = 256, limits: Limits = Limits()
) -> tuple[Any, ImageFacts]:
    """Decode a picture as `decode` does, to a Pillow image."""
    if isinstance(source, bytes):
        return _decode_stream(io.BytesIO(source), min_side, limits)
    try:
        with source.open("rb") as stream:
            return _decode_stream(stream, min_side, limits)
    except OSError as error:
        raise BadImageError("unreadable", error.strerror or str(error)) from error


def shrink(pixels: Pixels, min_side: int) -> Pixels:
    """Average blocks of pixels as `decode` does for a picture of more than ``min_side``."""
    return np.asarray(_reduced(Image.fromarray(pixels), min_side))


def small(image: Any, side: int) -> Any:
    """Reduce a Pillow image to the size of a thumbnail.

    Its longer side is at least ``side`` pixels, if the image has as many, and less than twice
    that: averaging whole blocks of pixels takes a quarter of the time of a certain size.
    """
    found = image.reduce(max(1, max(image.size) // side))
    found.info = {}  # or Pillow would write the photographer's comment into it
    return found


def to_jpeg(image: Any, quality: int = 72) -> bytes:
    """Write a small Pillow image as a JPEG."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def preview(image: Any, side: int, quality: int = 88) -> bytes:
    """Make a JPEG of a Pillow image to look at: its longer side is at most ``side`` pixels."""
    small = image.copy()
    small.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    small.info = {}
    out = io.BytesIO()
    small.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()


def _decode_stream(stream: BinaryIO, min_side: int, limits: Limits) -> tuple[Any, ImageFacts]:
    image = open_image(stream)
    name, (width, height) = image.format or "image", image.size
    attempt(name, lambda: image.draft(None, (min_side, min_side)))
    _check_size(image, limits)
    # Only now: PNG keeps EXIF behind the pixels, and reading it decodes them.
    no_tags: dict[int, Any] = {}
    tags = attempt(name, lambda: read_exif(image), default=no_tags)
    attempt(name, image.load)
    # Pillow turns TIFF upright by itself, and tells so by dropping the tag.
    turn = attempt(name, lambda: image.getexif().get(ORIENTATION), default=1)
    facts = facts_from_exif(tags, (height, width) if turn in SIDEWAYS else (width, height), name)
    return attempt(name, lambda: _upright(image, turn, min_side)), facts


def _upright(image: Any, turn: object, min_side: int) -> Any:
    rgb = to_srgb(_reduced(image, min_side), image.info.get("icc_profile"))
    return rgb.transpose(TURNS[turn]) if turn in TURNS else rgb


TURNS: dict[object, Any] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What undoes each EXIF orientation (EXIF 2.32, tag 0x0112)."""


def _check_size(image: Any, limits: Limits) -> None:
    width, height = image.size
    if width < 1 or height < 1:
        raise BadImageError("damaged", f"its size is {width} x {height} pixels")
    if width * height > limits.max_pixels:
        raise BadImageError(
            "refused",
            f"{width} x {height} is {width * height / 1e6:,.0f} megapixels, above the limit of "
            f"{limits.max_pixels / 1e6:g}; raise it with --max-megapixels",
        )
    if width * height > limits.shared_pixels and not limits.alone:
        raise TooHeavyError


def _reduced(image: Any, min_side: int) -> Any:
    """Average whole blocks of pixels until the shorter side is under twice ``min_side``."""
    factor = min(image.size) // min_side
    if factor < 2:
        return image
    if image.mode in {"1", "P", "PA"}:
        image = image.convert("RGBA" if is_transparent(image) else "RGB")
    if image.mode.startswith("I;16"):
        return image.resize((image.width // factor, image.height // factor))
    return image.reduce(factor)
