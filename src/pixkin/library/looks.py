"""What pictures look like in numbers, and what is known of those that are there."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pixkin.library import roots
from pixkin.looks.flags import BITS, LOOK_VERSION, names_of

if TYPE_CHECKING:
    from pixkin.looks.flags import Wanted

__all__ = ["Shot", "flags", "lacking", "left_out", "load", "shots", "write"]

BESIDE = "LEFT JOIN looks ON looks.image_id = images.image_id AND version = ?"
"""Without numbers a picture has the flags that only its size gives."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture that is there, with what it says of itself.

    Attributes
    ----------
    image_id : int
    sha256 : bytes
    files : tuple of Path
        Equal byte for byte.
    bytes : int
    width, height : int
        In pixels, upright.
    format, camera, taken : str or None
    has_place : bool
    """

    image_id: int
    sha256: bytes
    files: tuple[Path, ...]
    bytes: int
    width: int
    height: int
    format: str | None
    camera: str | None
    taken: str | None
    has_place: bool


def shots(db: sqlite3.Connection, base: str) -> list[Shot]:
    """Give the pictures that are there and could be read, by SHA-256."""
    folders = {root.root_id: root.path for root in roots.load(db, base)}
    files: dict[int, list[Path]] = {}
    query = "SELECT image_id, root_id, path FROM files WHERE gone IS NULL ORDER BY root_id, path"
    for image, root_id, path in db.execute(query):
        files.setdefault(image, []).append(Path(folders[root_id], os.fsdecode(path)))
    facts = db.execute(
        "SELECT image_id, sha256, bytes, width, height, format, camera, taken, "
        "latitude IS NOT NULL FROM images "
        "WHERE width IS NOT NULL AND height IS NOT NULL ORDER BY sha256"
    )
    return [
        Shot(image, sha256, tuple(files[image]), *rest)
        for image, sha256, *rest in facts
        if image in files
    ]


def load(db: sqlite3.Connection) -> dict[int, tuple[Any, ...]]:
    """Give the numbers that are known, by the image's id."""
    query = "SELECT * FROM looks WHERE version = ?"
    return {image: tuple(numbers) for image, _, *numbers in db.execute(query, [LOOK_VERSION])}


def lacking(db: sqlite3.Connection) -> list[tuple[int, bytes]]:
    """Give the id and SHA-256 of pictures that are there and whose numbers are not known."""
    query = (
        "SELECT image_id, sha256 FROM images WHERE width IS NOT NULL AND NOT EXISTS "
        "(SELECT 1 FROM looks WHERE looks.image_id = images.image_id AND version = ?) AND EXISTS "
        "(SELECT 1 FROM files WHERE files.image_id = images.image_id AND gone IS NULL)"
    )
    return db.execute(query, [LOOK_VERSION]).fetchall()


def write(db: sqlite3.Connection, measured: Mapping[bytes, bytes]) -> None:
    """Write down what was measured, by SHA-256; to be called in a transaction."""
    from pixkin.looks.look import looks_from

    found = zip(measured, looks_from(list(measured.values())), strict=True)
    db.executemany(
        "INSERT OR REPLACE INTO looks SELECT image_id, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM images "
        "WHERE sha256 = ?",
        [(LOOK_VERSION, *look.row(), sha256) for sha256, look in found],
    )


def flags(db: sqlite3.Connection, image_id: int | None = None) -> dict[int, tuple[str, ...]]:
    """Give the flags of the pictures that have any, by the image's id; of one alone, if told."""
    query = f"SELECT images.image_id, {BITS} AS bits FROM images {BESIDE} WHERE bits"
    values = [LOOK_VERSION]
    if image_id is not None:
        query += " AND images.image_id = ?"
        values.append(image_id)
    return {image: names_of(bits) for image, bits in db.execute(query, values)}


def left_out(db: sqlite3.Connection, wanted: Wanted) -> set[int]:
    """Give the ids of the images that are not as wanted."""
    query = f"SELECT images.image_id FROM images {BESIDE} WHERE {wanted.unfit}"
    return {image for (image,) in db.execute(query, [LOOK_VERSION])}
