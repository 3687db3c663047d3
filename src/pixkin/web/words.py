"""What was done with the groups, in the words that the page has for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pixkin.errors import printable
from pixkin.lasting.told import in_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pixkin.lasting.state import Entry
    from pixkin.opened import Library

__all__ = ["calling", "next_steps", "worded"]

UNNAMED, GONE = "an unnamed group", "a group that is gone"


def calling(library: Library) -> Callable[[str], str]:
    """Give what turns the id of a group into what the page calls it."""
    groups = library.glance().groups
    known = {one.cluster_id: one.name or one.looks_like or UNNAMED for one in groups}

    def called(cluster_id: str) -> str:
        name = known.get(cluster_id, GONE)
        return name if name in {UNNAMED, GONE} else f"“{name}”"

    return called


def worded(library: Library, entries: Iterable[Entry]) -> str:
    """Say what entries of the journal did."""
    called = calling(library)
    return printable("; ".join(in_words(entry, called) for entry in entries))


def next_steps(library: Library) -> tuple[str, str]:
    """Say what would be undone next, and what done again; empty where there is nothing.

    To undo the first grouping would leave no groups: nobody means that with a button.
    """
    edit = library.edit
    last, first = ([*edit.entries(ids[-1], ids[-1])] if ids else [] for ids in edit.steps())
    if len(edit.steps()[0]) == 1 and last[0].action == "group":
        last = []
    return worded(library, last), worded(library, first)
