"""Search: by pictures of the library, by pictures that were dropped, and by words."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from pixkin.duplicates.records import KINDS
from pixkin.errors import PathError, printable
from pixkin.web.findings import Findings
from pixkin.web.here import KEY
from pixkin.web.routes.images import ratio_of
from pixkin.web.typed import Routes
from pixkin.web.uploads import MOST, UPLOAD_ID, Uploads

if TYPE_CHECKING:
    from pathlib import Path

    from pixkin.pictures import LibraryImage
    from pixkin.searching.words import Sought
    from pixkin.web.here import Here

__all__ = ["router"]

Key = Annotated[str, Field(pattern=f"^[0-9a-f]{{{KEY}}}$")]
UploadId = Annotated[str, Field(pattern=UPLOAD_ID)]
Words = Annotated[str, Field(max_length=500)]
Date = Annotated[str, Field(max_length=10)]
Camera = Annotated[str, Field(max_length=200)]
Folder = Annotated[str, Field(max_length=4096)]
Flag = Annotated[str, Field(max_length=40)]
Copies = Literal["", "identical", "same", "edited", "burst"]
Latitude = Annotated[int | None, Field(ge=-90, le=90)]
Longitude = Annotated[int | None, Field(ge=-180, le=180)]
Count = Annotated[int, Field(ge=1, le=5000)]
MOST_EXAMPLES = 200
USUAL = 500
MOST_SHOWN = 500
AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A picture that was dropped is known by this from now on."""

    id: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What results are to be like and unlike, and what they must fit besides."""

    like: Annotated[list[Key], Field(max_length=MOST_EXAMPLES)] = ()  # type: ignore[assignment]
    unlike: Annotated[list[Key], Field(max_length=MOST_EXAMPLES)] = ()  # type: ignore[assignment]
    uploads: Annotated[list[UploadId], Field(max_length=MOST)] = ()  # type: ignore[assignment]
    n: Count = USUAL
    one_per_group: bool = False
    q: Words = ""
    taken: Date = ""
    camera: Camera = ""
    folder: Folder = ""
    latitude: Latitude = None
    longitude: Longitude = None
    flag: Flag = ""
    copies: Copies = ""

    @property
    def is_narrow(self) -> bool:
        """Tell whether anything but pictures is asked for."""
        return bool(self.q.strip() or self.facts or self.copies)

    @property
    def facts(self) -> dict[str, object]:
        """Give what `find_words` takes besides the words."""
        given: dict[str, object] = {
            "taken": self.taken,
            "camera": self.camera,
            "folder": self.folder,
            "flag": self.flag,
            "copied": self.copies == "identical",
        }
        if self.latitude is not None and self.longitude is not None:
            given["place"] = self.latitude, self.longitude
        return {name: value for name, value in given.items() if value}


@dataclass(frozen=True, slots=True)
class FoundAnswer:
    """What was found, the best first.

    ``scores`` are empty where words alone were asked for; ``copies`` counts the files of each;
    ``given`` are the places of pictures that were searched for. ``total`` counts what there is
    beyond what is given; 0 if nobody counted.
    """

    entry: int
    keys: list[str]
    ratios: list[float]
    scores: list[float]
    copies: list[int]
    groups: list[str]
    given: list[int]
    total: int


@dataclass(frozen=True, slots=True)
class Facet:
    """A value, and how many pictures have it."""

    value: str
    n: int


@dataclass(frozen=True, slots=True)
class Spot:
    """A degree of latitude and of longitude, and how many pictures were taken there."""

    latitude: int
    longitude: int
    n: int


@dataclass(frozen=True, slots=True)
class FacetsAnswer:
    """By what a search can be narrowed down.

    ``copies`` are kinds of duplicates: but for the identical ones those that were looked for.
    """

    months: list[Facet]
    cameras: list[Facet]
    folders: list[Facet]
    places: list[Spot]
    copies: list[Facet]


def router(here: Here) -> Routes:
    """Give what can be asked."""
    routes = Routes("search", "/api")
    uploads = Uploads(here.scratch)
    free = threading.BoundedSemaphore(AT_ONCE)
    findings = Findings(here.library, here.jobs)

    @routes.post("/uploads")
    def upload(content: bytes) -> Uploaded:
        return Uploaded(uploads.keep(content))

    @routes.get("/words")
    def words(
        q: Words = "",
        taken: Date = "",
        camera: Camera = "",
        folder: Folder = "",
        latitude: Latitude = None,
        longitude: Longitude = None,
        flag: Flag = "",
        copies: Copies = "",
        n: Count = USUAL,
    ) -> FoundAnswer:
        entry = here.library.edit.last_entry()
        place = latitude, longitude
        asked = Wanted([], [], [], n, False, q, taken, camera, folder, *place, flag, copies)
        found = _words(findings, asked, n)
        return _answer(entry, found.images, total=len(found.hashes))

    @routes.post("/search")
    def search(asked: Wanted) -> FoundAnswer:
        dropped = uploads.paths(asked.uploads)
        try:
            with free:
                return _search(here, findings, asked, dropped)
        except PathError as error:
            raise uploads.blame(error) from error

    @routes.get("/facets")
    def facets() -> FacetsAnswer:
        return _all_facets(findings)

    return routes


def _search(here: Here, findings: Findings, asked: Wanted, dropped: list[Path]) -> FoundAnswer:
    library, entry = here.library, here.library.edit.last_entry()
    among = _words(findings, asked, 0).hashes if asked.is_narrow else None
    found = library.search(
        [*dropped, *map(library.image, asked.like)],
        unlike=[*map(library.image, asked.unlike)],
        n=asked.n,
        one_per_group=asked.one_per_group,
        among=among,
    )
    given = [i for i, one in enumerate(found) if one.is_given]
    scores = [one.score for one in found]
    return _answer(entry, [one.image for one in found], scores, given, len(among or ()))


def _words(findings: Findings, asked: Wanted, n: int) -> Sought:
    among = None
    if asked.copies not in {"", "identical"}:
        now = findings.now()
        among = now.images[asked.copies] if now else ()  # type: ignore[index]
    find = findings.library.find_words
    return find(asked.q, n=n, among=among, **asked.facts)  # type: ignore[arg-type]


def _all_facets(findings: Findings) -> FacetsAnswer:
    found = findings.library.facets()
    return FacetsAnswer(
        _facets(found.months),
        _facets(found.cameras),
        _facets(found.folders),
        [Spot(*spot) for spot in found.places[:MOST_SHOWN]],
        _kinds(findings, found.copied),
    )


def _kinds(findings: Findings, copied: int) -> list[Facet]:
    """Count the pictures that have duplicates of each kind; those of the same bytes are known."""
    now = findings.now()
    others = {kind: len(images) for kind, images in now.images.items()} if now else {}
    counts = {**others, "identical": copied}
    return [Facet(kind, counts[kind]) for kind in KINDS if counts.get(kind)]


def _answer(
    entry: int,
    images: list[LibraryImage],
    scores: list[float] | None = None,
    given: list[int] | None = None,
    total: int = 0,
) -> FoundAnswer:
    return FoundAnswer(
        entry,
        [image.sha256[:KEY] for image in images],
        [ratio_of(image) for image in images],
        scores or [],
        [len(image.files) for image in images],
        [image.cluster_id or "" for image in images],
        given or [],
        total,
    )


def _facets(found: Iterable[tuple[str, int]]) -> list[Facet]:
    """Give those that can be shown, and so asked for, as they are."""
    shown = [Facet(value, n) for value, n in found if printable(value) == value]
    return shown[:MOST_SHOWN]
