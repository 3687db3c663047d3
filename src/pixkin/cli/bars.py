"""A bar per stage on stderr, for a person who watches."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pixkin.progress import OnProgress, Step, silent

if TYPE_CHECKING:
    from rich.progress import Progress, Task, TaskID

__all__ = ["bars"]

STAGES = {
    "wait": "Waiting for another run",
    "scan": "Looking for pictures",
    "read": "Reading pictures",
    "reduce": "Reducing vectors",
    "neighbors": "Finding neighbours",
    "cluster": "Grouping",
    "layout": "Drawing the map",
    "write": "Writing results",
    "check": "Checking files",
    "look": "Looking at pictures",
    "compare": "Comparing pictures",
    "share": "Writing pictures",
    "levels": "Writing groups",
}
BAR_WIDTH = 24


@contextlib.contextmanager
def bars(*, quiet: bool) -> Iterator[OnProgress]:
    """Draw a bar per stage, if a person is watching."""
    if quiet or sys.stderr is None or not sys.stderr.isatty():
        yield silent
        return
    from rich import progress
    from rich.console import Console

    columns = [progress.TextColumn("{task.description:<23}"), progress.BarColumn(BAR_WIDTH)]
    columns += [
        progress.TextColumn(f"{{task.fields[{name}]}}", justify="right")
        for name in ("count", "rate", "time")
    ]
    with progress.Progress(*columns, console=Console(stderr=True)) as drawn:
        yield _Bars(drawn).report


class _Bars:
    def __init__(self, drawn: Progress) -> None:
        self.drawn = drawn
        self.tasks: dict[str, TaskID] = {}
        self.stage = ""

    def report(self, step: Step) -> None:
        """Draw where a stage has got to; the one before it has ended."""
        if step.stage != self.stage:
            self._end()
            self._begin(step)
        # A stage of one step shows no share: its bar moves to and fro until it has ended.
        total = None if step.total == 1 else step.total
        self.drawn.update(self.tasks[step.stage], completed=step.done, total=total)
        self._describe(step.stage)

    def _begin(self, step: Step) -> None:
        self.stage = step.stage
        if step.stage in self.tasks:  # one run after another, as `evaluate` does
            self.drawn.reset(self.tasks[step.stage], total=None)
        else:
            text = STAGES.get(step.stage, step.stage)
            task = self.drawn.add_task(text, total=None, count="", rate="", time="")
            self.tasks[step.stage] = task

    def _end(self) -> None:
        if self.stage:
            task = self._task(self.stage)
            total = max(task.completed, 1)
            self.drawn.update(task.id, completed=total, total=total)
            self._describe(self.stage)

    def _describe(self, stage: str) -> None:
        task = self._task(stage)
        done, total = int(task.completed), int(task.total or 0)
        count = f"{done:,}" + (f"/{total:,}" if total else "")
        speed = task.finished_speed or task.speed
        time = ""
        if task.finished:
            time = f"{task.finished_time or 0:.1f} s"
        elif task.time_remaining is not None:
            time = f"{_clock(task.time_remaining)} left"
        self.drawn.update(
            task.id,
            count=count if max(done, total) > 1 else "",
            rate=f"{speed:,.0f}/s" if speed and stage in {"scan", "read"} else "",
            time=time,
        )

    def _task(self, stage: str) -> Task:
        return next(task for task in self.drawn.tasks if task.id == self.tasks[stage])


def _clock(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
