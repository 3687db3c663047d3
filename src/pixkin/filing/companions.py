"""Files that belong to a picture: sidecars, the raw picture, the film of a live photo."""

from __future__ import annotations

import contextlib
import os
from collections import defaultdict
from pathlib import PurePath

from pixkin.endings import FILMS, RAW, SIDECARS

__all__ = ["Companions"]

ENDINGS = SIDECARS | RAW | FILMS


class Companions:
    """Finds what belongs to pictures; each folder is listed once, and each file goes once.

    A companion lies beside its picture and has its name with another ending: ``IMG_1.xmp`` or
    ``IMG_1.jpg.xmp`` beside ``IMG_1.jpg``. Of several pictures with the name the first asked has
    it.
    """

    def __init__(self) -> None:
        self._listed: dict[str, dict[str, list[str]]] = {}
        self._named: dict[str, dict[str, list[str]]] = {}
        self._given: set[str] = set()

    def of(self, path: str) -> list[str]:
        """Give the companions of a picture, in order of their names."""
        pure = PurePath(path)
        by_name = self._in(str(pure.parent))
        names = [*by_name.get(pure.name.lower(), ()), *by_name.get(pure.stem.lower(), ())]
        found = [str(pure.parent / name) for name in sorted(names)]
        found = [one for one in found if one not in self._given and one != path]
        self._given.update(found)
        return found

    def sidecars_of(self, path: str) -> list[str]:
        """Give the sidecars that belong to this picture alone.

        ``IMG_1.xmp`` beside a raw picture and its JPEG belongs to both, and stays.
        """
        pure = PurePath(path)
        others = [
            name
            for name in self._named_like(pure)
            if name != pure.name and PurePath(name).suffix.lower() not in SIDECARS
        ]
        full = f"{pure.name.lower()}."
        return [
            one
            for one in self.of(path)
            if PurePath(one).suffix.lower() in SIDECARS
            and (not others or PurePath(one).name.lower().startswith(full))
        ]

    def _named_like(self, pure: PurePath) -> list[str]:
        """Give the names in the folder of a file that differ from its own in their ending."""
        folder = str(pure.parent)
        if folder not in self._named:
            found: dict[str, list[str]] = defaultdict(list)
            with os.scandir(folder) as entries:
                for entry in entries:
                    found[PurePath(entry.name).stem.lower()].append(entry.name)
            self._named[folder] = found
        return self._named[folder].get(pure.stem.lower(), [])

    def _in(self, folder: str) -> dict[str, list[str]]:
        if folder not in self._listed:
            found: dict[str, list[str]] = defaultdict(list)
            with contextlib.suppress(OSError), os.scandir(folder) as entries:
                for entry in entries:
                    pure = PurePath(entry.name)
                    if pure.suffix.lower() in ENDINGS and entry.is_file(follow_symlinks=False):
                        found[pure.stem.lower()].append(entry.name)
            self._listed[folder] = found
        return self._listed[folder]
