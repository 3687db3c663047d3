"""How many groups, for clusterers that have to be told."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from pixkin.errors import SettingError

if TYPE_CHECKING:
    from pixkin.records import Labels, Vectors

__all__ = ["check_number", "choose_number"]

SAMPLE = 2000
"""Points that the silhouette is taken of: its cost grows with their square."""
MOST = 100


def check_number(n_clusters: int | Literal["auto"], n_samples: int) -> None:
    """Refuse more groups than there are points.

    Raises
    ------
    SettingError
    """
    if n_clusters != "auto" and n_clusters > n_samples:
        allowed = f"at most {n_samples}, the number of distinct pictures"
        raise SettingError("n_clusters", allowed, n_clusters)


def choose_number(X: Vectors, cut: Callable[[Any, int], Labels], detail: float) -> Labels:
    """Cut into the number of groups of the best silhouette.

    Numbers from 2 to half of the points, at most 100, are tried in steps of a fifth.

    Parameters
    ----------
    X : float32 array of shape (n_samples, n_features)
    cut : callable
        (X, n_clusters) to labels.
    detail : float
        Multiplies the number found.

    References
    ----------
    Rousseeuw, "Silhouettes", J. Comput. Appl. Math. 20 (1987), 53-65.
    """
    from sklearn.metrics import silhouette_score

    if len(X) < 4:
        return np.zeros(len(X), dtype=np.int64)
    most = min(MOST, len(X) // 2)
    numbers = sorted({int(number) for number in np.geomspace(2, most, 20)})
    rows = np.linspace(0, len(X) - 1, min(len(X), SAMPLE)).astype(int)
    scores = []
    for number in numbers:
        labels = cut(X, number)[rows]
        n_found = len(np.unique(labels))
        usable = 1 < n_found < len(rows)
        scores.append(silhouette_score(X[rows], labels) if usable else -1.0)
    best = numbers[int(np.argmax(scores))]
    return cut(X, int(np.clip(round(best * detail), 1, len(X))))
