"""A pool of worker processes in which a bad task costs one task.

Each process is served by a thread of this one, a lane, which keeps it busy: while it works on a
task, the next is already in its pipe. A lane whose process dies, hangs or grows too large reports
the task in hand as bad, gives the others back, and starts a new process.
"""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast

from pixkin.errors import WorkerError
from pixkin.frames import read_frame, write_frame
from pixkin.records import Json

__all__ = ["Answer", "Task", "n_cores", "run"]

IN_FLIGHT = 2
HEARTBEAT_S = 0.2
WATCH_S = 0.1
STARTUP_S = 120.0
ANSWERS_WAITING = 64


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
) -> Iterator[Answer]:
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
    hub = _Hub(iter(tasks), setup, max_seconds, max_memory)
    lanes = [_Lane(hub) for _ in range(n_workers)]
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


def _answers(hub: _Hub, n_lanes: int, on_wait: Callable[[], None]) -> Iterator[Answer]:
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


class _Hub:
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


class _Lane(threading.Thread):
    """One worker process at a time, and the thread that serves it."""

    def __init__(self, hub: _Hub) -> None:
        super().__init__(daemon=True)
        self.hub = hub
        self.process: subprocess.Popen[bytes] | None = None
        self.in_flight: deque[Task] = deque()
        self.heavy: deque[Task] = deque()
        self.since = 0.0
        self.baseline = 0
        self.cause = ""
        self._errors: Any = None

    def run(self) -> None:
        try:
            while self._fill() and not self.hub.stopped.is_set():
                self._take_answer()
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
            self.hub.put(error)
        finally:
            self.end("done")
            self.hub.put(None)

    def end(self, cause: str) -> None:
        """Kill the process, if there is one."""
        process = self.process
        if process is not None and process.poll() is None:
            self.cause = cause
            process.kill()

    def _fill(self) -> bool:
        """Keep tasks in flight; a heavy one goes alone, and one at a time in all lanes."""
        if self.heavy and not self.in_flight:
            self.hub.one_heavy.acquire()
            self._send(self.heavy.popleft())
        while not self.heavy and len(self.in_flight) < IN_FLIGHT and not self._is_alone():
            task = self.hub.take()
            if task is None:
                break
            (self.heavy.append if task.alone else self._send)(task)
        return bool(self.in_flight or self.heavy)

    def _is_alone(self) -> bool:
        return bool(self.in_flight) and self.in_flight[0].alone

    def _send(self, task: Task) -> None:
        if self.process is None:
            self._start()
        if not self.in_flight:
            self.since = time.monotonic()
        self.in_flight.append(task)
        try:
            write_frame(self._pipe("stdin"), {**task.header, "alone": task.alone})
        except OSError:
            pass  # the process is gone: reading its answer tells why

    def _take_answer(self) -> None:
        if not self.in_flight:
            return
        frame = read_frame(self._pipe("stdout"))
        if frame is None:
            self._bury()
            return
        header, blobs = frame
        task = self.in_flight.popleft()
        self.since = time.monotonic()
        if header.get("heavy"):
            task.alone = True
            self.heavy.append(task)
            return
        self._finish(task, Answer(task.key, header, blobs))

    def _finish(self, task: Task, answer: Answer) -> None:
        if task.alone:
            self.hub.one_heavy.release()
        self.hub.put(answer)

    def _bury(self) -> None:
        """Report the task that the process died of, and give back those it had not begun."""
        assert self.process is not None
        code = self.process.wait()
        self._close()
        if self.hub.stopped.is_set() or not self.in_flight:
            return
        culprit = self.in_flight.popleft()
        self.hub.give_back(self.in_flight)
        self.in_flight.clear()
        killed_from_outside = not self.cause and code == -getattr(signal, "SIGKILL", 9)
        if killed_from_outside and culprit.tries == 0:
            # Most likely the system was short of memory: not the picture's fault. Once more.
            if culprit.alone:
                self.hub.one_heavy.release()
            culprit.tries, culprit.alone = 1, True
            self.hub.give_back([culprit])
        else:
            bad = {"stage": "decode", **self._verdict(code)}
            self._finish(culprit, Answer(culprit.key, {"bad": bad}))
        self.cause = ""

    def _verdict(self, code: int) -> Json:
        if self.cause == "time":
            limit = f"took longer than {self.hub.max_seconds:g} s; raise it with --max-seconds"
            return {"kind": "refused", "reason": limit}
        if self.cause == "memory":
            limit = f"needs more than {self.hub.max_memory} MB; raise it with --max-memory"
            return {"kind": "refused", "reason": limit}
        if code == -getattr(signal, "SIGKILL", 9):
            why = "the system ended its decoder, probably for lack of memory"
            return {"kind": "unreadable", "reason": why}
        return {"kind": "damaged", "reason": f"its decoder crashed (exit status {code})"}

    def _start(self) -> None:
        package = str(Path(__file__).resolve().parent.parent)
        code = f"import sys; sys.path.insert(0, {package!r}); from pixkin.worker import main; main()"
        one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
        self._errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env={**os.environ, **one_thread},
        )
        self.since, self.baseline = time.monotonic(), 0
        if not self._shake_hands():
            self._errors.seek(0)
            words = self._errors.read().decode("utf-8", "replace").strip()
            code_ = self.process.wait()
            self._close()
            if self.hub.stopped.is_set():
                return
            raise WorkerError(words.splitlines()[-1] if words else f"exit status {code_}")
        self.baseline = _resident(self.process.pid)

    def _shake_hands(self) -> bool:
        try:
            write_frame(self._pipe("stdin"), self.hub.setup)
        except OSError:
            return False
        return read_frame(self._pipe("stdout")) is not None

    def _pipe(self, name: str) -> BinaryIO:
        return cast("BinaryIO", getattr(self.process, name))

    def _close(self) -> None:
        process, self.process = self.process, None
        for stream in (process and process.stdin, process and process.stdout, self._errors):
            if stream:
                try:
                    stream.close()
                except OSError:
                    pass  # a pipe to a dead process: what was not sent is sent again

    def check(self, now: float) -> None:
        """End the process if its task takes too long or too much memory."""
        process = self.process
        if process is None or process.poll() is not None:
            return
        if not self.baseline:
            if now - self.since > STARTUP_S:
                self.end("startup")
        elif self.in_flight and now - self.since > self.hub.max_seconds:
            self.end("time")
        elif _resident(process.pid) - self.baseline > self.hub.max_memory * 2**20:
            self.end("memory")


def _watch(hub: _Hub, lanes: list[_Lane]) -> None:
    while not hub.stopped.wait(WATCH_S):
        for lane in lanes:
            lane.check(time.monotonic())


def _resident(pid: int) -> int:
    import psutil

    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0
