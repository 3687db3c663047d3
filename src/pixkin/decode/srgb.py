"""Modes, depths, transparency and colour profiles to sRGB of 8 bits."""

from __future__ import annotations

import functools
import io
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image, ImageCms

from pixkin.errors import BadImageError

if TYPE_CHECKING:
    from pixkin.records import Pixels

__all__ = ["from_array", "is_transparent", "range_problem", "to_srgb"]


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
    try:
        array = np.asarray(array)
    except ValueError as error:
        raise BadImageError("not-an-image", "rows of different lengths") from error
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


def range_problem(array: Any) -> str | None:
    """Say how to mend an array whose values are outside what its type allows; None if they fit.

    The range is never guessed: a dark picture of 0 to 255 cannot be told from one of 0 to 16.

    Parameters
    ----------
    array : array of floating point (0 to 1 is allowed) or whole numbers (0 to 255), all finite
    """
    allowed = 1 if np.issubdtype(array.dtype, np.floating) else 255
    low, high = array.min(), array.max()
    if low >= 0 and high <= allowed:
        return None
    scale = "X / X.max()" if low >= 0 else "(X - X.min()) / (X.max() - X.min())"
    return (
        f"{array.dtype} values from {low:g} to {high:g}, where 0 to {allowed} is allowed; "
        f"bring all pictures to 0 to 1 alike, with {scale}"
    )


def is_transparent(image: Any) -> bool:
    """Tell whether an image has parts that let through what lies behind."""
    return image.mode in {"RGBA", "RGBa", "LA", "La", "PA"} or "transparency" in image.info


def to_srgb(image: Any, profile: bytes | None) -> Any:
    """Turn an image of any mode into one of mode RGB, transparent parts over white."""
    if image.mode in {"I", "F"} or image.mode.startswith("I;"):
        return Image.fromarray(_to_uint8(_scaled(np.asarray(image)))).convert("RGB")
    if is_transparent(image):
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
    if array.dtype.kind == "u" and array.dtype.itemsize == 2:  # of either byte order
        return (array >> 8).astype(np.uint8)
    if array.dtype == bool:
        return array.astype(np.uint8) * np.uint8(255)
    if array.dtype.kind not in "fiu":
        raise BadImageError("not-an-image", f"an array of {array.dtype}, not of numbers")
    if not np.isfinite(array).all():
        raise BadImageError("not-an-image", "values that are infinite or not a number")
    problem = range_problem(array)
    if problem is not None:
        raise BadImageError("not-an-image", problem)
    if np.issubdtype(array.dtype, np.floating):
        return np.rint(array * 255).astype(np.uint8)
    return array.astype(np.uint8)
