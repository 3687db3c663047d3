"""A large library of pictures that there are not, in groups that were planted."""

from __future__ import annotations

import contextlib
import hashlib
import io
import sqlite3
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from planted import planted

from pixkin import registry
from pixkin.lasting.regroup import regroup
from pixkin.library.edits import Edits
from pixkin.library.store import Library
from pixkin.library.thumbnails import Thumbnails
from pixkin.library.values import KeptClustering
from pixkin.settings import Settings
from pixkin.views import fit_views

ENCODER, RECIPE = "color", "made up"
SIDES = ((4000, 3000), (3000, 4000), (1600, 1200), (1920, 1080), (1000, 1000))
DRAWN = 500
"""Thumbnails that differ; each stands for many pictures."""


def make(folder: Path, n: int) -> Any:
    """Make a library of ``n`` pictures, and give their reduced vectors by their numbers."""
    folder.mkdir()
    X, labels, home = planted(n)
    groups = home[labels]
    order = sorted((hashlib.sha256(b"%d" % i).digest(), i) for i in range(n))
    hashes = [content for content, _ in order]
    X, groups = X[[i for _, i in order]], groups[[i for _, i in order]]
    encoder = registry.build("encoder", ENCODER)
    samples = np.random.default_rng(0).random((500, encoder.n_features), dtype=np.float32)
    with Edits.open(folder / ".pixkin") as edits:
        with contextlib.closing(sqlite3.connect(edits.folder / "library.db")) as db, db:
            db.execute("INSERT INTO roots VALUES (1, ?, 1)", [b"."])
            rows = (
                (i + 1, content, *SIDES[content[0] % len(SIDES)])
                for i, content in enumerate(hashes)
            )
            columns = "image_id, sha256, bytes, width, height"
            db.executemany(f"INSERT INTO images ({columns}) VALUES (?, ?, 1, ?, ?)", rows)
            files = ((b"%d.jpg" % i, i + 1) for i in range(n))
            db.executemany("INSERT INTO files VALUES (NULL, 1, ?, 1, 0, 0, ?, NULL)", files)
        with Library(edits.folder) as store, store.writing():
            with store.space(encoder) as space:
                space_id = space.space_id
            kept = KeptClustering(
                settings=Settings(encoder=ENCODER).to_dict() | {"layout_used": "pca"},
                hashes=hashes,
                leaves=groups,
                places=places_of(groups),
                reduced=X.astype(np.float16),
                unions=np.empty((0, 2), dtype=np.int64),
                best=None,
                likely=np.empty((0, 0), dtype=np.float32),
                reduction=fit_views(samples, encoder, 128).to_arrays(),
            )
            store.save_clustering(RECIPE, space_id, kept)
        with contextlib.closing(sqlite3.connect(edits.folder / "library.db")) as db, db:
            rows = ((space_id, i + 1, i) for i in range(n))
            db.executemany("INSERT INTO vectors VALUES (?, ?, ?)", rows)
        state = edits.state()
        found = regroup(state, range(1, n + 1), hashes, groups, X, "made up")
        found.state.recipe, found.state.settings = RECIPE, kept.settings
        edits.regrouped(state, found.state, found.events)
    return kept.reduced


def places_of(groups: Any) -> Any:
    """Give each group a place on a circle, and its members places around that."""
    rng = np.random.default_rng(2)
    turn = 2 * np.pi * groups / (groups.max() + 1)
    middle = 20 * np.column_stack([np.cos(turn), np.sin(turn)])
    return (middle + rng.normal(size=(len(groups), 2))).astype(np.float32)


def add_thumbnails(folder: Path) -> None:
    """Give every picture a thumbnail: noise that was smoothed, about as large as a photo's."""
    rng = np.random.default_rng(3)
    drawn: dict[tuple[int, int], list[bytes]] = {}
    for width, height in SIDES:
        scale = 256 / max(width, height)
        size = (round(width * scale), round(height * scale))
        few = rng.integers(0, 255, (DRAWN // len(SIDES), 24, 24, 3), dtype=np.uint8)
        drawn[width, height] = [jpeg_of(pixels, size) for pixels in few]
    with contextlib.closing(sqlite3.connect(folder / ".pixkin" / "library.db")) as db:
        rows = db.execute("SELECT sha256, width, height FROM images").fetchall()
    (folder / ".pixkin" / "cache").mkdir(exist_ok=True)
    with contextlib.closing(Thumbnails(folder / ".pixkin" / "cache")) as thumbnails:
        thumbnails.write(
            (sha256, drawn[width, height][i % (DRAWN // len(SIDES))])
            for i, (sha256, width, height) in enumerate(rows)
        )


def jpeg_of(pixels: Any, size: tuple[int, int]) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC).save(out, "JPEG", quality=80)
    return out.getvalue()
