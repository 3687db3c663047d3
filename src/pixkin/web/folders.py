"""Folders to choose from, while somebody writes the path of one."""

from __future__ import annotations

import heapq
import os
from collections.abc import Iterator
from pathlib import Path

from pixkin.errors import PathError, printable
from pixkin.library.place import LIBRARY_NAME
from pixkin.web.plans import folder_of

__all__ = ["begun_folders"]

MOST = 40


def begun_folders(text: str) -> list[str]:
    """Give the folders whose whole path begins so, as it is written; case does not count.

    Hidden ones are left out unless they are asked for by their dot. Where nothing can be listed,
    there are none.
    """
    above, slash, begun = text.strip().rpartition("/")
    try:
        folder = folder_of(above + slash)
    except PathError:
        return []
    found = heapq.nsmallest(MOST, _inside(folder, begun.casefold()))
    return [f"{above}/{name}" for name in found]


def _inside(folder: Path, begun: str) -> Iterator[str]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if _is_meant(entry.name, begun) and _is_folder(entry):
                    yield entry.name
    except OSError:
        return


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads to itself
        return False


def _is_meant(name: str, begun: str) -> bool:
    is_hidden = name.startswith(".") and not begun.startswith(".")
    # What cannot be shown as it is cannot be typed either.
    is_plain = printable(name) == name and name != LIBRARY_NAME
    return name.casefold().startswith(begun) and is_plain and not is_hidden
