"""A file's content: whether it may be a picture, its SHA-256, and that it is as it was."""

from __future__ import annotations

import hashlib
import io
import os
from pathlib import Path

from pixkin.decode import looks_like_image
from pixkin.errors import BadImageError

__all__ = ["check_unchanged", "has_usual_name", "look"]

USUAL = (
    ".jpg", ".jpeg", ".png", ".webp", ".gif", ".tif", ".tiff", ".bmp", ".heic", ".heif", ".avif",
)  # fmt: skip
BLOCK = 2**18
NOT_AN_IMAGE = "its content is no picture in a format that Pixkin reads"


def look(path: Path | str, n_bytes: int, most_kept: int = 0) -> tuple[bytes, bytes | None]:
    """Read a file, unless its first bytes say that it is no picture.

    Parameters
    ----------
    path : path
    n_bytes : int
        Its size when it was last looked at.
    most_kept : int
        Files of up to this many bytes are kept.

    Returns
    -------
    sha256 : bytes
    content : bytes or None
        None where it is not kept.

    Raises
    ------
    BadImageError
        If it is no picture, or cannot be read.
    """
    try:
        with open(path, "rb") as stream:  # noqa: PTH123
            # Most files are small, and room for a whole block would cost more than their checksum.
            size = min(n_bytes + 1, BLOCK)
            part = stream.read(size)
            if not looks_like_image(io.BytesIO(part)):
                reason = NOT_AN_IMAGE if n_bytes else "the file is empty"
                raise BadImageError("not-an-image", reason)
            if size == BLOCK and n_bytes < most_kept:
                stream.seek(0)
                size = n_bytes + 1
                part = stream.read(size)
            digest = hashlib.sha256(part)
            if len(part) < size:
                return digest.digest(), part
            # There may be more.
            return hashlib.file_digest(stream, lambda: digest).digest(), None
    except OSError as error:
        raise BadImageError("unreadable", error.strerror or str(error)) from error


def has_usual_name(path: str) -> bool:
    """Tell whether a name ends as those of pictures do. It says nothing of the content."""
    return path.lower().endswith(USUAL)


def check_unchanged(path: Path | str, n_bytes: int, mtime_ns: int) -> None:
    """Make sure that what was decoded is what was hashed.

    Raises
    ------
    BadImageError
        If the file is gone, or of another size or time.
    """
    try:
        now = os.stat(path)  # noqa: PTH116 - quicker than a Path, where there are very many
    except OSError as error:
        raise BadImageError("unreadable", error.strerror or str(error)) from error
    if (now.st_size, now.st_mtime_ns) != (n_bytes, mtime_ns):
        raise BadImageError("unreadable", "changed while it was being read; run again")
