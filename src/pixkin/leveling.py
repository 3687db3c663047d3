"""The level of detail that ids, names and corrections belong to, and taking another for it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from pixkin.communities import Tree
from pixkin.errors import EditError, NotGroupedError
from pixkin.follow import WORKING, key_of, named
from pixkin.group import level_numbers
from pixkin.memo import CUTTING, groups_of
from pixkin.settings import Settings

if TYPE_CHECKING:
    from pixkin.group import Groups
    from pixkin.lasting.regroup import Regrouped
    from pixkin.lasting.state import State
    from pixkin.library.store import Library

__all__ = ["ONE_LEVEL", "at_level", "levels_of", "settings_at", "work_at"]

NOT_KEPT = "The levels of these groups are not kept. Run `pixkin cluster`."
ONE_LEVEL = "These groups have one level: their clusterer finds no others."

DEFAULTS = {name: getattr(Settings(), name) for name in CUTTING}


def settings_at(settings: Settings, state: State) -> Settings:
    """Give the settings of a run: where no level is asked for, the one that is worked at."""
    is_asked = any(getattr(settings, name) != value for name, value in DEFAULTS.items())
    if is_asked or not state.settings.get(WORKING):
        return settings
    return dataclasses.replace(settings, detail=state.settings["detail"])


def levels_of(library: Library) -> list[int]:
    """Give the numbers of groups of the levels worth looking at, the coarsest first.

    Raises
    ------
    NotGroupedError
        If there are no groups, or what their levels come from is not kept any more.
    EditError
        If the groups have no levels.
    """
    n_leaves = library.edit.n_leaves(library.edit.state().recipe)
    if n_leaves is None:
        raise NotGroupedError(NOT_KEPT)
    if n_leaves == 1:
        raise EditError(ONE_LEVEL)
    n_now = len(library.edit.groups().groups)
    return level_numbers(n_leaves, min(max(n_now, 2), n_leaves))


def at_level(library: Library, n_clusters: int) -> State:
    """Give the groups as they would be at another level, with the ids that they would have.

    Parameters
    ----------
    library : Library
    n_clusters : int
        How many groups; corrections may make it others.

    Raises
    ------
    NotGroupedError, EditError
        As `levels_of`; and if there cannot be so many.
    """
    return _found(library, library.edit.state(), n_clusters).state


def work_at(library: Library, n_clusters: int) -> State:
    """Make another level the one that ids, names and corrections belong to: a step to undo.

    Later runs stay at it, unless another is asked for.
    """
    while True:
        state = library.edit.state()
        found = _found(library, state, n_clusters)
        if found.state.is_like(state) or library.edit.regrouped(state, found.state, found.events):
            return found.state


def _found(library: Library, state: State, n_clusters: int) -> Regrouped:
    groups, hashes = _groups(library, state)
    tree = _tree(groups)
    if not 2 <= n_clusters <= tree.n_leaves:
        raise EditError(f"There may be 2 to {tree.n_leaves} groups; {n_clusters} cannot be.")
    settings = Settings.of(state.settings)
    settings = dataclasses.replace(settings, n_clusters="auto", detail=n_clusters / tree.best)
    images = library.edit.image_ids(hashes)
    key = key_of(state.plain, settings)
    found = named(state, images, hashes, tree.cut(n_clusters), groups, key)
    after = found.state
    after.plain, after.recipe, after.contents = state.plain, state.recipe, state.contents
    after.settings = {**settings.to_dict(), WORKING: True}
    after.n_since = state.n_since
    return found


def _groups(library: Library, state: State) -> tuple[Groups, list[bytes]]:
    kept = library.load_clustering(state.recipe)
    if kept is None:
        raise NotGroupedError(NOT_KEPT)
    return groups_of(kept), list(kept.hashes)


def _tree(groups: Groups) -> Tree:
    if groups.tree is None:
        raise EditError(ONE_LEVEL)
    return groups.tree
