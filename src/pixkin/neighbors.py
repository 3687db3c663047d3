"""Vectors to a k-nearest-neighbour graph. One function hides the library that does it."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any

import numpy as np

from pixkin.pool import n_cores
from pixkin.records import Neighbors
from pixkin.threads import in_blocks, one_thread

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pixkin.records import Vectors

__all__ = ["n_neighbors_of", "nearest", "nearest_to"]

BLOCK = 1024
EXACT_UP_TO = 50_000
"""Beyond this, comparing all with all costs more than an inverted file that finds 97 %."""
LIST_LENGTH = 256
PROBES = 20
TRAINING_PER_LIST = 64
POINTS_PER_NEIGHBOR = 5
"""In a small collection each point gets fewer neighbours: among neighbours of all, none are kin."""
GROWS_FROM, GROWTH, MOST_GROWN = 400, 0.5, 2.5
"""With as many neighbours in a large collection as in a small one, groups would be cut ever finer:
neighbours say what is alike nearby, and in more points nearby is nearer."""


def n_neighbors_of(n_samples: int, n_neighbors: int) -> int:
    """Give the number of neighbours to look at: ``n_neighbors`` of 400 points.

    Parameters
    ----------
    n_samples : int
    n_neighbors : int

    Returns
    -------
    int
        Up to two and a half times as many in more points, and no more than a fifth of the points.
    """
    grown = min(MOST_GROWN, float(max(1.0, n_samples / GROWS_FROM) ** GROWTH))
    return max(1, min(round(n_neighbors * grown), (n_samples - 1) // POINTS_PER_NEIGHBOR))


def nearest(X: Vectors, k: int, n_threads: int = 0) -> Neighbors:
    """Find the ``k`` nearest other points of each point.

    Exact up to 50,000 points; beyond that through an inverted file (Jégou, Douze & Schmid,
    "Product quantization for nearest neighbor search", TPAMI 2011, sec. IV), which misses a few.

    Parameters
    ----------
    X : float32 array of shape (n_samples, n_features)
    k : int
        Fewer are given where there are fewer points.
    n_threads : int
        0 for one per core. The result is the same for any number.

    Returns
    -------
    Neighbors
        Squared Euclidean distances, nearest first; of equals, the one that comes first.
    """
    k = max(0, min(k, len(X) - 1))
    if k == 0:
        return _none(len(X))
    indices, distances = _search(X, X, k + 1, n_threads)
    return _without_self(indices, distances, k)


def nearest_to(queries: Vectors, X: Vectors, k: int, n_threads: int = 0) -> Neighbors:
    """Find the ``k`` points of ``X`` nearest to each of other points.

    Parameters
    ----------
    queries : float32 array of shape (n_queries, n_features)
    X : float32 array of shape (n_samples, n_features)
    k : int
        Fewer are given where ``X`` has fewer.
    n_threads : int
    """
    k = max(0, min(k, len(X)))
    if k == 0:
        return _none(len(queries))
    return Neighbors(*_search(X, queries, k, n_threads))


def _search(
    X: Vectors, queries: Vectors, k: int, n_threads: int
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    X = np.ascontiguousarray(X, dtype=np.float32)
    find = _faiss_search(X, k) if importlib.util.find_spec("faiss") else _sklearn_search(X, k)

    indices = np.empty((len(queries), k), dtype=np.int32)
    distances = np.empty((len(queries), k), dtype=np.float32)

    def one(rows: slice) -> None:
        # A fixed number of rows: the kernel that multiplies them must not vary with n.
        padded = np.zeros((BLOCK, queries.shape[1]), dtype=np.float32)
        n = rows.stop - rows.start
        padded[:n] = queries[rows]
        far, near = find(padded)
        distances[rows], indices[rows] = far[:n], near[:n]

    in_blocks(one, len(queries), BLOCK, n_threads or n_cores())
    return indices, distances


def _faiss_search(X: Vectors, k: int) -> Any:
    import faiss

    if len(X) <= EXACT_UP_TO:
        index: Any = faiss.IndexFlatL2(X.shape[1])
        index.add(X)
    else:
        with one_thread():
            index = _inverted_file(faiss, X)

    def find(block: Vectors) -> tuple[Any, Any]:
        faiss.omp_set_num_threads(1)  # OpenMP keeps this number for each thread apart
        distances, indices = index.search(block, k)
        # Where the lists looked through held fewer than k points, look through all.
        short = np.flatnonzero(indices[:, -1] < 0)
        if len(short):
            everywhere = _everywhere(faiss, index)
            distances[short], indices[short] = index.search(block[short], k, params=everywhere)
        return distances, indices

    return find


def _inverted_file(faiss: Any, X: Vectors) -> Any:
    n_lists = max(1, len(X) // LIST_LENGTH)
    index = faiss.IndexIVFFlat(faiss.IndexFlatL2(X.shape[1]), X.shape[1], n_lists)
    index.cp.seed = 1
    index.cp.niter = 8
    step = max(1, len(X) // (n_lists * TRAINING_PER_LIST))
    index.train(np.ascontiguousarray(X[::step]))
    index.add(X)
    index.nprobe = PROBES
    return index


def _everywhere(faiss: Any, index: Any) -> Any:
    return faiss.SearchParametersIVF(nprobe=index.nlist)


def _sklearn_search(X: Vectors, k: int) -> Any:
    from sklearn.neighbors import NearestNeighbors

    model = NearestNeighbors(n_neighbors=k, algorithm="brute", n_jobs=1).fit(X)

    def find(block: Vectors) -> tuple[Any, Any]:
        distances, indices = model.kneighbors(block)
        return distances**2, indices

    return find


def _none(n: int) -> Neighbors:
    return Neighbors(np.empty((n, 0), dtype=np.int32), np.empty((n, 0), dtype=np.float32))


def _without_self(indices: NDArray[np.int32], distances: NDArray[np.float32], k: int) -> Neighbors:
    """Drop each point from its own list; from a list without it (equal points), drop the last."""
    own = indices == np.arange(len(indices), dtype=np.int32)[:, None]
    own[~own.any(axis=1), -1] = True
    kept = ~own
    return Neighbors(indices[kept].reshape(-1, k), distances[kept].reshape(-1, k))
