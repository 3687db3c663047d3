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
from pixkin.words import name_of

if TYPE_CHECKING:
    from pixkin.group import Groups
    from pixkin.library.store import Library
    from pixkin.records import Labels
    from pixkin.settings import Settings

__all__ = ["Followed", "follow"]


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
    is_new : bool
        Whether they were regrouped just now, and came out different.
    """

    labels: Labels
    groups: tuple[LastingGroup, ...]
    is_kept: bool
    is_new: bool


def follow(
    library: Library,
    hashes: Sequence[bytes],
    groups: Groups,
    labels: Labels,
    recipe: str,
    settings: Settings,
) -> Followed:
    """Let the groups of a run follow those of the library, and write them down.

    They are written down if the run has all pictures that are in groups until now; the groups of
    a part would take the others' place.

    Parameters
    ----------
    library : Library
    hashes : sequence of bytes
        SHA-256 of each image, rising.
    groups : Groups
    labels : int64 array of shape (n_images,)
        The level that was asked for; -1 for none.
    recipe : str
        What decided ``groups`` (`memo.recipe_of`).
    settings : Settings
    """
    from pixkin.lasting.regroup import regroup

    images = library.edit.image_ids(hashes)
    key = _key(recipe, settings)
    while True:
        state = library.edit.state()
        if state.key == key and not state.n_since and state.cluster_of.keys() >= set(images):
            return _followed(state, images, is_kept=True, is_new=False)
        state.forget(state.cluster_of.keys() - library.edit.known_images())
        found = regroup(state, images, hashes, labels, groups.reduced, key)
        found.state.settings, found.state.recipe = settings.to_dict(), recipe
        _name(found.state, images, groups)
        if not library.edit.present_images().intersection(state.cluster_of).issubset(images):
            return _followed(found.state, images, is_kept=False, is_new=True)
        if found.state.is_like(state):
            return _followed(found.state, images, is_kept=True, is_new=False)
        if library.edit.regrouped(state, found.state, found.events):
            return _followed(found.state, images, is_kept=True, is_new=True)


def _key(recipe: str, settings: Settings) -> str:
    facts = [recipe, *(getattr(settings, name) for name in CUTTING)]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _name(state: State, images: Sequence[int], groups: Groups) -> None:
    """Note what each group looks like now."""
    labels = _labels(state, images)
    present, compact = np.unique(labels, return_inverse=True)
    first = int(present[0] < 0)  # -1 comes first, if it is there
    ids = list(state.groups)
    for i, words in zip(present[first:], words_of(groups, compact - first), strict=True):
        state.groups[ids[i]].looks_like = name_of(words)


def _labels(state: State, images: Sequence[int]) -> Labels:
    number = {cluster_id: i for i, cluster_id in enumerate(state.groups)} | {NOWHERE: -1}
    return np.array([number[state.cluster_of[image]] for image in images], dtype=np.int64)


def _followed(state: State, images: Sequence[int], *, is_kept: bool, is_new: bool) -> Followed:
    return Followed(_labels(state, images), tuple(state.groups.values()), is_kept, is_new)
