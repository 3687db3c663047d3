"""Pictures into groups by name, in one step: own labels, and tables that were edited."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence

from pixkin.errors import EditError
from pixkin.lasting.state import LastingGroup, State
from pixkin.library import journal, lookup

__all__ = ["assign", "checked", "founded_groups"]

MOST_LETTERS = 200


def checked(name: str) -> str:
    """Give a name with single spaces.

    Raises
    ------
    EditError
        If it is too long, or has characters that do not show.
    """
    name = " ".join(name.split())
    if len(name) > MOST_LETTERS or not name.isprintable():
        raise EditError(f"A name has at most {MOST_LETTERS} letters, all of which show.")
    return name


def assign(
    db: sqlite3.Connection, state: State, labels: Mapping[int, str], names: Mapping[str, str]
) -> list[str]:
    """Write down which images belong to which groups. To be called in a transaction.

    Parameters
    ----------
    db : Connection
    state : State
        The groups as they are.
    labels : mapping of int to str
        By image id the name or the id of a group; one that there is not is founded.
    names : mapping of str to str
        New names of groups, by their ids or what ``labels`` has for them.

    Returns
    -------
    list of str
        The ids of the groups in ``labels``, in the order in which they are first named.

    Raises
    ------
    EditError, UnknownGroupError
        If there is nothing to do, a name is not allowed, or a group to be named is not there.
    """
    if not labels and not names:
        raise EditError("Name at least one picture and its group.")
    members: dict[str, list[int]] = {}
    for image, label in labels.items():
        members.setdefault(label if label in state.groups else _label(label), []).append(image)
    by_name = {group.name: group.cluster_id for group in state.groups.values() if group.name}
    ids = {label: label if label in state.groups else by_name.get(label) for label in members}
    ids |= {label: state.find(label).cluster_id for label in names if label not in members}
    new = [label for label in members if ids[label] is None]
    founders = [lookup.hashes_of(db, members[label]) for label in new]
    groups = [
        group._replace(name=checked(names.get(label, label)))
        for label, group in zip(new, founded_groups(state, founders), strict=True)
    ]
    ids |= {label: group.cluster_id for label, group in zip(new, groups, strict=True)}
    renamed = {str(ids[label]): checked(name) for label, name in names.items() if label not in new}
    _check_names(state, groups, renamed)
    told = {
        "ids": [ids[label] for label in members],
        "groups": [group._asdict() for group in groups],
        "names": renamed,
    }
    images = [image for images in members.values() for image in images]
    numbers = [number for number, images in enumerate(members.values()) for _ in images]
    journal.append(db, "assign", told, images, numbers)
    return [str(ids[label]) for label in members]


def _label(text: str) -> str:
    label = checked(text)
    if not label:
        raise EditError("A label is empty. Leave out the pictures that have none.")
    return label


def _check_names(state: State, new: Sequence[LastingGroup], renamed: Mapping[str, str]) -> None:
    """See that no two groups will have one name."""
    names = {group.cluster_id: group.name for group in (*state.groups.values(), *new)} | dict(
        renamed
    )
    seen: dict[str, str] = {}
    for cluster_id, name in names.items():
        if name and seen.setdefault(name, cluster_id) != cluster_id:
            raise EditError(
                f"Two groups ({seen[name]} and {cluster_id}) would have the name {name!r}. Choose "
                "another for one of them, or merge the two."
            )


def founded_groups(state: State, founders: Sequence[Sequence[bytes]]) -> list[LastingGroup]:
    """Give new groups, each by the hashes of its members."""
    from pixkin.lasting.ids import founded, free_colours  # with hashlib, which takes a while

    colours = free_colours(group.colour for group in state.groups.values())
    new: dict[str, LastingGroup] = {}
    for hashes, colour in zip(founders, colours, strict=False):
        cluster_id = founded(hashes, {*state.groups, *new})
        new[cluster_id] = LastingGroup(cluster_id, colour)
    return list(new.values())
