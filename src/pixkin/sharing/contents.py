"""What is shown: the groups of each level, their pictures by number, and the map."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from pixkin.colors import color_of
from pixkin.errors import EditError, NotGroupedError, printable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pixkin.browsing.records import Card, Gallery, Places
    from pixkin.library.edits import Edits
    from pixkin.records import Json

__all__ = ["KEY", "Browsed", "Chosen", "choose", "groups_of", "labels_of", "levels_of", "packed"]

KEY = 16
COVER, MOST_COVER = 4, 6
MOST_RATIO, RATIO_UNITS = 8.0, 1000
NONE = "none"
"""In the place of a group's id: what is in no group."""


class Browsed(Protocol):
    """The open library, as far as it is needed here."""

    folder: Path

    @property
    def edit(self) -> Edits: ...
    @property
    def levels(self) -> list[int]: ...
    def cards(self, n_clusters: int | None = None) -> list[Card]: ...
    def gallery(self, group: str | None, n_clusters: int | None = None) -> Gallery: ...
    def places(self, n_clusters: int | None = None) -> Places: ...


class Chosen:
    """The pictures that are shared, in the order in which they are numbered.

    What a person hid is not among them, and no level shows it.

    Parameters
    ----------
    keys : mapping of str to str
        What the page knows each picture by; the keys are the SHA-256 (hexadecimal).
    ratios : mapping of str to float
        Widths divided by heights.
    """

    def __init__(self, keys: Mapping[str, str], ratios: Mapping[str, float]) -> None:
        self.images, self.keys = list(keys), list(keys.values())
        self.number = {sha256: i for i, sha256 in enumerate(self.images)}
        self.ratios = np.array([ratios[sha256] for sha256 in self.images])

    def part(self) -> Json:
        """Give the table of pictures: their keys and shapes."""
        units = np.round(np.clip(self.ratios, 1 / MOST_RATIO, MOST_RATIO) * RATIO_UNITS)
        return {"keys": "".join(self.keys), "ratios": packed(units.astype("<u2"))}


def choose(library: Browsed, groups: Sequence[str]) -> dict[str, float]:
    """Give the shape of each picture that may be shown, in the order of the groups.

    Parameters
    ----------
    library : Browsed
    groups : sequence of str
        Ids or names; none for all that are not hidden, and what is in no group.

    Raises
    ------
    NotGroupedError
        If there are no groups yet.
    UnknownGroupError
        If a group is not known.
    """
    wanted: list[str | None] = [
        card.group.cluster_id for card in library.cards() if not card.group.is_hidden
    ]
    if groups:
        state = library.edit.state()
        wanted = list(dict.fromkeys(state.find(group).cluster_id for group in groups))
    else:
        wanted.append(None)
    ratios: dict[str, float] = {}
    for group in wanted:
        found = library.gallery(group)
        shapes = np.where(found.widths > 0, found.widths / np.maximum(found.heights, 1), 1.0)
        ratios |= dict(zip(found.images, shapes.tolist(), strict=True))
    return ratios


def groups_of(library: Browsed, chosen: Chosen, level: int | None) -> tuple[Json, Json]:
    """Give the groups of a level as the page's API gives them, and the pictures of each."""
    members: Json = {}
    shown: list[Json] = []
    for card in library.cards(level):
        group = card.group
        found = library.gallery(group.cluster_id, level)
        numbers = _numbers(chosen, found)
        if group.is_hidden or not (numbers >= 0).any():
            continue
        members[group.cluster_id] = _members(numbers, found.doubtful)
        shown.append(_group(card, numbers[numbers >= 0], members[group.cluster_id], chosen))
    known = {one["id"] for one in shown}
    for one in shown:
        one["nearest"] = [other for other in one["nearest"] if other in known]
    alone = _numbers(chosen, library.gallery(None, level))
    members[NONE] = _members(alone, np.zeros(len(alone), dtype=bool))
    shown.sort(key=lambda one: -int(one["images"]))
    n_none = int((alone >= 0).sum())
    return {"entry": 0, "groups": shown, "n_new": 0, "n_none": n_none}, members


def levels_of(library: Browsed) -> list[int]:
    """Give the levels worth looking at; none if there are none."""
    try:
        return library.levels
    except (NotGroupedError, EditError):
        return []


def labels_of(library: Browsed, chosen: Chosen, level: int | None, ids: Sequence[str]) -> Any:
    """Give the map: the numbers of its pictures, where they lie, and the group of each in ``ids``.

    Raises
    ------
    NotGroupedError
        If the map is not kept any more.
    """
    found = library.places(level)
    place = {cluster_id: i for i, cluster_id in enumerate(ids)}
    own = np.array([place.get(group.cluster_id, -1) for group in found.groups] + [-1])
    numbers = np.array([chosen.number.get(sha256, -1) for sha256 in found.images], dtype=np.int64)
    here = np.flatnonzero(numbers >= 0)
    return numbers[here], found.xy[here], own[found.labels[here]]


def packed(numbers: NDArray[Any]) -> str:
    """Write numbers as base64, the lower byte first."""
    small = np.ascontiguousarray(numbers, dtype=numbers.dtype.newbyteorder("<"))
    return base64.b64encode(small.tobytes()).decode("ascii")


def _numbers(chosen: Chosen, found: Gallery) -> NDArray[np.int64]:
    return np.array([chosen.number.get(sha256, -1) for sha256 in found.images], dtype=np.int64)


def _members(numbers: NDArray[np.int64], doubtful: NDArray[np.bool_]) -> Json:
    here = numbers >= 0
    return {
        "pictures": packed(numbers[here].astype(np.int32)),
        "doubtful": np.flatnonzero(doubtful[here]).tolist(),
    }


def _group(card: Card, numbers: NDArray[np.int64], members: Json, chosen: Chosen) -> Json:
    group = card.group
    cover = [chosen.number[sha256] for sha256 in card.cover if sha256 in chosen.number]
    if len(cover) < COVER:  # what would have shown the group is not shared
        cover = list(dict.fromkeys([*cover, *numbers[:COVER].tolist()]))
    return {
        "id": group.cluster_id,
        "name": printable(group.name),
        "looks_like": printable(group.looks_like),
        "colour": color_of(group.colour),
        "is_pinned": False,
        "is_hidden": False,
        "images": len(numbers),
        "files": len(numbers),
        "tightness": round(card.tightness, 4),
        "n_doubtful": len(members["doubtful"]),
        "cover": [chosen.keys[i] for i in cover[:MOST_COVER]],
        "nearest": list(card.nearest),
    }
