"""What a person sees: progress and notes on stderr, results on stdout."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import click

from pixkin.errors import printable
from pixkin.progress import OnProgress, Step, silent

if TYPE_CHECKING:
    from pathlib import Path

    from pixkin.clustering import Clustering
    from pixkin.evaluate import Scores

__all__ = ["bars", "interruptible", "note", "show_scores", "show_summary"]

T = TypeVar("T")

STAGES = {
    "scan": "Looking for pictures",
    "read": "Reading pictures",
    "reduce": "Reducing vectors",
    "neighbors": "Finding neighbours",
    "cluster": "Grouping",
    "layout": "Drawing the map",
    "write": "Writing results",
    "wait": "Waiting for another run",
}
GROUPS_SHOWN = 10
POLL_S = 0.05
UNWIND_S = 0.6


class Cancelled(BaseException):
    """Raised in the running thread after Ctrl-C, so that it keeps what is done and ends."""


def note(text: str) -> None:
    """Say something beside the results."""
    click.echo(text, err=True)


@contextlib.contextmanager
def bars(*, quiet: bool) -> Iterator[OnProgress]:
    """Draw a bar per stage, if a person is watching."""
    if quiet or not sys.stderr.isatty():
        yield silent
        return
    from rich import progress
    from rich.console import Console

    drawn = progress.Progress(
        progress.TextColumn("{task.description:<24}"),
        progress.BarColumn(bar_width=28),
        progress.MofNCompleteColumn(),
        progress.TextColumn("{task.fields[rate]}"),
        progress.TimeRemainingColumn(elapsed_when_finished=True),
        console=Console(stderr=True),
    )
    tasks: dict[str, Any] = {}

    def report(step: Step) -> None:
        if step.stage not in tasks:
            name = STAGES.get(step.stage, step.stage)
            tasks[step.stage] = drawn.add_task(name, total=step.total, rate="")
        task = tasks[step.stage]
        speed = drawn.tasks[task].speed
        rate = f"{speed:,.0f}/s" if speed and step.stage == "read" else ""
        drawn.update(task, completed=step.done, total=step.total, rate=rate)

    with drawn:
        yield report


def interruptible(work: Callable[[Callable[[OnProgress], OnProgress]], T]) -> T:
    """Run ``work`` so that Ctrl-C ends it within a second, wherever it is.

    ``work`` runs in a thread of its own, because a thread that computes in a C library cannot be
    interrupted; it gets a function that wraps its progress callback, through which it is told to
    stop. What it keeps is safe at any instant, so if it does not stop in time the process does.

    Raises
    ------
    KeyboardInterrupt
        After Ctrl-C.
    """
    stop = threading.Event()
    outcome: list[Any] = [None, None]

    def watched(report: OnProgress) -> OnProgress:
        def passed_on(step: Step) -> None:
            if stop.is_set():
                raise Cancelled
            report(step)

        return passed_on

    def body() -> None:
        try:
            outcome[0] = work(watched)
        except BaseException as error:  # noqa: BLE001 - raised again below, in the main thread
            outcome[1] = error

    thread = threading.Thread(target=body, daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            thread.join(POLL_S)
    except KeyboardInterrupt:
        stop.set()
        thread.join(UNWIND_S)
        raise
    if outcome[1] is not None:
        raise outcome[1]
    result: T = outcome[0]
    return result


def show_summary(result: Clustering, folder: Path, report: Path) -> None:
    """Print what a person wants to know at the end of a run."""
    n = result.counts
    seconds = sum(cost.seconds for cost in result.costs)
    copies = f" ({n.files - n.images:,} copies)" if n.files != n.images else ""
    click.echo(
        f"{n.files:,} files{copies}, {n.images:,} images, {n.skipped:,} skipped, "
        f"{n.clusters:,} groups in {seconds:.1f} s"
    )
    click.echo()
    groups = [cluster for cluster in result.clusters if cluster.label >= 0]
    click.echo(f"{'group':>6} {'images':>8}  most typical")
    for cluster in groups[:GROUPS_SHOWN]:
        name = printable(result.files_of[cluster.members[0]][0].path)
        click.echo(f"{cluster.label:>6} {len(cluster.members):>8,}  {name}")
    if len(groups) > GROUPS_SHOWN:
        click.echo(f"{'':>15}  and {len(groups) - GROUPS_SHOWN:,} more groups")
    unplaced = sum(len(cluster.members) for cluster in result.clusters if cluster.label < 0)
    if unplaced:
        click.echo(f"{'none':>6} {unplaced:>8,}  in no group")
    click.echo()
    click.echo(f"Report: {printable(str(report))}")


def show_scores(scores: list[Scores]) -> None:
    """Print a table with a line per run."""
    wide = max(len(score.encoder) for score in scores)
    wide_too = max(len(score.clusterer) for score in scores)
    click.echo(
        f"{'encoder':<{wide}}  {'clusterer':<{wide_too}}  groups  classes  accuracy    NMI    AMI"
        "    ARI  V-measure  silhouette  seconds"
    )
    for score in scores:
        silhouette = "-" if score.silhouette is None else f"{score.silhouette:.3f}"
        click.echo(
            f"{score.encoder:<{wide}}  {score.clusterer:<{wide_too}}  {score.clusters:>6}  "
            f"{score.classes:>7}  {score.accuracy:>8.3f}  {score.nmi:.3f}  {score.ami:.3f}  "
            f"{score.ari:.3f}  {score.v_measure:>9.3f}  {silhouette:>10}  {score.seconds:>7.1f}"
        )
