"""One worker process at a time, and the thread that serves it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, cast

from pixkin.errors import WorkerError
from pixkin.frames import read_frame, write_frame
from pixkin.pool.hub import Answer, Hub, Task
from pixkin.records import Json

__all__ = ["Lane"]

IN_FLIGHT = 2
STARTUP_S = 120.0


class Lane(threading.Thread):
    """One worker process at a time, and the thread that serves it.

    ``on_task`` is called whenever there is a task to do, before it is begun.
    """

    def __init__(self, hub: Hub, on_task: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self.hub, self.on_task = hub, on_task
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
            if self.process is not None:
                self.process.wait()
                self._close()
            self.hub.put(None)

    def end(self, cause: str) -> None:
        """Kill the process, if there is one."""
        process = self.process
        if process is not None and process.poll() is None:
            self.cause = cause
            process.kill()

    def _fill(self) -> bool:
        """Keep tasks in flight; a heavy one goes alone, and one at a time in all lanes."""
        if self.heavy and not self.in_flight and self.hub.claim_heavy():
            self._send(self.heavy.popleft())
        while not self.heavy and len(self.in_flight) < IN_FLIGHT and not self._is_alone():
            task = self.hub.take()
            if task is None:
                break
            self.on_task()
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
        with contextlib.suppress(OSError):  # the process is gone: reading its answer tells why
            write_frame(self._pipe("stdin"), {**task.header, "alone": task.alone})

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
        package = str(Path(__file__).resolve().parents[2])
        code = (
            f"import sys; sys.path.insert(0, {package!r}); from pixkin.worker import main; main()"
        )
        one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        self.process = subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env={**os.environ, **one_thread},
        )
        self.since, self.baseline = time.monotonic(), 0
        if self.hub.stopped.is_set():
            self.end("stopped")
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
                with contextlib.suppress(OSError):  # what was not sent is sent again
                    stream.close()

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


def _resident(pid: int) -> int:
    import psutil

    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0
