"""Bytes to pixels: the only module that opens an image.

What is an image is decided by its content. Pillow's plugins are called one by one rather than
through ``Image.open``, because its limit on pixels is a global of the whole process and counts
the pixels before scaled decoding; ours counts after, and is an argument.
"""

from __future__ import annotations

import functools
import io
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

import numpy as np
from PIL import Image, ImageCms

from pixkin.errors import BadImageError
from pixkin.exif import ORIENTATION, SIDEWAYS, facts_from_exif, read_exif
from pixkin.records import ImageFacts

if TYPE_CHECKING:
    from pixkin.records import Pixels

__all__ = ["DECODER_VERSION", "Limits", "decode", "from_array", "looks_like_image", "rules", "thumbnail"]

DECODER_VERSION = 1
"""Raised when the same bytes would give other pixels, so that vectors are never mixed."""

PREFIX_BYTES = 32

FORMATS = (
    "JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "PPM", "AVIF", "JPEG2000", "ICO", "ICNS", "PSD",
    "QOI", "DDS", "SGI", "SUN", "PCX", "DCX", "FITS", "XBM", "XPM", "MSP", "FLI", "BLP", "PCD",
    "CUR", "TGA",
)  # fmt: skip
"""Tried in this order. Left out: EPS and WMF (they run or need other programs), stubs without a
decoder (BUFR, GRIB, HDF5, MPEG), and IM, IMT, IPTC, SPIDER, DIB, GBR, FTEX, MCIDAS, XVTHUMB (no
signature to know them by, or not pictures that people keep)."""

PHOTO_CD_SIGNATURE = (2048, b"PCD_")

T = TypeVar("T")


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
    import PIL
    import pi_heif

    return (
        f"decoder {DECODER_VERSION}, pillow {PIL.__version__}, pi-heif {pi_heif.__version__}, "
        f"{limits.max_pixels} pixels"
    )


def looks_like_image(stream: BinaryIO) -> bool:
    """Tell from the first bytes whether any decoder would try this file."""
    prefix = stream.read(PREFIX_BYTES)
    return bool(prefix) and bool(_candidates(prefix, stream))


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
    if isinstance(source, bytes):
        return _decode_stream(io.BytesIO(source), min_side, limits)
    try:
        with source.open("rb") as stream:
            return _decode_stream(stream, min_side, limits)
    except OSError as error:
        raise BadImageError("unreadable", error.strerror or str(error)) from error


def from_array(array: Any) -> Pixels:
    """Turn an array of any usual form into pixels.

    Parameters
    ----------
    array : array of shape (height, width), (height, width, 1), (height, width, 3) or (.., 4)
        uint8; uint16; bool; or floating point from 0 to 1. A fourth channel is transparency.

    Returns
    -------
    uint8 array of shape (height, width, 3)

    Raises
    ------
    BadImageError
        If the shape or the values are none of these.
    """
    array = np.asarray(array)
    if array.ndim == 2:
        array = array[:, :, None]
    if array.ndim != 3 or array.shape[2] not in {1, 3, 4} or 0 in array.shape:
        shape = "x".join(map(str, array.shape))
        allowed = "(height, width), (height, width, 3) or (height, width, 4)"
        raise BadImageError("not-an-image", f"an array of shape {shape}; allowed: {allowed}")
    pixels = _to_uint8(array)
    if pixels.shape[2] == 4:
        pixels = np.asarray(_over_white(Image.fromarray(pixels, "RGBA")))
    return np.ascontiguousarray(np.broadcast_to(pixels, (*pixels.shape[:2], 3)))


