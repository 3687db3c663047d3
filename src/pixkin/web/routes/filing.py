"""What is done with files: a plan, its application, and the way back."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from pixkin.errors import UsageError, printable
from pixkin.filing.work import Filed
from pixkin.web.folders import begun_folders
from pixkin.web.here import KEY
from pixkin.web.jobs import Told
from pixkin.web.plans import FolderText, folder_of
from pixkin.web.told import Outcome, PlanAnswer, outcome_of, plan_told
from pixkin.web.typed import Routes
from pixkin.web.work import filing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from pixkin.filing.trash import Trashed
    from pixkin.opened import Library
    from pixkin.progress import OnProgress
    from pixkin.web.here import Here

__all__ = ["router"]

PlanId = Annotated[str, Field(max_length=64)]
GroupId = Annotated[str, Field(max_length=64)]
Offset = Annotated[int, Field(ge=0, le=100_000_000)]
Page = Annotated[int, Field(ge=1, le=500)]
PAGE, MOST_FILINGS, MOST_IN_TRASH, MOST_GROUPS = 100, 200, 500, 10_000
KINDS = ("apply", "undo", "resume", "rollback", "restore")
CHANGED = "What is in the trash has changed meanwhile, so nothing was done. Look again."


@dataclass(frozen=True, slots=True)
class OrganizeAsked:
    """How files are to be put into folders; an empty ``template`` goes by ``by``."""

    destination: FolderText
    by: Literal["group", "date", "group/date"] = "group"
    action: Literal["copy", "move", "link", "hardlink"] = "copy"
    template: FolderText = ""
    groups: Annotated[list[GroupId], Field(max_length=MOST_GROUPS)] = ()  # type: ignore[assignment]
    write_sidecars: bool = False
    remove_empty: bool = False


@dataclass(frozen=True, slots=True)
class FilingAsked:
    """What is to be taken back: as it was shown, so not just the last."""

    filing: Annotated[int, Field(ge=1)]


@dataclass(frozen=True, slots=True)
class FilingRow:
    """Something that was done with files. ``state`` applying or undoing: it was cut off.

    ``stuck`` counts files that could not be taken back.
    """

    filing: int
    made: str
    command: str
    state: Literal["applying", "done", "undoing", "undone"]
    files: int
    stuck: int


@dataclass(frozen=True, slots=True)
class FilingsAnswer:
    """All that was done with files, the newest first; and what became of the last of it."""

    filings: list[FilingRow]
    last: Outcome | None


@dataclass(frozen=True, slots=True)
class InTrash:
    """A file in the trash, and where it was; ``key`` is empty where it is no picture."""

    id: int
    path: str
    bytes: int
    key: str


@dataclass(frozen=True, slots=True)
class TrashAnswer:
    """What lies in the trash: how much, and the files that came last. ``stamp`` names all of it."""

    stamp: str
    files: int
    bytes: int
    shown: list[InTrash]


@dataclass(frozen=True, slots=True)
class RestoreAsked:
    """Which files of the trash are to be brought back."""

    ids: Annotated[list[int], Field(min_length=1, max_length=MOST_IN_TRASH)]


@dataclass(frozen=True, slots=True)
class EmptyAsked:
    """What is to be deleted for good: all that was in the trash when it was shown."""

    stamp: Annotated[str, Field(max_length=64)]


@dataclass(frozen=True, slots=True)
class Emptied:
    """How many files were deleted for good."""

    files: int


@dataclass(frozen=True, slots=True)
class FoldersAnswer:
    """Folders whose whole path begins as was asked."""

    paths: list[str]


def router(here: Here) -> Routes:
    """Give what can be asked."""
    routes = Routes("filing", "/api")
    _plans(here, routes)
    _filings(here, routes)
    _trash(here, routes)
    return routes


def _plans(here: Here, routes: Routes) -> None:
    library = here.library

    @routes.post("/plans/organize")
    def organize(asked: OrganizeAsked) -> PlanAnswer:
        entry = library.edit.last_entry()
        plan = library.organize(
            folder_of(asked.destination),
            by=asked.by,
            action=asked.action,
            template=asked.template or None,
            groups=asked.groups,
            write_sidecars=asked.write_sidecars,
            remove_empty=asked.remove_empty,
        )
        return plan_told(here.plans.add(plan, entry), entry, 0, PAGE)

    @routes.get("/folders")
    def folders(begun: FolderText = "") -> FoldersAnswer:
        return FoldersAnswer(begun_folders(begun))

    @routes.get("/plans/{plan}")
    def plan_of(plan: PlanId, offset: Offset = 0, n: Page = PAGE) -> PlanAnswer:
        return plan_told(here.plans.get(plan), library.edit.last_entry(), offset, n)

    @routes.post("/plans/{plan}/apply")
    def apply(plan: PlanId) -> Told:
        def act(own: Library, on_progress: OnProgress) -> Filed:
            return own.apply(shown.plan, on_progress)

        with here.plans.applying(plan) as shown:
            shown.job = here.jobs.start("apply", filing(library, act))
            return shown.job.told()


def _filings(here: Here, routes: Routes) -> None:
    library = here.library

    def start(kind: str, act: Callable[[Library, OnProgress], Any]) -> Told:
        return here.jobs.start(kind, filing(library, act)).told()

    @routes.get("/filings")
    def filings() -> FilingsAnswer:
        rows = [
            FilingRow(
                one.filing_id, one.made, printable(one.command), one.state, one.files, one.stuck
            )
            for one in reversed(library.filings[-MOST_FILINGS:])
        ]
        return FilingsAnswer(rows, _last(here))

    @routes.post("/filings/undo")
    def undo_filing(asked: FilingAsked) -> Told:
        return start("undo", lambda own, on_progress: own.undo(asked.filing, on_progress))

    @routes.post("/filings/resume")
    def resume() -> Told:
        return start("resume", lambda own, on_progress: own.resume(on_progress))

    @routes.post("/filings/rollback")
    def roll_back() -> Told:
        return start("rollback", lambda own, on_progress: own.roll_back(on_progress))


def _trash(here: Here, routes: Routes) -> None:
    library = here.library

    @routes.get("/trash")
    def trash() -> TrashAnswer:
        found = library.trash
        shown = [
            InTrash(one.action_id, printable(one.path), one.bytes, one.sha256[:KEY])
            for one in reversed(found[-MOST_IN_TRASH:])
        ]
        return TrashAnswer(_stamp(found), len(found), sum(one.bytes for one in found), shown)

    @routes.post("/trash/restore")
    def restore(asked: RestoreAsked) -> Told:
        def act(own: Library, on_progress: OnProgress) -> Filed:
            meant = [one for one in own.trash if one.action_id in set(asked.ids)]
            if len(meant) < len(set(asked.ids)):
                raise UsageError(CHANGED)
            return own.restore(meant, on_progress)

        return here.jobs.start("restore", filing(library, act)).told()

    @routes.post("/trash/empty")
    def empty(asked: EmptyAsked) -> Emptied:
        found = library.trash
        if _stamp(found) != asked.stamp:
            raise UsageError(CHANGED)
        return Emptied(library.empty_trash(found))


def _stamp(found: Sequence[Trashed]) -> str:
    """Name what is in the trash, so that nothing is deleted but what was shown."""
    places = "\0".join(f"{one.place}:{one.bytes}" for one in found)
    return hashlib.sha256(os.fsencode(places)).hexdigest()


def _last(here: Here) -> Outcome | None:
    done = [job for job in map(here.jobs.last, KINDS) if job is not None]
    if not done:
        return None
    newest = max(done, key=lambda job: job.job_id)
    return outcome_of(newest.kind, newest.result)
