"""Pictures like those that a person took out of a group follow them.

The others of that group are of two kinds, unknown which: those that the person left there because
they belong there, and those that were only not reached.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from pixkin.threads import one_thread

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pixkin.records import Labels

    Numbers = NDArray[np.float64]
    Rows = NDArray[np.int64]

__all__ = ["FEWEST", "NONE", "follow"]

NONE = -1
FEWEST = 5
"""Pictures that teach: what fewer have in common may be chance."""
CHANCES = ((4.0, 1e-2), (2.0, 1e-4))
"""Standard deviations between the two kinds at least, and how likely it is at most that a person
who took any pictures would have taken so many of one of them. Where pictures of one class were
taken out of a group of it, 1 % of the others followed; without this, 8 % (benchmarks/README.md).
"""
LEAST_SURE = 0.7
"""How likely a picture must be of the kind that was taken out."""
SHRINKAGE = 0.25
"""What is added to each variance, in terms of their mean."""
LEAST_VARIANCE = 1e-9
MOST_ROWS, ROUNDS, STILL = 4096, 50, 1e-6


def follow(X: Any, labels: Labels, source: Labels, named: NDArray[np.bool_]) -> Labels:
    """Tell where pictures belong, given what a person took from one group to another.

    Wherever a person took five pictures or more from one group to another, these and the rest of
    the group are laid along Fisher's discriminant. There the rest is a mixture of two normal
    distributions, one of them that of the pictures taken, which are found by expectation and
    maximization. How pictures vary, without being of another kind, is measured in the other
    groups. Each picture is left out of the axis along which it is laid: else the two would seem
    farther apart than they are.

    Parameters
    ----------
    X : array of shape (n, n_components)
    labels : int64 array of shape (n,)
        The group of each; `NONE` for none.
    source : int64 array of shape (n,)
        The group that a person took each from; `NONE` for none.
    named : bool array of shape (n,)
        What a person put where it is, picture by picture: it follows nobody.

    Returns
    -------
    int64 array of shape (n,)
        The group of each then.

    References
    ----------
    Fisher, "The use of multiple measurements in taxonomic problems", Annals of Eugenics 7 (1936).
    Nigam, McCallum, Thrun & Mitchell, "Text classification from labeled and unlabeled documents
    using EM", Machine Learning 39 (2000), sec. 4: EM where some are known.
    """
    lessons = _lessons(labels, source)
    if not lessons:
        return labels
    found, sureness = labels.copy(), np.full(len(labels), LEAST_SURE)
    with one_thread():
        within = _Within(X, labels)
        metrics = {home: within.metric(home) for home in {home for home, _ in lessons}}
        for (home, to), moved in lessons.items():
            rest = np.flatnonzero(labels == home)
            if len(rest) < FEWEST:
                continue
            likely = _likely(*_along(X, rest, moved, metrics[home]), named[rest])
            more = (likely > sureness[rest]) & ~named[rest]
            found[rest[more]], sureness[rest[more]] = to, likely[more]
    for home in metrics:
        if not (found == home).any():  # not taken out of it, but all of it: nothing is learnt
            found[labels == home] = home
    return found


def _lessons(labels: Labels, source: Labels) -> dict[tuple[int, int], Rows]:
    """Give the rows that were taken from one group to another, where they are enough."""
    moved = np.flatnonzero((source != NONE) & (labels != NONE) & (source != labels))
    ways, way = np.unique(np.array([source[moved], labels[moved]]), axis=1, return_inverse=True)
    rows = [moved[way.ravel() == i] for i in range(ways.shape[1])]
    return {
        (home, to): taken
        for (home, to), taken in zip(ways.T.tolist(), rows, strict=True)
        if len(taken) >= FEWEST
    }


class _Within:
    """How pictures vary inside groups: what varies there tells no kinds apart."""

    def __init__(self, X: Any, labels: Labels) -> None:
        rows = np.flatnonzero(labels != NONE)
        rows = rows[np.linspace(0, len(rows) - 1, min(len(rows), MOST_ROWS)).astype(np.int64)]
        self.labels = labels[rows]
        self.values: Numbers = np.asarray(X[rows], dtype=np.float64)
        _, group, sizes = np.unique(self.labels, return_inverse=True, return_counts=True)
        sums = np.zeros((len(sizes), self.values.shape[1]))
        np.add.at(sums, group, self.values)
        self.values -= (sums / sizes[:, None])[group]

    def metric(self, home: int) -> Numbers:
        """Invert the covariance inside all groups but the one that is of several kinds."""
        values = self.values[self.labels != home]
        covariance = values.T @ values / max(len(values), 1)
        mean = float(np.trace(covariance)) / len(covariance)
        if mean < LEAST_VARIANCE:
            return np.eye(len(covariance))
        inverse = np.linalg.inv(covariance + SHRINKAGE * mean * np.eye(len(covariance)))
        return np.asarray(inverse, dtype=np.float64)


def _along(X: Any, rest: Rows, moved: Rows, metric: Numbers) -> tuple[Numbers, Numbers]:
    """Lay the rest, and those that were moved, along what tells them apart.

    Each is left out of the means between which its own axis lies.
    """
    others, known = (np.asarray(X[rows], dtype=np.float64) for rows in (rest, moved))
    return (
        _laid(others, _without_each(others), known.mean(axis=0), metric),
        _laid(known, others.mean(axis=0), _without_each(known), metric),
    )


def _without_each(values: Numbers) -> Numbers:
    """Give for each row the mean of the others."""
    means: Numbers = (values.sum(axis=0) - values) / (len(values) - 1)
    return means


def _laid(values: Numbers, here: Numbers, there: Numbers, metric: Numbers) -> Numbers:
    """Measure how far each row is from one mean towards another."""
    ways = there - here
    axes = ways @ metric
    lengths = np.sqrt(np.maximum((ways * axes).sum(axis=1), 1e-12))
    laid: Numbers = ((values - here) * axes).sum(axis=1) / lengths
    return laid


def _likely(rest: Numbers, moved: Numbers, stays: NDArray[np.bool_]) -> Numbers:
    """Give how likely each of the rest is of the kind of those moved; 0 if no kinds are seen."""
    here, there, share = float(np.median(rest)), float(moved.mean()), 0.2
    n = len(rest) + len(moved)
    variance = float(((rest - here) ** 2).sum() + ((moved - there) ** 2).sum()) / n
    likely = np.zeros(len(rest))
    for _ in range(ROUNDS):
        variance = max(variance, 1e-12)
        odds = ((rest - here) ** 2 - (rest - there) ** 2) / (2 * variance)
        likely = 1 / (1 + np.exp(-np.clip(odds + np.log(share / (1 - share)), -50, 50)))
        likely[stays] = 0.0
        before, share = share, float(np.clip(likely.mean(), 1e-4, 0.95))
        here = float(((1 - likely) * rest).sum() / max((1 - likely).sum(), 1e-9))
        there = float(moved.sum() + (likely * rest).sum()) / (len(moved) + float(likely.sum()))
        inside = ((1 - likely) * (rest - here) ** 2 + likely * (rest - there) ** 2).sum()
        variance = float(inside + ((moved - there) ** 2).sum()) / n
        if abs(share - before) < STILL:
            break
    apart = (there - here) / np.sqrt(max(variance, 1e-12))
    chance = _chance(rest, moved, (here + there) / 2)
    is_meant = any(apart >= least and chance <= most for least, most in CHANCES)
    return likely if is_meant else np.zeros(len(rest))


def _chance(rest: Numbers, moved: Numbers, middle: float) -> float:
    """Give how likely so many of those moved lie beyond the middle if any were moved, by chance."""
    from scipy.special import bdtrc

    share = max(float((rest > middle).mean()), 1 / len(rest))
    return float(bdtrc(int((moved > middle).sum()) - 1, len(moved), share))