def thumbnail(pixels: Pixels, side: int, quality: int = 72) -> bytes:
    """Make a small JPEG whose longer side is at most ``side`` pixels."""
    image = Image.fromarray(pixels)
    image.thumbnail((side, side), Image.Resampling.BILINEAR, reducing_gap=2.0)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def _decode_stream(stream: BinaryIO, min_side: int, limits: Limits) -> tuple[Pixels, ImageFacts]:
    image = _open(stream)
    name, (width, height) = image.format or "image", image.size
    _attempt(name, lambda: image.draft(None, (min_side, min_side)))
    _check_size(image, limits)
    # Only now: PNG keeps EXIF behind the pixels, and reading it decodes them.
    tags = _attempt(name, lambda: read_exif(image), default={})
    _attempt(name, image.load)
    # Pillow turns TIFF upright by itself, and tells so by dropping the tag.
    turn = _attempt(name, lambda: image.getexif().get(ORIENTATION), default=1)
    facts = facts_from_exif(tags, (height, width) if turn in SIDEWAYS else (width, height), name)
    profile = image.info.get("icc_profile")
    rgb = _attempt(name, lambda: _to_srgb(_reduced(image, min_side), profile))
    upright = rgb.transpose(TURNS[turn]) if turn in TURNS else rgb
    return np.ascontiguousarray(np.asarray(upright, dtype=np.uint8)), facts


TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What undoes each EXIF orientation (EXIF 2.32, tag 0x0112)."""


_NO_DEFAULT: Any = object()


def _attempt(name: str, step: Callable[[], T], default: T = _NO_DEFAULT) -> T:
    """Run one decoding step; whatever a decoder throws at hostile bytes is a bad image."""
    try:
        return step()
    except BadImageError:
        raise
    except MemoryError as error:
        raise BadImageError("refused", "needs more memory than is allowed for a picture") from error
    except Image.DecompressionBombError as error:
        raise BadImageError("refused", f"too large for the {name} decoder ({error})") from error
    except Exception as error:
        if isinstance(error, OSError) and error.errno:
            raise BadImageError("unreadable", error.strerror or str(error)) from error
        if default is not _NO_DEFAULT:
            return default
        words = " ".join(str(error).split())[:120] or type(error).__name__
        raise BadImageError(
            "damaged",
            f"cannot be decoded as {name}: damaged, cut short or of an unknown variant ({words})",
        ) from error


@functools.cache
def _plugins() -> dict[str, tuple[Callable[..., Any], Callable[[bytes], bool | str] | None]]:
    """Map each format to its decoder and to the test of its first bytes."""
    import pi_heif

    Image.init()
    plugins: dict[str, Any] = {name: Image.OPEN[name] for name in FORMATS if name in Image.OPEN}
    # Registering pi-heif's opener would change Pillow for everybody in the process.
    plugins["HEIF"] = (pi_heif.HeifImageFile, pi_heif.is_supported)
    return plugins


def _candidates(prefix: bytes, stream: BinaryIO) -> list[str]:
    """Name the formats that the first bytes may be of."""
    return [name for name, (_, accepts) in _plugins().items() if _fits(name, accepts, prefix, stream)]


def _fits(
    name: str, accepts: Callable[[bytes], bool | str] | None, prefix: bytes, stream: BinaryIO
) -> bool:
    if name == "PCD":
        stream.seek(PHOTO_CD_SIGNATURE[0])
        return stream.read(4) == PHOTO_CD_SIGNATURE[1]
    if accepts is None:
        return _plausible_targa(prefix)
    answer = accepts(prefix)  # a text says why the format is known but cannot be decoded here
    return bool(answer) and not isinstance(answer, str)


def _plausible_targa(prefix: bytes) -> bool:
    """Check a Targa header: map type, image type, depth and size (Truevision TGA 2.0, C.1)."""
    if len(prefix) < 18:
        return False
    width = int.from_bytes(prefix[12:14], "little")
    height = int.from_bytes(prefix[14:16], "little")
    types = {1, 9} if prefix[1] else {2, 3, 10, 11}
    known = prefix[1] in {0, 1} and prefix[2] in types and prefix[16] in {1, 8, 16, 24, 32}
    return known and width > 0 and height > 0


def _open(stream: BinaryIO) -> Any:
    prefix = stream.read(PREFIX_BYTES)
    if not prefix:
        raise BadImageError("not-an-image", "the file is empty")
    tried = _candidates(prefix, stream)
    for name in tried:
        stream.seek(0)
        image = _attempt(name, functools.partial(_open_as, name, stream))
        if image is not None:
            return image
    if tried:
        names = " or ".join(tried)
        raise BadImageError(
            "damaged", f"starts like {names}, but its header is broken, cut short or unknown"
        )
    raise BadImageError("not-an-image", "its content is no picture in a format that Pixkin reads")


def _open_as(name: str, stream: BinaryIO) -> Any:
    try:
        return _plugins()[name][0](stream, "")
    except (SyntaxError, IndexError, TypeError, KeyError, struct.error):
        return None  # how Pillow's plugins say that a file is not of their format


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
        image = image.convert("RGBA" if _is_transparent(image) else "RGB")
    if image.mode.startswith("I;16"):
        return image.resize((image.width // factor, image.height // factor))
    return image.reduce(factor)


def _is_transparent(image: Any) -> bool:
    return image.mode in {"RGBA", "RGBa", "LA", "La", "PA"} or "transparency" in image.info


def _to_srgb(image: Any, profile: bytes | None) -> Any:
    if image.mode in {"I", "F"} or image.mode.startswith("I;"):
        return Image.fromarray(_to_uint8(_scaled(np.asarray(image)))).convert("RGB")
    if _is_transparent(image):
        alpha = image.convert("RGBA")
        colour = _apply_profile(alpha.convert("RGB"), profile)
        colour.putalpha(alpha.getchannel("A"))
        return _over_white(colour)
    if image.mode in {"P", "RGBX"}:
        image = image.convert("RGB")
    return _apply_profile(image, profile).convert("RGB")


def _over_white(image: Any) -> Any:
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image).convert("RGB")


def _apply_profile(image: Any, profile: bytes | None) -> Any:
    transform = _profile_transform(profile, image.mode) if profile else None
    return image if transform is None else ImageCms.applyTransform(image, transform)


@functools.lru_cache(maxsize=32)
def _profile_transform(profile: bytes, mode: str) -> Any:
    """Build the way from a colour profile to sRGB; None if it is sRGB or cannot be used."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "sRGB" in ImageCms.getProfileDescription(source):
            return None
        target = ImageCms.createProfile("sRGB")
        return ImageCms.buildTransform(source, target, mode, "RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None  # a broken profile or one for other channels: the numbers as they stand


def _scaled(values: Any) -> Any:
    """Bring wide integers and floating point to 0..1 (floats) or 16 bits (integers)."""
    if np.issubdtype(values.dtype, np.integer):
        if values.size == 0 or (values.min() >= 0 and values.max() <= 65535):
            return values.astype(np.uint16)
        values = values.astype(np.float64)
    values = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
    low, high = float(values.min()), float(values.max())
    if low >= 0 and high <= 1:
        return values
    if low >= 0 and high <= 255:
        return values / 255
    return (values - low) / (high - low) if high > low else np.zeros_like(values)


def _to_uint8(array: Any) -> Any:
    if array.dtype == np.uint8:
        return array
    if array.dtype == np.uint16:
        return (array >> 8).astype(np.uint8)
    if array.dtype == bool:
        return array.astype(np.uint8) * np.uint8(255)
    if np.issubdtype(array.dtype, np.floating):
        if not np.isfinite(array).all() or array.min() < 0 or array.max() > 1:
            raise BadImageError("not-an-image", "a floating-point array outside 0 to 1")
        return np.rint(array * 255).astype(np.uint8)
    if np.issubdtype(array.dtype, np.integer) and array.min() >= 0 and array.max() <= 255:
        return array.astype(np.uint8)
    raise BadImageError("not-an-image", f"an array of {array.dtype} outside 0 to 255")
