"""Pictures that are far from the rest of their group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pixkin.describe import members_of, outlying, typicality

if TYPE_CHECKING:
    from pixkin.records import Labels, Vectors

__all__ = ["far_out"]


def far_out(X: Vectors, labels: Labels) -> list[tuple[int, float, float]]:
    """Find the rows that are far less typical than the rest of their group.

    Parameters
    ----------
    X : float32 array of shape (n, n_components)
    labels : int64 array of shape (n,)
        -1 for none.

    Returns
    -------
    list of (int, float, float)
        Row, typicality, and the mean typicality of its group; the farthest below it first.
    """
    typical = typicality(X, labels)
    found = []
    for rows in members_of(labels):
        order = rows[np.argsort(-typical[rows], kind="stable")]
        mean = round(float(typical[rows].mean()), 4)
        found += [(row, float(typical[row]), mean) for row in outlying(typical, order)]
    return sorted(found, key=lambda one: (one[1] - one[2], one[0]))
