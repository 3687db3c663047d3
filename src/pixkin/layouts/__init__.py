"""Vectors or their neighbour graph to a map. One file is one layout."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pixkin.records import Map, Neighbors, Vectors

__all__ = ["Layout"]


class Layout(Protocol):
    """Gives each picture a place on the plane. The constructor takes ``random_state``.

    Attributes
    ----------
    n_neighbors : int
        How many neighbours of each picture it wants; 0 if it looks at none.
    most_neighbors_of : int, optional
        Of more pictures than this it looks at no neighbours that it is given.
    """

    n_neighbors: int

    def __init__(self, random_state: int) -> None: ...

    def fit_transform(self, X: Vectors, neighbors: Neighbors | None = None) -> Map:
        """Place each row.

        Parameters
        ----------
        X : float32 array of shape (n_samples, n_features)
        neighbors : Neighbors, optional

        Returns
        -------
        float32 array of shape (n_samples, 2)
            Finite; any unit.
        """
        ...
