"""The results folder: what a run leaves for a person to look at."""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pixkin import registry
from pixkin.errors import NothingToClusterError, OutputFolderError, PathError
from pixkin.library.place import is_marked, mark, note_in
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
    clustering: Clustering,
    folder: Path,
    on_progress: OnProgress = silent,
    *,
    levels: bool = False,
) -> Clustering:
    """Write every file of the results folder, which is made if it is not there.

    What would not change since the last run is not written again, but for the summary.

    Parameters
    ----------
    clustering : Clustering
    folder : Path
    on_progress : callable
    levels : bool, default=False
        Whether the table has a column for each level.

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
        return _written(clustering, folder, on_progress, levels=levels)


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
            mark(folder)  # what is there is not all of one run any more
            registry.build("exporter", "skipped").write_list(nothing.skipped, folder / SKIPPED)
    older_in = str(folder) if any((folder / name).exists() for name in names) else None
    return NothingToClusterError(nothing.skipped, nothing.n_left_out, listed_in, older_in)


@contextlib.contextmanager
def _ready(folder: Path) -> Iterator[None]:
    """Make the folder, and word what goes wrong with writing into it."""
    check_folder(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not is_marked(folder):
            mark(folder)
        yield
    except OSError as error:
        raise _unwritable(folder, error) from error


def _written(
    clustering: Clustering, folder: Path, on_progress: OnProgress, *, levels: bool
) -> Clustering:
    # The links of the page depend on where it lies.
    meter, result = Meter(), f"{clustering.fingerprint} {levels} {folder.absolute()!s}"
    is_there = _result_in(folder) == result
    if not is_there:
        mark(folder)  # until all is written again, nothing is said of what is there
    for done, name in enumerate(IN_TURN):
        on_progress(Step("write", done, len(IN_TURN)))
        options = {"levels": levels} if name == "table" else {}
        exporter = registry.build("exporter", name, **options)
        if not is_there or name == IN_TURN[-1]:
            with meter.stage(f"write {exporter.file_name}"):
                exporter.write(clustering, folder / exporter.file_name)
        if name == IN_TURN[-2]:
            costs = (*clustering.costs, *meter.costs)
            clustering = dataclasses.replace(clustering, costs=costs)
    if not is_there:
        mark(folder, json.dumps({"result": result, "files": _files(folder)}))
    on_progress(Step("write", len(IN_TURN), len(IN_TURN)))
    return clustering


def _result_in(folder: Path) -> str | None:
    """Tell which result the files of a folder are of, unless one is gone or was changed."""
    try:
        told = json.loads(note_in(folder))
        return str(told["result"]) if told["files"] == _files(folder) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _files(folder: Path) -> dict[str, list[int]]:
    """Give size and time of each file that need not be written again; the summary always is."""
    names = [registry.build("exporter", name).file_name for name in IN_TURN[:-1]]
    found = {name: (folder / name).stat() for name in names}
    return {name: [status.st_size, status.st_mtime_ns] for name, status in found.items()}


def _unwritable(folder: Path, error: OSError) -> PathError:
    why = f"cannot be written ({error.strerror or error}); give another folder with --output"
    return PathError(str(folder), why)
