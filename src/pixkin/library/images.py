"""Contents and the files that have them, in the database."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pixkin.library.values import Entry, KnownFile, KnownImage
from pixkin.records import ImageFacts

__all__ = ["drop_unused", "known_files", "known_images", "mark", "prune", "write"]

FACTS = ("width", "height", "format", "orientation", "taken", "camera", "latitude", "longitude")
SHARED = [FACTS.index(name) for name in ("width", "height", "format", "camera")]
"""What very many pictures have the same: one copy is kept."""

# Rows are taken one after another: all at once, those of a million files fill the memory.


def known_files(
    db: sqlite3.Connection, root_ids: Mapping[str, int]
) -> dict[tuple[str, str], KnownFile]:
    """Give every file that was read, by (root, path)."""
    paths = {root_id: path for path, root_id in root_ids.items()}
    rows = db.execute(
        "SELECT root_id, path, f.bytes, mtime_ns, inode, sha256, gone IS NOT NULL "
        "FROM files f JOIN images USING (image_id)"
    )
    return {
        (paths[root], os.fsdecode(path)): KnownFile(size, mtime, inode, sha256, bool(gone))
        for root, path, size, mtime, inode, sha256, gone in rows
    }


def known_images(db: sqlite3.Connection, rules: str) -> dict[bytes, KnownImage]:
    """Give every content, by SHA-256; failures count only under the same ``rules``."""
    rows = db.execute(
        f"SELECT sha256, bytes, stage, kind, reason, {', '.join(FACTS)} "
        "FROM images LEFT JOIN failures f ON f.image_id = images.image_id AND rules = ?",
        [rules],
    )
    known, shared = {}, dict[Any, Any]()
    for sha256, size, stage, kind, reason, *facts in rows:
        for i in SHARED:
            facts[i] = shared.setdefault(facts[i], facts[i])
        known[sha256] = KnownImage(
            size,
            ImageFacts(*facts) if facts[0] is not None else None,
            (stage, kind, reason) if stage is not None else None,
        )
    return known


def write(
    db: sqlite3.Connection, entries: Sequence[Entry], root_ids: Mapping[str, int], rules: str
) -> None:
    """Write down contents and the files that have them."""
    for entry in entries:
        _write_image(db, entry, rules)
    db.executemany(
        "INSERT INTO files (root_id, path, bytes, mtime_ns, inode, image_id) "
        "SELECT ?, ?, ?, ?, ?, image_id FROM images WHERE sha256 = ? "
        "ON CONFLICT (root_id, path) DO UPDATE SET bytes = excluded.bytes, mtime_ns = "
        "excluded.mtime_ns, inode = excluded.inode, image_id = excluded.image_id, gone = NULL",
        [
            (root_ids[f.root], os.fsencode(f.path), f.bytes, f.mtime_ns, f.inode, h)
            for f, h in ((entry.file, entry.sha256) for entry in entries)
        ],
    )


def mark(
    db: sqlite3.Connection,
    root_ids: Mapping[str, int],
    gone: Iterable[tuple[str, str]],
    back: Iterable[tuple[str, str]],
) -> None:
    """Note which files, given by root and path, are not there any more, and which are again."""
    for now, files in (("strftime('%Y-%m-%dT%H:%M:%SZ')", gone), ("NULL", back)):
        db.executemany(
            f"UPDATE files SET gone = {now} WHERE root_id = ? AND path = ?",
            [(root_ids[root], os.fsencode(path)) for root, path in files],
        )


def prune(db: sqlite3.Connection, root_ids: Iterable[int]) -> tuple[int, list[bytes]]:
    """Forget files that are gone, or lie in some roots, and what was made of their contents.

    The images keep their rows: the journal names them.

    Returns
    -------
    n_files : int
    hashes : list of bytes
        The images that lie in no file any more.
    """
    n_files = db.execute("DELETE FROM files WHERE gone IS NOT NULL").rowcount
    for root_id in root_ids:
        n_files += db.execute("DELETE FROM files WHERE root_id = ?", [root_id]).rowcount
    return n_files, drop_unused(db)


def drop_unused(db: sqlite3.Connection) -> list[bytes]:
    """Forget the vectors of images that lie in no file, and name these images by SHA-256."""
    left = "image_id NOT IN (SELECT image_id FROM files)"
    hashes = [sha256 for (sha256,) in db.execute(f"SELECT sha256 FROM images WHERE {left}")]
    db.execute(f"DELETE FROM vectors WHERE {left}")
    return hashes


def _write_image(db: sqlite3.Connection, entry: Entry, rules: str) -> None:
    db.execute(
        "INSERT OR IGNORE INTO images (sha256, bytes) VALUES (?, ?)",
        [entry.sha256, entry.file.bytes],
    )
    if entry.facts is not None:
        values = [getattr(entry.facts, name) for name in FACTS]
        assignments = ", ".join(f"{name} = ?" for name in FACTS)
        db.execute(f"UPDATE images SET {assignments} WHERE sha256 = ?", [*values, entry.sha256])
    if entry.failure is not None:
        db.execute(
            "INSERT OR REPLACE INTO failures SELECT image_id, ?, ?, ?, ? FROM images "
            "WHERE sha256 = ?",
            [rules, *entry.failure, entry.sha256],
        )
