"""What goes on: events, jobs, and what was skipped."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field
from starlette.responses import StreamingResponse

from pixkin.errors import PathError, printable
from pixkin.web.jobs import Told
from pixkin.web.plans import FolderText, folder_of
from pixkin.web.typed import Routes

if TYPE_CHECKING:
    from pixkin.web.here import Here

__all__ = ["router"]


@dataclass(frozen=True, slots=True)
class JobAsked:
    """``update`` follows the files; ``cluster`` groups all anew; ``duplicates`` are looked for.

    ``protected``, of the latter: folders in which nothing may be touched.
    """

    kind: Literal["update", "cluster", "duplicates"]
    protected: Annotated[list[FolderText], Field(max_length=100)] = ()  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A file that could not be read, and why."""

    path: str
    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class SkippedAnswer:
    """Files that could not be read."""

    n: int
    files: list[SkippedFile]


def router(here: Here) -> Routes:
    """Give what can be asked."""
    routes = Routes("live", "/api")

    @routes.get("/events")
    async def events() -> StreamingResponse:
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return StreamingResponse(here.hub.listen(), 200, headers, "text/event-stream")

    @routes.get("/jobs")
    def jobs() -> list[Told]:
        return here.jobs.all()

    @routes.post("/jobs")
    def start(asked: JobAsked) -> Told:
        from pixkin.web import work

        if asked.kind == "duplicates":
            protected = [_there(folder) for folder in asked.protected]
            return here.jobs.start(asked.kind, work.duplicates(here.library, protected)).told()
        return here.jobs.start(asked.kind, work.WORK[asked.kind](here.library)).told()

    @routes.post("/jobs/{job_id}/stop")
    def stop(job_id: int) -> Told:
        return here.jobs.stop(job_id)

    @routes.get("/skipped")
    def skipped(n: Annotated[int, Field(ge=1, le=10_000)] = 1000) -> SkippedAnswer:
        found = here.library.edit.failed()
        shown = [
            SkippedFile(printable(path), kind, printable(reason))
            for path, kind, reason in found[:n]
        ]
        return SkippedAnswer(len(found), shown)

    return routes


def _there(text: str) -> str:
    folder = folder_of(text)
    if not os.path.isdir(folder):  # noqa: PTH112 - Path.is_dir raises for a name that is too long
        raise PathError(printable(text), "is no folder")
    return str(folder)
