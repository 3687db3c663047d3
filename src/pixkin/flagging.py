"""The flags of the pictures of a library; what it does not know yet is computed, and kept."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pixkin.errors import LibraryBusyError, ReadOnlyLibraryError
from pixkin.library import looks
from pixkin.library.schema import reading, transaction
from pixkin.looks.flags import Wanted
from pixkin.progress import OnProgress, Step, silent

if TYPE_CHECKING:
    from collections.abc import Collection

    from pixkin.library.book import Book
    from pixkin.library.thumbnails import Thumbnails

__all__ = ["fill", "fill_if_can", "flags_in", "left_out", "used_or_none"]

ROUND, BLOCK = 4096, 64


def left_out(book: Book, flags: Collection[str] = (), without: Collection[str] = ()) -> set[int]:
    """Give the ids of the images that do not have one of some flags, or have one of others.

    Raises
    ------
    SettingError
        If there is no such flag.
    """
    wanted = Wanted(flags, without)
    if not wanted:
        return set()
    fill(book)
    with reading(book.db, book.folder):
        return looks.left_out(book.db, wanted)


def flags_in(book: Book, image_id: int | None = None) -> dict[int, tuple[str, ...]]:
    """Give the flags of the pictures that have any, by the image's id; of one alone, if told.

    Where nothing can be written, those that are not known yet are left out.
    """
    fill_if_can(book)
    with reading(book.db, book.folder):
        return looks.flags(book.db, image_id)


def fill_if_can(book: Book) -> None:
    """Do as `fill` does, unless nothing can be written now."""
    with contextlib.suppress(ReadOnlyLibraryError, LibraryBusyError):
        fill(book)


def fill(book: Book, on_progress: OnProgress = silent, n_threads: int = 0) -> None:
    """Look at the thumbnails of pictures that came before looks were part of reading them."""
    with reading(book.db, book.folder):
        lacking = looks.lacking(book.db)
    if not lacking:
        return
    from pixkin.library.thumbnails import Thumbnails

    with contextlib.closing(Thumbnails(Path(book.folder) / "cache")) as thumbnails:
        for start in range(0, len(lacking), ROUND):
            on_progress(Step("look", start, len(lacking)))
            hashes = [sha256 for _, sha256 in lacking[start : start + ROUND]]
            measured = _measured(hashes, thumbnails, n_threads)
            with transaction(book.db, book.folder):
                looks.write(book.db, measured)


def _measured(
    hashes: Sequence[bytes], thumbnails: Thumbnails, n_threads: int
) -> dict[bytes, bytes]:
    from pixkin.looks.look import measure_jpeg
    from pixkin.pool import n_cores
    from pixkin.threads import in_blocks

    jpegs = list(thumbnails.read(hashes).items())

    def one(block: slice) -> list[tuple[bytes, bytes | None]]:
        return [(sha256, used_or_none(measure_jpeg, jpeg)) for sha256, jpeg in jpegs[block]]

    blocks = in_blocks(one, len(jpegs), BLOCK, n_threads or n_cores())
    return {h: found for block in blocks for h, found in block if found is not None}


def used_or_none(use: Any, jpeg: bytes | None) -> Any:
    """Use a thumbnail, unless it is missing or damaged: that costs one picture, until it is read
    again."""
    if jpeg is None:
        return None
    try:
        return use(jpeg)
    except (OSError, ValueError, SyntaxError):
        return None
