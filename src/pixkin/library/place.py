"""Where a library lies, and the marker that keeps our folders from being taken for pictures."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

from pixkin.errors import LibraryNeededError, PathError, ReadOnlyLibraryError

__all__ = [
    "LIBRARY_NAME",
    "MARKER",
    "ensure_cache",
    "ensure_folder",
    "find",
    "is_marked",
    "locate",
    "mark",
    "nearest",
    "note_in",
]

LIBRARY_NAME = ".pixkin"
DATABASE = "library.db"
MARKER = ".made-by-pixkin"
MARKER_TEXT = "Pixkin wrote this folder and leaves it out when it looks for pictures.\n"


def is_marked(folder: Path) -> bool:
    """Tell whether Pixkin made this folder."""
    return (folder / MARKER).is_file()


def mark(folder: Path, note: str = "") -> None:
    """Leave the marker in a folder of ours, with a note for the next run."""
    (folder / MARKER).write_text(MARKER_TEXT + note, encoding="utf-8")


def note_in(folder: Path) -> str:
    """Give the note in a marker; empty if there is none."""
    text = (folder / MARKER).read_text(encoding="utf-8")
    return text.partition("\n")[2]


def nearest(path: Path) -> Path | None:
    """Find the library at or above ``path``."""
    return next(
        (
            folder / LIBRARY_NAME
            for folder in (path, *path.parents)
            if _is_library(folder / LIBRARY_NAME)
        ),
        None,
    )


def find(path: Path) -> Path:
    """Find the library that ``path`` is, holds, or lies below.

    Raises
    ------
    PathError
        If there is none.
    """
    found = path if _is_library(path) else nearest(path.absolute())
    if found is None:
        raise PathError(
            str(path), "holds no library, and no folder above it does; `pixkin PATH` makes one"
        )
    return found


def locate(given: Path | None, anchors: Iterable[tuple[Path, bool]], here: Path) -> Path:
    """Decide which library a run uses.

    Parameters
    ----------
    given : Path or None
        What the user said: the library's folder, or a folder with a ``.pixkin`` in it.
    anchors : iterable of (Path, bool)
        The folder of each path to read, and whether a new library may be made there.
    here : Path
        Where to look upward from when there are no anchors.

    Raises
    ------
    LibraryNeededError
        If none is found and none may be made.
    """
    if given is not None:
        return _named(given)
    places = list(anchors)
    if not places:
        found = nearest(here)
        if found is None:
            raise LibraryNeededError(
                "No folder was given, and there is no library here or in a folder above"
            )
        return found
    libraries = {nearest(folder) for folder, _ in places}
    if len(libraries) == 1:
        (found,) = libraries
        if found is not None:
            return found
        if len(places) == 1 and places[0][1]:
            return places[0][0] / LIBRARY_NAME
    why = (
        "These paths lie in different libraries"
        if len(libraries) > 1
        else "Single files, lists and several folders have no library of their own"
    )
    raise LibraryNeededError(why)


def ensure_folder(folder: Path) -> None:
    """Make the library's folder if it is not there; a new library is for its owner alone.

    Raises
    ------
    ReadOnlyLibraryError
        If it cannot be made.
    PathError
        If something else lies there.
    """
    try:
        # One look: another run may be making the library at this moment.
        names = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
        if names and not names & {DATABASE, MARKER}:
            raise PathError(str(folder), "is not empty and is no library, so none is made there")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not is_marked(folder):
            with contextlib.suppress(OSError):  # a disk without modes (FAT), or another's folder
                folder.chmod(0o700)
            mark(folder)
    except FileExistsError as error:
        raise PathError(str(folder), "is a file, not a folder") from error
    except OSError as error:
        raise ReadOnlyLibraryError(str(folder), error.strerror or str(error)) from error
    if not os.access(folder, os.W_OK):
        raise ReadOnlyLibraryError(str(folder), "not writable")


def ensure_cache(folder: Path) -> Path:
    """Make the folders of the cache of a library if they are not there.

    Raises
    ------
    ReadOnlyLibraryError, PathError
        As `ensure_folder` does.
    """
    cache = folder / "cache"
    for part in (cache, cache / "vectors"):
        try:
            part.mkdir(mode=0o700, exist_ok=True)
        except FileExistsError as error:
            why = "is a file where the library keeps a folder; move it away and run again"
            raise PathError(str(part), why) from error
        except OSError as error:
            raise ReadOnlyLibraryError(str(folder), error.strerror or str(error)) from error
    return cache


def _named(given: Path) -> Path:
    inside = given / LIBRARY_NAME
    return inside if _is_library(inside) else given


def _is_library(folder: Path) -> bool:
    try:
        return (folder / DATABASE).is_file()
    except OSError:
        return False
