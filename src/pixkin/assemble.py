"""What was read and what it fell into, put together as the result of a run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from pixkin.clustering import Clustering, Counts, Level
from pixkin.describe import in_order, typicality
from pixkin.group import levels
from pixkin.words import Suggestion, suggest

if TYPE_CHECKING:
    from pixkin.follow import Followed
    from pixkin.group import Groups
    from pixkin.intake import Intake
    from pixkin.records import Labels, Skipped
    from pixkin.scan import Found
    from pixkin.settings import Settings
    from pixkin.taking import Taken

__all__ = ["assemble", "level", "skipped", "words_of"]


def assemble(
    found: Found,
    taken: Taken,
    vectors: Any,
    groups: Groups,
    followed: Followed,
    settings: Settings,
) -> Clustering:
    """Make the clustering of the groups that last, with the levels beside it.

    Parameters
    ----------
    found : Found
    taken : Taken
    vectors : array of shape (n_images, n_features)
    groups : Groups
    followed : Followed
    settings : Settings
    """
    intake, hashes = taken.intake, taken.hashes
    row = {sha256: i for i, sha256 in enumerate(hashes)}
    here = level(groups, followed.labels, hashes)
    row_of = np.zeros(here.n_clusters, dtype=np.int64)
    row_of[here.labels[here.labels >= 0]] = followed.labels[here.labels >= 0]
    left = skipped(found, intake)
    return Clustering(
        files=tuple(intake.files),
        skipped=left,
        settings=settings,
        counts=Counts(
            files=len(intake.files),
            images=len(hashes),
            skipped=len(left),
            left_out=found.n_left_out,
            clusters=here.n_clusters,
            encoded=intake.n_encoded,
        ),
        hashes=tuple(hashes),
        image_index=np.array([row[sha256] for sha256 in intake.hashes], dtype=np.int64),
        image_labels=here.labels,
        image_typicality=typicality(groups.reduced, here.labels),
        image_places=groups.places,
        image_facts=tuple(intake.facts[sha256] for sha256 in hashes),
        image_vectors=vectors,
        image_reduced=groups.reduced,
        lasting=tuple(followed.groups[row] for row in row_of.tolist()),
        cluster_words=here.words,
        make_levels=_Levels(groups, here, hashes),
        layout=groups.layout,
        missing=tuple(found.missing),
        is_kept=followed.is_kept,
        changes=taken.changes,
    )


class _Levels:
    """The levels beside one, made when they are first asked for."""

    def __init__(self, groups: Groups, here: Level, hashes: Sequence[bytes]) -> None:
        self.groups, self.here, self.hashes = groups, here, hashes
        self._made: tuple[Level, ...] = ()

    def __call__(self) -> tuple[Level, ...]:
        self._made = self._made or tuple(
            self.here if labels is None else level(self.groups, labels, self.hashes)
            for labels in levels(self.groups, self.here.n_clusters)
        )
        return self._made


def level(groups: Groups, labels: Labels, hashes: Sequence[bytes]) -> Level:
    """Number the groups of one level, and suggest words for them."""
    ordered = in_order(labels, hashes)
    return Level(ordered, words_of(groups, ordered))


def skipped(found: Found, intake: Intake) -> tuple[Skipped, ...]:
    """Give all that could not go on, in path order."""
    both = [*found.skipped, *intake.skipped]
    return tuple(sorted(both, key=lambda item: (item.root, item.path)))


def words_of(groups: Groups, labels: Labels) -> tuple[tuple[Suggestion, ...], ...]:
    """Suggest words for each group from how likely each class is in its leaves.

    Parameters
    ----------
    groups : Groups
    labels : int64 array of shape (n,)
        0 to k - 1, each of them there; -1 for none.
    """
    k = int(labels.max(initial=-1)) + 1
    if not groups.likely.size:
        return ((),) * k
    # A leaf lies in one group, or, after corrections or beyond the leaves, a part of it in each.
    n_leaves = len(groups.likely)
    placed = labels >= 0
    pairs, counts = np.unique(labels[placed] * n_leaves + groups.leaves[placed], return_counts=True)
    leaves = pairs % n_leaves
    part = (counts / np.bincount(groups.leaves[placed], minlength=n_leaves)[leaves])[:, None]
    starts = np.searchsorted(pairs, np.arange(k) * n_leaves)
    sums = np.add.reduceat(groups.likely[leaves] * part.astype(np.float32), starts, axis=0)
    return tuple(tuple(suggest(row / max(float(row.sum()), 1e-9))) for row in sums)
