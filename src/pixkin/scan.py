"""Paths as the user gives them, to files, each once."""

from __future__ import annotations

import codecs
import contextlib
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pixkin.errors import PathError
from pixkin.progress import OnProgress, Step
from pixkin.records import File, LeftOut, MissingRoot, Skipped
from pixkin.sources.files import FilesSource
from pixkin.sources.folder import FolderSource
from pixkin.sources.pattern import PatternSource

if TYPE_CHECKING:
    from pixkin.sources import Source

__all__ = ["Found", "known_sources", "parse_list", "scan", "sources_for"]

REPORT_EVERY = 200
EMPTY = "is empty, as a variable that is not set is; name a folder, a file or a pattern"


@dataclass(slots=True)
class Found:
    """What a scan came upon: files in path order, and what was skipped, missing or left out."""

    files: list[File] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    missing: list[MissingRoot] = field(default_factory=list)
    n_left_out: int = 0
    n_repeated: int = 0


def sources_for(paths: Iterable[str], listed: Sequence[str] = ()) -> list[Source]:
    """Turn paths into sources.

    Parameters
    ----------
    paths : iterable of str
        Folders, files and patterns.
    listed : sequence of str
        Files named in a list.

    Raises
    ------
    PathError
        If a path is empty or not there.
    """
    sources: list[Source] = []
    single: list[str] = []
    for path in paths:
        if not path:  # Path("") would be the current folder
            raise PathError('""', EMPTY)
        if PatternSource.is_pattern(path):
            sources.append(PatternSource(path))
        elif Path(path).is_dir():
            sources.append(FolderSource(path))
        elif os.path.lexists(path):
            single.append(path)
        else:
            raise PathError(path, "does not exist")
    if single or listed:
        sources.append(FilesSource([*single, *listed]))
    return sources


def known_sources(folders: Iterable[str], files: Mapping[str, Sequence[str]]) -> list[Source]:
    """Turn what a library knows into sources. What can be read no more is passed over.

    Parameters
    ----------
    folders : iterable of str
        Walked, so that what is new in them is found.
    files : mapping of str to sequence of str
        By their root; nothing else is read there.
    """
    sources: list[Source] = []
    for folder in folders:
        with contextlib.suppress(PathError):
            sources.append(FolderSource(folder))
    for root, names in files.items():
        left = [name for name in names if not _is_gone(Path(root, name))]
        if left:
            sources.append(FilesSource.known(root, left))
    return sources


def parse_list(content: bytes) -> list[str]:
    """Split a list of files: at NULs if there are any (``find -print0``), else at line ends.

    The byte-order mark with which editors on Windows begin a text is no part of the first name.
    """
    if b"\0" in content:  # made by a program, and so nothing but names
        names = content.split(b"\0")
    else:
        lines = content.removeprefix(codecs.BOM_UTF8).split(b"\n")
        names = [line.removesuffix(b"\r") for line in lines]
    return [os.fsdecode(name) for name in names if name]


def scan(
    sources: Iterable[Source],
    roots: Sequence[str],
    on_progress: OnProgress,
    new_library: Path | None = None,
) -> Found:
    """Find the files of all sources.

    Parameters
    ----------
    sources : iterable of Source
    roots : sequence of str
        The library's roots: each file is filed under the longest that it lies in.
    on_progress : callable
    new_library : Path, optional
        A folder that this run has made, and that is not counted among those left out.

    Returns
    -------
    Found
    """
    found, seen = Found(), set[object]()
    innermost = sorted(roots, key=len, reverse=True)
    ours = None if new_library is None else Path(os.path.realpath(new_library))
    for source in sources:
        is_home = _is_home(source.base, roots)
        for entry in source.entries():
            if isinstance(entry, LeftOut):
                found.n_left_out += Path(source.base, entry.path) != ours
                continue
            if not is_home:
                entry = _filed(entry, innermost)
            key = _identity(entry)
            if key in seen:
                found.n_repeated += 1
                continue
            seen.add(key)
            if isinstance(entry, Skipped):
                found.skipped.append(entry)
                continue
            found.files.append(entry)
            if len(found.files) % REPORT_EVERY == 0:
                on_progress(Step("scan", len(found.files)))
    on_progress(Step("scan", len(found.files), len(found.files)))
    found.files.sort(key=lambda file: (os.fsencode(file.root), os.fsencode(file.path)))
    return found


def _is_home(base: str, roots: Sequence[str]) -> bool:
    """Tell whether all that lies in ``base`` is filed under it, because no other root is in it."""
    return base in roots and not any(
        root != base and Path(root).is_relative_to(base) for root in roots
    )


def _filed(entry: File | Skipped, roots: Sequence[str]) -> File | Skipped:
    """File an entry under the library's root instead of the source's folder."""
    import dataclasses

    full = os.path.normpath(Path(entry.root, entry.path))
    for root in roots:
        if Path(full).is_relative_to(root):
            path = Path(os.path.relpath(full, root)).as_posix()
            return dataclasses.replace(entry, root=root, path=path)
    return entry


def _is_gone(path: Path) -> bool:
    """Tell a file that was deleted from one that may not be looked at."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def _identity(entry: File | Skipped) -> object:
    """Tell two ways to one file from two files.

    The inode does, also on disks that ignore case or normalise names (NFC, NFD); but a hard link
    is a file of its own, and there the resolved path has to do.
    """
    if isinstance(entry, File) and entry.inode and entry.n_links == 1:
        return (entry.device, entry.inode)
    return os.path.realpath(Path(entry.root, entry.path))
