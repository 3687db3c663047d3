"""Larger pictures, made of the files by the same guarded processes that read them for a run."""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pixkin.embed import Request, Vector, embed
from pixkin.settings import Settings
from pixkin.sharing.jpeg import plain

if TYPE_CHECKING:
    from pixkin.embed import Outcome

__all__ = ["LARGEST", "SMALLEST", "larger"]

SMALLEST, LARGEST = 256, 4096
DECODED_PER_PIXEL = 8
"""The encoder ``pixels`` has pictures decoded at so many times its size, and costs nothing."""


def larger(
    images: Sequence[str], files: Mapping[str, tuple[Path, ...]], side: int
) -> Generator[tuple[str, bytes | None]]:
    """Give JPEGs whose longer side is at least ``side`` pixels, if the picture has as many.

    Yields
    ------
    sha256 : str
    jpeg : bytes or None
        None if no file of the picture is there any more, as it was.
    """
    settings = Settings(encoder=f"pixels:size={-(-side // DECODED_PER_PIXEL)},gray=true")
    with contextlib.closing(embed(_requests(images, files), settings, thumbnail=side)) as made:
        for outcome in made:
            yield outcome.key, _jpeg(outcome)


def _requests(images: Iterable[str], files: Mapping[str, tuple[Path, ...]]) -> Iterator[Request]:
    for sha256 in images:
        there = next((path for path in files.get(sha256, ()) if path.is_file()), Path("gone"))
        # The content is hashed anew: what lies there now may be something not to be shared.
        stat = there.stat() if there.is_file() else None
        known = (0, 0) if stat is None else (stat.st_size, stat.st_mtime_ns)
        yield Request(sha256, there, known, is_hashed=False)


def _jpeg(outcome: Outcome) -> bytes | None:
    if not isinstance(outcome, Vector) or outcome.sha256 is None:
        return None
    return plain(outcome.thumbnail) if outcome.sha256.hex() == outcome.key else None
