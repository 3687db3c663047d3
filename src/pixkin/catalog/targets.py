"""Where an export may go: never over a picture, into the library, or, unasked, over anything."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pixkin.errors import PathError
from pixkin.library import lookup
from pixkin.library.roots import contains

if TYPE_CHECKING:
    from pixkin.catalog.rows import Catalog

__all__ = ["blamed", "free_place"]


def free_place(
    catalog: Catalog, target: Path, names: Mapping[str, Any] | None, *, force: bool
) -> Path:
    """Give the place, links followed, that may be written to.

    Parameters
    ----------
    catalog : Catalog
    target : Path
    names : mapping or None
        Those of the files in a folder; None for a file.
    force : bool
        Whether what is there may be replaced.

    Raises
    ------
    PathError
    """
    place = Path(os.path.realpath(target))
    problem = _problem(catalog, place, names, force=force)
    if problem:
        raise PathError(str(target), problem)
    return place


def _problem(
    catalog: Catalog, place: Path, names: Mapping[str, Any] | None, *, force: bool
) -> str | None:
    if contains(os.path.realpath(catalog.folder), str(place)):
        return "lies in the library, where nothing else may be; choose another place"
    if not place.parent.is_dir():
        return "the folder that it is to be made in does not exist"
    if not place.exists():
        return None
    if not force:
        return "exists; choose another name, or replace it with --force"
    return _why_not_replaced(catalog, place, names)


def _why_not_replaced(catalog: Catalog, place: Path, names: Mapping[str, Any] | None) -> str | None:
    if place.is_dir() != (names is not None):
        return "is a folder, and the format a file" if names is None else "is not a folder"
    if names is None:
        return "is a picture of the library" if _is_picture(catalog, place) else None
    if {path.name for path in place.iterdir()} - names.keys():
        return "is a folder with other things in it, so it is not replaced"
    return None


def _is_picture(catalog: Catalog, place: Path) -> bool:
    base = os.path.realpath(catalog.folder.parent)
    with contextlib.suppress(PathError):
        image = lookup.find(catalog.db, base, str(place))
        query = "SELECT width FROM images WHERE image_id = ?"
        return bool(catalog.db.execute(query, [image]).fetchone() != (None,))
    return False


@contextlib.contextmanager
def blamed(target: Path) -> Iterator[None]:
    """Let an error of the disk name the target, not the library that is read meanwhile."""
    try:
        yield
    except OSError as error:
        raise PathError(str(target), f"cannot be written ({error.strerror or error})") from error
