"""The pictures of a library as they are compared: their looks, and their thumbnails when needed."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pixkin.duplicates.crew import Crew
from pixkin.duplicates.look import LOOK_VERSION, Look
from pixkin.duplicates.work import look_task, looks_of
from pixkin.library import looks
from pixkin.library.schema import reading, transaction
from pixkin.library.thumbnails import Thumbnails
from pixkin.pool import n_cores
from pixkin.progress import OnProgress, Step

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pixkin.library.edits import Edits
    from pixkin.library.looks import Shot

__all__ = ["Seen", "opened"]

ROUND, BLOCK = 8192, 512


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
        return _jpegs([self.shots[row] for row in rows], self.thumbnails)


@contextmanager
def opened(edit: Edits, on_progress: OnProgress, n_threads: int = 0) -> Iterator[Seen]:
    """Open the pictures of a library; looks that it has not are computed, and kept."""
    with reading(edit.db, edit.folder):
        shots = looks.shots(edit.db, os.path.realpath(edit.folder.parent))
        known = looks.load(edit.db, LOOK_VERSION)
    thumbnails = Thumbnails(Path(edit.folder) / "cache")
    n_threads = n_threads or n_cores()
    crew = Crew(n_threads)
    try:
        lacking = [shot for shot in shots if shot.image_id not in known]
        for start in range(0, len(lacking), ROUND):
            on_progress(Step("look", start, len(lacking)))
            found = _looked(lacking[start : start + ROUND], thumbnails, crew)
            with transaction(edit.db, edit.folder):
                looks.save(edit.db, LOOK_VERSION, found)
            known.update(found)
        there = [shot for shot in shots if shot.image_id in known]
        yield Seen(there, [Look(*known[s.image_id]) for s in there], thumbnails, crew, n_threads)
    finally:
        crew.close()
        thumbnails.close()


def _looked(
    shots: Sequence[Shot], thumbnails: Thumbnails, crew: Crew
) -> dict[int, tuple[int | float, ...]]:
    blocks = [shots[start : start + BLOCK] for start in range(0, len(shots), BLOCK)]
    tasks = (look_task(_jpegs(block, thumbnails)) for block in blocks)
    found: dict[int, tuple[int | float, ...]] = {}
    for block, answer in zip(blocks, crew.each(tasks, len(blocks)), strict=True):
        rows = zip(block, looks_of(answer), strict=True)
        found.update((shot.image_id, row) for shot, row in rows if row is not None)
    return found


def _jpegs(shots: Sequence[Shot], thumbnails: Thumbnails) -> list[bytes]:
    known = thumbnails.read(shot.sha256 for shot in shots)
    return [known.get(shot.sha256, b"") for shot in shots]
