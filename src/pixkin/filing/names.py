"""Names that every system takes, and that no two files get."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable
from itertools import count
from pathlib import PurePath

__all__ = ["Places", "folded", "safe"]

FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
"""Of Windows and FAT; ``/`` of all."""
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
"""Names of devices on Windows, with any ending."""
MOST_BYTES = 255
ROOM = 16
"""For the number of a name that is taken."""


def safe(name: str) -> str:
    """Make a name of one file or folder that Linux, macOS, Windows and FAT all take.

    What is not allowed becomes ``_``; the ending is kept where the name is too long.
    """
    name = FORBIDDEN.sub("_", name).rstrip(". ")
    if RESERVED.fullmatch(name):
        name = f"_{name}"
    if not name.strip("."):
        name = "_"
    stem, ending = PurePath(name).stem, PurePath(name).suffix
    room = MOST_BYTES - ROOM - len(os.fsencode(ending))
    while len(os.fsencode(stem)) > room:
        stem = stem[:-1]
    return stem.rstrip() + ending if stem.rstrip() else f"_{ending}"


def folded(path: str) -> str:
    """Give what two names share that are one on a system which ignores case or composes letters."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


class Places:
    """Which places are taken, by files on the disk or by the plan.

    Parameters
    ----------
    is_there : callable
        Whether there is something at a path now.
    """

    def __init__(self, is_there: Callable[[str], bool]) -> None:
        self.is_there = is_there
        self.taken: dict[str, str] = {}

    def holder(self, path: str) -> str | None:
        """Name what the plan puts at a path, or at one that differs only in case."""
        return self.taken.get(folded(path))

    def is_free(self, path: str) -> bool:
        return folded(path) not in self.taken and not self.is_there(path)

    def take(self, path: str, source: str) -> None:
        self.taken[folded(path)] = source

    def free(self, folder: str, stem: str, endings: list[str]) -> list[str]:
        """Give paths in a folder that are all free: the name, with a number if it must be."""
        for number in count(1):
            name = stem if number == 1 else f"{stem} ({number})"
            found = [str(PurePath(folder, name + ending)) for ending in endings]
            if all(map(self.is_free, found)):
                return found
        raise AssertionError("count never ends")
