"""Vectors or their neighbour graph to labels. One file is one clusterer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from pixkin.communities import Tree
    from pixkin.records import Labels, Neighbors, Vectors

__all__ = ["Clusterer", "LevelsClusterer"]


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

    def fit_predict(self, X: Vectors, neighbors: Iterable[Neighbors] = ()) -> Labels:
        """Label each row.

        Parameters
        ----------
        X : float32 array of shape (n_samples, n_features)
            Distinct rows of length 1; 1 row or more.
        neighbors : iterable of Neighbors
            Of the same rows, in each view of them; found anew in ``X`` if a clusterer needs them
            and there are none. They can be gone through once: of many rows each is let go of
            when the next is asked for.

        Returns
        -------
        int64 array of shape (n_samples,)
            0 to k - 1, each used; -1 for a row in no group. With a number of clusters given, k is
            that number.
        """
        ...


class LevelsClusterer(Clusterer, Protocol):
    """A clusterer that finds groups at every level at once.

    Attributes
    ----------
    tree_ : Tree
        After `fit_predict`.
    takes_hints : bool
        Whether `fit_predict` takes ``hints``, a `Hints` of the groups that there were; if there is
        no such attribute, it does not.
    """

    tree_: Tree

    def cut(self, X: Vectors, tree: Tree) -> Labels:
        """Give the groups at the level that ``n_clusters`` or ``detail`` asks for.

        What else the constructor was given must not matter to the tree: it is kept, and cut again
        for other numbers.
        """
        ...
