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

__all__ = [
    "BLOCK",
    "MOST_ROWS",
    "Projection",
    "distinct",
    "everything",
    "fit",
    "prepare",
    "principal",
    "spaced",
    "times",
    "unit",
]

BLOCK = 512
NARROW, MOST_ROWS, ROWS_IF_WIDE = 1536, 8192, 2048
"""Axes are found from this many rows at most: what it costs grows with the square of the smaller
of rows and features, and more rows move 128 axes little."""
WHITENING = 0.125
"""Each axis is divided by its variance to this power: 0 leaves them, 0.5 makes all equal. A
quarter of the way, found on seven collections (benchmarks/quality.md)."""
LEAST_VARIANCE = 1e-6


def everything(vectors: Any) -> Any:
    """Look at vectors as they are."""
    return vectors


@dataclass(frozen=True, slots=True)
class Projection:
    """How vectors of one library are reduced in one view.

    Attributes
    ----------
    look : callable
        Vectors to what this view has of them: array of shape (n, n_features).
    scaling : {"root", "standard", "length", "none"}
        As the encoder says (`pixkin.encoders.Encoder`).
    mean : float32 array of shape (n_features,)
    deviation : float32 array of shape (n_features,)
        What "standard" divides by; ones otherwise.
    axes : float32 array of shape (n_features, n_components)
        Principal axes, each scaled by its spread.
    """

    look: Callable[[Any], Any]
    scaling: str
    mean: Vectors
    deviation: Vectors
    axes: Vectors

    def transform(self, vectors: Any, n_threads: int = 0) -> Vectors:
        """Reduce vectors.

        Parameters
        ----------
        vectors : array of shape (n, n_features of the encoder)
        n_threads : int
            0 for one per core. The result is the same for any number.

        Returns
        -------
        float32 array of shape (n, n_components)
            Each row of length 1, or 0 where a vector is the mean itself.
        """

        out = np.empty((len(vectors), self.axes.shape[1]), dtype=np.float32)

        def one(rows: slice) -> None:
            scaled = _scale(self.look(vectors[rows]), self.scaling)
            out[rows] = unit(times((scaled - self.mean) / self.deviation, self.axes))

        in_blocks(one, len(vectors), BLOCK, n_threads or n_cores())
        return out


def fit(
    vectors: Any, scaling: str, n_components: int, look: Callable[[Any], Any] = everything
) -> Projection:
    """Find the axes along which vectors differ most, by principal component analysis.

    Parameters
    ----------
    vectors : array of shape (n, n_features)
        At least one row; of many, evenly spaced rows are used.
    scaling : {"root", "standard", "length", "none"}
        What comes before: the square root of each number and length 1 (for features that count:
        Arandjelović & Zisserman, "Three things everyone should know to improve object
        retrieval", CVPR 2012, sec. 3), unit variance of each number, length 1, or nothing.
    n_components : int
        Fewer are given where there are fewer vectors or features.
    look : callable
        See `Projection`.
    """
    prepare()  # one_thread holds what is loaded
    n_features = look(vectors[:1]).shape[1]
    rows = spaced(len(vectors), MOST_ROWS if n_features <= NARROW else ROWS_IF_WIDE)
    scaled = _scale(look(vectors[rows]), scaling)
    n = len(scaled)
    mean = scaled.mean(axis=0, dtype=np.float64).astype(np.float32)
    deviation = _deviation(scaled) if scaling == "standard" else np.ones(n_features, np.float32)
    if n < 2:
        axes = np.zeros((n_features, 1), dtype=np.float32)
        return Projection(look, scaling, mean, deviation, axes)
    with one_thread():
        variances, axes = principal((scaled - mean) / deviation, min(n_components, n - 1))
    least = max(variances[0] * LEAST_VARIANCE, np.finfo(np.float32).tiny)
    spread = np.maximum(variances, least)
    scaled_axes = np.ascontiguousarray(axes / spread**WHITENING, np.float32)
    return Projection(look, scaling, mean, deviation, scaled_axes)


