"""The pictures of a library as they are compared: their looks, and their thumbnails when needed."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence, Set
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pixkin.duplicates.match import Picture
from pixkin.flagging import fill, look_or_none
from pixkin.library import looks
from pixkin.library.schema import reading
from pixkin.library.thumbnails import Thumbnails
from pixkin.looks.look import Look, grey_of
from pixkin.pool import n_cores
from pixkin.progress import OnProgress
from pixkin.threads import in_blocks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pixkin.library.edits import Edits
    from pixkin.library.looks import Shot

__all__ = ["Seen", "opened"]

BLOCK = 64


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
            greys = ((row, look_or_none(grey_of, jpeg)) for row, jpeg in known[block])
            return [(row, Picture(grey)) for row, grey in greys if grey is not None]

        blocks = in_blocks(one, len(known), BLOCK, self.n_threads)
        return {row: picture for block in blocks for row, picture in block}


@contextmanager
def opened(
    edit: Edits, on_progress: OnProgress, n_threads: int = 0, away: Set[int] = frozenset()
) -> Iterator[Seen]:
    """Open the pictures of a library, but for those whose ids are ``away``."""
    n_threads = n_threads or n_cores()
    fill(edit, on_progress, n_threads)
    with reading(edit.db, edit.folder):
        shots = looks.shots(edit.db, os.path.realpath(edit.folder.parent))
        known = looks.load(edit.db)
    there = [shot for shot in shots if shot.image_id in known and shot.image_id not in away]
    found = [Look(*known[shot.image_id]) for shot in there]
    with closing(Thumbnails(Path(edit.folder) / "cache")) as thumbnails:
        yield Seen(there, found, thumbnails, n_threads)
