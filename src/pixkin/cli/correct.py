"""What the commands that correct groups do; each gives the lines that it has to say.

Nothing here needs Click: see `plain`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pixkin.errors import printable

if TYPE_CHECKING:
    from pixkin.library.edits import Edits

__all__ = [
    "did",
    "hide",
    "merge",
    "move",
    "not_here",
    "opened",
    "pin",
    "redo",
    "rename",
    "split",
    "undo",
]


def opened(folder: str) -> Edits:
    """Open the library that is, or is held by, a folder or one above it."""
    from pixkin.library.edits import Edits
    from pixkin.library.place import find

    return Edits.open(find(Path(folder)))


def rename(library: str, group: str, name: str) -> list[str]:
    """Give a group a name; an empty one takes it away."""
    with opened(library) as edits:
        return did(edits, edits.rename(group, name))


def merge(library: str, into: str, *others: str) -> list[str]:
    """Make groups one."""
    with opened(library) as edits:
        return did(edits, edits.merge(into, *others))


def split(library: str, group: str, *files: str) -> list[str]:
    """Take pictures out of a group into a new one."""
    with opened(library) as edits:
        return did(edits, *edits.split(group, files))


def move(library: str, *files: str, to: str) -> list[str]:
    """Put pictures into a group."""
    with opened(library) as edits:
        return did(edits, edits.move(files, to))


def not_here(library: str, *files: str, group: str | None = None) -> list[str]:
    """Say that pictures are not of the group that they are in, or of that one."""
    with opened(library) as edits:
        return did(edits, *edits.not_here(files, group))


def pin(library: str, group: str, *, off: bool = False) -> list[str]:
    """Keep a group as it is, or let it change again."""
    with opened(library) as edits:
        return did(edits, edits.pin(group, on=not off))


def hide(library: str, group: str, *, off: bool = False) -> list[str]:
    """Leave a group out of lists, or show it again."""
    with opened(library) as edits:
        return did(edits, edits.hide(group, on=not off))


def undo(library: str, steps: int | str = 1) -> list[str]:
    """Take back the last steps."""
    from pixkin.lasting.told import in_words

    with opened(library) as edits:
        return [f"Undone: {printable(in_words(entry))}" for entry in edits.undo(int(steps))]


def redo(library: str, steps: int | str = 1) -> list[str]:
    """Do again what was undone."""
    from pixkin.lasting.told import in_words

    with opened(library) as edits:
        return [f"Done again: {printable(in_words(entry))}" for entry in edits.redo(int(steps))]


def did(edits: Edits, *groups: str) -> list[str]:
    """Tell what the last step did, and which groups there are of it."""
    from pixkin.lasting.told import in_words

    entry = edits.last()
    what = printable(in_words(entry))
    said = [f"{what[0].upper()}{what[1:]}. Take it back with: pixkin edit undo"]
    return [*said, f"New: {' '.join(groups)}"] if entry.action == "split" else said
