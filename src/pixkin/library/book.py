"""What the library knows of its groups, for reading. Opening it takes milliseconds: no numpy."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Sequence, Set
from pathlib import Path
from typing import TYPE_CHECKING

from pixkin.library import journal, lookup, place, roots
from pixkin.library.schema import connect, guarded, migrate, reading

if TYPE_CHECKING:
    from typing import Self

    from pixkin.lasting.state import Entry, State
    from pixkin.library.listing import GroupList, GroupPage

__all__ = ["Book"]


class Book:
    """The groups of a library.

    Parameters
    ----------
    db : sqlite3.Connection
    folder : Path
        The library's.
    """

    def __init__(self, db: sqlite3.Connection, folder: Path) -> None:
        self.db, self.folder = db, folder
        self._base = os.path.realpath(folder.parent)

    @classmethod
    def open(cls, folder: Path, *, is_shared: bool = False) -> Self:
        """Open the library in ``folder``; ``is_shared`` lets another thread close it."""
        place.ensure_folder(folder)
        database = folder / place.DATABASE
        db = connect(database, is_shared=is_shared)
        try:
            migrate(db, database)
        except BaseException:
            db.close()
            raise
        return cls(db, folder.absolute())

    def close(self) -> None:
        """Let go of the library."""
        self.db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def state(self) -> State:
        """Give the groups as they are now."""
        with reading(self.db, self.folder):
            return self.load()

    def load(self) -> State:
        """Give the groups as they are now. To be called in a transaction."""
        return journal.load(self.db)

    def groups(self, state: State | None = None, left_out: Set[int] = frozenset()) -> GroupList:
        """Give every group with how much is in it, but for images that are ``left_out``.

        Of ``state``, as the groups might be.
        """
        from pixkin.library.listing import list_groups

        with reading(self.db, self.folder):
            return list_groups(self.db, state or self.load(), left_out)

    def group(self, group: str, left_out: Set[int] = frozenset()) -> GroupPage:
        """Give one group, with its members, but for those ``left_out``, and its history.

        Raises
        ------
        UnknownGroupError
        """
        from pixkin.library.listing import show_group

        with reading(self.db, self.folder):
            return show_group(self.db, self._base, group, left_out)

    def last(self) -> Entry:
        """Give what was done last."""
        with reading(self.db, self.folder):
            return next(journal.entries(self.db, journal.last(self.db)))

    def entries(self) -> list[Entry]:
        """Give all that was ever done, in order."""
        with guarded(self.folder):
            return list(journal.entries(self.db))

    def last_entry(self) -> int:
        """Give the number of the newest entry; 0 if there is none."""
        with guarded(self.folder):
            return journal.last(self.db)

    # Images, which the journal has by their ids

    def find_image(self, picture: str | os.PathLike[str]) -> int:
        """Give the id of the image that a file holds.

        Raises
        ------
        PathError
            If it is no picture that the library knows.
        """
        with guarded(self.folder):
            return lookup.find(self.db, self._base, os.fspath(picture))

    def image_ids(self, hashes: Sequence[bytes]) -> list[int]:
        """Give the ids of images by their SHA-256, which rise."""
        with guarded(self.folder):
            return lookup.ids_of(self.db, hashes)

    def hashes_of(self, images: Iterable[int]) -> list[bytes]:
        """Give the SHA-256 of images by their ids."""
        with guarded(self.folder):
            return lookup.hashes_of(self.db, images)

    def image_finder(self) -> Callable[[bytes], lookup.Seen | None]:
        """Give a function that gives the image of a checksum, if a file of it is there."""
        with guarded(self.folder):
            folders = {root.root_id: root.path for root in roots.load(self.db, self._base)}

        def find(sha256: bytes) -> lookup.Seen | None:
            with guarded(self.folder):
                return lookup.one(self.db, folders, sha256)

        return find

    def known_ids(self, hashes: Iterable[bytes]) -> list[int]:
        """Give the ids of images by their SHA-256, which rise; -1 of one that was forgotten."""
        with guarded(self.folder):
            return list(lookup.known_ids(self.db, hashes))

    def vector_mark(self, recipe: str) -> tuple[int, int]:
        """Give numbers of which one changes when the vectors of a grouping, or of what is new, do.

        Returns
        -------
        clustering_id : int
            0 if the grouping of ``recipe`` is not kept.
        n_vectors : int
            Of all spaces.
        """
        query = "SELECT max(clustering_id) FROM clusterings WHERE recipe = ?"
        with guarded(self.folder):
            (clustering_id,) = self.db.execute(query, [recipe]).fetchone()
            (n_vectors,) = self.db.execute("SELECT count(*) FROM vectors").fetchone()
        return clustering_id or 0, n_vectors

    def all_hashes(self) -> dict[int, bytes]:
        """Give the SHA-256 of every image by its id."""
        with guarded(self.folder):
            return dict(self.db.execute("SELECT image_id, sha256 FROM images").fetchall())

    def present_images(self) -> set[int]:
        """Give the ids of the images that lie in a file that is there."""
        return self._images_in("files WHERE gone IS NULL")

    def known_images(self) -> set[int]:
        """Give the ids of the images that lie in a file that is there or may come back."""
        return self._images_in("files")

    def _images_in(self, files: str) -> set[int]:
        with guarded(self.folder):
            return {i for (i,) in self.db.execute(f"SELECT DISTINCT image_id FROM {files}")}
