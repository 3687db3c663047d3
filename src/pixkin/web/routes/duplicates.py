"""Files of which one is enough: what was found, and a plan that clears them away."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from pydantic import Field

from pixkin.duplicates.decide import decide
from pixkin.duplicates.records import KINDS, Kind
from pixkin.errors import UsageError, printable
from pixkin.web.findings import Findings
from pixkin.web.here import KEY
from pixkin.web.plans import FolderText, folder_of
from pixkin.web.told import PlanAnswer, plan_told
from pixkin.web.typed import Routes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pixkin.duplicates import Duplicate, DuplicateGroup
    from pixkin.web.findings import Now
    from pixkin.web.here import Here

__all__ = ["router"]

Offset = Annotated[int, Field(ge=0, le=100_000_000)]
Page = Annotated[int, Field(ge=1, le=500)]
Place = Annotated[int, Field(ge=0, le=100_000_000)]
FileKind: TypeAlias = Literal["keeper", "identical", "same", "edited", "burst"]
PAGE, MOST_DECIDED, MOST_FILES = 100, 100_000, 10_000


@dataclass(frozen=True, slots=True)
class DuplicateFile:
    """A file; the first of a group is the one that is proposed to be kept.

    ``place`` is that among the files that were found, also after some of them are gone.
    """

    place: int
    key: str
    name: str
    folder: str
    kind: FileKind
    score: float
    why: str
    is_protected: bool
    bytes: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class DuplicatesGroup:
    """Files of which one is enough. ``reason`` says why the first is proposed."""

    group: int
    kind: Kind
    reason: str
    files: list[DuplicateFile]


@dataclass(frozen=True, slots=True)
class KindCount:
    """Of one kind: groups, files that would go as proposed, and their bytes."""

    kind: Kind
    groups: int
    files: int
    bytes: int


@dataclass(frozen=True, slots=True)
class DuplicatesAnswer:
    """What was found last, and is still there; ``found`` is 0 before anything was looked for.

    ``as_of`` is another whenever something has gone or come back.
    """

    found: int
    as_of: int
    images: int
    by_hash_only: int
    protected: list[str]
    kinds: list[KindCount]
    offset: int
    groups: list[DuplicatesGroup]


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided of a group: the file to keep, and files that stay too, by their places."""

    group: Place
    keeper: Place = 0
    stay: Annotated[list[Place], Field(max_length=MOST_FILES)] = ()  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class ClearAsked:
    """Which duplicates are to be cleared away, and how.

    ``kinds``: all groups of these kinds as proposed, but for those that were decided on, and those
    to ``leave`` alone.
    """

    found: int
    how: Literal["trash", "move", "hardlink"] = "trash"
    to: FolderText = ""
    kinds: Annotated[list[Kind], Field(max_length=len(KINDS))] = ()  # type: ignore[assignment]
    decisions: Annotated[list[Decision], Field(max_length=MOST_DECIDED)] = ()  # type: ignore[assignment]
    leave: Annotated[list[Place], Field(max_length=MOST_DECIDED)] = ()  # type: ignore[assignment]


def router(here: Here) -> Routes:
    """Give what can be asked."""
    routes = Routes("duplicates", "/api")
    findings = Findings(here.library, here.jobs)

    @routes.get("/duplicates")
    def duplicates(
        kind: Kind | None = None, offset: Offset = 0, n: Page = PAGE
    ) -> DuplicatesAnswer:
        now = findings.now()
        if now is None:
            return DuplicatesAnswer(0, 0, 0, 0, [], [], offset, [])
        places = list(now.groups) if kind is None else now.places[kind]
        return DuplicatesAnswer(
            now.number,
            now.as_of,
            now.found.duplicates.images,
            now.found.duplicates.by_hash_only,
            [printable(folder) for folder in now.found.protected],
            [KindCount(kind, *count) for kind, count in now.counts.items()],
            offset,
            [_group(i, now.groups[i], now.files(i)) for i in places[offset : offset + n]],
        )

    @routes.post("/plans/clear")
    def clear(asked: ClearAsked) -> PlanAnswer:
        entry, now = here.library.edit.last_entry(), findings.as_seen(asked.found)
        chosen = now.chosen(list(_decided(now, asked)))
        plan = here.library.clear(
            chosen,
            asked.how,
            to=folder_of(asked.to) if asked.how == "move" else None,
            kinds=("identical",) if asked.how == "hardlink" else KINDS,
        )
        return plan_told(here.plans.add(plan, entry), entry, 0, PAGE)

    return routes


def _decided(now: Now, asked: ClearAsked) -> Iterator[DuplicateGroup]:
    decisions = {one.group: one for one in asked.decisions}
    left = set(asked.leave)
    for place in decisions:
        now.group(place)
    for place, group in now.groups.items():
        if place in decisions:
            one, files = decisions[place], now.files(place)
            try:
                yield decide(group, files[one.keeper], [files[i] for i in one.stay])
            except IndexError as error:
                raise UsageError(f"The group {place} has {len(files)} files.") from error
        elif group.kind in asked.kinds and place not in left:
            yield group


def _group(number: int, group: DuplicateGroup, found: Sequence[Path]) -> DuplicatesGroup:
    places = {path: place for place, path in enumerate(found)}

    def told(
        path: Path, kind: FileKind, score: float, why: str, facts: Duplicate | DuplicateGroup
    ) -> DuplicateFile:
        folder, name = os.path.split(path)
        return DuplicateFile(
            place=places[path],
            key=facts.sha256[:KEY],
            name=printable(name),
            folder=printable(folder),
            kind=kind,
            score=score,
            why=printable(why),
            is_protected=facts.is_protected,
            bytes=facts.bytes,
            width=facts.width,
            height=facts.height,
        )

    keeper = told(group.keeper, "keeper", 1.0, group.reason, group)
    members = [told(one.path, one.kind, one.score, one.why, one) for one in group.members]
    return DuplicatesGroup(number, group.kind, printable(group.reason), [keeper, *members])
