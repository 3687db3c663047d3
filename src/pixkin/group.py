"""Vectors to groups and a map: the stages after encoding, one after another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pixkin import reduce, registry
from pixkin.communities import Tree
from pixkin.describe import members_of
from pixkin.errors import MissingDependencyError
from pixkin.neighbors import n_neighbors_of, nearest
from pixkin.progress import OnProgress, Step
from pixkin.views import Reduction, fit_views

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pixkin.meter import Meter
    from pixkin.records import Hints, Labels, Map, Neighbors, Vectors
    from pixkin.settings import Settings

__all__ = ["GROUPING_VERSION", "Groups", "check", "cut", "group", "has_levels", "levels", "prepare"]

GROUPING_VERSION = 6
"""Raised when the same vectors would give other groups, so that kept results are not reused."""

FALLBACK_LAYOUT = "pca"
MOST_LEVELS = 7
CLASSES_BLOCK = 2048


@dataclass(frozen=True, slots=True)
class Groups:
    """What the vectors fell into. ``leaves``, ``reduced`` and ``places`` have one row per vector.

    Attributes
    ----------
    leaves : int64 array of shape (n,)
        The smallest groups, 0 to m - 1; -1 for none. Without a tree, they are the groups.
    tree : Tree or None
        How the leaves are joined, where the clusterer gives every level.
    reduced : float16 array of shape (n, n_components)
        The vectors reduced, all views together: rows of length 1.
    places : float32 array of shape (n, 2)
        The map.
    layout : str
        The layout that was used.
    likely : float32 array of shape (m, n_classes)
        How likely each class of `pixkin.words` is, summed over the members of each leaf;
        of shape (0, 0) where the encoder knows no words.
    reduction : Reduction or None
        None where the groups were not computed just now.
    """

    leaves: Labels
    tree: Tree | None
    reduced: NDArray[np.float16]
    places: Map
    layout: str
    likely: NDArray[np.float32]
    reduction: Reduction | None


def group(
    vectors: Any,
    encoder: Any,
    settings: Settings,
    meter: Meter,
    on_progress: OnProgress,
    hints: Hints | None = None,
) -> Groups:
    """Find the groups of vectors at every level, and lay them out.

    Parameters
    ----------
    vectors : array of shape (n, n_features)
        One row or more, as they are kept. In an order that is always the same: ties go by it.
    encoder : Encoder
        What the vectors are of.
    settings : Settings
    meter : Meter
    on_progress : callable
    hints : Hints, optional
        What is known of the groups; a clusterer that takes none finds them without.

    Raises
    ------
    SettingError
        If more groups are asked for than there are distinct pictures.
    """
    clusterer, (layout_name, layout) = _clusterer(settings), _layout(settings)
    on_progress(Step("reduce", 0, 1))
    with meter.stage("reduce"):
        first, twin = reduce.distinct(vectors)
        different = vectors if len(first) == len(vectors) else _at(vectors, first)
        reduction = fit_views(different, encoder, settings.n_components)
    on_progress(Step("neighbors", 0, 1))
    with meter.stage("neighbors"):
        k = n_neighbors_of(len(first), settings.n_neighbors)
        views: list[Neighbors] = []
        X = reduction.transform(different, on_view=lambda part: views.append(nearest(part, k)))
        is_looked_at = len(X) <= getattr(layout, "most_neighbors_of", len(X))
        whole = nearest(X, layout.n_neighbors) if is_looked_at else None
    on_progress(Step("cluster", 0, 1))
    with meter.stage("cluster"):
        known = {}
        if hints is not None and getattr(clusterer, "takes_hints", False):
            known["hints"] = hints.at(first)
        labels = clusterer.fit_predict(X, _drained(views), **known)
        tree = getattr(clusterer, "tree_", None)
        leaves = labels if tree is None else tree.leaves
        likely = _likely(different, encoder, leaves)
    on_progress(Step("layout", 0, 1))
    with meter.stage("layout"):
        places = layout.fit_transform(X, whole)[twin]
    on_progress(Step("layout", 1, 1))
    if tree is not None:
        tree = Tree(tree.leaves[twin], tree.unions, tree.best)
    reduced = X.astype(np.float16)[twin]
    return Groups(leaves[twin], tree, reduced, places, layout_name, likely, reduction)


def cut(groups: Groups, settings: Settings) -> Labels:
    """Give the groups at the level that the settings ask for: any numbers, -1 for none."""
    if groups.tree is None:
        return groups.leaves
    clusterer = _clusterer(settings)
    n_clusters = settings.n_clusters
    if n_clusters == "auto" or n_clusters <= groups.tree.n_leaves:
        labels: Labels = clusterer.cut(groups.reduced, groups.tree)
        return labels
    # Beyond the leaves groups are halved by where their members lie; equal ones stay together.
    first, twin = reduce.distinct(groups.reduced)
    tree = Tree(groups.tree.leaves[first], groups.tree.unions, groups.tree.best)
    halved: Labels = clusterer.cut(groups.reduced[first].astype(np.float32), tree)[twin]
    return halved


def levels(groups: Groups, n_clusters: int) -> list[Labels | None]:
    """Give the groups at the levels worth looking at: a cut, and its halves and doubles.

    Parameters
    ----------
    groups : Groups
    n_clusters : int
        The number of groups of the cut.

    Returns
    -------
    list of int64 array of shape (n,), or None
        From coarse to fine; None stands for the cut itself.
    """
    tree = groups.tree
    if tree is None or n_clusters > tree.n_leaves:
        return [None]
    numbers = level_numbers(tree.n_leaves, n_clusters)
    return [None if n == n_clusters else tree.cut(n) for n in numbers]


def level_numbers(n_leaves: int, n_clusters: int) -> list[int]:
    """Give how many groups the levels worth looking at have, rising.

    Parameters
    ----------
    n_leaves : int
        The most that there can be.
    n_clusters : int
        The number of groups of the cut; at most ``n_leaves``.
    """
    steps = range(1, MOST_LEVELS // 2 + 1)
    numbers = {round(n_clusters / 2**step) for step in steps}
    numbers |= {n_clusters * 2**step for step in steps}
    return sorted({n_clusters, *(n for n in numbers if 2 <= n <= n_leaves)})


def check(settings: Settings) -> None:
    """Find out what is wrong with the settings before any time is spent.

    Raises
    ------
    SettingError, UnknownNameError, MissingDependencyError
    """
    _clusterer(settings)
    _layout(settings)


def has_levels(settings: Settings) -> bool:
    """Tell whether the clusterer finds every level at once, so that another cut costs nothing."""
    return hasattr(_clusterer(settings), "cut")


def prepare(settings: Settings) -> None:
    """Import what grouping will need, while pictures are being read by other processes."""
    _clusterer(settings).prepare()
    reduce.prepare()


def _drained(views: list[Neighbors]) -> Iterator[Neighbors]:
    """Give what is in a list, and keep nothing of it."""
    while views:
        yield views.pop(0)


def _at(vectors: Any, rows: NDArray[np.int64]) -> Any:
    """Pick rows; of vectors in a file, without reading them."""
    return vectors.at(rows) if hasattr(vectors, "at") else vectors[rows]


def _likely(vectors: Any, encoder: Any, leaves: Labels) -> NDArray[np.float32]:
    """Sum how likely each class is over the members of each leaf."""
    if not hasattr(encoder, "classes"):
        return np.empty((0, 0), dtype=np.float32)
    n_leaves = int(leaves.max(initial=-1)) + 1
    sums: Vectors | None = None
    for start in range(0, len(vectors), CLASSES_BLOCK):
        rows = slice(start, start + CLASSES_BLOCK)
        likely = encoder.classes(vectors[rows])
        if sums is None:
            sums = np.zeros((n_leaves, likely.shape[1]), dtype=np.float32)
        for members in members_of(leaves[rows]):
            sums[leaves[rows][members[0]]] += likely[members].sum(axis=0)
    assert sums is not None
    return sums


def _clusterer(settings: Settings) -> Any:
    return registry.build(
        "clusterer",
        settings.clusterer,
        n_clusters=settings.n_clusters,
        detail=settings.detail,
        random_state=settings.random_state,
    )


def _layout(settings: Settings) -> tuple[str, Any]:
    """Make the layout; where the default's package has no wheel, the one that needs none."""
    try:
        layout = registry.build("layout", settings.layout, random_state=settings.random_state)
    except MissingDependencyError:
        if settings.layout != type(settings)().layout:
            raise
        fallback = registry.build("layout", FALLBACK_LAYOUT, random_state=settings.random_state)
        return FALLBACK_LAYOUT, fallback
    return settings.layout, layout
