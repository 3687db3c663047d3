"""What pictures look like in numbers, and what is known of those that are there."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pixkin.library import roots

__all__ = ["Shot", "load", "save", "shots"]


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


def load(db: sqlite3.Connection, version: int) -> dict[int, tuple[Any, ...]]:
    """Give what is known under a version, by the image's id."""
    query = "SELECT * FROM looks WHERE version = ?"
    return {image: tuple(numbers) for image, _, *numbers in db.execute(query, [version])}


def save(db: sqlite3.Connection, version: int, found: Mapping[int, Iterable[int | float]]) -> None:
    """Write down what was found; to be called in a transaction."""
    db.executemany(
        "INSERT OR REPLACE INTO looks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(image, version, *numbers) for image, numbers in found.items()],
    )
