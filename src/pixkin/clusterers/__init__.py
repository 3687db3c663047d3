"""Vectors or their neighbour graph to labels. One file is one clusterer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from pixkin.records import Labels, Neighbors, Vectors

__all__ = ["Clusterer"]


class Clusterer(Protocol):
    """Finds groups.

    The constructor takes ``n_clusters`` (a number, or "auto"), ``detail`` (fewer groups below 1,
    more above, when automatic) and ``random_state``, and raises `SettingError` for a value that
    this clusterer has no use for.
    """

    def __init__(
        self, n_clusters: int | Literal["auto"], detail: float, random_state: int
    ) -> None: ...

    def prepare(self) -> None:
        """Import what will be needed. May be called from another thread, or not at all."""
        ...

    def fit_predict(self, X: Vectors, neighbors: Neighbors | None = None) -> Labels:
        """Label each row.

        Parameters
        ----------
        X : float32 array of shape (n_samples, n_features)
            Distinct rows of length 1; 1 row or more.
        neighbors : Neighbors, optional
            Of the same rows; found anew if a clusterer needs them and they are not given.

        Returns
        -------
        int64 array of shape (n_samples,)
            0 to k - 1, each used; -1 for a row in no group. With a number of clusters given, k is
            that number.
        """
        ...
