"""What is shown first of a library, kept in its cache: all groups, before anything else is read."""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pixkin import __version__
from pixkin.browsing.records import Card
from pixkin.files import write_text
from pixkin.library.listing import GroupInfo, GroupList

if TYPE_CHECKING:
    from pixkin.records import Json

__all__ = ["Overview", "keep", "read"]

NAME = "overview.json"
NOT_OURS = (ValueError, KeyError, TypeError, AttributeError, RecursionError)
"""What is raised of a file that is not as it was written."""


class Overview(NamedTuple):
    """The groups of a library at a glance.

    Attributes
    ----------
    mark : list of int or str
        Of the library as it was then (`Book.mark`).
    groups : GroupList
    cards : list of Card
        Of the same groups.
    levels : list of int
        Numbers of groups; empty where there is one level only.
    """

    mark: list[int | str]
    groups: GroupList
    cards: list[Card]
    levels: list[int]


def keep(cache: Path, overview: Overview) -> None:
    """Keep it, where that can be done: without it all is as it was, but slower."""
    cards = {card.group.cluster_id: asdict(card) | {"group": None} for card in overview.cards}
    told = {
        "pixkin": __version__,
        "mark": overview.mark,
        "groups": [asdict(group) for group in overview.groups.groups],
        "n_new": overview.groups.n_new,
        "n_none": overview.groups.n_none,
        "cards": cards,
        "levels": overview.levels,
    }
    with contextlib.suppress(OSError):
        write_text(cache / NAME, json.dumps(told))


def read(cache: Path) -> Overview | None:
    """Give what was kept; None if there is nothing that can be read."""
    try:
        return _told(json.loads((cache / NAME).read_bytes()))
    except (OSError, *NOT_OURS):
        return None


def _told(told: Json) -> Overview | None:
    if told["pixkin"] != __version__:  # which may choose other pictures
        return None
    groups = {one["cluster_id"]: GroupInfo(**one) for one in told["groups"]}
    cards = [
        Card(
            groups[cluster_id],
            tuple(card["cover"]),
            card["tightness"],
            card["n_doubtful"],
            tuple(card["nearest"]),
        )
        for cluster_id, card in told["cards"].items()
    ]
    listed = GroupList(tuple(groups.values()), told["n_new"], told["n_none"])
    return Overview(told["mark"], listed, cards, told["levels"])
