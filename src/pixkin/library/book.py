"""What the library knows of its groups, for reading. Opening it takes milliseconds: no numpy."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Callable, Iterable, Sequence, Set
from pathlib import Path
from typing import TYPE_CHECKING

from pixkin.library import journal, lookup, place, roots
from pixkin.library.schema import connect, guarded, migrate, reading

if TYPE_CHECKING:
    from typing import Self

    from pixkin.lasting.state import Entry, State
    from pixkin.library.facts import PictureFacts
    from pixkin.library.listing import GroupList, GroupPage

__all__ = ["Book"]

FILES = (
    "SELECT count(*), max(file_id), count(gone), sum((gone IS NULL) * (h * h % 2147483629)), "
    "sum(mtime_ns / 1000 % 1000000007) FROM "
    "(SELECT gone, file_id, mtime_ns, (file_id * 1000003 + image_id) % 2147483647 AS h FROM files)"
)
"""Which files are there, and what each holds, in numbers that stay in 63 bits. Squared, as a mere
sum is the same again when one file has come and another has gone."""
UNION_BYTES = 8
"""Of each join of two groups in the tree of a grouping."""


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
        self._marks: dict[str, tuple[tuple[int, int], tuple[int, ...]]] = {}

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

    def entries(self, first: int = 0, last: int = sys.maxsize) -> list[Entry]:
        """Give all that was ever done, in order, from entry ``first`` to ``last``."""
        with guarded(self.folder):
            return list(journal.entries(self.db, first, last))

    def steps(self) -> tuple[list[int], list[int]]:
        """Give the numbers of the entries that count, and of those that can be redone."""
        with guarded(self.folder):
            return journal.steps(self.db)

    def folders(self) -> list[str]:
        """Give the folders that the library knows."""
        return [root.path for root in self.roots()]

    def roots(self) -> list[roots.Root]:
        """Give the folders that files are filed under."""
        with guarded(self.folder):
            return roots.load(self.db, self._base)

    def failed(self) -> list[tuple[str, str, str]]:
        """Give the files that could not be read: path, kind and reason, by their paths."""
        with reading(self.db, self.folder):
            return sorted(
                (os.path.join(root.path, os.fsdecode(path)), kind, reason)  # noqa: PTH118
                for root in roots.load(self.db, self._base)
                for path, _, _, kind, reason, *_ in lookup.files_in(self.db, root.root_id)
                if kind is not None
            )

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

    def image_begun(self, digits: str) -> tuple[int, bytes] | None:
        """Give id and SHA-256 of the image whose SHA-256 begins so, in hexadecimal; None if none.

        Of two that begin alike neither is given.
        """
        with guarded(self.folder):
            return lookup.begun(self.db, bytes.fromhex(digits))

    def facts(self, image_id: int) -> PictureFacts:
        """Give what is known of an image, and its files that are there."""
        from pixkin.library.facts import facts_of

        with reading(self.db, self.folder):
            folders = {root.root_id: root.path for root in roots.load(self.db, self._base)}
            return facts_of(self.db, folders, image_id)

    def was_grouped(self, image_id: int, recipe: str) -> bool:
        """Tell whether a grouping that is kept has looked at an image."""
        query = (
            "SELECT 1 FROM members JOIN clusterings USING (clustering_id) "
            "WHERE recipe = ? AND image_id = ?"
        )
        with guarded(self.folder):
            return self.db.execute(query, [recipe, image_id]).fetchone() is not None

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
        (n_vectors,) = self._mark("SELECT count(*) FROM vectors")
        return clustering_id or 0, n_vectors

    def n_leaves(self, recipe: str) -> int | None:
        """Give the most groups that a grouping can be cut into; None if it is not kept."""
        query = "SELECT length(unions) FROM clusterings WHERE recipe = ?"
        with guarded(self.folder):
            row = self.db.execute(query, [recipe]).fetchone()
        return None if row is None else int(row[0]) // UNION_BYTES + 1

    def all_hashes(self) -> dict[int, bytes]:
        """Give the SHA-256 of every image by its id."""
        with guarded(self.folder):
            return dict(self.db.execute("SELECT image_id, sha256 FROM images").fetchall())

    def present_images(self) -> set[int]:
        """Give the ids of the images that lie in a file that is there."""
        return self._images_in("files WHERE gone IS NULL")

    def file_mark(self) -> tuple[int, ...]:
        """Give numbers of which one changes when a file comes, goes, or is found again."""
        return self._mark(FILES)

    def mark(self) -> list[int | str]:
        """Give numbers and words of which one changes when groups, files or vectors do."""
        query = "SELECT entry_id, made FROM journal ORDER BY entry_id DESC LIMIT 1"
        with guarded(self.folder):
            last = self.db.execute(query).fetchone() or (0, "")
        groupings = self._mark("SELECT max(clustering_id) FROM clusterings")
        vectors = self._mark("SELECT count(*) FROM vectors")
        failures = self._mark("SELECT count(*) FROM failures")
        return [*last, *self.file_mark(), *groupings, *vectors, *failures]

    def _mark(self, query: str) -> tuple[int, ...]:
        """Give numbers that are counted through a table: once, until anybody writes anything."""
        with guarded(self.folder):
            # First: what is written meanwhile is then counted the next time.
            (others,) = self.db.execute("PRAGMA data_version").fetchone()
            written = others, self.db.total_changes
            known = self._marks.get(query)
            if known is None or known[0] != written:
                found = self.db.execute(query).fetchone()
                known = self._marks[query] = written, tuple(int(number or 0) for number in found)
        return known[1]

    def sides(self) -> dict[int, tuple[int, int]]:
        """Give width and height of every image that could be read, in pixels, by its id."""
        query = "SELECT image_id, width, height FROM images WHERE height IS NOT NULL"
        with guarded(self.folder):
            return {image_id: (width, height) for image_id, width, height in self.db.execute(query)}

    def known_images(self) -> set[int]:
        """Give the ids of the images that lie in a file that is there or may come back."""
        return self._images_in("files")

    def _images_in(self, files: str) -> set[int]:
        with guarded(self.folder):
            return {i for (i,) in self.db.execute(f"SELECT DISTINCT image_id FROM {files}")}
