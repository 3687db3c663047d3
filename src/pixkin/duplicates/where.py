"""Which files lie in which folders."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

__all__ = ["lies_in", "place_of"]


def place_of(path: str | os.PathLike[str]) -> str:
    """Give where a file or folder really is."""
    return os.path.realpath(path)


def lies_in(path: Path, places: Iterable[str]) -> bool:
    """Tell whether a file is one of ``places``, or lies below it."""
    here = os.path.realpath(path)
    return any(here == place or here.startswith(place.rstrip(os.sep) + os.sep) for place in places)
