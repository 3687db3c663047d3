"""Files whose names fit a pattern such as ``photos/**/*.jpg``."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path

from pixkin.records import File, LeftOut, Skipped
from pixkin.sources.folder import FolderSource, is_so

__all__ = ["PatternSource"]

MAGIC = re.compile(r"[*?\[]")


class PatternSource:
    """Walk the fixed part of a pattern, and keep what fits the rest.

    ``*`` and ``?`` stand for anything but ``/``, ``[abc]`` for one of some, and ``**`` for any
    number of folders, none included. Capitals count, except on Windows. Python's own ``glob`` is
    not used because two links that form a loop make it go round without end.

    Parameters
    ----------
    pattern : str

    Raises
    ------
    PathError
        If the fixed part is no folder.
    """

    is_folder = True
    is_whole = False

    def __init__(self, pattern: str) -> None:
        parts = Path(pattern).parts
        n_fixed = next(i for i, part in enumerate(parts) if MAGIC.search(part))
        self.varying = parts[n_fixed:]
        depth = None if "**" in self.varying else len(self.varying)
        self._folder = FolderSource(str(Path(*parts[:n_fixed])), depth)
        self.base = self._folder.base

    @staticmethod
    def is_pattern(text: str) -> bool:
        """Tell a pattern from the name of a file that exists."""
        return bool(MAGIC.search(text)) and not os.path.lexists(text)

    def entries(self) -> Iterator[File | Skipped | LeftOut]:
        for entry in self._folder.entries():
            if isinstance(entry, LeftOut) or self._is_meant(entry):
                yield entry

    def _is_meant(self, entry: File | Skipped) -> bool:
        """A folder that cannot be listed may hold what fits, whatever its own name."""
        is_folder = isinstance(entry, Skipped) and is_so(Path(entry.root, entry.path).is_dir)
        return is_folder or fits(entry.path.split("/"), self.varying)


def fits(names: Sequence[str], parts: Sequence[str]) -> bool:
    """Tell whether the names on a path fit the parts of a pattern, one by one."""
    if not parts:
        return not names
    if parts[0] == "**":
        return any(fits(names[i:], parts[1:]) for i in range(len(names) + 1))
    return bool(names) and fnmatch(names[0], parts[0]) and fits(names[1:], parts[1:])
