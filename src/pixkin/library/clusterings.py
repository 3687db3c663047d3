"""Clusterings in the database."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from pixkin.library.values import KeptClustering
from pixkin.records import Json

__all__ = ["KEPT", "Member", "load", "save"]

KEPT = 8
"""The newest are kept: settings tried in turn are found again. One of 100,000 images takes about
4.5 MB, and every run that met a new picture makes one."""

Member: TypeAlias = tuple[bytes, int, float, float, float]
"""SHA-256, label, typicality, x, y."""


def save(
    db: sqlite3.Connection,
    recipe: str,
    settings: Json,
    space_id: int,
    clusters: Sequence[str],
    members: Iterable[Member],
) -> None:
    """Write a clustering in the place of the one of the same recipe; only the newest stay."""
    db.execute("DELETE FROM clusterings WHERE recipe = ?", [recipe])
    clustering_id = db.execute(
        "INSERT INTO clusterings (made, recipe, settings, space_id) "
        "VALUES (strftime('%Y-%m-%dT%H:%M:%SZ'), ?, ?, ?)",
        [recipe, json.dumps(settings, sort_keys=True), space_id],
    ).lastrowid
    db.executemany(
        "INSERT INTO clusters VALUES (?, ?, ?)",
        [(clustering_id, label, cluster_id) for label, cluster_id in enumerate(clusters)],
    )
    db.executemany(
        "INSERT INTO members SELECT ?, image_id, ?, ?, ?, ? FROM images WHERE sha256 = ?",
        [(clustering_id, *rest, sha256) for sha256, *rest in members],
    )
    # A new row's id is above all others, so this one is the newest.
    db.execute(
        "DELETE FROM clusterings WHERE clustering_id NOT IN "
        "(SELECT clustering_id FROM clusterings ORDER BY clustering_id DESC LIMIT ?)",
        [KEPT],
    )


def load(db: sqlite3.Connection, recipe: str) -> KeptClustering | None:
    """Give the clustering of a recipe."""
    query = "SELECT clustering_id, settings FROM clusterings WHERE recipe = ?"
    kept = db.execute(query, [recipe]).fetchone()
    if kept is None:
        return None
    clustering_id, settings = kept
    members = db.execute(
        "SELECT sha256, label, typicality, x, y FROM members JOIN images USING (image_id) "
        "WHERE clustering_id = ?",
        [clustering_id],
    )
    return KeptClustering(json.loads(settings), {sha256: tuple(rest) for sha256, *rest in members})
