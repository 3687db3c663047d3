"""What was done since somebody looked, and whether it concerns what they looked at."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from pixkin.lasting.state import PLACE

if TYPE_CHECKING:
    from pixkin.lasting.state import Entry

__all__ = ["concerned"]

EVERYTHING = frozenset({"group", "undo", "redo"})
"""After these any group may be another."""


def concerned(
    entries: Iterable[Entry], groups: Collection[str] | None, images: Collection[int]
) -> Entry | None:
    """Give the first of the entries after which groups or images are not as they were.

    That new pictures came into a group does not count: whoever names or moves what they saw of it
    does not mean another group.

    Parameters
    ----------
    entries : iterable of Entry
    groups : collection of str or None
        Their ids; None for whatever was done.
    images : collection of int
        Their ids.
    """
    for entry in entries:
        if entry.action == PLACE:
            continue
        if groups is None or entry.action in EVERYTHING:
            return entry
        told = entry.told
        named = {
            told.get("id"),
            *told.get("ids", ()),
            *told.get("from", ()),
            *told.get("names", ()),
        }
        if named & set(groups) or _overlap(entry.images, images):
            return entry
    return None


def _overlap(some: Iterable[int], others: Collection[int]) -> bool:
    """Tell whether an image is among both."""
    return not set(others).isdisjoint(some)
