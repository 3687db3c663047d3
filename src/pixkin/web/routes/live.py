"""What goes on: events, jobs, and what was skipped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field
from starlette.responses import StreamingResponse

from pixkin.errors import printable
from pixkin.web.jobs import Told
from pixkin.web.typed import Routes

if TYPE_CHECKING:
    from pixkin.web.here import Here

__all__ = ["router"]


@dataclass(frozen=True, slots=True)
class JobAsked:
    """``update`` follows the files; ``cluster`` groups all anew."""

    kind: Literal["update", "cluster"]


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
        from pixkin.web.work import WORK

        return here.jobs.start(asked.kind, WORK[asked.kind](here.library)).told()

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
