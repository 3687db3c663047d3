"""Clusterings: who is in which leaf stands in the database, what can be made again in the cache."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from pixkin.library import spaces
from pixkin.library.values import KeptClustering
from pixkin.library.vectors import Rows, VectorFile

__all__ = ["KEPT", "KeptReduced", "forget", "load", "load_reduced", "prune", "save", "since"]

KEPT = 8
"""The newest are kept: settings tried in turn are found again. One of 100,000 images takes about
30 MB, and every run that met a new picture makes one."""

REDUCTION = "reduction/"
DAMAGED = (OSError, EOFError, KeyError, RuntimeError, TypeError, ValueError, zipfile.BadZipFile)
"""What is raised of a file that is gone, cut short, or not as it was written."""


class KeptReduced(NamedTuple):
    """The vectors that groups were found in, as they are kept.

    Attributes
    ----------
    hashes : sequence of bytes
        SHA-256 of each image, rising; the arrays have a row for each.
    ids : int64 array of shape (n,)
    reduced : float16 array of shape (n, n_components)
    reduction : dict of str to array
        How ``reduced`` was made (`Reduction.to_arrays`).
    """

    hashes: Sequence[bytes]
    ids: Any
    reduced: Any
    reduction: dict[str, Any]


def save(
    db: sqlite3.Connection, cache: Path, recipe: str, space_id: int, kept: KeptClustering
) -> None:
    """Write a clustering in the place of the one of the same recipe."""
    db.execute("DELETE FROM clusterings WHERE recipe = ?", [recipe])
    clustering_id = db.execute(
        "INSERT INTO clusterings (made, recipe, settings, space_id, best, unions) "
        "VALUES (strftime('%Y-%m-%dT%H:%M:%SZ'), ?, ?, ?, ?, ?)",
        [
            recipe,
            json.dumps(kept.settings, sort_keys=True),
            space_id,
            kept.best,
            kept.unions.astype("<i4").tobytes(),
        ],
    ).lastrowid
    rows = zip(kept.leaves.tolist(), *kept.places.T.tolist(), kept.hashes, strict=True)
    db.executemany(
        "INSERT INTO members SELECT ?, image_id, ?, ?, ? FROM images WHERE sha256 = ?",
        ((clustering_id, *row) for row in rows),
    )
    path = _path(cache, clustering_id)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("wb") as stream:
        made = {f"{REDUCTION}{name}": array for name, array in kept.reduction.items()}
        names = np.array(sorted(kept.reduction))
        np.savez(stream, reduced=kept.reduced, likely=kept.likely, names=names, **made)


def load(db: sqlite3.Connection, cache: Path, recipe: str) -> KeptClustering | None:
    """Give the clustering of a recipe, unless what the cache held of it is gone."""
    query = "SELECT clustering_id, settings, best, unions FROM clusterings WHERE recipe = ?"
    row = db.execute(query, [recipe]).fetchone()
    if row is None:
        return None
    clustering_id, settings, best, unions = row
    cached = _cached(cache, clustering_id)
    if cached is None:
        return None
    reduced, reduction, likely = cached
    members = db.execute(
        "SELECT sha256, leaf, x, y FROM members JOIN images USING (image_id) "
        "WHERE clustering_id = ? ORDER BY sha256",
        [clustering_id],
    ).fetchall()
    if len(members) != len(reduced):
        return None
    return KeptClustering(
        settings=json.loads(settings),
        hashes=[member[0] for member in members],
        leaves=np.array([member[1] for member in members], dtype=np.int64),
        places=np.array([member[2:] for member in members], dtype=np.float32),
        reduced=reduced,
        unions=np.frombuffer(unions, dtype="<i4").astype(np.int64).reshape(-1, 2),
        best=best,
        likely=likely,
        reduction=reduction,
    )


def load_reduced(db: sqlite3.Connection, cache: Path, recipe: str) -> KeptReduced | None:
    """Give what a clustering was made of, unless the cache has it no more."""
    query = "SELECT max(clustering_id) FROM clusterings WHERE recipe = ?"
    (clustering_id,) = db.execute(query, [recipe]).fetchone()
    cached = None if clustering_id is None else _cached(cache, clustering_id)
    if cached is None:
        return None
    reduced, reduction, _ = cached
    members = db.execute(
        "SELECT sha256, image_id FROM members JOIN images USING (image_id) "
        "WHERE clustering_id = ? ORDER BY sha256",
        [clustering_id],
    ).fetchall()
    if len(members) != len(reduced):
        return None
    hashes, ids = zip(*members, strict=True)
    return KeptReduced(hashes, np.array(ids, dtype=np.int64), reduced, reduction)


def _cached(cache: Path, clustering_id: int) -> tuple[Any, dict[str, Any], Any] | None:
    """Read reduced vectors, what reduces others, and the likely words; None if they are gone."""
    try:
        with _path(cache, clustering_id).open("rb") as stream, np.load(stream) as file:
            reduction = {name: file[f"{REDUCTION}{name}"] for name in file["names"].tolist()}
            return file["reduced"], reduction, file["likely"]
    except DAMAGED:
        return None


def since(db: sqlite3.Connection, cache: Path, recipe: str) -> tuple[list[bytes], Rows]:
    """Give the images with a vector of the same space that are not in a clustering.

    Returns
    -------
    hashes : list of bytes
        SHA-256 of each, rising.
    vectors : Rows
        To be read while the library may be in use: what was cut short raises LibraryError.
    """
    query = (
        "SELECT clustering_id, space_id, n_features, dtype FROM clusterings "
        "JOIN spaces USING (space_id) WHERE recipe = ?"
    )
    clustering_id, space_id, n_features, dtype = db.execute(query, [recipe]).fetchone()
    path = spaces.path_of(db, cache, space_id)
    present = VectorFile.rows_present(path, n_features, dtype)
    query = (
        "SELECT sha256, row FROM vectors JOIN images USING (image_id) "
        "WHERE space_id = ? AND row < ? AND image_id NOT IN "
        "(SELECT image_id FROM members WHERE clustering_id = ?) ORDER BY sha256"
    )
    found = db.execute(query, [space_id, present, clustering_id]).fetchall()
    rows = np.array([row for _, row in found], dtype=np.int64)
    return [sha256 for sha256, _ in found], Rows(path, n_features, dtype, rows)


def prune(db: sqlite3.Connection, cache: Path) -> None:
    """Forget all but the newest, and what the cache holds of others."""
    # A new row's id is above all others, so the one just made is the newest.
    db.execute(
        "DELETE FROM clusterings WHERE clustering_id NOT IN "
        "(SELECT clustering_id FROM clusterings ORDER BY clustering_id DESC LIMIT ?)",
        [KEPT],
    )
    stay = {_path(cache, row[0]) for row in db.execute("SELECT clustering_id FROM clusterings")}
    for path in (cache / "clusterings").glob("*.npz"):
        if path not in stay:
            path.unlink(missing_ok=True)


def forget(db: sqlite3.Connection, space_id: int) -> None:
    """Forget all of a space; what the cache holds of them goes with the next `prune`."""
    db.execute("DELETE FROM clusterings WHERE space_id = ?", [space_id])


def _path(cache: Path, clustering_id: int | None) -> Path:
    return cache / "clusterings" / f"{clustering_id}.npz"
