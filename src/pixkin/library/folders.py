"""The folders that a library has, and forgetting them: what `Library` is built on."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from pixkin.errors import PathError
from pixkin.library import images, place, roots
from pixkin.library.roots import Root
from pixkin.library.schema import guarded, transaction
from pixkin.library.thumbnails import Thumbnails

__all__ = ["Folders"]


class Folders:
    """The folders of an open library."""

    folder: Path
    _db: sqlite3.Connection
    _base: str
    _opened: Thumbnails | None

    def roots(self) -> dict[str, int]:
        """Give the absolute folders whose files are known, with their ids."""
        return {root.path: root.root_id for root in self._roots()}

    def whole_roots(self) -> list[str]:
        """Give those roots of which everything was asked for."""
        return [root.path for root in self._roots() if root.is_whole]

    def named_files(self) -> dict[str, list[str]]:
        """Give the known files of the other roots, as paths relative to each."""
        with guarded(self.folder):
            return roots.named_files(self._db, self._base)

    def file_counts(self) -> dict[str, int]:
        """Count the known files of each root that has any."""
        with guarded(self.folder):
            counts = roots.file_counts(self._db)
        return {root.path: counts[root.root_id] for root in self._roots() if root.root_id in counts}

    def add_root(self, folder: Path, *, is_whole: bool = True) -> str:
        """Give the root that ``folder`` lies in, making it one if it lies in none.

        ``is_whole`` says that all in it was asked for, not only some files by name or pattern.
        """
        with self._transaction():
            return roots.add(self._db, self._base, os.path.realpath(folder), is_whole=is_whole)

    def remove_root(self, folder: Path) -> int:
        """Forget a root, its files, and what was made of them; the pictures are left alone.

        Returns
        -------
        int
            How many files were forgotten.

        Raises
        ------
        PathError
            If it is no root.
        """
        with self._transaction():
            n_files = roots.remove(self._db, self._base, os.path.realpath(folder))
            if n_files is None:
                known = ", ".join(root.path for root in roots.load(self._db, self._base))
                raise PathError(str(folder), f"is no folder of the library, which has {known}")
            hashes = images.drop_unused(self._db)
        self._thumbnails.remove(hashes)
        return n_files

    def prune(self, folders: Iterable[str] = ()) -> int:
        """Forget the files that are gone, and those of roots that are not there.

        What they showed is forgotten with them, unless another file has it: vectors and
        thumbnails. What the journal says of them stays.

        Parameters
        ----------
        folders : iterable of str
            The roots to forget the files of.

        Returns
        -------
        int
            How many files were forgotten.
        """
        root_ids = [self.roots()[folder] for folder in folders]
        with self._transaction():
            n_files, hashes = images.prune(self._db, root_ids)
        self._thumbnails.remove(hashes)
        return n_files

    def _roots(self) -> list[Root]:
        with guarded(self.folder):
            return roots.load(self._db, self._base)

    @property
    def _thumbnails(self) -> Thumbnails:
        if self._opened is None:
            self._opened = Thumbnails(place.ensure_cache(self.folder))
        return self._opened

    def _close_thumbnails(self) -> None:
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def _transaction(self) -> contextlib.AbstractContextManager[None]:
        return transaction(self._db, self.folder)
