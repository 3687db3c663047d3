"""What is known of one picture: what it says of itself, and where its files are."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

__all__ = ["PictureFacts", "PictureFile", "facts_of"]


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A file of a picture, as it was when it was read.

    Attributes
    ----------
    path : Path
    bytes, mtime_ns : int
    """

    path: Path
    bytes: int
    mtime_ns: int

    def is_as_read(self, now: os.stat_result) -> bool:
        """Tell whether it is still the file that was read, going by its size and its time."""
        same = (now.st_size, now.st_mtime_ns) == (self.bytes, self.mtime_ns)
        return stat.S_ISREG(now.st_mode) and same


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """What a picture says of itself. None where it says nothing.

    Attributes
    ----------
    format : str or None
        As Pillow calls it; None for what could not be decoded.
    width, height : int or None
        In pixels, upright.
    orientation : int or None
        How it is turned in the file (EXIF); 1 is upright.
    bytes : int
    taken : str or None
        Local time of the camera, such as ``"2019-07-21T10:20:30"``.
    camera : str or None
    latitude, longitude : float or None
        In degrees.
    files : tuple of PictureFile
        Those that are there, equal byte for byte.
    """

    format: str | None
    width: int | None
    height: int | None
    orientation: int | None
    bytes: int
    taken: str | None
    camera: str | None
    latitude: float | None
    longitude: float | None
    files: tuple[PictureFile, ...]


def facts_of(db: sqlite3.Connection, folders: Mapping[int, str], image_id: int) -> PictureFacts:
    """Give what is known of an image; ``folders`` are the roots by id."""
    query = (
        "SELECT format, width, height, orientation, bytes, taken, camera, latitude, longitude "
        "FROM images WHERE image_id = ?"
    )
    known = tuple(db.execute(query, [image_id]).fetchone())
    query = (
        "SELECT root_id, path, bytes, mtime_ns FROM files "
        "WHERE image_id = ? AND gone IS NULL ORDER BY root_id, path"
    )
    files = tuple(
        PictureFile(Path(folders[root_id], os.fsdecode(path)), size, mtime_ns)
        for root_id, path, size, mtime_ns in db.execute(query, [image_id])
    )
    return PictureFacts(*(*known, files))
