"""Where an export may go: never over a picture, into the library, or, unasked, over anything."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pixkin.errors import PathError
from pixkin.library import lookup
from pixkin.library.roots import contains

if TYPE_CHECKING:
    from pixkin.catalog.rows import Catalog

__all__ = ["blamed", "free_place"]


def free_place(
    catalog: Catalog, target: Path, names: Collection[str] | None, *, force: bool
) -> Path:
    """Give the place, links followed, that may be written to.

    Parameters
    ----------
    catalog : Catalog
    target : Path
    names : collection of str or None
        Those of the files in a folder; None for a file.
    force : bool
        Whether what is there may be replaced.

    Raises
    ------
    PathError
    """
    place = Path(os.path.realpath(target))
    problem = None
    if contains(os.path.realpath(catalog.folder), str(place)):
        problem = "lies in the library, where nothing else may be; choose another place"
    elif not place.parent.is_dir():
        problem = "the folder that it is to be made in does not exist"
    elif place.exists() and not force:
        problem = "exists; choose another name, or replace it with --force"
    elif place.exists():
        problem = _why_not_replaced(place, names)
        if any(_is_known(catalog, path) for path in (target, place)):
            problem = "is a picture of the library"
    if problem is not None:
        raise PathError(str(target), problem)
    return place


def _why_not_replaced(place: Path, names: Collection[str] | None) -> str | None:
    if names is None:
        return None if place.is_file() else "is not a file, as this format is"
    if not place.is_dir():
        return "is not a folder, as this format is"
    if {path.name for path in place.iterdir()} - set(names):
        return "is a folder with other things in it, so it is not replaced"
    return None


def _is_known(catalog: Catalog, path: Path) -> bool:
    base = os.path.realpath(catalog.folder.parent)
    with contextlib.suppress(PathError):
        return bool(lookup.find(catalog.db, base, str(path)))
    return False


@contextlib.contextmanager
def blamed(target: Path) -> Iterator[None]:
    """Let an error of the disk name the target, not the library that is read meanwhile."""
    try:
        yield
    except OSError as error:
        raise PathError(str(target), f"cannot be written ({error.strerror or error})") from error
