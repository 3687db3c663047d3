"""Some pictures that show what there is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from pixkin.pool import n_cores
from pixkin.threads import in_blocks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pixkin.records import Vectors

__all__ = ["shares", "spread", "spread_in"]


def shares(sizes: Sequence[int], n: int, *, balanced: bool = False) -> list[int]:
    """Tell how many to take from each group, ``n`` in all or as many as there are.

    Parameters
    ----------
    sizes : sequence of int
    n : int
    balanced : bool, default=False
        As many from each, and all of a group that has fewer. Otherwise in proportion to the sizes,
        what is left over to the largest remainders.
    """
    n = min(n, sum(sizes))
    if balanced:
        return _balanced(sizes, n)
    whole = max(sum(sizes), 1)
    taken = [size * n // whole for size in sizes]
    rest = sorted(range(len(sizes)), key=lambda i: (-(sizes[i] * n % whole), i))
    for i in rest[: n - sum(taken)]:
        taken[i] += 1
    return taken


def _balanced(sizes: Sequence[int], n: int) -> list[int]:
    """Fill all groups evenly, the smaller ones until they are full."""
    taken = [0] * len(sizes)
    order = sorted(range(len(sizes)), key=lambda i: sizes[i])
    for done, i in enumerate(order):
        taken[i] = min(sizes[i], (n - sum(taken)) // (len(order) - done))
    return taken


def spread_in(
    X: Vectors, groups: Sequence[NDArray[np.int64]], counts: Sequence[int], n_threads: int = 0
) -> list[list[int]]:
    """Choose rows of each group as `spread` does, groups side by side."""
    found: list[list[int]] = [[] for _ in groups]

    def one(place: slice) -> None:
        rows = groups[place.start]
        chosen = spread(X[rows], counts[place.start])
        found[place.start] = [int(rows[i]) for i in chosen]

    in_blocks(one, len(groups), 1, n_threads or n_cores())
    return found


def spread(X: Vectors, n: int) -> list[int]:
    """Choose rows that differ: the most typical, and each time the one least like those chosen.

    No choice of as many rows leaves the farthest of the others less than half as far away.

    Parameters
    ----------
    X : float32 array of shape (n_samples, n_components)
        Rows of length 1.
    n : int

    References
    ----------
    Gonzalez, "Clustering to minimize the maximum intercluster distance", Theor. Comput. Sci. 38
    (1985), 293-306.
    """
    n = min(n, len(X))
    if n == 0:
        return []
    chosen = [int(_alike(X, X.mean(axis=0, dtype=np.float64).astype(np.float32)).argmax())]
    nearest = _alike(X, X[chosen[0]])
    nearest[chosen[0]] = np.inf
    while len(chosen) < n:
        new = int(nearest.argmin())
        chosen.append(new)
        np.maximum(nearest, _alike(X, X[new]), out=nearest)
        nearest[new] = np.inf
    return chosen


def _alike(X: Vectors, one: Vectors) -> Vectors:
    # Not a product of BLAS: this sums each row alone, so equal rows are equally alike.
    found: Vectors = np.einsum("ij,j->i", X, one)
    return found
