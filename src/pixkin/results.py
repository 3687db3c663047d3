"""The results folder: what a run leaves for a person to look at."""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pixkin import registry
from pixkin.errors import NothingToClusterError, OutputFolderError, PathError
from pixkin.library.place import is_marked, mark
from pixkin.meter import Meter
from pixkin.progress import OnProgress, Step, silent

if TYPE_CHECKING:
    from pixkin.clustering import Clustering

__all__ = ["REPORT", "SKIPPED", "check_folder", "write_results", "write_skipped"]

REPORT, SKIPPED = "report.html", "skipped.csv"

IN_TURN = ("table", "skipped", "map", "report", "summary")
"""The summary comes last, because it tells what the others cost."""


def check_folder(folder: Path) -> None:
    """Find out before a run whether its results can be written. Nothing is made yet.

    Raises
    ------
    OutputFolderError
        If it holds something that is not ours.
    PathError
        If it cannot be made or written to.
    """
    try:
        there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
        if not there.is_dir():
            raise PathError(str(there), "is a file, not a folder")
        if there == folder and not is_marked(folder) and any(folder.iterdir()):
            raise OutputFolderError(str(folder))
        effective = os.access in os.supports_effective_ids
        if not os.access(there, os.W_OK | os.X_OK, effective_ids=effective):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise _unwritable(folder, error) from error


def write_results(
    clustering: Clustering, folder: Path, on_progress: OnProgress = silent
) -> Clustering:
    """Write every file of the results folder, which is made if it is not there.

    Returns
    -------
    Clustering
        The same, with what the writing cost.

    Raises
    ------
    OutputFolderError, PathError
        As `check_folder` says, or if the disk is full.
    """
    with _ready(folder):
        return _written(clustering, folder, on_progress)


def write_skipped(nothing: NothingToClusterError, folder: Path) -> NothingToClusterError:
    """Write the list of what was skipped, after a run that found nothing to group.

    Other results in the folder stay: if it was the disk of the pictures that was not there, they
    are still good. But they are of an earlier run, which the error says.

    Returns
    -------
    NothingToClusterError
        The same, with where the list is.

    Raises
    ------
    OutputFolderError, PathError
        As `write_results` does.
    """
    names = {registry.build("exporter", name).file_name for name in IN_TURN}
    listed_in = None
    if nothing.skipped:
        names.remove(SKIPPED)
        listed_in = str(folder / SKIPPED)
        with _ready(folder):
            registry.build("exporter", "skipped").write_list(nothing.skipped, folder / SKIPPED)
    older_in = str(folder) if any((folder / name).exists() for name in names) else None
    return NothingToClusterError(nothing.skipped, nothing.n_left_out, listed_in, older_in)


@contextlib.contextmanager
def _ready(folder: Path) -> Iterator[None]:
    """Make the folder, and word what goes wrong with writing into it."""
    check_folder(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        mark(folder)
        yield
    except OSError as error:
        raise _unwritable(folder, error) from error


def _written(clustering: Clustering, folder: Path, on_progress: OnProgress) -> Clustering:
    meter = Meter()
    for done, name in enumerate(IN_TURN):
        on_progress(Step("write", done, len(IN_TURN)))
        exporter = registry.build("exporter", name)
        with meter.stage(f"write {exporter.file_name}"):
            exporter.write(clustering, folder / exporter.file_name)
        if name == IN_TURN[-2]:
            costs = (*clustering.costs, *meter.costs)
            clustering = dataclasses.replace(clustering, costs=costs)
    on_progress(Step("write", len(IN_TURN), len(IN_TURN)))
    return clustering


def _unwritable(folder: Path, error: OSError) -> PathError:
    why = f"cannot be written ({error.strerror or error}); give another folder with --output"
    return PathError(str(folder), why)
