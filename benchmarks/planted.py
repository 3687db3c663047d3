"""Vectors in which a tree of groups was planted, and whether neighbours among them are found."""

from __future__ import annotations

from typing import Any

import numpy as np

DIMENSIONS, COARSE, FINE = 128, 100, 1000
BLOCK, CHECKED, NEAREST = 10_000, 1000, 15


def planted(n: int, seed: int = 0) -> tuple[Any, Any, Any]:
    """Make vectors: (n, 128); the fine group of each; and the coarse group of each fine one."""
    rng = np.random.default_rng(seed)

    def normal(*shape: int) -> Any:
        return rng.standard_normal(shape, dtype=np.float32)

    # Axes matter ever less, as those of principal components do.
    fall = np.arange(1, DIMENSIONS + 1, dtype=np.float32) ** -0.5
    home = rng.integers(0, COARSE, FINE)
    centres = normal(COARSE, DIMENSIONS)[home] * fall + 0.6 * normal(FINE, DIMENSIONS) * fall
    axes = np.linalg.qr(normal(COARSE, DIMENSIONS, 24))[0] * fall[:24]
    shares = rng.lognormal(0, 1, FINE)
    labels = rng.choice(FINE, n, p=shares / shares.sum())
    X = np.empty((n, DIMENSIONS), dtype=np.float32)
    for start in range(0, n, BLOCK):
        own = labels[start : start + BLOCK]
        rows = X[start : start + BLOCK]
        way = np.maximum(0, rng.uniform(-1, 0.5, (len(own), 1))).astype(np.float32)
        rows[:] = (1 - way) * centres[own] + way * centres[rng.integers(0, FINE, len(own))]
        rows += 0.6 * np.einsum("nw,ndw->nd", normal(len(own), 24), axes[home[own]])
        rows += 0.25 * normal(len(own), DIMENSIONS)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return X, labels, home


def recall(X: Any, found: Any) -> float:
    """Give the share of the true nearest that are found, at points chosen at random."""
    rows = np.random.default_rng(1).choice(len(X), min(CHECKED, len(X)), replace=False)
    best = np.full((len(rows), NEAREST), -np.inf, dtype=np.float32)
    places = np.zeros((len(rows), NEAREST), dtype=np.int64)
    for start in range(0, len(X), BLOCK):
        alike = X[rows] @ X[start : start + BLOCK].T
        alike[rows[:, None] == np.arange(start, start + alike.shape[1])] = -np.inf
        both = np.hstack([best, alike])
        numbers = np.broadcast_to(np.arange(start, start + alike.shape[1]), alike.shape)
        chosen = np.argpartition(-both, NEAREST - 1, axis=1)[:, :NEAREST]
        best = np.take_along_axis(both, chosen, axis=1)
        places = np.take_along_axis(np.hstack([places, numbers]), chosen, axis=1)
    hits = (places[:, :, None] == found[rows][:, None, :NEAREST]).any(axis=2)
    return float(hits.mean())
