"""The results folder: what a run leaves for a person to look at."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from pixkin import registry
from pixkin.errors import OutputFolderError, PathError
from pixkin.library.place import is_marked, mark
from pixkin.meter import Meter
from pixkin.progress import OnProgress, Step, silent

if TYPE_CHECKING:
    from pixkin.clustering import Clustering

__all__ = ["DEFAULT_FOLDER", "REPORT", "SKIPPED", "check_folder", "write_results"]

DEFAULT_FOLDER = "pixkin-results"
REPORT, SKIPPED = "report.html", "skipped.csv"

IN_TURN = ("table", "skipped", "map", "report", "summary")
"""The summary comes last, because it tells what the others cost."""


def check_folder(folder: Path) -> None:
    """Make the folder, if it may be written to.

    Raises
    ------
    OutputFolderError
        If it holds something that is not ours.
    PathError
        If it cannot be made.
    """
    try:
        if folder.is_dir() and not is_marked(folder) and any(folder.iterdir()):
            raise OutputFolderError(str(folder))
        folder.mkdir(parents=True, exist_ok=True)
        mark(folder)
    except FileExistsError as error:
        raise PathError(str(folder), "is a file, not a folder") from error
    except OSError as error:
        why = f"cannot be written ({error.strerror or error}); give another folder with --output"
        raise PathError(str(folder), why) from error


def write_results(
    clustering: Clustering, folder: Path, on_progress: OnProgress = silent
) -> Clustering:
    """Write every file of the results folder.

    Returns
    -------
    Clustering
        The same, with what the writing cost.
    """
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
