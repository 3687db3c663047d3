"""The pictures of a library as they are compared: their looks, and their thumbnails when needed."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence, Set
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pixkin.duplicates.crew import Crew
from pixkin.flagging import fill
from pixkin.library import looks
from pixkin.library.schema import reading
from pixkin.library.thumbnails import Thumbnails
from pixkin.looks.look import Look
from pixkin.pool import n_cores
from pixkin.progress import OnProgress

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pixkin.library.edits import Edits
    from pixkin.library.looks import Shot

__all__ = ["Seen", "opened"]


@dataclass(frozen=True)
class Seen:
    """Pictures with their looks.

    Attributes
    ----------
    shots : sequence of Shot
        By SHA-256.
    looks : sequence of Look
    thumbnails : Thumbnails
    crew : Crew
        That looks at thumbnails.
    n_threads : int
    """

    shots: Sequence[Shot]
    looks: Sequence[Look]
    thumbnails: Thumbnails
    crew: Crew
    n_threads: int

    @cached_property
    def hashes(self) -> NDArray[np.uint64]:
        """Give their perceptual hashes."""
        return np.array([look.hash for look in self.looks], dtype=np.uint64)

    def jpegs(self, rows: Sequence[int]) -> list[bytes]:
        """Give thumbnails; one that is not there is empty."""
        hashes = [self.shots[row].sha256 for row in rows]
        known = self.thumbnails.read(hashes)
        return [known.get(sha256, b"") for sha256 in hashes]


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
    with (
        closing(Thumbnails(Path(edit.folder) / "cache")) as thumbnails,
        closing(Crew(n_threads)) as crew,
    ):
        yield Seen(there, found, thumbnails, crew, n_threads)
