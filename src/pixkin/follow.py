"""A run's groups become those of the library, which last."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pixkin.assemble import words_of
from pixkin.lasting.state import NOWHERE, LastingGroup, State
from pixkin.memo import CUTTING
from pixkin.records import Hints
from pixkin.words import name_of

if TYPE_CHECKING:
    from pixkin.group import Groups
    from pixkin.lasting.regroup import Regrouped
    from pixkin.library.store import Library
    from pixkin.records import Json, Labels
    from pixkin.settings import Settings

__all__ = ["PART", "WORKING", "Followed", "Following", "key_of", "named"]

WORKING = "is_working"
"""Among the settings of a grouping: its level was chosen to be the one that is worked at."""
PART = "is_part"
"""Likewise: it is of some pictures of those that were still being read."""


@dataclass(frozen=True, slots=True)
class Followed:
    """The groups of a run's images, as the library has them.

    Attributes
    ----------
    labels : int64 array of shape (n_images,)
        A row of ``groups`` for each image; -1 for none.
    groups : tuple of LastingGroup
    is_kept : bool
        Whether the library has them so. A run over some of its pictures only looks.
    """

    labels: Labels
    groups: tuple[LastingGroup, ...]
    is_kept: bool


class Following:
    """What a run over some images has to know of the groups until now, and does with its own.

    Parameters
    ----------
    library : Library
    hashes : sequence of bytes
        SHA-256 of each image, rising.
    plain : str
        What decides the groups if nothing is known of them (`memo.recipe_of`).
    settings : Settings
    is_part : bool
        Whether the images are some of those that are to be grouped next.

    Attributes
    ----------
    recipe : str
        What decides the groups.
    hints : Hints or None
        The groups until now, if there are any and there is a reason to find others: pictures have
        come or gone, or a person has corrected them. With other settings alone, or after a part,
        groups are found as if it were for the first time.
    """

    def __init__(
        self,
        library: Library,
        hashes: Sequence[bytes],
        plain: str,
        settings: Settings,
        *,
        is_part: bool = False,
    ) -> None:
        self.library, self.hashes, self.settings = library, hashes, settings
        self.is_part = is_part
        self.plain, self.recipe, self.hints = plain, plain, None
        self.images = library.edit.image_ids(hashes)
        self.contents = hashlib.sha256(b"".join(hashes)).hexdigest()
        state = library.edit.state()
        if state.plain == plain and not state.n_since:
            self.recipe = state.recipe  # only another level is asked for, if anything
        elif state.key and (state.is_corrected or self._has_changed(state)):
            self.hints = _hints(state, self.images)
            self.recipe = hashlib.sha256((plain + self.hints.checksum).encode()).hexdigest()

    def _has_changed(self, state: State) -> bool:
        """Tell whether pictures have come or gone since all were grouped."""
        return state.contents != self.contents and not state.settings.get(PART)

    def follow(self, groups: Groups, labels: Labels) -> Followed:
        """Let the groups of the run follow those of the library, and write them down.

        They are written down if the run has all pictures that are in groups until now; the groups
        of a part would take the others' place.

        Parameters
        ----------
        groups : Groups
        labels : int64 array of shape (n_images,)
            The level that was asked for; -1 for none.
        """
        edit, images = self.library.edit, self.images
        key = key_of(self.plain, self.settings)
        while True:
            state = edit.state()
            if state.key == key and not state.n_since and state.cluster_of.keys() >= {*images}:
                return _followed(state, images, is_kept=True)
            state.forget(state.cluster_of.keys() - edit.known_images())
            found = named(state, images, self.hashes, labels, groups, key)
            after = found.state
            after.plain, after.recipe, after.contents = self.plain, self.recipe, self.contents
            after.settings = self._settings(state)
            if not edit.present_images().intersection(state.cluster_of).issubset(images):
                return _followed(after, images, is_kept=False)
            if after.is_like(state):
                return _followed(after, images, is_kept=True)
            if edit.regrouped(state, after, found.events):
                return _followed(after, images, is_kept=True)

    def _settings(self, state: State) -> Json:
        """Give the settings to remember; the level that is worked at stays that."""
        told = self.settings.to_dict()
        if self.is_part:
            told[PART] = True
        is_same = all(told[name] == state.settings.get(name) for name in CUTTING)
        return {**told, WORKING: True} if is_same and state.settings.get(WORKING) else told


def key_of(plain: str, settings: Settings) -> str:
    """Give the checksum of all that decides the groups at a level, but for those until then."""
    facts = [plain, *(getattr(settings, name) for name in CUTTING)]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def named(
    state: State,
    images: Sequence[int],
    hashes: Sequence[bytes],
    labels: Labels,
    groups: Groups,
    key: str,
) -> Regrouped:
    """Let a partition follow the groups there are (`regroup`), and note what each looks like."""
    from pixkin.lasting.regroup import regroup

    found = regroup(state, images, hashes, labels, groups.reduced, key)
    _name(found.state, images, groups)
    return found


def _hints(state: State, images: Sequence[int]) -> Hints:
    number = {cluster_id: i for i, cluster_id in enumerate(state.groups)} | {NOWHERE: -1}
    row = {image: i for i, image in enumerate(images)} if state.banned else {}
    return Hints(
        np.array([number[state.cluster_of.get(image, NOWHERE)] for image in images]),
        np.array([image in state.held for image in images], dtype=bool),
        frozenset(number[c] for c, group in state.groups.items() if group.is_pinned),
        tuple(sorted((row[i], number[c]) for i, c in state.banned if i in row and c in number)),
    )


def _name(state: State, images: Sequence[int], groups: Groups) -> None:
    """Note what each group looks like now."""
    labels = _labels(state, images)
    present, compact = np.unique(labels, return_inverse=True)
    first = int(present[0] < 0)  # -1 comes first, if it is there
    ids = list(state.groups)
    for i, words in zip(present[first:], words_of(groups, compact - first), strict=True):
        state.change(ids[i], looks_like=name_of(words))


def _labels(state: State, images: Sequence[int]) -> Labels:
    number = {cluster_id: i for i, cluster_id in enumerate(state.groups)} | {NOWHERE: -1}
    return np.array([number[state.cluster_of[image]] for image in images], dtype=np.int64)


def _followed(state: State, images: Sequence[int], *, is_kept: bool) -> Followed:
    return Followed(_labels(state, images), tuple(state.groups.values()), is_kept)
