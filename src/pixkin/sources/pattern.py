"""Files whose names fit a pattern such as ``photos/**/*.jpg``."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path

from pixkin.records import File, LeftOut, Skipped
from pixkin.sources.folder import FolderSource, Walk

__all__ = ["PatternSource"]

MAGIC = re.compile(r"[*?\[]")


class PatternSource:
    """Walk from the fixed part of a pattern into every folder where something may fit the rest.

    ``*`` and ``?`` stand for anything but ``/``, ``[abc]`` for one of some, and ``**`` for any
    number of folders, none included. Capitals count, except on Windows. Python's own ``glob`` is
    not used because two links that form a loop make it go round without end.

    Parameters
    ----------
    pattern : str

    Raises
    ------
    PathError
        If the fixed part is no folder, or one that Pixkin wrote.
    """

    is_folder = True
    is_whole = False

    def __init__(self, pattern: str) -> None:
        parts = Path(pattern).parts
        n_fixed = next(i for i, part in enumerate(parts) if MAGIC.search(part))
        self.route = PatternRoute(parts[n_fixed:])
        self.base = FolderSource(str(Path(*parts[:n_fixed]))).base

    @staticmethod
    def is_pattern(text: str) -> bool:
        """Tell a pattern from the name of a file that exists."""
        return bool(MAGIC.search(text)) and not os.path.lexists(text)

    def entries(self) -> Iterator[File | Skipped | LeftOut]:
        return Walk(self.base, self.route).entries()


class PatternRoute:
    """The route to what fits: state i is that ``parts[i:]`` are still to be met."""

    def __init__(self, parts: Sequence[str]) -> None:
        self.parts = parts
        self.end = len(parts)
        self.start = frozenset(self._from(0)) - {self.end}

    def into(self, states: frozenset[int], name: str) -> frozenset[int]:
        return self._after(states, name) - {self.end}

    def takes(self, states: frozenset[int], name: str) -> bool:
        return self.end in self._after(states, name)

    def _after(self, states: frozenset[int], name: str) -> frozenset[int]:
        met = (i for i in states if fnmatch(name, "*" if self._is_any(i) else self.parts[i]))
        return frozenset(j for i in met for j in self._from(i if self._is_any(i) else i + 1))

    def _from(self, i: int) -> Iterator[int]:
        """Give a state and those that ``**`` lets through to, as it may stand for no folder."""
        yield i
        while i < self.end and self._is_any(i):
            i += 1
            yield i

    def _is_any(self, i: int) -> bool:
        return self.parts[i] == "**"
