"""What is told of each picture, if it was asked to be; nothing else leaves the library."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pixkin.errors import printable
from pixkin.library import lookup
from pixkin.library.images import known_images
from pixkin.library.schema import reading

if TYPE_CHECKING:
    from pixkin.library.edits import Edits
    from pixkin.records import ImageFacts

__all__ = ["FACTS", "facts_of", "files_of"]

FACTS = ("names", "paths", "dates", "cameras", "places")
"""In the order in which they are shown."""


def facts_of(edit: Edits, images: Sequence[str], asked: Collection[str]) -> dict[str, list[str]]:
    """Give a column for each fact that was asked for, with a text for each picture."""
    if not asked:
        return {}
    files, folders = files_of(edit), [Path(folder) for folder in edit.folders()]
    with reading(edit.db, edit.folder):
        known = {sha256.hex(): image.facts for sha256, image in known_images(edit.db, "").items()}
    of_file: dict[str, Callable[[Path], str]] = {
        "names": lambda path: path.name,
        "paths": lambda path: _inside(path, folders),
    }
    columns = {}
    for name in (name for name in FACTS if name in asked):
        if name in of_file:
            texts = [of_file[name](files[sha256][0]) if files[sha256] else "" for sha256 in images]
        else:
            texts = [_fact(name, known.get(sha256)) for sha256 in images]
        columns[name] = [printable(text) for text in texts]
    return columns


def files_of(edit: Edits) -> dict[str, tuple[Path, ...]]:
    """Give the files of each picture that is there."""
    with reading(edit.db, edit.folder):
        rows = lookup.images(edit.db, os.path.realpath(edit.folder.parent))
    return {sha256.hex(): files for _, sha256, _, _, files in rows}


def _inside(path: Path, folders: Sequence[Path]) -> str:
    """Give a path within the folder that was read, which itself is nobody's business."""
    above = [folder for folder in folders if path.is_relative_to(folder)]
    if not above:
        return path.name
    return path.relative_to(max(above, key=lambda one: len(one.parts))).as_posix()


def _fact(name: str, facts: ImageFacts | None) -> str:
    if facts is None:
        return ""
    if name == "dates":
        return (facts.taken or "").replace("T", " ")
    if name == "cameras":
        return facts.camera or ""
    if facts.latitude is None or facts.longitude is None:
        return ""
    return f"{facts.latitude:.5f}, {facts.longitude:.5f}"
