"""Files whose names fit a pattern such as ``photos/**/*.jpg``."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from pixkin.records import File, LeftOut, Skipped
from pixkin.sources.folder import FolderSource

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

    def __init__(self, pattern: str) -> None:
        parts = Path(pattern).parts
        n_fixed = next(i for i, part in enumerate(parts) if MAGIC.search(part))
        varying = parts[n_fixed:]
        depth = None if "**" in varying else len(varying)
        self._folder = FolderSource(str(Path(*parts[:n_fixed])), depth)
        self.base = self._folder.base
        flags = re.IGNORECASE if os.name == "nt" else 0
        self._fits = re.compile(translate("/".join(varying)), flags | re.DOTALL)

    @staticmethod
    def is_pattern(text: str) -> bool:
        """Tell a pattern from the name of a file that exists."""
        return bool(MAGIC.search(text)) and not os.path.lexists(text)

    def entries(self) -> Iterator[File | Skipped | LeftOut]:
        for entry in self._folder.entries():
            if not isinstance(entry, File) or self._fits.fullmatch(entry.path):
                yield entry


def translate(pattern: str) -> str:
    """Turn a pattern with ``/`` into a regular expression for the whole path."""
    parts = pattern.split("/")
    out = []
    for i, part in enumerate(parts):
        last = i == len(parts) - 1
        if part == "**":
            out.append(".*" if last else "(?:[^/]+/)*")
        else:
            out.append(_one_name(part) + ("" if last else "/"))
    return "".join(out)


def _one_name(part: str) -> str:
    out, i = [], 0
    while i < len(part):
        end = part.find("]", i + 2) if part[i] == "[" else -1
        if part[i] == "*":
            out.append("[^/]*")
        elif part[i] == "?":
            out.append("[^/]")
        elif end > 0:
            inside = part[i + 1 : end].replace("\\", r"\\").replace("[", r"\[")
            inside = "^" + inside[1:] if inside[0] == "!" else inside.replace("^", r"\^", 1)
            out.append(f"(?!/)[{inside}]")
            i = end
        else:
            out.append(re.escape(part[i]))
        i += 1
    return "".join(out)
