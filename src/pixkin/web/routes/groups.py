"""The library at a glance, its groups, their pictures, and the map."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated

import numpy as np
from pydantic import Field
from starlette.responses import Response

from pixkin import __version__
from pixkin.colors import NO_GROUP, color_of
from pixkin.errors import EditError, NotGroupedError, printable
from pixkin.web.here import KEY
from pixkin.web.typed import Routes
from pixkin.web.words import next_steps

if TYPE_CHECKING:
    from pixkin.browsing.records import Card, Gallery, Places
    from pixkin.library.listing import GroupInfo
    from pixkin.web.here import Here

__all__ = ["router"]

Level = Annotated[int | None, Field(ge=2, le=1_000_000)]
NONE = "none"
"""In the place of a group's id: what is in no group."""
MOST_RATIO = 8.0
BYTES = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class LibraryAnswer:
    """The library at a glance. ``write`` is to come in a header of all that writes.

    ``undo`` and ``redo`` say what would be undone, or done again, next; empty for nothing.
    """

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
    undo: str
    redo: str


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
    def places(level: Level = None) -> Response:
        entry, found = library.edit.last_entry(), library.places(level)
        return _places(entry, found)

    return routes


def _glance(here: Here) -> LibraryAnswer:
    edit, known = here.library.edit, here.library.glance()
    undone, again = next_steps(here.library)
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
        undo=undone,
        redo=again,
    )


def _pictures(entry: int, found: Gallery) -> PicturesAnswer:
    ratios = np.where(found.widths > 0, found.widths / np.maximum(found.heights, 1), 1.0)
    return PicturesAnswer(
        entry,
        [sha256[:KEY] for sha256 in found.images],
        np.round(np.clip(ratios, 1 / MOST_RATIO, MOST_RATIO), 3).tolist(),
        np.flatnonzero(found.doubtful).tolist(),
    )


def _places(entry: int, found: Places) -> Response:
    """Give the map as bytes: for a million pictures JSON would be twice as many, and slow.

    First the length of the head in 8 bytes, then the head: JSON, filled up with spaces to whole
    eights. Then for each of its ``n`` pictures 8 bytes of key; for each two float32, its place; and
    for each an int32, the place of its group in ``groups``, -1 for none. The lower byte is first.
    """
    ids = [group.cluster_id for group in found.groups]
    head = json.dumps({"entry": entry, "n": len(found.hashes), "groups": ids}).encode()
    head += b" " * (-len(head) % 8)
    parts = (
        len(head).to_bytes(8, "little"),
        head,
        found.hashes[:, : KEY // 2].tobytes(),
        found.xy.astype("<f4").tobytes(),
        found.labels.astype("<i4").tobytes(),
    )
    # To compress what looks like chance would take longer than to send it on one machine.
    headers = {"cache-control": "no-store", "content-encoding": "identity"}
    return Response(b"".join(parts), media_type=BYTES, headers=headers)


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
