"""Files that belong together and are no duplicates: RAW and JPEG, HEIC and JPEG, live photos."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from pixkin.endings import FILMS, RAW

__all__ = ["are_companions", "companions"]

HEIC = frozenset({".heic", ".heif", ".hif"})
JPEG = frozenset({".jpg", ".jpeg", ".jpe"})


def are_companions(a: Path, b: Path) -> bool:
    """Tell whether two files of one name, beside each other, were made by one press of a button."""
    if a.parent != b.parent or a.stem.lower() != b.stem.lower():
        return False
    return _fit({_kind(a), _kind(b)})


def companions(files: Iterable[Path]) -> list[tuple[Path, ...]]:
    """Give the files that belong together, with those beside them that are no pictures."""
    folders: dict[Path, list[Path]] = defaultdict(list)
    for file in files:
        folders[file.parent].append(file)
    found = []
    for folder, pictures in sorted(folders.items()):
        stems = {file.stem.lower() for file in pictures}
        there: dict[str, set[Path]] = defaultdict(set)
        for file in (*pictures, *_others(folder)):
            if file.stem.lower() in stems:
                there[file.stem.lower()].add(file)
        found += [tuple(sorted(group)) for group in there.values() if len(group) > 1]
    chosen = (group for group in found if _fit({_kind(file) for file in group}))
    return sorted(tuple(file for file in group if _kind(file)) for group in chosen)


def _others(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries]
    except OSError:
        return []  # it is not there now
    return [Path(folder, name) for name in names if _kind(Path(name)) in {"raw", "video"}]


def _fit(kinds: set[str]) -> bool:
    return len(kinds & {"raw", "heic", "jpeg"}) > 1 or (
        "video" in kinds and bool(kinds & {"heic", "jpeg"})
    )


def _kind(file: Path) -> str:
    ending = file.suffix.lower()
    known = {"raw": RAW, "heic": HEIC, "jpeg": JPEG, "video": FILMS}
    return next((kind for kind, endings in known.items() if ending in endings), "")
