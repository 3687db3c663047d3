"""Groups while the pictures are still being read: of some first, then of more, then of all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pixkin.errors import NothingToClusterError
from pixkin.pipeline import run_in
from pixkin.progress import OnProgress, Step, silent
from pixkin.records import File
from pixkin.scan import known_sources

if TYPE_CHECKING:
    from pixkin.clustering import Clustering
    from pixkin.library.store import Library
    from pixkin.records import LeftOut, Skipped
    from pixkin.settings import Settings
    from pixkin.sources import Source

__all__ = ["FEWEST", "cluster_gradually"]

FEWEST, GROWTH = 500, 6
"""Files that are grouped before all are, at least; and how many times more the next time. To group
the parts costs a fifth of what it costs to group all, and nothing is read twice."""


class Part:
    """Every n-th file of a source, so that the first groups are of all its folders.

    Parameters
    ----------
    source : Source
    step : int
    """

    def __init__(self, source: Source, step: int) -> None:
        self.source, self.step = source, step
        self.base, self.is_folder, self.is_whole = source.base, source.is_folder, source.is_whole

    def entries(self) -> Iterator[File | Skipped | LeftOut]:
        files = (entry for entry in self.source.entries() if isinstance(entry, File))
        return (file for i, file in enumerate(files) if i % self.step == 0)


def cluster_gradually(
    library: Library,
    sources: Sequence[Source],
    settings: Settings,
    on_progress: OnProgress = silent,
) -> Clustering:
    """Group the pictures that ``sources`` name, and on the way some of them.

    The groups at the end are those that `pipeline.run_in` gives. Those on the way count until
    then; what a person does with them stays.

    Parameters
    ----------
    library : Library
    sources : sequence of Source
        None: all that the library knows.
    settings : Settings
    on_progress : callable
    """
    every = list(sources) or known_sources(library.whole_roots(), library.named_files())
    on_progress(Step("scan", 0))
    n_files = sum(isinstance(entry, File) for source in every for entry in source.entries())
    for step in _steps(n_files):
        parts = [Part(source, step) for source in every]
        try:
            run_in(library, parts, settings, on_progress, is_part=True)
        except NothingToClusterError:
            continue  # there may be pictures among the others
    return run_in(library, sources, settings, on_progress)


def _steps(n_files: int) -> list[int]:
    """Give by how many files to go, so that each part holds the one before."""
    steps, step = [], GROWTH
    while n_files >= FEWEST * step:
        steps.append(step)
        step *= GROWTH
    return steps[::-1]
