"""Waiting for what the server does beside its answers."""

import contextlib
from collections.abc import Iterator
from typing import Any

from pixkin.web.serve import Served
from web.asking import Answer, ask

MOST_S = 60.0


def done(served: Served, started: Answer) -> Any:
    """Wait until a job that was started is over, and give how it ended."""
    assert started.status == 200, started.body
    job = served.here.jobs.get(started.json["job_id"])
    assert job.ended.wait(MOST_S)
    return next(one for one in ask(served, "/api/jobs").json if one["job_id"] == job.job_id)


@contextlib.contextmanager
def stopping_at(served: Served, stage: str) -> Iterator[None]:
    """Stop whatever comes to a stage, as somebody does who sees it there."""
    jobs = served.here.jobs
    tell = jobs.hub.tell

    def told(event: str, data: Any) -> None:
        tell(event, data)
        if event == "job" and data["stage"] == stage and data["state"] == "running":
            jobs.stop(data["job_id"])

    jobs.hub.tell = told  # type: ignore[method-assign]
    try:
        yield
    finally:
        jobs.hub.tell = tell  # type: ignore[method-assign]
