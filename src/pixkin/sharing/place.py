"""Where a page may be written: never over what is not an earlier one."""

from __future__ import annotations

import os
from pathlib import Path

from pixkin.errors import PathError
from pixkin.library.place import is_marked, mark, note_in
from pixkin.library.roots import contains

__all__ = [
    "DATA",
    "INDEX",
    "LARGER",
    "MADE_BY",
    "OURS",
    "SCRIPT",
    "STYLE",
    "THUMBS",
    "begin",
    "check",
]

INDEX, SCRIPT, STYLE = "index.html", "page.js", "page.css"
DATA, THUMBS, LARGER = "data", "thumbs", "larger"
OURS = frozenset({INDEX, SCRIPT, STYLE, DATA, THUMBS, LARGER, ".made-by-pixkin"})
NOTE = "share"
MADE_BY = '<meta name="generator" content="pixkin share">'
HEAD = 1000


def check(target: Path, library: Path, *, single: bool) -> Path:
    """Give the place, links followed, that may be written to or replaced.

    Raises
    ------
    PathError
        If something else is there.
    """
    place = Path(os.path.realpath(target))
    try:
        if contains(os.path.realpath(library), str(place)):
            problem = "lies in the library, where nothing else may be; choose another place"
        else:
            problem = _of_file(place) if single else _of_folder(place)
    except OSError as error:
        raise PathError(str(target), f"cannot be read ({error.strerror or error})") from error
    if problem:
        raise PathError(str(target), problem)
    return place


def begin(folder: Path) -> None:
    """Mark a folder, so that no run takes what is in it for pictures."""
    mark(folder, NOTE)


def _of_file(place: Path) -> str:
    if place.is_dir():
        return "is a folder; with --single give the name of a file, such as page.html"
    if place.suffix.lower() not in {".html", ".htm"}:
        return "is no name of a page; with --single it has to end with .html"
    if place.exists():
        with place.open("rb") as stream:
            if MADE_BY.encode() not in stream.read(HEAD):
                return "is there already, and is no page that Pixkin shared; choose another name"
    return ""


def _of_folder(place: Path) -> str:
    if not place.exists():
        return ""
    if not place.is_dir():
        return "is a file, not a folder; for a page of one file say --single"
    names = {path.name for path in place.iterdir()}
    if not names:
        return ""
    if not is_marked(place) or note_in(place) != NOTE:
        return "is not empty, and holds no page that Pixkin shared; give another folder"
    others = sorted(names - OURS)
    if others:
        return f"holds {others[0]}, which is not of the page; move it, or give another folder"
    return ""
