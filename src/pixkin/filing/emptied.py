"""Folders that nothing is in once files have moved out: they go, and undo makes them again."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterable, Sequence
from pathlib import Path

from pixkin.filing.plan import Action
from pixkin.library.ledger import Removed

__all__ = ["emptied", "make_again", "modes_of", "moved_from", "remove"]


def emptied(actions: Sequence[Action], roots: Iterable[str]) -> list[str]:
    """Name the folders that moving files will leave empty, the inner ones first.

    The library's own folders stay, and so does what else lies in them, hidden files too: a folder
    with such a file is not empty.
    """
    moved = {action.source for action in actions if action.kind == "move"}
    candidates = moved_from(actions, roots)
    needed = {
        str(folder)
        for target in {os.path.dirname(action.target) for action in actions}  # noqa: PTH120
        for folder in (Path(target), *Path(target).parents)
    }
    gone: set[str] = set()
    for folder in _inner_first(candidates - needed):
        with contextlib.suppress(OSError), os.scandir(folder) as entries:
            if all(entry.path in moved or entry.path in gone for entry in entries):
                gone.add(folder)
    return _inner_first(gone)


def moved_from(actions: Sequence[Action], roots: Iterable[str]) -> set[str]:
    """Name the folders that files move out of, and those around them inside the library's."""
    known, found = set(roots), set[str]()
    sources = (action.source for action in actions if action.kind == "move")
    for inner in {os.path.dirname(path) for path in sources}:  # noqa: PTH120
        between: list[str] = []
        for folder in (inner, *map(str, Path(inner).parents)):
            if folder in known:
                found.update(between)
                break
            between.append(folder)
    return found


def _inner_first(folders: Iterable[str]) -> list[str]:
    return sorted(folders, key=lambda folder: (-len(Path(folder).parts), folder))


def modes_of(folders: Iterable[str]) -> list[Removed]:
    """Give the folders that are there with who may do what in them."""
    found = []
    for folder in folders:
        with contextlib.suppress(OSError):
            found.append((folder, stat.S_IMODE(os.lstat(folder).st_mode)))
    return found


def remove(folders: Iterable[Removed]) -> None:
    """Remove those that are empty; they come the inner ones first."""
    for folder, _ in folders:
        with contextlib.suppress(OSError):  # something came into it
            Path(folder).rmdir()


def make_again(folders: Sequence[Removed]) -> list[Removed]:
    """Make those that are not there, as they were, and name them, the inner ones first."""
    made: list[Removed] = []
    for folder, mode in reversed(folders):
        with contextlib.suppress(OSError):  # it is there, or its files say why they cannot be back
            Path(folder).mkdir()
            made.insert(0, (folder, mode))
            Path(folder).chmod(mode)
    return made
