"""A pool of worker processes in which a bad task costs one task.

Each process is served by a thread of this one, a lane, which keeps it busy: while it works on a
task, the next is already in its pipe. A lane whose process dies, hangs or grows too large reports
the task in hand as bad, gives the others back, and starts a new process.
"""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator

from pixkin.pool.hub import HEARTBEAT_S, Answer, Hub, Task
from pixkin.pool.lane import Lane
from pixkin.records import Json

__all__ = ["Answer", "Task", "n_cores", "run"]

WATCH_S = 0.1
GOODBYE_S = 1.0
"""How long a closing pool waits for a lane that is busy with the caller's own iterator."""


def n_cores() -> int:
    """Count the processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def run(
    tasks: Iterable[Task | Answer],
    setup: Json,
    *,
    n_workers: int,
    max_seconds: float,
    max_memory: int,
    on_wait: Callable[[], None] = lambda: None,
) -> Generator[Answer]:
    """Have ``tasks`` done by worker processes.

    Parameters
    ----------
    tasks : iterable of Task or Answer
        Taken one by one, as workers get free. An Answer goes through as it is.
    setup : dict
        Sent to each worker once.
    n_workers : int
        Most processes at a time.
    max_seconds : float
        A task that takes longer is bad.
    max_memory : int
        A task that needs more MB than this is bad.
    on_wait : callable
        Called every 0.2 s while there is nothing to yield; it may raise.

    Yields
    ------
    Answer
        One per task, as they come.

    Raises
    ------
    WorkerError
        If no worker can be started.
    """
    hub = Hub(iter(tasks), setup, max_seconds, max_memory)
    lanes = [Lane(hub) for _ in range(n_workers)]
    for lane in lanes:
        lane.start()
    watch = threading.Thread(target=_watch, args=(hub, lanes), daemon=True)
    watch.start()
    try:
        yield from _answers(hub, len(lanes), on_wait)
    finally:
        hub.stopped.set()
        for lane in lanes:
            lane.end("stopped")
        for lane in lanes:
            lane.join(GOODBYE_S)


def _answers(hub: Hub, n_lanes: int, on_wait: Callable[[], None]) -> Iterator[Answer]:
    while n_lanes:
        try:
            item = hub.answers.get(timeout=HEARTBEAT_S)
        except queue.Empty:
            on_wait()
            continue
        if item is None:
            n_lanes -= 1
        elif isinstance(item, BaseException):
            raise item
        else:
            yield item


def _watch(hub: Hub, lanes: list[Lane]) -> None:
    while not hub.stopped.wait(WATCH_S):
        for lane in lanes:
            lane.check(time.monotonic())
