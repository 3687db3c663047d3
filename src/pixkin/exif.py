"""What a picture says of itself: orientation, time, camera, place (EXIF 2.32)."""

from __future__ import annotations

import math
import re
from datetime import datetime
from typing import Any

from pixkin.records import ImageFacts

__all__ = ["ORIENTATION", "SIDEWAYS", "facts_from_exif", "read_exif"]

MAKE, MODEL, ORIENTATION, DATE_TIME = 0x010F, 0x0110, 0x0112, 0x0132
EXIF_FOLDER, GPS_FOLDER = 0x8769, 0x8825
DATE_TIME_ORIGINAL = 0x9003
GPS_LATITUDE_REF, GPS_LATITUDE, GPS_LONGITUDE_REF, GPS_LONGITUDE = 1, 2, 3, 4

SIDEWAYS = {5, 6, 7, 8}
"""Orientations whose stored width is the upright height."""

TIME = re.compile(r"\d{4}:\d\d:\d\d \d\d:\d\d:\d\d", re.ASCII)
CAMERA_LENGTH = 120


def read_exif(image: Any) -> dict[int, Any]:
    """Give the tags of an open Pillow image, with the Exif folder's among them.

    The GPS folder is the value of its own tag, as a dict.
    """
    exif = image.getexif()
    tags = dict(exif)
    tags.update(exif.get_ifd(EXIF_FOLDER))
    tags[GPS_FOLDER] = dict(exif.get_ifd(GPS_FOLDER))
    return tags


def facts_from_exif(tags: dict[int, Any], size: tuple[int, int], name: str) -> ImageFacts:
    """Gather what is kept of a picture.

    Parameters
    ----------
    tags : dict
        As `read_exif` gives them: any value may be missing, of the wrong type, or nonsense.
    size : (int, int)
        Width and height of the upright picture.
    name : str
        The format.
    """
    turn = tags.get(ORIENTATION)
    orientation = turn if isinstance(turn, int) and 1 <= turn <= 8 else 1
    width, height = size
    place = tags.get(GPS_FOLDER) or {}
    latitude = _degrees(place.get(GPS_LATITUDE), place.get(GPS_LATITUDE_REF), 90)
    longitude = _degrees(place.get(GPS_LONGITUDE), place.get(GPS_LONGITUDE_REF), 180)
    known = latitude is not None and longitude is not None
    return ImageFacts(
        width=width,
        height=height,
        format=name,
        orientation=orientation,
        taken=_time(tags.get(DATE_TIME_ORIGINAL)) or _time(tags.get(DATE_TIME)),
        camera=_camera(tags.get(MAKE), tags.get(MODEL)),
        latitude=latitude if known else None,
        longitude=longitude if known else None,
    )


def _time(value: object) -> str | None:
    match = TIME.match(value) if isinstance(value, str) else None
    try:
        return datetime.strptime(match[0], "%Y:%m:%d %H:%M:%S").isoformat() if match else None
    except ValueError:
        return None  # such as 0000:00:00, which means unknown


def _camera(make: object, model: object) -> str | None:
    maker, name = (_text(make), _text(model))
    if name.lower().startswith(maker.lower()):
        maker = ""
    return f"{maker} {name}".strip()[:CAMERA_LENGTH] or None


def _text(value: object) -> str:
    if not isinstance(value, str):
        return ""
    return "".join(c for c in value if c.isprintable()).strip()


def _degrees(value: Any, side: object, limit: float) -> float | None:
    """Turn degrees, minutes and seconds into one signed number."""
    try:
        degrees, minutes, seconds = (float(part) for part in value)
    except (TypeError, ValueError, ArithmeticError):
        return None
    total = degrees + minutes / 60 + seconds / 3600
    if not math.isfinite(total) or not 0 <= total <= limit:
        return None
    return round(-total if side in {"S", "W"} else total, 7)
