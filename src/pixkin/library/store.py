"""`Library`: opening, locking, and what is asked of it and told it."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from pixkin.library import clusterings, images, looks, place, spaces, upkeep
from pixkin.library.edits import Edits
from pixkin.library.folders import Folders
from pixkin.library.lock import LOCK_WAIT_S, locked
from pixkin.library.schema import connect, guarded, migrate
from pixkin.library.thumbnails import Thumbnails
from pixkin.library.upkeep import Finding, LibraryInfo
from pixkin.library.values import (
    Entry,
    KeptClustering,
    KnownFile,
    KnownImage,
    Pictures,
    Space,
)
from pixkin.library.vectors import Rows
from pixkin.progress import OnProgress, Step, silent

__all__ = ["Entry", "KnownFile", "KnownImage", "Library", "Space"]


class Library(Folders):
    """A library on the disk. Use it as a context manager, or call `close`.

    Parameters
    ----------
    folder : Path
        The library's folder; made if it is not there.

    Raises
    ------
    LibraryError, ReadOnlyLibraryError, PathError
        If it cannot be opened or made.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self._base = os.path.realpath(self.folder.parent)
        self._cleanup = contextlib.ExitStack()
        self._opened: Thumbnails | None = None
        place.ensure_folder(self.folder)
        database = self.folder / place.DATABASE
        with self._cleanup:
            self._db = self._cleanup.enter_context(contextlib.closing(connect(database)))
            migrate(self._db, database)
            self._cleanup.callback(self._close_thumbnails)
            self._cleanup = self._cleanup.pop_all()

    @classmethod
    def temporary(cls) -> Library:
        """Make a library that is gone when it is closed."""
        folder = Path(tempfile.mkdtemp(prefix="pixkin-"))
        library = cls(folder / place.LIBRARY_NAME)
        library._cleanup.callback(shutil.rmtree, folder, ignore_errors=True)
        # What is registered last runs first, and files must be closed before they are deleted.
        library._cleanup.callback(library._db.close)
        library._cleanup.callback(library._close_thumbnails)
        return library

    def close(self) -> None:
        """Let go of the files."""
        self._cleanup.close()

    def __enter__(self) -> Library:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @contextlib.contextmanager
    def writing(
        self, on_wait: Callable[[], None] = lambda: None, wait_s: float = LOCK_WAIT_S
    ) -> Iterator[None]:
        """Hold the library for one run that adds vectors.

        Raises
        ------
        LibraryBusyError
            If another run holds it for longer than ``wait_s`` seconds.
        """
        with locked(self.folder, on_wait, wait_s):
            try:
                yield
            finally:
                self._close_thumbnails()  # the next holder may have to replace them

    # Files and images

    def known_files(self) -> dict[tuple[str, str], KnownFile]:
        """Give every file that was read, by (root, path)."""
        with guarded(self.folder):
            return images.known_files(self._db, self.roots())

    def mark_files(self, gone: Iterable[tuple[str, str]], back: Iterable[tuple[str, str]]) -> None:
        """Note which files (root, path) are not there any more, and which are again."""
        root_ids = self.roots()
        with self._transaction():
            images.mark(self._db, root_ids, gone, back)

    def known_images(self, rules: str) -> dict[bytes, KnownImage]:
        """Give every content, by SHA-256; failures count only under the same ``rules``."""
        with guarded(self.folder):
            return images.known_images(self._db, rules)

    def write(self, entries: Sequence[Entry], space: Space, rules: str) -> None:
        """Write down a batch of files: all of it, or, if the power goes, none of it."""
        root_ids = self.roots()
        encoded = [entry for entry in entries if entry.vector is not None]
        self._thumbnails.write([(entry.sha256, entry.thumbnail) for entry in encoded])
        with guarded(self.folder):
            placed = space.append({entry.sha256: entry.vector for entry in encoded})
        with self._transaction():
            images.write(self._db, entries, root_ids, rules)
            looks.write(self._db, {e.sha256: e.measured for e in encoded if e.measured})
            spaces.place(self._db, space.space_id, placed)
        space.rows.update(placed)

    # Vectors and thumbnails

    def encoders(self) -> list[str]:
        """Name the encoders that it was ever used with, the first one first."""
        with guarded(self.folder):
            return spaces.encoders(self._db)

    @contextlib.contextmanager
    def space(self, encoder: Any) -> Iterator[Space]:
        """Open the vectors of one way of encoding: of what has the same fingerprint.

        Vectors whose rows or thumbnails are missing from the cache are forgotten, so that they
        are made again.
        """
        with self._transaction():
            space_id = spaces.add(self._db, encoder)
        with self._transaction():
            rows = spaces.rows(self._db, self._cache, space_id)
        n_rows = max(rows.values(), default=-1) + 1
        for sha256 in rows.keys() - self._thumbnails.hashes():
            del rows[sha256]
        with guarded(self.folder):
            opened = spaces.opened(self._db, self._cache, space_id, n_rows)
        with opened as file:
            yield Space(space_id, file, rows, getattr(encoder, "lacking", ""))

    def pictures(self, space: Space) -> Pictures:
        """Give what needs no decoding before vectors are brought into ``space``."""
        pictured = self._thumbnails.hashes()
        known = self.known_images("")
        seen = [h for h, image in known.items() if image.facts is not None and h in pictured]
        return Pictures(space.space_id, seen)

    def bring(self, space: Space, blocks: Iterable[Mapping[bytes, Any]], *, is_other: bool) -> None:
        """Write down vectors of known images, by SHA-256: all of them, or none.

        ``is_other`` says that the vectors under the name mean something else than before, so that
        what was made of those is not used again.
        """
        with guarded(self.folder):
            placed = {h: row for block in blocks for h, row in space.append(block).items()}
        with self._transaction():
            spaces.place(self._db, space.space_id, placed)
            if is_other:
                clusterings.forget(self._db, space.space_id)
        space.rows.update(placed)

    def thumbnails(self, hashes: Iterable[bytes]) -> dict[bytes, bytes]:
        """Give the thumbnails (JPEG) of ``hashes``, by SHA-256."""
        return self._thumbnails.read(hashes)

    # Clusterings

    def save_clustering(self, recipe: str, space_id: int, kept: KeptClustering) -> None:
        """Keep a clustering under the checksum of all that decides it; only the newest stay."""
        with self._transaction():
            clusterings.save(self._db, self._cache, recipe, space_id, kept)
            clusterings.prune(self._db, self._cache)

    def load_clustering(self, recipe: str) -> KeptClustering | None:
        """Give the clustering made by ``recipe``."""
        with guarded(self.folder):
            return clusterings.load(self._db, self._cache, recipe)

    def load_reduced(self, recipe: str) -> clusterings.KeptReduced | None:
        """Give what a clustering was made of."""
        with guarded(self.folder):
            return clusterings.load_reduced(self._db, self._cache, recipe)

    def vectors_since(self, recipe: str) -> tuple[list[bytes], Rows]:
        """Give the images (SHA-256, rising) that came after a clustering, and their vectors."""
        with guarded(self.folder):
            return clusterings.since(self._db, self._cache, recipe)

    # Groups

    @property
    def edit(self) -> Edits:
        """What a person does to the groups."""
        return Edits(self._db, self.folder)

    # Upkeep

    def compact(self) -> tuple[int, int]:
        """Give back the room of what nothing needs any more: nothing is lost that is known.

        Returns
        -------
        before, after : int
            Bytes on the disk.

        Raises
        ------
        LibraryBusyError
            If a run is using the library.
        """
        from pixkin.library.compact import compact

        before = self._size()
        with self.writing():
            compact(self._db, self.folder, self._thumbnails)
        return before, self._size()

    def export(self, target: Path, *, with_cache: bool = True) -> None:
        """Write all of it to one file, which `transport.unpack` makes a library of again.

        Raises
        ------
        PathError
            If that is there already, or cannot be written.
        LibraryBusyError
            If a run is using the library.
        """
        from pixkin.library.transport import pack

        with self.writing():
            pack(self._db, self.folder, target, with_cache=with_cache)

    def info(self) -> LibraryInfo:
        """Count what it holds."""
        encoders = self.encoders()
        with guarded(self.folder):
            return upkeep.info(self._db, self.folder, self._roots(), encoders)

    def check(
        self,
        n_sample: int | None = upkeep.SAMPLE,
        random_state: int | None = None,
        on_progress: OnProgress = silent,
    ) -> list[Finding]:
        """Look whether the database is sound, and the files are as they were read.

        Nothing is changed. Where the database is damaged, that is all that is told.

        Parameters
        ----------
        n_sample : int or None, default=500
            How many files to hash, chosen by chance; None for all.
        random_state : int or None, default=None
            None chooses other files each time.
        on_progress : callable
        """

        def tell(done: int, total: int) -> None:
            on_progress(Step("check", done, total))

        roots = self._roots()
        with guarded(self.folder):
            return upkeep.check(self._db, self.folder, roots, n_sample, random_state, tell)

    def _size(self) -> int:
        known = self.info()
        return known.precious_bytes + known.cache_bytes

    @property
    def _cache(self) -> Path:
        return self.folder / "cache"

    def _rows(self, query: str, values: Sequence[Any] = ()) -> list[Any]:
        return list(self._each(query, values))

    def _each(self, query: str, values: Sequence[Any] = ()) -> Iterator[Any]:
        """Give rows one after another: all at once, those of a million files fill the memory."""
        with guarded(self.folder):
            yield from self._db.execute(query, values)
