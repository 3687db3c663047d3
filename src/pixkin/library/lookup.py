"""Which image is meant, by the path of a file or by checksums; and what is known of each file."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from pathlib import Path
from typing import Any, TypeAlias

from pixkin.errors import PathError
from pixkin.library import roots

__all__ = [
    "Seen",
    "count_files",
    "files_in",
    "find",
    "hashes_of",
    "ids_of",
    "images",
    "known_ids",
    "one",
    "space_of",
    "vector_rows",
]

Seen: TypeAlias = tuple[int, bytes, int | None, int | None, tuple[Path, ...]]
"""Id, SHA-256, width, height and files of an image that is there."""


def find(db: sqlite3.Connection, base: str, path: str) -> int:
    """Give the id of the image that a file holds, as it was when it was last read.

    Raises
    ------
    PathError
        If no file of the library lies there.
    """
    there = Path(os.path.abspath(path))  # noqa: PTH100 - a link is itself the picture's file
    places = {str(there), str(Path(os.path.realpath(there.parent), there.name))}
    for root in roots.load(db, base):
        for place in places:
            if not roots.contains(root.path, place):
                continue
            inside = Path(os.path.relpath(place, root.path)).as_posix()
            query = "SELECT image_id FROM files WHERE root_id = ? AND path = ?"
            for (image_id,) in db.execute(query, [root.root_id, os.fsencode(inside)]):
                return int(image_id)
    raise PathError(path, "is no picture that the library knows")


def one(db: sqlite3.Connection, folders: Mapping[int, str], sha256: bytes) -> Seen | None:
    """Give the image of a checksum, if a file of it is there; ``folders`` are the roots by id."""
    query = (
        "SELECT image_id, width, height, root_id, path FROM images "
        "JOIN (SELECT image_id, root_id, path FROM files WHERE gone IS NULL) USING (image_id) "
        "WHERE sha256 = ? ORDER BY root_id, path"
    )
    rows = db.execute(query, [sha256]).fetchall()
    if not rows:
        return None
    image_id, width, height, *_ = rows[0]
    files = tuple(Path(folders[root_id], os.fsdecode(path)) for *_, root_id, path in rows)
    return image_id, sha256, width, height, files


def begun(db: sqlite3.Connection, first: bytes) -> tuple[int, bytes] | None:
    """Give id and SHA-256 of the one image whose SHA-256 begins with these bytes."""
    query = "SELECT image_id, sha256 FROM images WHERE sha256 BETWEEN ? AND ? LIMIT 2"
    rows = db.execute(query, [first, first + b"\xff" * (32 - len(first))]).fetchall()
    return (rows[0][0], rows[0][1]) if len(rows) == 1 else None


def images(db: sqlite3.Connection, base: str) -> list[Seen]:
    """Give the images that are there, by first file."""
    folders = {root.root_id: root.path for root in roots.load(db, base)}
    files: dict[int, list[Path]] = {}
    query = "SELECT image_id, root_id, path FROM files WHERE gone IS NULL ORDER BY root_id, path"
    for image, root_id, path in db.execute(query):
        files.setdefault(image, []).append(Path(folders[root_id], os.fsdecode(path)))
    facts = db.execute("SELECT image_id, sha256, width, height FROM images")
    known = {image: rest for image, *rest in facts}
    return [(image, *known[image], tuple(paths)) for image, paths in files.items()]


def hashes_of(db: sqlite3.Connection, ids: Iterable[int]) -> list[bytes]:
    """Give the SHA-256 of images."""
    query = "SELECT sha256 FROM images WHERE image_id = ?"
    return [db.execute(query, [image_id]).fetchone()[0] for image_id in ids]


def ids_of(db: sqlite3.Connection, hashes: Sequence[bytes]) -> list[int]:
    """Give the ids of images by their SHA-256, which rise."""
    known = iter(db.execute("SELECT sha256, image_id FROM images ORDER BY sha256"))
    return [next(image for content, image in known if content == sha256) for sha256 in hashes]


def known_ids(db: sqlite3.Connection, hashes: Iterable[bytes]) -> Iterator[int]:
    """Give the ids of images by their SHA-256, which rise; -1 of one that was forgotten."""
    rows = db.execute("SELECT sha256, image_id FROM images ORDER BY sha256")
    content, image_id = b"", -1
    for sha256 in hashes:
        while content < sha256:
            content, image_id = next(rows, (b"\xff" * 33, -1))
        yield image_id if content == sha256 else -1


def files_in(db: sqlite3.Connection, root_id: int) -> Iterator[tuple[Any, ...]]:
    """Give what is known of each file in a root that is there, by its path.

    A failure counts where no vector was made after all, under other rules.

    Returns
    -------
    iterator of tuple
        Path, image id, SHA-256, kind and reason of the failure, bytes, width, height, format,
        taken, camera, latitude, longitude.
    """
    return db.execute(
        "SELECT path, f.image_id, sha256, kind, reason, f.bytes, width, height, format, "
        "taken, camera, latitude, longitude FROM files f JOIN images i USING (image_id) "
        "LEFT JOIN failures x ON x.image_id = f.image_id "
        "AND x.image_id NOT IN (SELECT image_id FROM vectors) "
        "WHERE root_id = ? AND gone IS NULL ORDER BY path",
        [root_id],
    )


def count_files(db: sqlite3.Connection, images: Set[int]) -> int:
    """Count the files of some images that are there."""
    if not images:
        return 0
    there = db.execute("SELECT image_id FROM files WHERE gone IS NULL")
    return sum(image in images for (image,) in there)


def space_of(db: sqlite3.Connection, recipe: str, encoder: str) -> tuple[int, int, str] | None:
    """Give the vectors that a grouping was made of: space id, length of a vector, type of number.

    Parameters
    ----------
    db : Connection
    recipe : str
        Of the grouping. If it is not kept any more, the newest space of ``encoder`` counts.
    encoder : str
        Its name.
    """
    query = "SELECT space_id, fingerprint, n_features, dtype FROM spaces ORDER BY space_id DESC"
    found = db.execute("SELECT space_id FROM clusterings WHERE recipe = ?", [recipe]).fetchone()
    for space_id, fingerprint, n_features, dtype in db.execute(query):
        is_meant = json.loads(fingerprint).get("encoder") == encoder
        if space_id == found[0] if found else is_meant:
            return space_id, n_features, dtype
    return None


def vector_rows(db: sqlite3.Connection, space_id: int, n_present: int) -> dict[str, int]:
    """Give the row of each image's vector, by SHA-256 in hexadecimal, of the first in the file."""
    query = (
        "SELECT sha256, row FROM vectors JOIN images USING (image_id) "
        "WHERE space_id = ? AND row < ?"
    )
    return {sha256.hex(): row for sha256, row in db.execute(query, [space_id, n_present])}
