"""Which pairs of pictures are worth a look: near in hash, or near as the encoder sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pixkin.duplicates.hashes import near_pairs, oriented

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pixkin.duplicates.seen import Seen

__all__ = ["likely_orientations", "propose"]

MOST_BITS = 7
LIKELY_BITS = 18
"""Below which two pictures may be the same from edge to edge, but for a caption."""
LEAST_SPREAD = 0.02
"""What is nearly of one colour has no hash to speak of."""
K, MOST_K, ENOUGH = 4, 12, 12_000
"""Neighbours looked at: more in a small collection, where that costs nothing."""
LEAST_ALIKE, FEW = 0.75, 200
"""Their least cosine. Of crops to three quarters of each side, nine in ten are above 0.87; in a
small collection cosines say little, as the reduction is learnt from it."""


def propose(seen: Seen, X: NDArray[np.float32], rows: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Give pairs of rows, the smaller first.

    Parameters
    ----------
    seen : Seen
    X : float32 array of shape (m, n_components)
        Reduced vectors of some of the pictures.
    rows : int64 array of shape (m,)
        Which of the pictures these are.
    """
    spread = np.array([look.spread for look in seen.looks])
    drawn = np.flatnonzero(spread >= LEAST_SPREAD)
    a, b, _ = near_pairs(seen.hashes[drawn], MOST_BITS)
    pairs = [np.column_stack([drawn[a], drawn[b]])]
    if len(X) > 1:
        from pixkin.neighbors import nearest

        k = min(max(K, ENOUGH // len(X)), MOST_K)
        near = nearest(X, k, seen.n_threads)
        first = np.repeat(np.arange(len(X)), near.indices.shape[1])
        alike = near.distances.ravel() <= (2 * (1 - LEAST_ALIKE) if len(X) > FEW else np.inf)
        both = np.column_stack([first, near.indices.ravel()])[alike]
        pairs.append(rows[both])
    both = np.concatenate(pairs)
    both = both[np.isin(both, drawn).all(axis=1)]
    unique: Any = np.unique(np.sort(both, axis=1), axis=0)
    return [(int(i), int(j)) for i, j in unique]


def likely_orientations(
    hashes: NDArray[np.uint64], pairs: Sequence[tuple[int, int]]
) -> list[int | None]:
    """Give the orientation of each second one in which hashes are nearest, unless far in all."""
    i, j = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    apart = [np.bitwise_count(hashes[i] ^ oriented(hashes[j], turn)) for turn in range(8)]
    best = np.argmin(apart, axis=0)
    least = np.min(apart, axis=0)
    return [int(b) if bits <= LIKELY_BITS else None for b, bits in zip(best, least, strict=True)]
