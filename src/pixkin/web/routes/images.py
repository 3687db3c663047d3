"""Pictures by their key: thumbnails, the picture itself, and what is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import Field
from starlette.responses import Response

from pixkin.errors import NotGroupedError, printable
from pixkin.web.here import KEY
from pixkin.web.pictures import FOREVER, Pictures
from pixkin.web.typed import Routes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pixkin.library.facts import PictureFacts
    from pixkin.pictures import LibraryImage, Portrait
    from pixkin.web.findings import Found
    from pixkin.web.here import Here

__all__ = ["router"]

Key = Annotated[str, Field(pattern=f"^[0-9a-f]{{{KEY}}}$")]
MOST_FILES, MOST_TWINS = 200, 200


@dataclass(frozen=True, slots=True)
class Twin:
    """A picture of which one is enough, beside another. ``why`` it may go, or stay."""

    key: str
    path: str
    kind: str
    why: str
    is_keeper: bool


@dataclass(frozen=True, slots=True)
class PictureAnswer:
    """What is known of a picture. Its ``files`` are equal byte for byte, ``twins`` are not."""

    key: str
    width: int
    height: int
    format: str
    bytes: int
    taken: str
    camera: str
    latitude: float | None
    longitude: float | None
    files: list[str]
    n_files: int
    group: str
    why: str
    flags: list[str]
    twins: list[Twin]


@dataclass(frozen=True, slots=True)
class NearAnswer:
    """The pictures most like one, the most similar first."""

    keys: list[str]
    ratios: list[float]
    scores: list[float]
    groups: list[str]


def router(here: Here) -> Routes:
    """Give what can be asked."""
    routes = Routes("images")
    pictures = Pictures(here.library, here.scratch)
    library = here.library

    @routes.get("/thumbs/{key}")
    def thumbnail(key: Key, side: Annotated[int | None, Field(ge=16, le=512)] = None) -> Response:
        here.is_shown.set()
        jpeg = here.thumbs.read(here.hash_of(key), side)
        if jpeg is None:
            return Response(status_code=404)
        return Response(jpeg, media_type="image/jpeg", headers={"cache-control": FOREVER})

    @routes.get("/pictures/{key}")
    def picture(key: Key) -> Response:
        return pictures.answer(library.image(key))

    @routes.get("/api/images/{key}")
    def facts(key: Key) -> PictureAnswer:
        image = library.image(key)
        portrait, known = library.portrait(image), library.facts(image)
        return _told(key, portrait, known, list(_twins(here, image)))

    @routes.get("/api/images/{key}/near")
    def near(key: Key, n: Annotated[int, Field(ge=1, le=100)] = 24) -> NearAnswer:
        image = library.image(key)
        try:
            found = library.search(image, n=n + 1)
        except NotGroupedError:
            found = []
        others = [one for one in found if not one.is_given][:n]
        return NearAnswer(
            [one.image.sha256[:KEY] for one in others],
            [ratio_of(one.image) for one in others],
            [one.score for one in others],
            [one.image.cluster_id or "" for one in others],
        )

    return routes


def ratio_of(image: LibraryImage) -> float:
    """Give the width of a picture, divided by its height; of one that is very long, less."""
    if not image.width or not image.height:
        return 1.0
    return round(min(max(image.width / image.height, 1 / 8), 8), 3)


def _told(key: str, portrait: Portrait, known: PictureFacts, twins: list[Twin]) -> PictureAnswer:
    return PictureAnswer(
        key,
        known.width or 0,
        known.height or 0,
        printable(known.format or ""),
        known.bytes,
        printable(known.taken or ""),
        printable(known.camera or ""),
        known.latitude,
        known.longitude,
        [printable(str(file.path)) for file in known.files[:MOST_FILES]],
        len(known.files),
        "" if portrait.group is None else portrait.group.cluster_id,
        printable(portrait.why),
        list(portrait.flags),
        twins[:MOST_TWINS],
    )


def _twins(here: Here, image: LibraryImage) -> Iterator[Twin]:
    """Give the other pictures of its duplicates, if these were looked for since the start."""
    job = here.jobs.last("duplicates")
    if job is None:
        return
    found: Found = job.result
    for group in found.duplicates.groups:
        if image.sha256 not in {group.sha256, *(one.sha256 for one in group.members)}:
            continue
        if group.sha256 != image.sha256:
            path = printable(str(group.keeper))
            yield Twin(group.sha256[:KEY], path, group.kind, printable(group.reason), True)
        for one in group.members:
            if one.sha256 != image.sha256:
                path = printable(str(one.path))
                yield Twin(one.sha256[:KEY], path, one.kind, printable(one.why), False)
