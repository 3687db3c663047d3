"""Processes that work on thumbnails: threads would wait for each other, as most steps are short.

They are programs of their own, as `multiprocessing` would run the user's script again where it has
no ``__main__`` guard.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from pixkin.duplicates.work import Task, done
from pixkin.frames import read_frame, write_frame
from pixkin.threads import one_thread

if TYPE_CHECKING:
    from pixkin.records import Json

__all__ = ["Crew"]

FEW = 2
"""Tasks that are done sooner than a process has started."""


class Crew:
    """Does tasks, side by side if there are enough of them.

    Parameters
    ----------
    n_most : int
        Processes. With one, everything is done in this process.
    """

    def __init__(self, n_most: int) -> None:
        self.n_most = n_most
        self._threads = ThreadPoolExecutor(max_workers=max(1, n_most))
        self._own = threading.local()
        self._processes: list[subprocess.Popen[bytes]] = []

    def each(self, tasks: Iterable[Task], n_tasks: int) -> Iterator[Json]:
        """Give the answer to each task, in order. Few tasks are begun before they are needed."""
        if self.n_most == 1 or n_tasks <= FEW:
            for task in tasks:
                with one_thread():
                    answer = done(task)
                yield answer
            return
        begun: deque[Future[Json]] = deque()
        for task in tasks:
            begun.append(self._threads.submit(self._answer, task))
            if len(begun) > self.n_most + 1:
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()

    def close(self) -> None:
        """End the processes, whatever they do."""
        for process in self._processes:
            process.kill()
        self._threads.shutdown(cancel_futures=True)
        for process in self._processes:
            process.kill()  # one that was started meanwhile
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    with contextlib.suppress(OSError):  # what was not sent is not needed
                        stream.close()

    def _answer(self, task: Task) -> Json:
        """Have a task done by the process of this thread, or do it here if that is gone."""
        frame = None
        with contextlib.suppress(OSError):
            if not hasattr(self._own, "process"):
                self._own.process = _started()
                self._processes.append(self._own.process)
            process = self._own.process
            write_frame(process.stdin, task[0], *task[1])
            frame = read_frame(process.stdout)
        return done(task) if frame is None else frame[0]


def _started() -> subprocess.Popen[bytes]:
    package = str(Path(__file__).resolve().parents[2])
    code = (
        f"import sys; sys.path.insert(0, {package!r}); "
        "from pixkin.duplicates.work import main; main()"
    )
    one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    return subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **one},
    )
