"""The library at a glance, its groups, their pictures, and the map."""

from __future__ import annotations

import base64
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field

from pixkin import __version__
from pixkin.colors import NO_GROUP, color_of
from pixkin.errors import EditError, NotGroupedError, printable
from pixkin.web.here import KEY
from pixkin.web.typed import Routes

if TYPE_CHECKING:
    from pixkin.browsing.records import Card, Gallery
    from pixkin.library.listing import GroupInfo
    from pixkin.web.here import Here

__all__ = ["router"]

Level = Annotated[int | None, Field(ge=2, le=1_000_000)]
NONE = "none"
"""In the place of a group's id: what is in no group."""
MOST_RATIO = 8.0


@dataclass(frozen=True, slots=True)
class LibraryAnswer:
    """The library at a glance. ``write`` is to come in a header of all that writes."""

    folder: str
    version: str
    write: str
    entry: int
    is_grouped: bool
    images: int
    n_new: int
    n_none: int
    levels: list[int]
    folders: list[str]


@dataclass(frozen=True, slots=True)
class Group:
    """A group. ``cover`` has the keys of pictures that show what is in it."""

    id: str
    name: str
    looks_like: str
    colour: str
    is_pinned: bool
    is_hidden: bool
    images: int
    files: int
    tightness: float
    n_doubtful: int
    cover: list[str]
    nearest: list[str]


@dataclass(frozen=True, slots=True)
class GroupsAnswer:
    """All groups, the largest first; ``entry`` says as of when."""

    entry: int
    groups: list[Group]
    n_new: int
    n_none: int


@dataclass(frozen=True, slots=True)
class PicturesAnswer:
    """Pictures in the order in which they are shown.

    ``ratios`` are widths divided by heights, ``doubtful`` places in the list.
    """

    entry: int
    keys: list[str]
    ratios: list[float]
    doubtful: list[int]


@dataclass(frozen=True, slots=True)
class PlacesAnswer:
    """The map. ``xy`` is float32, ``labels`` int32 (-1: in no group): base64, the lower byte first.

    ``keys`` is one text of 16 digits for each picture.
    """

    entry: int
    n: int
    keys: str
    xy: str
    labels: str
    groups: list[str]


def router(here: Here) -> Routes:
    """Give what can be asked."""
    routes = Routes("groups", "/api")
    library = here.library

    @routes.get("/library")
    def glance() -> LibraryAnswer:
        return _glance(here)

    @routes.get("/groups")
    def groups(level: Level = None) -> GroupsAnswer:
        entry, known = library.edit.last_entry(), library.glance()
        try:
            cards = library.cards(level)
        except NotGroupedError:
            cards = []
        shown = [_group(card) for card in cards]
        return GroupsAnswer(entry, shown, known.n_new, known.n_none)

    @routes.get("/groups/{group}/images")
    def pictures(group: str, level: Level = None) -> PicturesAnswer:
        entry = library.edit.last_entry()
        found = library.gallery(None if group == NONE else group, level)
        return _pictures(entry, found)

    @routes.get("/places")
    def places(level: Level = None) -> PlacesAnswer:
        entry, found = library.edit.last_entry(), library.places(level)
        return PlacesAnswer(
            entry,
            len(found.images),
            "".join(sha256[:KEY] for sha256 in found.images),
            _packed(found.xy.astype("<f4")),
            _packed(found.labels.astype("<i4")),
            [group.cluster_id for group in found.groups],
        )

    return routes


def _glance(here: Here) -> LibraryAnswer:
    edit, known = here.library.edit, here.library.glance()
    return LibraryAnswer(
        folder=printable(str(here.library.folder)),
        version=__version__,
        write=here.keys.write,
        entry=edit.last_entry(),
        is_grouped=bool(known.groups),
        images=sum(group.images for group in known.groups) + known.n_new + known.n_none,
        n_new=known.n_new,
        n_none=known.n_none,
        levels=_levels(here),
        folders=[printable(root) for root in edit.folders()],
    )


def _pictures(entry: int, found: Gallery) -> PicturesAnswer:
    ratios = np.where(found.widths > 0, found.widths / np.maximum(found.heights, 1), 1.0)
    return PicturesAnswer(
        entry,
        [sha256[:KEY] for sha256 in found.images],
        np.round(np.clip(ratios, 1 / MOST_RATIO, MOST_RATIO), 3).tolist(),
        np.flatnonzero(found.doubtful).tolist(),
    )


def _levels(here: Here) -> list[int]:
    try:
        return here.library.levels
    except (NotGroupedError, EditError):
        return []


def _group(card: Card) -> Group:
    facts = asdict(card.group)
    facts["id"] = facts.pop("cluster_id")
    for name in ("name", "looks_like"):
        facts[name] = printable(facts[name])
    facts["colour"] = _colour(card.group)
    return Group(
        **facts,
        tightness=card.tightness,
        n_doubtful=card.n_doubtful,
        cover=[sha256[:KEY] for sha256 in card.cover],
        nearest=list(card.nearest),
    )


def _colour(group: GroupInfo) -> str:
    return color_of(group.colour) if group.cluster_id else NO_GROUP


def _packed(numbers: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> str:
    return base64.b64encode(np.ascontiguousarray(numbers).tobytes()).decode("ascii")
