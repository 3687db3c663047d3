"""Communities of the neighbour graph: needs no number of groups, and calls nothing noise."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal

import numpy as np

from pixkin.communities import Graph, Tree, grow, hinted
from pixkin.communities.leiden import prepare
from pixkin.neighbors import n_neighbors_of, nearest
from pixkin.number import check_number, exactly
from pixkin.settings import default
from pixkin.threads import one_thread

if TYPE_CHECKING:
    from pixkin.records import Hints, Labels, Neighbors, Vectors

__all__ = ["GraphCommunities"]

FEWEST_POINTS = 4


class GraphCommunities:
    """Leiden communities of the graph of neighbours, at the level that describes it shortest.

    Parameters
    ----------
    n_clusters : int or "auto", default="auto"
        With a number, the tree of groups is cut there; or, where its leaves are too few, the
        widest are halved.
    detail : float, default=1
        Multiplies the number of groups that there is most evidence for.
    random_state : int, default=0
    n_neighbors : int, default=8
        In up to 400 points, and more in more points (`n_neighbors_of`); used where no neighbours
        are given.

    Attributes
    ----------
    tree_ : Tree
        The groups at every level.

    References
    ----------
    Communities: `pixkin.communities.leiden`. Their number: `pixkin.communities.evidence`. The
    tree: `pixkin.communities.tree`.
    """

    needs = ("networkit",)
    takes_hints = True

    def __init__(
        self,
        n_clusters: int | Literal["auto"] = "auto",
        detail: float = 1.0,
        random_state: int = 0,
        n_neighbors: int = default("n_neighbors"),
    ) -> None:
        self.n_clusters, self.detail = n_clusters, detail
        self.random_state, self.n_neighbors = random_state, n_neighbors

    def prepare(self) -> None:
        prepare()

    def fit_predict(
        self, X: Vectors, neighbors: Iterable[Neighbors] = (), hints: Hints | None = None
    ) -> Labels:
        check_number(self.n_clusters, len(X))
        self.tree_ = self._grown(X, neighbors, hints)
        return self.cut(X, self.tree_)

    def cut(self, X: Vectors, tree: Tree) -> Labels:
        """Cut a tree as ``n_clusters`` and ``detail`` say; nothing is searched again."""
        check_number(self.n_clusters, len(X))
        if self.n_clusters == "auto":
            return tree.cut(max(1, round(tree.best * self.detail)))
        labels = tree.cut(self.n_clusters)
        with one_thread():
            return exactly(X, labels, self.n_clusters)

    def _grown(self, X: Vectors, neighbors: Iterable[Neighbors], hints: Hints | None) -> Tree:
        n = len(X)
        if n < FEWEST_POINTS:
            nothing = np.empty((0, 2), dtype=np.int64)
            return Tree(np.zeros(n, dtype=np.int64), nothing, 1)
        views = neighbors or [nearest(X, n_neighbors_of(n, self.n_neighbors))]
        graph = Graph.of(views)
        return grow(graph if hints is None else hinted(graph, hints), self.random_state)