def prepare() -> None:
    """Import what `fit` will need."""
    import scipy.linalg  # noqa: F401


def distinct(vectors: Any) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find the rows that differ.

    Returns
    -------
    first : int64 array of shape (m,)
        Where each distinct row stands first, in rising order.
    group : int64 array of shape (n,)
        ``vectors[first][group]`` equals ``vectors``.
    """
    import hashlib

    place: dict[bytes, int] = {}
    first: list[int] = []
    group = np.empty(len(vectors), dtype=np.int64)
    for start in range(0, len(vectors), BLOCK):
        for i, row in enumerate(vectors[start : start + BLOCK], start=start):
            # Of the rows themselves a million would fill the memory.
            key = hashlib.blake2b(row.tobytes(), digest_size=16).digest()
            number = place.setdefault(key, len(first))
            if number == len(first):
                first.append(i)
            group[i] = number
    return np.array(first, dtype=np.int64), group


def spaced(n: int, most: int) -> NDArray[np.int64]:
    """Choose rows, evenly."""
    return np.linspace(0, n - 1, min(n, most)).astype(np.int64)


def principal(centred: Vectors, n_axes: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the largest variances, falling, and their axes as columns.

    By the eigenvectors of the smaller of the matrices of products, of features or of rows. The
    largest number of each axis is positive.

    Parameters
    ----------
    centred : float32 or float64 array of shape (n, n_features)
        Two rows or more, of mean 0.
    n_axes : int

    Returns
    -------
    variances : float64 array of shape (k,)
        k is ``n_axes``, or fewer where there are fewer rows or features.
    axes : float64 array of shape (n_features, k)
    """
    from scipy.linalg import eigh

    n, n_features = centred.shape
    of_rows = n < n_features
    products = centred @ centred.T if of_rows else centred.T @ centred
    size = len(products)
    n_axes = max(1, min(n_axes, size))
    values, vectors = eigh(products, subset_by_index=(size - n_axes, size - 1))
    values, vectors = np.maximum(values[::-1], 0).astype(np.float64), vectors[:, ::-1]
    if of_rows:
        length = np.sqrt(np.maximum(values, np.finfo(np.float32).tiny))
        shares = (vectors / length).astype(centred.dtype)  # of one type, so that it is BLAS's
        vectors = np.where(values > values[0] * 1e-9, centred.T @ shares, 0)
    # The sign of an eigenvector is arbitrary.
    largest = np.abs(vectors).argmax(axis=0)
    signs = np.where(vectors[largest, np.arange(n_axes)] < 0, -1.0, 1.0)
    return values / (n - 1), vectors * signs


def times(rows: Vectors, axes: Vectors) -> Vectors:
    """Multiply a block. It always has the same number of rows: the kernel must not vary with n."""
    padded = np.zeros((BLOCK, rows.shape[1]), dtype=np.float32)
    padded[: len(rows)] = rows
    return (padded @ axes)[: len(rows)]


def _scale(vectors: Any, scaling: str) -> Vectors:
    ready: dict[str, Callable[[Vectors], Vectors]] = {
        "root": lambda values: unit(np.sqrt(np.maximum(values, 0))),
        "standard": lambda values: values,
        "length": lambda values: unit(values),
        "none": lambda values: values,
    }
    # In C order: along a row that lies in one piece, sums are taken in one order.
    return ready[scaling](np.ascontiguousarray(vectors, dtype=np.float32))


def _deviation(values: Vectors) -> Vectors:
    deviation = values.std(axis=0, dtype=np.float64).astype(np.float32)
    return np.where(deviation > 0, deviation, 1).astype(np.float32)


def unit(values: Vectors) -> Vectors:
    """Bring each row to length 1; what has none stays 0."""
    length = np.sqrt(np.einsum("ij,ij->i", values, values))[:, None]
    of_one: Vectors = np.divide(values, length, out=np.zeros_like(values), where=length > 1e-6)
    return of_one
