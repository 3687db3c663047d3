"""Vectors to fewer dimensions, of length one: what neighbours and groups are found in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pixkin.pool import n_cores
from pixkin.threads import in_blocks, one_thread

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pixkin.records import Vectors

__all__ = ["Projection", "distinct", "fit", "prepare"]

BLOCK = 2048
FIT_ROWS = 20_000
"""Enough rows to find the axes from: with 1280 features and 128 axes, more rows move nothing."""
WHITENING = 0.125
"""Each axis is divided by its variance to this power: 0 leaves them, 0.5 makes all equal. A
quarter of the way, found on seven collections (benchmarks/quality.md)."""
LEAST_VARIANCE = 1e-6
EXACT_FEATURES = 1536
"""Up to here the covariance matrix is solved exactly; beyond, by a seeded random projection."""


@dataclass(frozen=True, slots=True)
class Projection:
    """How vectors of one library are reduced.

    Attributes
    ----------
    scaling : {"root", "standard", "none"}
        As the encoder says (`pixkin.encoders.Encoder`).
    mean : float32 array of shape (n_features,)
    deviation : float32 array of shape (n_features,)
        What "standard" divides by; ones otherwise.
    axes : float32 array of shape (n_features, n_components)
        Principal axes, each scaled by its spread.
    """

    scaling: str
    mean: Vectors
    deviation: Vectors
    axes: Vectors

    def transform(self, vectors: Any, n_threads: int = 0) -> Vectors:
        """Reduce vectors.

        Parameters
        ----------
        vectors : array of shape (n, n_features)
        n_threads : int
            0 for one per core. The result is the same for any number.

        Returns
        -------
        float32 array of shape (n, n_components)
            Each row of length 1, or 0 where a vector is the mean itself.
        """

        def one(rows: slice) -> Vectors:
            scaled = _scale(vectors[rows], self.scaling)
            # A fixed number of rows: the kernel that multiplies them must not vary with n.
            padded = np.zeros((BLOCK, scaled.shape[1]), dtype=np.float32)
            padded[: len(scaled)] = (scaled - self.mean) / self.deviation
            return _unit((padded @ self.axes)[: len(scaled)])

        parts = in_blocks(one, len(vectors), BLOCK, n_threads or n_cores())
        empty = np.empty((0, self.axes.shape[1]), dtype=np.float32)
        return np.concatenate([empty, *parts])


def fit(vectors: Any, scaling: str, n_components: int, random_state: int = 0) -> Projection:
    """Find the axes along which vectors differ most, by principal component analysis.

    Parameters
    ----------
    vectors : array of shape (n, n_features)
        At least one row; beyond 20,000, evenly spaced rows are used.
    scaling : {"root", "standard", "none"}
        What comes before: the square root of each number and length 1 (for features that count:
        Arandjelović & Zisserman, "Three things everyone should know to improve object
        retrieval", CVPR 2012, sec. 3), unit variance of each number, or nothing.
    n_components : int
        Fewer are given where there are fewer vectors or features.
    random_state : int
    """
    from sklearn.decomposition import PCA

    rows = np.linspace(0, len(vectors) - 1, min(len(vectors), FIT_ROWS)).astype(np.int64)
    scaled = _scale(vectors[rows], scaling)
    n, n_features = scaled.shape
    deviation = _deviation(scaled) if scaling == "standard" else np.ones(n_features, np.float32)
    n_axes = max(1, min(n_components, n_features, n - 1))
    if n < 2:
        axes = np.zeros((n_features, 1), dtype=np.float32)
        return Projection(scaling, scaled.mean(axis=0), deviation, axes)
    solver = "covariance_eigh" if n_features <= EXACT_FEATURES and n > n_features else "auto"
    if solver == "auto":
        solver = "full" if min(n, n_features) <= EXACT_FEATURES else "randomized"
    pca = PCA(n_axes, svd_solver=solver, random_state=random_state)
    mean = scaled.mean(axis=0, dtype=np.float64).astype(np.float32)
    # Vectors that scaling makes equal have no variance, of which PCA then gives each axis's share.
    with one_thread(), np.errstate(divide="ignore", invalid="ignore"):
        pca.fit((scaled - mean) / deviation)
    least = max(pca.explained_variance_[0] * LEAST_VARIANCE, np.finfo(np.float32).tiny)
    spread = np.maximum(pca.explained_variance_, least)
    axes = np.ascontiguousarray((pca.components_ / spread[:, None] ** WHITENING).T, np.float32)
    return Projection(scaling, mean, deviation, axes)


def prepare() -> None:
    """Import what `fit` will need."""
    import sklearn.decomposition  # noqa: F401


def distinct(vectors: Any) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find the rows that differ.

    Returns
    -------
    first : int64 array of shape (m,)
        Where each distinct row stands first, in rising order.
    group : int64 array of shape (n,)
        ``vectors[first][group]`` equals ``vectors``.
    """
    place: dict[bytes, int] = {}
    first: list[int] = []
    group = np.empty(len(vectors), dtype=np.int64)
    for i, row in enumerate(vectors):
        number = place.setdefault(row.tobytes(), len(first))
        if number == len(first):
            first.append(i)
        group[i] = number
    return np.array(first, dtype=np.int64), group


def _scale(vectors: Any, scaling: str) -> Vectors:
    ready: dict[str, Callable[[Vectors], Vectors]] = {
        "root": lambda values: _unit(np.sqrt(np.maximum(values, 0))),
        "standard": lambda values: values,
        "none": lambda values: values,
    }
    # In C order: along a row that lies in one piece, sums are taken in one order.
    return ready[scaling](np.ascontiguousarray(vectors, dtype=np.float32))


def _deviation(values: Vectors) -> Vectors:
    deviation = values.std(axis=0, dtype=np.float64).astype(np.float32)
    return np.where(deviation > 0, deviation, 1).astype(np.float32)


def _unit(values: Vectors) -> Vectors:
    length = np.sqrt(np.einsum("ij,ij->i", values, values))[:, None]
    unit: Vectors = np.divide(values, length, out=np.zeros_like(values), where=length > 1e-6)
    return unit
