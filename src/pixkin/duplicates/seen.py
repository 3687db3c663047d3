"""The pictures of a library as they are compared: their looks, and their thumbnails when needed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pixkin.duplicates.look import LOOK_VERSION, Look, grey_of, look_at
from pixkin.duplicates.match import Picture
from pixkin.library import looks
from pixkin.library.schema import reading, transaction
from pixkin.library.thumbnails import Thumbnails
from pixkin.pool import n_cores
from pixkin.progress import OnProgress, Step
from pixkin.threads import in_blocks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pixkin.library.edits import Edits
    from pixkin.library.looks import Shot

__all__ = ["Seen", "opened"]

ROUND, BLOCK = 4096, 64


@dataclass(frozen=True)
class Seen:
    """Pictures with their looks.

    Attributes
    ----------
    shots : sequence of Shot
        By SHA-256.
    looks : sequence of Look
    thumbnails : Thumbnails
    n_threads : int
    """

    shots: Sequence[Shot]
    looks: Sequence[Look]
    thumbnails: Thumbnails
    n_threads: int

    @property
    def hashes(self) -> NDArray[np.uint64]:
        """Give their perceptual hashes."""
        return np.array([look.hash for look in self.looks], dtype=np.uint64)

    def pictures(self, rows: Iterable[int]) -> dict[int, Picture]:
        """Decode thumbnails; one that is damaged is left out."""
        wanted = sorted(set(rows))
        jpegs = self.thumbnails.read(self.shots[row].sha256 for row in wanted)
        known = [(row, jpegs.get(self.shots[row].sha256)) for row in wanted]

        def one(block: slice) -> list[tuple[int, Picture]]:
            greys = ((row, _decoded(grey_of, jpeg)) for row, jpeg in known[block])
            return [(row, Picture(grey)) for row, grey in greys if grey is not None]

        blocks = in_blocks(one, len(known), BLOCK, self.n_threads)
        return {row: picture for block in blocks for row, picture in block}


@contextmanager
def opened(edit: Edits, on_progress: OnProgress, n_threads: int = 0) -> Iterator[Seen]:
    """Open the pictures of a library; looks that it has not are computed, and kept."""
    with reading(edit.db, edit.folder):
        shots = looks.shots(edit.db, os.path.realpath(edit.folder.parent))
        known = looks.load(edit.db, LOOK_VERSION)
    thumbnails = Thumbnails(Path(edit.folder) / "cache")
    n_threads = n_threads or n_cores()
    try:
        lacking = [shot for shot in shots if shot.image_id not in known]
        for start in range(0, len(lacking), ROUND):
            on_progress(Step("look", start, len(lacking)))
            found = _looked(lacking[start : start + ROUND], thumbnails, n_threads)
            with transaction(edit.db, edit.folder):
                looks.save(edit.db, LOOK_VERSION, found)
            known.update(found)
        there = [shot for shot in shots if shot.image_id in known]
        yield Seen(there, [Look(*known[s.image_id]) for s in there], thumbnails, n_threads)
    finally:
        thumbnails.close()


def _looked(
    shots: Sequence[Shot], thumbnails: Thumbnails, n_threads: int
) -> dict[int, tuple[int | float, ...]]:
    jpegs = thumbnails.read(shot.sha256 for shot in shots)
    known = [(shot.image_id, jpegs.get(shot.sha256)) for shot in shots]

    def one(block: slice) -> list[tuple[int, Look | None]]:
        return [(image, _decoded(look_at, jpeg)) for image, jpeg in known[block]]

    blocks = in_blocks(one, len(known), BLOCK, n_threads)
    return {image: look.row() for block in blocks for image, look in block if look is not None}


def _decoded(use: Callable[[bytes], Any], jpeg: bytes | None) -> Any:
    if jpeg is None:
        return None
    try:
        return use(jpeg)
    except (OSError, ValueError, SyntaxError):
        return None  # a damaged cache costs that picture, until it is read again
