"""All files in a folder and the folders in it."""

from __future__ import annotations

import os
import stat
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from pixkin.errors import PathError
from pixkin.library.place import is_marked
from pixkin.records import File, LeftOut, Skipped

__all__ = ["FolderSource"]

LEFT_OUT = frozenset(
    {"@eadir", "thumbs.db", "desktop.ini", "$recycle.bin", "system volume information"}
)
"""Names, in lower case, that cameras never give and systems do. Hidden names go as well."""

WINDOWS_HIDDEN = 0x2
WINDOWS_NOT_HERE = 0x1000 | 0x40000 | 0x400000
"""FILE_ATTRIBUTE_OFFLINE, _RECALL_ON_OPEN, _RECALL_ON_DATA_ACCESS: reading would fetch it."""
MACOS_NOT_HERE = 0x40000000
"""SF_DATALESS, likewise."""

OURS = "was written by Pixkin itself, so there are no pictures of yours in it; name another folder"
IN_THE_CLOUD = "is in the cloud and not on this disk; fetch it, then run again"


class FolderSource:
    """Walk a folder; links to folders are followed, each real folder once.

    Parameters
    ----------
    path : str
        The folder.

    Raises
    ------
    PathError
        If it is no folder, or one that Pixkin wrote.
    """

    is_folder = True
    is_whole = True

    def __init__(self, path: str) -> None:
        if not Path(path).is_dir():
            raise PathError(path, "is not a folder" if os.path.lexists(path) else "does not exist")
        self.base = os.path.realpath(path)
        if is_so(lambda: is_marked(Path(self.base))):
            raise PathError(path, OURS)

    def entries(self) -> Iterator[File | Skipped | LeftOut]:
        return Walk(self.base, Everywhere()).entries()


class Route(Protocol):
    """What a walk looks for: in each folder it is in one or more states, which are numbers."""

    start: frozenset[int]

    def into(self, states: frozenset[int], name: str) -> frozenset[int]:
        """Give the states in the folder ``name``; none if nothing is to be found there."""
        ...

    def takes(self, states: frozenset[int], name: str) -> bool:
        """Tell whether the file ``name`` is meant."""
        ...


class Everywhere:
    """The route to all files: one state."""

    start = frozenset({0})

    def into(self, states: frozenset[int], name: str) -> frozenset[int]:
        return states

    def takes(self, states: frozenset[int], name: str) -> bool:
        return True


class Walk:
    """One walk through ``base`` along a route.

    A folder that was seen is looked into again only in states that are new to it. So links that
    form a loop end, no way to a file is missed, and there are at most as many looks as folders
    times states, however many ways links make.
    """

    def __init__(self, base: str, route: Route) -> None:
        self.base, self.route = base, route
        # Links wait until everything else was seen, so that a file keeps its own name.
        self._folders = deque([("", route.start)])
        self._linked_folders: deque[tuple[str, frozenset[int]]] = deque()
        self._linked_files: list[str] = []
        self._seen: dict[tuple[int, int], frozenset[int]] = {}

    def entries(self) -> Iterator[File | Skipped | LeftOut]:
        while self._folders or self._linked_folders:
            relative, states = (self._folders or self._linked_folders).popleft()
            try:
                yield from self._look(relative, states)
            except OSError as error:
                reason = f"the folder cannot be listed ({error.strerror or error})"
                yield Skipped(self.base, relative or ".", "scan", "unreadable", reason)
        for relative in self._linked_files:
            yield describe(self.base, relative)

    def _look(self, relative: str, states: frozenset[int]) -> Iterator[File | Skipped | LeftOut]:
        folder = Path(self.base, relative)
        status = folder.stat()
        place = (status.st_dev, status.st_ino)
        before = self._seen.get(place, frozenset())
        self._seen[place] = before | states
        if states <= before:
            return
        if relative and is_marked(folder):
            if not before:
                yield LeftOut(relative)
            return
        with os.scandir(folder) as listing:
            found = sorted(listing, key=lambda entry: entry.name)
        for entry in found:
            path = f"{relative}/{entry.name}" if relative else entry.name
            if not is_left_out(entry.name):
                yield from self._meet(path, entry, states - before)
            elif not before:
                yield LeftOut(path)

    def _meet(
        self, relative: str, entry: os.DirEntry[str], states: frozenset[int]
    ) -> Iterator[File | Skipped | LeftOut]:
        is_link = is_so(entry.is_symlink)
        if is_so(entry.is_dir):
            inside = self.route.into(states, entry.name)
            if inside:
                (self._linked_folders if is_link else self._folders).append((relative, inside))
        elif self.route.takes(states, entry.name):
            if is_link:
                self._linked_files.append(relative)
            else:
                yield describe(self.base, relative, entry)


def is_left_out(name: str) -> bool:
    """Tell whether a name is hidden or of the system."""
    return name.startswith(".") or name.lower() in LEFT_OUT


def describe(
    base: str, relative: str, entry: os.DirEntry[str] | None = None
) -> File | Skipped | LeftOut:
    """Look at one file, without opening it; ``entry`` is it, as a listing of its folder has it."""
    path = os.path.join(base, relative)  # noqa: PTH118 - a Path for each costs more than its stat
    try:
        # On Windows a listing knows neither the inode nor the links.
        status = os.stat(path) if entry is None or os.name == "nt" else entry.stat()  # noqa: PTH116
    except OSError as error:
        why = "a link to nothing" if os.path.islink(path) else error.strerror or str(error)  # noqa: PTH114
        return Skipped(base, relative, "scan", "unreadable", why)
    if getattr(status, "st_file_attributes", 0) & WINDOWS_HIDDEN:
        return LeftOut(relative)
    if not stat.S_ISREG(status.st_mode):
        what = "a folder" if stat.S_ISDIR(status.st_mode) else "a device, pipe or socket"
        return Skipped(base, relative, "scan", "not-an-image", what)
    if is_placeholder(status):
        return Skipped(base, relative, "scan", "refused", IN_THE_CLOUD)
    inode = status.st_ino if status.st_ino < 2**63 else status.st_ino - 2**64
    size, links = status.st_size, status.st_nlink
    return File(base, relative, size, status.st_mtime_ns, inode, status.st_dev, links)


def is_so(question: Callable[[], bool]) -> bool:
    """Ask a path; where the folders above may not be entered, the answer is no."""
    try:
        return question()
    except OSError:  # raised by Python before 3.14
        return False


def is_placeholder(status: object) -> bool:
    """Tell from a file's status whether reading it would fetch it from the cloud."""
    attributes: int = getattr(status, "st_file_attributes", 0)
    flags: int = getattr(status, "st_flags", 0)
    return bool(attributes & WINDOWS_NOT_HERE or flags & MACOS_NOT_HERE)
