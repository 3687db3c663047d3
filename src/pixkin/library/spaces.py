"""Spaces in the database: ways of encoding, and the rows of their vectors."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pixkin.errors import SettingError
from pixkin.library.vectors import VectorFile

__all__ = ["OWN", "add", "encoders", "file_name", "opened", "path_of", "place", "rows"]

OWN = "own:"
"""How the names of vectors begin that were brought."""
HOW = "which has none: bring some with `pixkin import-vectors`"


def encoders(db: sqlite3.Connection) -> list[str]:
    """Name the encoders of all spaces, the first one first."""
    found = db.execute("SELECT fingerprint FROM spaces ORDER BY space_id")
    names = [json.loads(fingerprint).get("encoder") for (fingerprint,) in found]
    return list(dict.fromkeys(name for name in names if isinstance(name, str)))


def add(db: sqlite3.Connection, encoder: Any) -> int:
    """Give the space of an encoder, made if it is not there.

    Raises
    ------
    SettingError
        If the encoder stands for vectors that were never brought.
    """
    text = json.dumps(encoder.fingerprint, sort_keys=True)
    if encoder.n_features is not None:
        db.execute(
            "INSERT OR IGNORE INTO spaces (fingerprint, n_features, dtype) VALUES (?, ?, ?)",
            [text, encoder.n_features, getattr(encoder, "dtype", "float16")],
        )
        # Own vectors may be of another length under a name that has none any more, or none yet.
        db.execute(
            "UPDATE spaces SET n_features = ? WHERE fingerprint = ? AND NOT EXISTS "
            "(SELECT 1 FROM vectors WHERE vectors.space_id = spaces.space_id)",
            [encoder.n_features, text],
        )
    for (space_id,) in db.execute("SELECT space_id FROM spaces WHERE fingerprint = ?", [text]):
        return int(space_id)
    known = [name for name in encoders(db) if name.startswith(OWN)]
    has = f"which has {', '.join(known)}" if known else HOW
    asked = encoder.fingerprint["encoder"]
    raise SettingError("encoder", f"the name of vectors in this library, {has}", asked)


def rows(db: sqlite3.Connection, cache: Path, space_id: int) -> dict[bytes, int]:
    """Give the row of each image (SHA-256); those that the file lacks are forgotten."""
    present = VectorFile.rows_present(path_of(db, cache, space_id), *_form(db, space_id))
    db.execute("DELETE FROM vectors WHERE space_id = ? AND row >= ?", [space_id, present])
    query = "SELECT sha256, row FROM vectors JOIN images USING (image_id) WHERE space_id = ?"
    return dict(iter(db.execute(query, [space_id])))


def place(db: sqlite3.Connection, space_id: int, placed: Mapping[bytes, int]) -> None:
    """Write down in which row the vector of each image (SHA-256) is now."""
    db.executemany(
        "INSERT OR REPLACE INTO vectors SELECT ?, image_id, ? FROM images WHERE sha256 = ?",
        ((space_id, row, sha256) for sha256, row in placed.items()),
    )


def opened(db: sqlite3.Connection, cache: Path, space_id: int, n_rows: int) -> VectorFile:
    """Open the file of a space, of which ``n_rows`` rows count."""
    return VectorFile(path_of(db, cache, space_id), *_form(db, space_id), n_rows)


def path_of(db: sqlite3.Connection, cache: Path, space_id: int) -> Path:
    """Say where the vectors of a space are."""
    query = "SELECT generation, dtype FROM spaces WHERE space_id = ?"
    generation, dtype = db.execute(query, [space_id]).fetchone()
    return cache / "vectors" / file_name(space_id, generation, dtype)


def file_name(space_id: int, generation: int, dtype: str) -> str:
    """Name the file of a space."""
    return f"{space_id}.{generation}.{dtype}" if generation else f"{space_id}.{dtype}"


def _form(db: sqlite3.Connection, space_id: int) -> tuple[int, str]:
    query = "SELECT n_features, dtype FROM spaces WHERE space_id = ?"
    n_features, dtype = db.execute(query, [space_id]).fetchone()
    return int(n_features), str(dtype)
