"""Thumbnails for the page, some at a smaller size."""

from __future__ import annotations

import io
import threading
from pathlib import Path

from pixkin.library.thumbnails import Reader

__all__ = ["Thumbs"]


class Thumbs:
    """Gives thumbnails to any thread.

    Parameters
    ----------
    folder : Path
        The library's.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._mine = threading.local()
        self._all: list[Reader] = []

    def read(self, sha256: bytes, side: int | None = None) -> bytes | None:
        """Give the thumbnail of an image as a JPEG; no larger than ``side`` pixels, if told."""
        reader: Reader | None = getattr(self._mine, "reader", None)
        if reader is None:
            reader = self._mine.reader = Reader(self._folder / "cache")
            self._all.append(reader)
        jpeg = reader.read(sha256)
        return jpeg if jpeg is None or side is None else _smaller(jpeg, side)

    def close(self) -> None:
        """Let go of the files."""
        while self._all:
            self._all.pop().close()


def _smaller(jpeg: bytes, side: int) -> bytes | None:
    from PIL import Image

    try:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as image:
            if max(image.size) <= side:
                return jpeg
            image.draft(None, (side, side))
            image.thumbnail((side, side), Image.Resampling.BILINEAR)
            out = io.BytesIO()
            image.save(out, "JPEG", quality=75)
    except (OSError, ValueError, SyntaxError):
        return None  # a damaged cache costs that picture
    return out.getvalue()
