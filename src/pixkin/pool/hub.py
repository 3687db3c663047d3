"""What goes to the workers and comes back, and the place where it is handed over."""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from pixkin.records import Json

__all__ = ["HEARTBEAT_S", "Answer", "Hub", "Task"]

HEARTBEAT_S = 0.2
ANSWERS_WAITING = 256


@dataclass(slots=True)
class Task:
    """Something for a worker to do: ``header`` is sent, ``key`` comes back with the answer."""

    key: Any
    header: Json
    alone: bool = False
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a task. ``header["bad"]`` says why there is nothing else."""

    key: Any
    header: Json
    blobs: list[bytes] = field(default_factory=list)


class Hub:
    """What the lanes share."""

    def __init__(
        self, tasks: Iterator[Task | Answer], setup: Json, max_seconds: float, max_memory: int
    ) -> None:
        self.setup = {**setup, "max_memory": max_memory}
        self.max_seconds, self.max_memory = max_seconds, max_memory
        self.answers: queue.Queue[Answer | BaseException | None] = queue.Queue(ANSWERS_WAITING)
        self.one_heavy = threading.Lock()
        self.stopped = threading.Event()
        self._tasks, self._returned = tasks, deque[Task]()
        self._taking = threading.Lock()

    def take(self) -> Task | None:
        """Give the next task; None when there is none left."""
        with self._taking:
            while not self.stopped.is_set():
                if self._returned:
                    return self._returned.popleft()
                item = next(self._tasks, None)
                if item is None or isinstance(item, Task):
                    return item
                self.put(item)
        return None

    def give_back(self, tasks: Iterable[Task]) -> None:
        self._returned.extend(tasks)

    def put(self, item: Answer | BaseException | None) -> None:
        while not self.stopped.is_set():
            try:
                self.answers.put(item, timeout=HEARTBEAT_S)
            except queue.Full:
                continue
            return

    def claim_heavy(self) -> bool:
        """Wait until no heavy task is being done; False when all is to stop."""
        while not self.stopped.is_set():
            if self.one_heavy.acquire(timeout=HEARTBEAT_S):
                return True
        return False
