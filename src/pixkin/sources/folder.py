"""All files in a folder and the folders in it."""

from __future__ import annotations

import os
import stat
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

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

IN_THE_CLOUD = "is in the cloud and not on this disk; fetch it, then run again"


class FolderSource:
    """Walk a folder; links to folders are followed, each real folder once.

    Parameters
    ----------
    path : str
        The folder.
    max_depth : int, optional
        How many folders deep to look; 1 is the folder itself.

    Raises
    ------
    PathError
        If it is no folder.
    """

    is_folder = True
    is_whole = True

    def __init__(self, path: str, max_depth: int | None = None) -> None:
        if not Path(path).is_dir():
            raise PathError(path, "is not a folder" if os.path.lexists(path) else "does not exist")
        self.base = os.path.realpath(path)
        self.max_depth = max_depth

    def entries(self) -> Iterator[File | Skipped | LeftOut]:
        # Links wait until everything else was seen, so that a file keeps its own name.
        waiting = deque([("", 1)])
        links: deque[tuple[str, int]] = deque()
        seen: set[tuple[int, int]] = set()
        while waiting or links:
            relative, depth = waiting.popleft() if waiting else links.popleft()
            for found in self._open(relative, seen):
                if isinstance(found, str):
                    is_link = is_so(Path(self.base, found).is_symlink)
                    if is_so(Path(self.base, found).is_dir):
                        if self.max_depth is None or depth < self.max_depth:
                            (links if is_link else waiting).append((found, depth + 1))
                    elif is_link and found != relative:
                        links.append((found, depth))
                    else:
                        yield describe(self.base, found)
                else:
                    yield found

    def _open(self, relative: str, seen: set[tuple[int, int]]) -> Iterator[str | Skipped | LeftOut]:
        """Name what is in a folder that was not seen yet; a waiting link to a file names itself."""
        folder = Path(self.base, relative)
        if relative and not is_so(folder.is_dir):
            yield relative
            return
        try:
            status = folder.stat()
            if (status.st_dev, status.st_ino) in seen:
                return
            seen.add((status.st_dev, status.st_ino))
            if relative and is_marked(folder):
                yield LeftOut(relative)
                return
            with os.scandir(folder) as listing:
                names = sorted(entry.name for entry in listing)
        except OSError as error:
            reason = f"the folder cannot be listed ({error.strerror or error})"
            yield Skipped(self.base, relative or ".", "scan", "unreadable", reason)
            return
        for name in names:
            path = f"{relative}/{name}" if relative else name
            yield LeftOut(path) if is_left_out(name) else path


def is_left_out(name: str) -> bool:
    """Tell whether a name is hidden or of the system."""
    return name.startswith(".") or name.lower() in LEFT_OUT


def describe(base: str, relative: str) -> File | Skipped | LeftOut:
    """Look at one file, without opening it."""
    path = Path(base, relative)
    try:
        status = path.stat()
    except OSError as error:
        why = "a link to nothing" if is_so(path.is_symlink) else error.strerror or str(error)
        return Skipped(base, relative, "scan", "unreadable", why)
    if getattr(status, "st_file_attributes", 0) & WINDOWS_HIDDEN:
        return LeftOut(relative)
    if not stat.S_ISREG(status.st_mode):
        what = "a folder" if stat.S_ISDIR(status.st_mode) else "a device, pipe or socket"
        return Skipped(base, relative, "scan", "not-an-image", what)
    if is_placeholder(status):
        return Skipped(base, relative, "scan", "refused", IN_THE_CLOUD)
    inode = status.st_ino if status.st_ino < 2**63 else status.st_ino - 2**64
    return File(base, relative, status.st_size, status.st_mtime_ns, inode)


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
