"""`Library`: opening, locking, and what is asked of it and told it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from pixkin.library import clusterings, place, roots
from pixkin.library.lock import LOCK_WAIT_S, locked
from pixkin.library.roots import Root
from pixkin.library.schema import connect, guarded, migrate
from pixkin.library.thumbnails import Thumbnails
from pixkin.library.values import Entry, KeptClustering, KnownFile, KnownImage, Space
from pixkin.library.vectors import VectorFile
from pixkin.records import ImageFacts

__all__ = ["Entry", "KnownFile", "KnownImage", "Library", "Space"]

FACTS = ("width", "height", "format", "orientation", "taken", "camera", "latitude", "longitude")


class Library:
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

    # Roots

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

    def add_root(self, folder: Path, *, is_whole: bool = True) -> str:
        """Give the root that ``folder`` lies in, making it one if it lies in none.

        ``is_whole`` says that all in it was asked for, not only some files by name or pattern.
        """
        with self._transaction():
            return roots.add(self._db, self._base, os.path.realpath(folder), is_whole=is_whole)

    # Files and images

    def known_files(self) -> dict[tuple[str, str], KnownFile]:
        """Give every file that was read, by (root, path)."""
        paths = {root_id: path for path, root_id in self.roots().items()}
        rows = self._rows(
            "SELECT root_id, path, f.bytes, mtime_ns, inode, sha256 "
            "FROM files f JOIN images USING (image_id)"
        )
        return {
            (paths[root], os.fsdecode(path)): KnownFile(size, mtime, inode, sha256)
            for root, path, size, mtime, inode, sha256 in rows
        }

    def known_images(self, rules: str) -> dict[bytes, KnownImage]:
        """Give every content, by SHA-256; failures count only under the same ``rules``."""
        rows = self._rows(
            f"SELECT sha256, bytes, stage, kind, reason, {', '.join(FACTS)} "
            "FROM images LEFT JOIN failures f ON f.image_id = images.image_id AND rules = ?",
            [rules],
        )
        known = {}
        for sha256, size, stage, kind, reason, *facts in rows:
            known[sha256] = KnownImage(
                size,
                ImageFacts(*facts) if facts[0] is not None else None,
                (stage, kind, reason) if stage is not None else None,
            )
        return known

    def write(self, entries: Sequence[Entry], space: Space, rules: str) -> None:
        """Write down a batch of files: all of it, or, if the power goes, none of it."""
        root_ids = self.roots()
        encoded = [entry for entry in entries if entry.vector is not None]
        self._thumbnails.write([(entry.sha256, entry.thumbnail) for entry in encoded])
        rows: Iterable[int] = []
        if encoded:
            with guarded(self.folder):
                rows = space.file.append(
                    np.stack([e.vector for e in encoded if e.vector is not None])
                )
        with self._transaction():
            for entry in entries:
                self._write_image(entry, rules)
            self._db.executemany(
                "INSERT OR REPLACE INTO vectors SELECT ?, image_id, ? FROM images WHERE sha256 = ?",
                [(space.space_id, row, e.sha256) for row, e in zip(rows, encoded, strict=True)],
            )
            self._db.executemany(
                "INSERT INTO files (root_id, path, bytes, mtime_ns, inode, image_id) "
                "SELECT ?, ?, ?, ?, ?, image_id FROM images WHERE sha256 = ? "
                "ON CONFLICT (root_id, path) DO UPDATE SET bytes = excluded.bytes, mtime_ns = "
                "excluded.mtime_ns, inode = excluded.inode, image_id = excluded.image_id",
                [
                    (root_ids[f.root], os.fsencode(f.path), f.bytes, f.mtime_ns, f.inode, h)
                    for f, h in ((entry.file, entry.sha256) for entry in entries)
                ],
            )
        for row, entry in zip(rows, encoded, strict=True):
            space.rows[entry.sha256] = row

    # Vectors and thumbnails

    def encoders(self) -> list[str]:
        """Name the encoders that it was ever used with, the first one first."""
        rows = self._rows("SELECT fingerprint FROM spaces ORDER BY space_id")
        names = [json.loads(fingerprint).get("encoder") for (fingerprint,) in rows]
        return list(dict.fromkeys(name for name in names if isinstance(name, str)))

    @contextlib.contextmanager
    def space(self, encoder: Any) -> Iterator[Space]:
        """Open the vectors of one way of encoding: of what has the same fingerprint.

        Vectors whose rows or thumbnails are missing from the cache are forgotten, so that they
        are made again.
        """
        text = json.dumps(encoder.fingerprint, sort_keys=True)
        form = (encoder.n_features, getattr(encoder, "dtype", "float16"))
        with self._transaction():
            self._db.execute(
                "INSERT OR IGNORE INTO spaces (fingerprint, n_features, dtype) VALUES (?, ?, ?)",
                [text, *form],
            )
        ((space_id,),) = self._rows("SELECT space_id FROM spaces WHERE fingerprint = ?", [text])
        path = self._cache / "vectors" / f"{space_id}.{form[1]}"
        present = VectorFile.rows_present(path, *form)
        with self._transaction():
            self._db.execute(
                "DELETE FROM vectors WHERE space_id = ? AND row >= ?", [space_id, present]
            )
        query = "SELECT sha256, row FROM vectors JOIN images USING (image_id) WHERE space_id = ?"
        rows = dict(self._rows(query, [space_id]))
        pictured = self._thumbnails.hashes()
        n_rows = max(rows.values(), default=-1) + 1
        with guarded(self.folder):
            opened = VectorFile(path, *form, n_rows)
        with opened as file:
            usable = {sha256: row for sha256, row in rows.items() if sha256 in pictured}
            yield Space(space_id, file, usable)

    def thumbnails(self, hashes: Iterable[bytes]) -> dict[bytes, bytes]:
        """Give the thumbnails (JPEG) of ``hashes``, by SHA-256."""
        return self._thumbnails.read(hashes)

    # Clusterings

    def save_clustering(self, recipe: str, space: Space, kept: KeptClustering) -> None:
        """Keep a clustering under the checksum of all that decides it; only the newest stay."""
        with self._transaction():
            clusterings.save(self._db, self._cache, recipe, space.space_id, kept)
            clusterings.prune(self._db, self._cache)

    def load_clustering(self, recipe: str) -> KeptClustering | None:
        """Give the clustering made by ``recipe``."""
        with guarded(self.folder):
            return clusterings.load(self._db, self._cache, recipe)

    # Inside

    @property
    def _cache(self) -> Path:
        return self.folder / "cache"

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

    def _rows(self, query: str, values: Sequence[Any] = ()) -> list[Any]:
        with guarded(self.folder):
            return self._db.execute(query, values).fetchall()

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        with guarded(self.folder):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                if self._db.in_transaction:  # some errors end it
                    self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def _write_image(self, entry: Entry, rules: str) -> None:
        self._db.execute(
            "INSERT OR IGNORE INTO images (sha256, bytes) VALUES (?, ?)",
            [entry.sha256, entry.file.bytes],
        )
        if entry.facts is not None:
            values = [getattr(entry.facts, name) for name in FACTS]
            assignments = ", ".join(f"{name} = ?" for name in FACTS)
            self._db.execute(
                f"UPDATE images SET {assignments} WHERE sha256 = ?", [*values, entry.sha256]
            )
        if entry.failure is not None:
            self._db.execute(
                "INSERT OR REPLACE INTO failures SELECT image_id, ?, ?, ?, ? FROM images "
                "WHERE sha256 = ?",
                [rules, *entry.failure, entry.sha256],
            )
