"""What takes long: done beside the server, with progress, and can be stopped."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from pixkin.errors import PixkinError, UsageError

if TYPE_CHECKING:
    from pixkin.progress import OnProgress, Step
    from pixkin.web.events import Hub

__all__ = ["Job", "Jobs", "Told"]

Work: TypeAlias = "Callable[[OnProgress], Any]"
JobState: TypeAlias = Literal["running", "done", "stopped", "failed"]
EVERY_S = 0.1
"""Between two words of progress."""
BUSY = "Something else is being done with this library ({}). Wait for it, or stop it."
KEPT = 20


class _Stopped(BaseException):
    """Raised inside the work after somebody stopped it."""


@dataclass(frozen=True, slots=True)
class Told:
    """How far a job has got.

    Attributes
    ----------
    job_id : int
    kind : str
    state : {"running", "done", "stopped", "failed"}
    stage : str
    done : int
    total : int or None
    message : str
        Why it failed; else empty.
    """

    job_id: int
    kind: str
    state: JobState
    stage: str
    done: int
    total: int | None
    message: str


@dataclass(slots=True)
class Job:
    """Work in a thread of its own."""

    job_id: int
    kind: str
    work: Work
    state: JobState = "running"
    stage: str = ""
    done: int = 0
    total: int | None = None
    message: str = ""
    result: Any = None
    stopping: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)

    def told(self) -> Told:
        """Say how far it has got."""
        return Told(
            self.job_id, self.kind, self.state, self.stage, self.done, self.total, self.message
        )


class Jobs:
    """Does one thing at a time.

    Parameters
    ----------
    hub : Hub
        Told of every change.
    """

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._jobs: dict[int, Job] = {}
        self._last: dict[str, Job] = {}

    def start(self, kind: str, work: Work) -> Job:
        """Begin with something.

        Raises
        ------
        UsageError
            If something else is being done.
        """
        with self._lock:
            for other in self._jobs.values():
                if not other.ended.is_set():
                    raise UsageError(BUSY.format(other.kind))
            job = Job(next(self._numbers), kind, work)
            self._jobs[job.job_id] = job
            for old in list(self._jobs)[:-KEPT]:
                del self._jobs[old]
        threading.Thread(target=self._run, args=(job,), daemon=True).start()
        return job

    def get(self, job_id: int) -> Job:
        """Give a job by its number.

        Raises
        ------
        UsageError
            If there is none.
        """
        job = self._jobs.get(job_id)
        if job is None:
            raise UsageError(f"There is no job {job_id} any more.")
        return job

    def last(self, kind: str) -> Job | None:
        """Give the last of a kind that was done, with its result; None if there was none."""
        return self._last.get(kind)

    def all(self) -> list[Told]:
        """Say of each how far it has got, the newest first."""
        with self._lock:
            return [job.told() for job in reversed(self._jobs.values())]

    def stop(self, job_id: int) -> Told:
        """Have a job end where it can; what it did is kept."""
        job = self.get(job_id)
        job.stopping.set()
        return job.told()

    def end(self, wait_s: float = 5.0) -> None:
        """Stop everything, and wait for it."""
        for job in list(self._jobs.values()):
            job.stopping.set()
        for job in list(self._jobs.values()):
            job.ended.wait(wait_s)

    def _run(self, job: Job) -> None:
        last = 0.0

        def report(step: Step) -> None:
            nonlocal last
            if job.stopping.is_set():
                raise _Stopped
            is_other = step.stage != job.stage
            job.stage, job.done, job.total = step.stage, step.done, step.total
            now = time.monotonic()
            if is_other or now - last >= EVERY_S:
                last = now
                self._tell(job)

        self._tell(job)
        try:
            job.result = job.work(report)
            job.state = "done"
            self._last[job.kind] = job
        except _Stopped:
            job.state = "stopped"
        except PixkinError as error:
            job.state, job.message = "failed", str(error)
        except Exception as error:  # noqa: BLE001 - a job that fails must not leave the page waiting
            job.state, job.message = "failed", f"{type(error).__name__}: {error}"
        finally:
            job.ended.set()
            self._tell(job)

    def _tell(self, job: Job) -> None:
        from dataclasses import asdict

        self.hub.tell("job", asdict(job.told()))
