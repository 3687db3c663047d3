"""Spaces in the database: ways of encoding, and the rows of their vectors."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

from pixkin.library.vectors import VectorFile

__all__ = ["add", "encoders", "file_name", "opened", "path_of", "rows"]


def encoders(db: sqlite3.Connection) -> list[str]:
    """Name the encoders of all spaces, the first one first."""
    found = db.execute("SELECT fingerprint FROM spaces ORDER BY space_id")
    names = [json.loads(fingerprint).get("encoder") for (fingerprint,) in found]
    return list(dict.fromkeys(name for name in names if isinstance(name, str)))


def add(db: sqlite3.Connection, encoder: Any) -> int:
    """Give the space of an encoder, made if it is not there."""
    text = json.dumps(encoder.fingerprint, sort_keys=True)
    db.execute(
        "INSERT OR IGNORE INTO spaces (fingerprint, n_features, dtype) VALUES (?, ?, ?)",
        [text, *_form(encoder)],
    )
    (space_id,) = db.execute("SELECT space_id FROM spaces WHERE fingerprint = ?", [text]).fetchone()
    return int(space_id)


def rows(db: sqlite3.Connection, cache: Path, space_id: int, encoder: Any) -> dict[bytes, int]:
    """Give the row of each image (SHA-256); those that the file lacks are forgotten."""
    path = path_of(db, cache, space_id)
    present = VectorFile.rows_present(path, *_form(encoder))
    db.execute("DELETE FROM vectors WHERE space_id = ? AND row >= ?", [space_id, present])
    query = "SELECT sha256, row FROM vectors JOIN images USING (image_id) WHERE space_id = ?"
    return dict(iter(db.execute(query, [space_id])))


def opened(
    db: sqlite3.Connection, cache: Path, space_id: int, encoder: Any, n_rows: int
) -> VectorFile:
    """Open the file of a space, of which ``n_rows`` rows count."""
    return VectorFile(path_of(db, cache, space_id), *_form(encoder), n_rows)


def path_of(db: sqlite3.Connection, cache: Path, space_id: int) -> Path:
    """Say where the vectors of a space are."""
    query = "SELECT generation, dtype FROM spaces WHERE space_id = ?"
    generation, dtype = db.execute(query, [space_id]).fetchone()
    return cache / "vectors" / file_name(space_id, generation, dtype)


def file_name(space_id: int, generation: int, dtype: str) -> str:
    """Name the file of a space."""
    return f"{space_id}.{generation}.{dtype}" if generation else f"{space_id}.{dtype}"


def _form(encoder: Any) -> tuple[int, str]:
    return encoder.n_features, getattr(encoder, "dtype", "float16")
