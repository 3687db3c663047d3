"""Ctrl-C ends a run within a second, wherever it is."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeAlias, TypeVar

import click

from pixkin.progress import OnProgress, Step

__all__ = ["Watch", "interruptible"]

T = TypeVar("T")
Watch: TypeAlias = Callable[[OnProgress], OnProgress]

POLL_S = 0.05
UNWIND_S = 0.6


class Cancelled(BaseException):
    """Raised in the running thread after Ctrl-C, so that it keeps what is done and ends."""


class _Worker(threading.Thread, Generic[T]):
    """Does ``work`` in a thread of its own, and keeps what came of it."""

    def __init__(self, work: Callable[[Watch], T]) -> None:
        super().__init__(daemon=True)
        self.work = work
        self.stop, self.ended = threading.Event(), threading.Event()
        self.result: T
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            self.result = self.work(self.watched)
        except BaseException as error:  # noqa: BLE001 - raised again in the main thread
            self.error = error
        finally:
            self.ended.set()

    def watched(self, report: OnProgress) -> OnProgress:
        """Wrap a progress callback, so that it ends the work when it is to stop."""

        def passed_on(step: Step) -> None:
            if self.stop.is_set():
                raise Cancelled
            report(step)

        return passed_on


def interruptible(work: Callable[[Watch], T], comfort: str = "") -> T:
    """Run ``work`` so that Ctrl-C ends it within a second, wherever it is.

    ``work`` runs in a thread of its own, because a thread that computes in a C library cannot be
    interrupted; it gets a function that wraps its progress callback, through which it is told to
    stop. What it keeps is safe at any instant, so if it does not stop in time the process does.

    Raises
    ------
    click.Abort
        After Ctrl-C, with the words of ``comfort``.
    """
    worker = _Worker(work)
    try:
        worker.start()
        # Not join(): an exception inside it makes Python 3.11 take a living thread for dead.
        while not worker.ended.wait(POLL_S):
            pass
    except KeyboardInterrupt:
        worker.stop.set()
        worker.ended.wait(UNWIND_S)
        raise click.Abort(comfort) from None
    if worker.error is not None:
        raise worker.error
    return worker.result
