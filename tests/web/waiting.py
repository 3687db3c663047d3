"""Waiting for what the server does beside its answers."""

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
