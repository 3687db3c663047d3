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
GATHER_S = 0.02
"""For which answers are left to gather: to wake for each takes longer than to deal with it."""
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
        Most processes at a time. There are never more than tasks.
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
    crew = _Crew(hub, n_workers)
    watch = threading.Thread(target=_watch, args=(hub, crew), daemon=True)
    watch.start()
    try:
        crew.grow()
        yield from _answers(hub, crew, on_wait)
    finally:
        crew.end()


class _Crew:
    """The lanes. With each task that one takes another starts, until there are ``n_most``.

    The tasks come one by one, so nobody knows beforehand how many lanes they can use.
    """

    def __init__(self, hub: Hub, n_most: int) -> None:
        self.hub, self.n_most = hub, n_most
        self.lanes: list[Lane] = []
        self.n_begun = 0
        self._growing = threading.Lock()

    def grow(self) -> None:
        with self._growing:
            if self.n_begun < self.n_most and not self.hub.stopped.is_set():
                self.n_begun += 1  # before it starts, because it may end at once
                lane = Lane(self.hub, on_task=self.grow)
                lane.start()
                self.lanes.append(lane)

    def end(self) -> None:
        self.hub.stopped.set()
        with self._growing:
            lanes = list(self.lanes)
        for lane in lanes:
            lane.end("stopped")
        for lane in lanes:
            lane.join(GOODBYE_S)


def _answers(hub: Hub, crew: _Crew, on_wait: Callable[[], None]) -> Iterator[Answer]:
    n_ended = 0
    while n_ended < crew.n_begun:
        try:
            item = hub.answers.get(timeout=HEARTBEAT_S)
        except queue.Empty:
            on_wait()
            continue
        if item is None:
            n_ended += 1
        elif isinstance(item, BaseException):
            raise item
        else:
            yield item
            if hub.answers.empty():
                time.sleep(GATHER_S)


def _watch(hub: Hub, crew: _Crew) -> None:
    while not hub.stopped.wait(WATCH_S):
        for lane in list(crew.lanes):
            lane.check(time.monotonic())
