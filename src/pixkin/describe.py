"""What is said of groups: their numbers and ids, and how their members lie in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pixkin.records import Labels

__all__ = [
    "Portrait",
    "in_order",
    "members_of",
    "nearest_of",
    "outlying",
    "portraits",
    "typicality",
]

REPRESENTATIVES = 6
OUTLYING = 3.0
"""Deviations below the middle of its group at which a member is an outlier: of a normal
distribution one in 740."""
DEVIATIONS_PER_MAD = 1.4826
NEAREST = 3


@dataclass(frozen=True, slots=True)
class Portrait:
    """How the members of a group lie.

    Attributes
    ----------
    members : tuple of int
        The most typical first.
    representatives : tuple of int
        The most typical, and then each time the one least like those before, of the more typical
        half, unless that holds too few that differ.
    outliers : tuple of int
        Members that are far less typical than the others, the least typical first.
    tightness : float
        The mean typicality, 0 to 1.
    nearest : tuple of int
        Labels of the groups whose means lie nearest, the nearest first.
    """

    members: tuple[int, ...]
    representatives: tuple[int, ...]
    outliers: tuple[int, ...]
    tightness: float
    nearest: tuple[int, ...]


def in_order(labels: Labels, hashes: Sequence[bytes]) -> Labels:
    """Number groups by size, the largest 0; of equals, the one with the smallest hash first."""
    groups = [
        (-len(rows), min(hashes[i] for i in rows.tolist()), rows) for rows in members_of(labels)
    ]
    renamed = np.full(len(labels), -1, dtype=np.int64)
    for new, (_, _, rows) in enumerate(sorted(groups, key=lambda group: group[:2])):
        renamed[rows] = new
    return renamed


def typicality(X: Any, labels: Labels) -> NDArray[np.float64]:
    """Give the cosine of each row with the mean of its group, 0 where negative or in none.

    Parameters
    ----------
    X : array of shape (n, n_components)
        Rows of length 1 (or 0: such a row is its own mean, and its typicality 1 if alone).
    labels : int64 array of shape (n,)

    Returns
    -------
    float64 array of shape (n,)
        From 0 to 1, rounded to 4 decimals.
    """
    out = np.zeros(len(X), dtype=np.float64)
    for rows in members_of(labels):
        members = X[rows].astype(np.float64)
        mean = members.mean(axis=0)
        length = np.sqrt((mean**2).sum())
        if length < 1e-9:
            out[rows] = 1.0 if not members.any() else 0.0
        else:
            out[rows] = (members * (mean / length)).sum(axis=1)
    return np.asarray(np.round(np.clip(out, 0, 1), 4), dtype=np.float64)


def portraits(X: Any, labels: Labels, typical: NDArray[np.float64]) -> list[Portrait]:
    """Describe each group, by rising label; what is in no group (-1) comes last, if anything is.

    Parameters
    ----------
    X : array of shape (n, n_components)
    labels : int64 array of shape (n,)
        0 to k - 1, or -1.
    typical : float64 array of shape (n,)
        As `typicality` gives it.
    """
    groups = members_of(labels)
    means = np.array([X[rows].astype(np.float64).mean(axis=0) for rows in groups])
    nearest = nearest_of(means)
    found = []
    for rows, near in zip(groups, nearest, strict=True):
        order = rows[np.argsort(-typical[rows], kind="stable")]
        found.append(
            Portrait(
                members=tuple(order.tolist()),
                representatives=tuple(_varied(X, order)),
                outliers=tuple(outlying(typical, order)),
                tightness=round(float(typical[rows].mean()), 4),
                nearest=tuple(near),
            )
        )
    alone = np.flatnonzero(labels < 0)
    if len(alone):
        found.append(Portrait(tuple(alone.tolist()), tuple(alone[:1].tolist()), (), 0.0, ()))
    return found


def members_of(labels: Labels) -> list[NDArray[np.int64]]:
    """Give the rows of each label, -1 left out, by rising label."""
    order = np.argsort(labels, kind="stable")
    numbers, starts = np.unique(labels[order], return_index=True)
    parts = np.split(order, starts[1:]) if len(order) else []
    return [rows for number, rows in zip(numbers, parts, strict=True) if number >= 0]


def _varied(X: Any, order: NDArray[np.int64]) -> list[int]:
    """Choose members that show what is in a group, not five copies of one picture."""
    half = _spread_out(X, order[: (len(order) + 1) // 2])
    enough = min(REPRESENTATIVES, len(order))
    return half if len(half) == enough else _spread_out(X, order)  # half of it are copies


def _spread_out(X: Any, candidates: NDArray[np.int64]) -> list[int]:
    """Choose rows that differ: the first, and each time the one farthest from those chosen.

    References
    ----------
    Gonzalez, "Clustering to minimize the maximum intercluster distance", Theor. Comput. Sci. 38
    (1985), 293-306.
    """
    rows = X[candidates].astype(np.float64)
    chosen = [0]
    apart = ((rows - rows[0]) ** 2).sum(axis=1)
    while len(chosen) < min(REPRESENTATIVES, len(candidates)):
        farthest = int(apart.argmax())
        if apart[farthest] <= 0:
            break
        chosen.append(farthest)
        apart = np.minimum(apart, ((rows - rows[farthest]) ** 2).sum(axis=1))
    return [int(candidates[i]) for i in chosen]


def outlying(typical: NDArray[np.float64], order: NDArray[np.int64]) -> list[int]:
    """Give the members that are far less typical than the others, the least typical first.

    Parameters
    ----------
    typical : float64 array of shape (n,)
    order : int64 array of shape (n_members,)
        The rows of a group, the most typical first.
    """
    values = typical[order]
    middle = np.median(values)
    deviation = DEVIATIONS_PER_MAD * np.median(np.abs(values - middle))
    far = values < middle - OUTLYING * deviation - 1e-9
    return [int(row) for row in order[far][::-1]]


def nearest_of(means: NDArray[np.float64]) -> list[list[int]]:
    """Give for each group the labels of those whose means are nearest by their direction."""
    if len(means) < 2:
        return [[] for _ in means]
    lengths = np.sqrt((means**2).sum(axis=1, keepdims=True))
    directions = means / np.maximum(lengths, 1e-12)
    found = []
    for label, direction in enumerate(directions):
        likeness = (directions * direction).sum(axis=1)
        likeness[label] = -np.inf
        order = np.argsort(-likeness, kind="stable")
        found.append(order[: min(NEAREST, len(means) - 1)].tolist())
    return found
