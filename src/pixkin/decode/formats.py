"""Which decoder a file is for, told from its first bytes."""

from __future__ import annotations

import functools
import struct
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, TypeAlias, TypeVar

from PIL import Image, JpegImagePlugin

from pixkin.errors import BadImageError

__all__ = ["attempt", "looks_like_image", "open_image"]

PREFIX_BYTES = 32

FORMATS = (
    "JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "PPM", "AVIF", "JPEG2000", "ICO", "ICNS", "PSD",
    "QOI", "DDS", "SGI", "SUN", "PCX", "DCX", "FITS", "XBM", "XPM", "MSP", "FLI", "BLP", "PCD",
    "CUR", "TGA",
)  # fmt: skip
"""Tried in this order. Left out: EPS and WMF (they run or need other programs), stubs without a
decoder (BUFR, GRIB, HDF5, MPEG), and IM, IMT, IPTC, SPIDER, DIB, GBR, FTEX, MCIDAS, XVTHUMB (no
signature to know them by, or not pictures that people keep)."""

JPEG_SIGNATURE = b"\xff\xd8\xff"
PHOTO_CD_SIGNATURE = (2048, b"PCD_")

T = TypeVar("T")
Opener: TypeAlias = Callable[..., Any]
Plugin: TypeAlias = tuple[Opener, Callable[[bytes], bool | str] | None]


def looks_like_image(stream: BinaryIO) -> bool:
    """Tell from the first bytes whether any decoder would try this file."""
    prefix = stream.read(PREFIX_BYTES)
    # One is enough, and the first, JPEG, is what most files are.
    return bool(prefix) and next(_candidates(prefix, stream), None) is not None


@functools.cache
def _plugins() -> dict[str, Plugin]:
    """Map each format to its decoder and to the test of its first bytes."""
    import pi_heif

    Image.init()
    plugins: dict[str, Any] = {name: Image.OPEN[name] for name in FORMATS if name in Image.OPEN}
    # Registering pi-heif's opener would change Pillow for everybody in the process.
    plugins["HEIF"] = (pi_heif.HeifImageFile, pi_heif.is_supported)
    return plugins


def _candidates(prefix: bytes, stream: BinaryIO) -> Iterator[tuple[str, Opener]]:
    """Give the formats that the first bytes may be of, with their decoders."""
    if prefix.startswith(JPEG_SIGNATURE):  # needs none of the others to be imported
        yield "JPEG", JpegImagePlugin.jpeg_factory
    for name, (opener, accepts) in _plugins().items():
        if name != "JPEG" and _fits(name, accepts, prefix, stream):
            yield name, opener


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


def open_image(stream: BinaryIO) -> Any:
    """Open a picture without decoding it.

    Raises
    ------
    BadImageError
        If no decoder knows it.
    """
    prefix = stream.read(PREFIX_BYTES)
    if not prefix:
        raise BadImageError("not-an-image", "the file is empty")
    tried = []
    for name, opener in _candidates(prefix, stream):
        tried.append(name)
        stream.seek(0)
        image = attempt(name, functools.partial(_open_with, opener, stream))
        if image is not None:
            return image
    if tried:
        names = " or ".join(tried)
        raise BadImageError(
            "damaged", f"starts like {names}, but its header is broken, cut short or unknown"
        )
    raise BadImageError("not-an-image", "its content is no picture in a format that Pixkin reads")


def _open_with(opener: Opener, stream: BinaryIO) -> Any:
    try:
        return opener(stream, "")
    except (SyntaxError, IndexError, TypeError, KeyError, struct.error):
        return None  # how Pillow's plugins say that a file is not of their format


_NO_DEFAULT: Any = object()


def attempt(name: str, step: Callable[[], T], default: T = _NO_DEFAULT) -> T:
    """Run one decoding step; whatever a decoder throws at hostile bytes is a bad image.

    Raises
    ------
    BadImageError
        Unless there is a ``default`` to go on with.
    """
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
