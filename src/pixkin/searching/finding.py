"""What a library is asked, answered: which pictures are like some, show what there is, or stray."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pixkin.describe import members_of
from pixkin.errors import PathError, SettingError
from pixkin.pictures import LibraryImage, Match, Outlier
from pixkin.searching.far import far_out
from pixkin.searching.given import Given, look_at
from pixkin.searching.ranking import diverse, query_of, ranked
from pixkin.searching.sample import shares, spread_in

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pixkin.lasting.state import State
    from pixkin.library.edits import Edits
    from pixkin.records import Labels
    from pixkin.searching.index import Index
    from pixkin.searching.memory import Memory

__all__ = ["Found", "Wish", "find", "sample", "stray"]

POOL, LEAST_POOL = 10, 100
"""Diverse results are chosen from this many times as many, and at least so many."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is searched for.

    Attributes
    ----------
    liked, disliked : tuple of path
    n : int
        Most results.
    diverse : float
        0: the most similar; up to 1: results that are unlike each other.
    one_per_group : bool
    is_given_shown : bool
        Whether the liked pictures may be results.
    left_out : set of int
        Ids of images that are no results.

    Raises
    ------
    SettingError
        If one is outside what is allowed.
    """

    liked: tuple[str | os.PathLike[str], ...]
    disliked: tuple[str | os.PathLike[str], ...] = ()
    n: int = 20
    diverse: float = 0.0
    one_per_group: bool = False
    is_given_shown: bool = True
    left_out: Set[int] = frozenset()

    def __post_init__(self) -> None:
        if not self.liked:
            raise SettingError("liked pictures", "one or more", [])
        _check_count(self.n)
        if not isinstance(self.diverse, int | float) or not 0 <= self.diverse <= 1:
            raise SettingError("diverse", "a number from 0 to 1", self.diverse)


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What a search found, the best first, and the pictures that it went by."""

    matches: list[Match]
    liked: Given
    disliked: Given


def find(edit: Edits, memory: Memory, wish: Wish) -> Found:
    """Search a library."""
    state, index = memory.both(edit)
    given = look_at([*wish.liked, *wish.disliked], index, edit)
    liked, disliked = given.parted(len(wish.liked))
    for path, sha256 in zip(wish.disliked, disliked.hashes, strict=True):
        if sha256 in liked.hashes:
            raise PathError(os.fspath(path), "is among both the liked and the disliked pictures")
    left_out = disliked.hashes if wish.is_given_shown else given.hashes
    skip = _is_in(index, wish.left_out)
    skip[[row for row in map(index.row_of, left_out) if row is not None]] = True
    rows = ranked(index.X, query_of(liked.X, disliked.X), skip=skip)
    there = _there(edit, state, index, (pair for pair in rows if not skip[pair[0]]))
    if wish.one_per_group:
        there = _first_of_groups(there, skip, memory.labels(state, index))
    n = max(wish.n * POOL, LEAST_POOL) if wish.diverse else wish.n
    pool = list(itertools.islice(there, n))
    chosen: Sequence[int] = range(len(pool))
    if wish.diverse:
        places = [row for row, _, _ in pool]
        scores = [score for _, score, _ in pool]
        chosen = diverse(index.X, places, scores, wish.n, wish.diverse)
    matches = [
        Match(image, round(score, 4), index.hashes[row] in liked.hashes)
        for row, score, image in (pool[i] for i in chosen)
    ]
    return Found(matches, liked, disliked)


def sample(
    edit: Edits,
    memory: Memory,
    n: int,
    *,
    balanced: bool = False,
    left_out: Set[int] = frozenset(),
) -> list[LibraryImage]:
    """Choose pictures that differ, of each group, but for images that are ``left_out``."""
    _check_count(n)
    state, index = memory.both(edit)
    labels = memory.labels(state, index)
    shown = _shown(state, labels)
    is_there = _is_there(edit, index) & ~_is_in(index, left_out)
    groups = members_of(np.where(is_there, shown, -1))
    groups.sort(key=lambda rows: -len(rows))
    alone = np.flatnonzero(is_there & (labels < 0))
    groups += [alone] if len(alone) else []
    counts = shares([len(rows) for rows in groups], n, balanced=balanced)
    chosen = itertools.chain.from_iterable(spread_in(index.X, groups, counts))
    return [image for _, _, image in _there(edit, state, index, ((row, 0.0) for row in chosen))]


def stray(edit: Edits, memory: Memory, left_out: Set[int] = frozenset()) -> list[Outlier]:
    """Find the pictures that are far less typical than the rest of their group.

    Those that are ``left_out``, by their ids, count in their groups, and are not given.
    """
    state, index = memory.both(edit)
    labels = memory.labels(state, index)
    wanted = np.where(_is_there(edit, index), _shown(state, labels), -1)
    away = _is_in(index, left_out)
    far = {row: facts for row, *facts in far_out(index.X, wanted) if not away[row]}
    there = _there(edit, state, index, ((row, 0.0) for row in far))
    return [Outlier(image, *far[row]) for row, _, image in there]


def _there(
    edit: Edits, state: State, index: Index, rows: Iterable[tuple[int, float]]
) -> Iterator[tuple[int, float, LibraryImage]]:
    """Give those of the rows whose picture is there, with their scores."""
    find_image = edit.image_finder()
    for row, score in rows:
        seen = find_image(index.hashes[row])
        if seen is not None:
            image_id, sha256, width, height, files = seen
            group = state.cluster_of.get(image_id)
            yield row, score, LibraryImage(sha256.hex(), files, width, height, group)


def _first_of_groups(
    there: Iterable[tuple[int, float, LibraryImage]], skip: NDArray[np.bool_], labels: Labels
) -> Iterator[tuple[int, float, LibraryImage]]:
    """Give the first picture of each group, and all that are in none.

    The others of the group are marked in ``skip``, so that nothing is looked up of them.
    """
    for row, score, image in there:
        if labels[row] >= 0:
            skip |= labels == labels[row]
        yield row, score, image


def _shown(state: State, labels: Labels) -> Labels:
    """Give the labels of groups that are not hidden, -1 for others."""
    hidden = [i for i, group in enumerate(state.groups.values()) if group.is_hidden]
    return np.where(np.isin(labels, hidden), -1, labels)


def _is_there(edit: Edits, index: Index) -> NDArray[np.bool_]:
    """Tell of each row whether a file of the picture is there."""
    present = np.fromiter(edit.present_images(), dtype=np.int64)
    return np.isin(index.ids, present)


def _is_in(index: Index, images: Set[int]) -> NDArray[np.bool_]:
    """Tell of each row whether its image is one of some."""
    return np.isin(index.ids, np.fromiter(images, dtype=np.int64, count=len(images)))


def _check_count(n: object) -> None:
    if not isinstance(n, int) or isinstance(n, bool) or n < 1:
        raise SettingError("n", "a whole number of at least 1", n)
