"""Single files, named one by one."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from pixkin.errors import PathError
from pixkin.records import File, LeftOut, Skipped
from pixkin.sources.folder import describe

__all__ = ["FilesSource"]


class FilesSource:
    """Files in the order given. A name that is hidden elsewhere counts: it was asked for.

    Parameters
    ----------
    paths : iterable of str

    Raises
    ------
    PathError
        If there is none, or they lie on different disks (Windows).
    """

    is_folder = False
    is_whole = False

    def __init__(self, paths: Iterable[str]) -> None:
        # The folder's links are resolved, so that roots compare; the file's own name stays.
        full = [Path.cwd() / text for text in paths]
        self.paths = [str(Path(os.path.realpath(path.parent), path.name)) for path in full]
        if not self.paths:
            raise PathError("the list", "names no files")
        try:
            self.base = os.path.commonpath([Path(path).parent for path in self.paths])
        except ValueError as error:
            raise PathError(self.paths[0], "and other files are on different disks") from error

    @classmethod
    def known(cls, base: str, names: Iterable[str]) -> FilesSource:
        """Name files that were read before: relative to ``base``, as a library has them."""
        source = cls.__new__(cls)
        source.base, source.paths = base, [str(Path(base, name)) for name in names]
        return source

    def entries(self) -> Iterator[File | Skipped | LeftOut]:
        for path in self.paths:
            yield describe(self.base, Path(os.path.relpath(path, self.base)).as_posix())
