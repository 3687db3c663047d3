"""Entries of the journal, one after another, to the groups as they leave them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from pixkin.lasting.state import DECIDED, NOWHERE, PLACE, Entry, LastingGroup, State

__all__ = ["HANDLERS", "fold"]

BINDING = frozenset({"merge", "split", "move", "assign", "not-here", "pin"})
"""Corrections that a regrouping must keep; a name and a hidden group change no grouping."""


AnyState = TypeVar("AnyState", bound=State)


def fold(entries: Iterable[Entry], state: AnyState) -> AnyState:
    """Give the state after live entries, which begin with a regrouping, if there was any.

    ``state`` is an empty one, of the kind that is wanted.
    """
    for entry in entries:
        HANDLERS[entry.action](state, entry)
        state.n_since += entry.action in BINDING
        state.last = entry.entry_id
    return state


def _group(state: State, entry: Entry) -> None:
    """All is as the regrouping left it: its entry holds the whole state (`State.gather`).

    ``images`` has the members of one group after another, and ``labels`` who is held.
    """
    told, start = entry.told, 0
    groups = [LastingGroup(**group) for group in told["groups"]]
    state.groups = {group.cluster_id: group for group in groups}
    state.cluster_of, state.members = {}, {}
    for cluster_id, size in zip((*state.groups, NOWHERE), told["sizes"], strict=True):
        state.fill(cluster_id, entry.images[start : start + size])
        start += size
    state.held = set(entry.labels)
    state.taken = dict(told.get("taken", ()))  # not written down in earlier journals
    state.banned = {(image, cluster_id) for image, cluster_id in told["banned"]}
    for name in DECIDED:
        setattr(state, name, told[name])
    state.n_since = told.get("n_since", 0)  # another level learns nothing from them


def _place(state: State, entry: Entry) -> None:
    """New pictures came: into groups that there are, or into groups of their own."""
    for told in entry.told["groups"]:
        state.groups.setdefault(told["cluster_id"], LastingGroup(**told))
        state.members.setdefault(told["cluster_id"], set())
    ids = entry.told["ids"]
    for image, label in zip(entry.images, entry.labels, strict=True):
        # Its group may be undone by now, and a later regrouping knows it already.
        if ids[label] in state.groups and image not in state.cluster_of:
            state.put([image], ids[label])


def _rename(state: State, entry: Entry) -> None:
    state.change(entry.told["id"], name=entry.told["name"])


def _merge(state: State, entry: Entry) -> None:
    to: str = entry.told["id"]
    members = state.members
    for cluster_id in entry.told["from"]:
        into, other = state.groups[to], state.groups.pop(cluster_id)
        is_pinned = into.is_pinned or other.is_pinned
        state.change(to, name=into.name or other.name, is_pinned=is_pinned)
        state.put(list(members[cluster_id]), to)
    here = members[to]
    state.held |= here
    gone = dict.fromkeys(entry.told["from"], to)
    state.taken = {image: gone.get(c, c) for image, c in state.taken.items()}
    renamed = {(image, gone.get(cluster_id, cluster_id)) for image, cluster_id in state.banned}
    state.banned = {(i, c) for i, c in renamed if c != to or i not in here}


def _split(state: State, entry: Entry) -> None:
    """Label k goes to the k-th new group; who is not named stays, and is held as well.

    What is like those that a person named follows them all the same (`teach`).
    """
    parts = [LastingGroup(**told) for told in entry.told["groups"]]
    state.held |= state.members[entry.told["id"]]
    for group in parts:
        state.groups[group.cluster_id] = group
        state.members[group.cluster_id] = set()
    if entry.told.get("by_name"):
        _take(state, entry.images)
    for image, label in zip(entry.images, entry.labels, strict=True):
        state.put([image], parts[label].cluster_id)


def _move(state: State, entry: Entry) -> None:
    to = entry.told["id"]
    _take(state, entry.images)
    state.put(entry.images, to)
    state.held.update(entry.images)
    state.banned -= {(image, to) for image in entry.images}


def _assign(state: State, entry: Entry) -> None:
    """Label k goes to the k-th group named, some of which are new."""
    for told in entry.told["groups"]:
        state.groups[told["cluster_id"]] = LastingGroup(**told)
        state.members[told["cluster_id"]] = set()
    for cluster_id, name in entry.told["names"].items():
        state.change(cluster_id, name=name)
    ids = entry.told["ids"]
    _take(state, entry.images)
    for image, label in zip(entry.images, entry.labels, strict=True):
        state.put([image], ids[label])
        state.banned.discard((image, ids[label]))
    state.held.update(entry.images)


def _take(state: State, images: Iterable[int]) -> None:
    """Note where each is taken from; what was taken out before, is taken from there."""
    for image in images:
        here = state.cluster_of.get(image, NOWHERE)
        state.taken[image] = here or state.taken.get(image, NOWHERE)


def _not_here(state: State, entry: Entry) -> None:
    _take(state, entry.images)
    state.put(entry.images, NOWHERE)
    state.held.difference_update(entry.images)
    ids = entry.told["ids"]
    state.banned |= {(i, ids[k]) for i, k in zip(entry.images, entry.labels, strict=True)}


def _pin(state: State, entry: Entry) -> None:
    state.change(entry.told["id"], is_pinned=entry.told["on"])


def _hide(state: State, entry: Entry) -> None:
    state.change(entry.told["id"], is_hidden=entry.told["on"])


HANDLERS: dict[str, Callable[[State, Entry], Any]] = {
    "group": _group,
    PLACE: _place,
    "rename": _rename,
    "merge": _merge,
    "split": _split,
    "move": _move,
    "assign": _assign,
    "not-here": _not_here,
    "pin": _pin,
    "hide": _hide,
}
