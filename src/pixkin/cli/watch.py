"""The command that stays."""

from __future__ import annotations

import contextlib
from pathlib import Path

import click

from pixkin.cli.everywhere import debug_option
from pixkin.cli.given import sources_from
from pixkin.cli.options import place_option
from pixkin.cli.screen import note, show_update

__all__ = ["watch"]


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(), metavar="[PATH]...")
@place_option
@click.option(
    "--settle",
    type=click.FloatRange(min=0.05, max=3600),
    default=2.0,
    show_default=True,
    metavar="SECONDS",
    help="How long files must be left alone before they are read.",
)
@debug_option
def watch(paths: tuple[str, ...], library: str | None, settle: float) -> None:
    """Stay, and update whenever files have come, gone or changed.

    It updates at once, and then waits. Groups are not found anew, as with `pixkin update`. Ctrl-C
    ends it.
    """
    from pixkin.pipeline import opened
    from pixkin.watching import watch as watch_library

    sources = sources_from(paths, None)
    place = None if library is None else Path(library)
    with contextlib.suppress(KeyboardInterrupt), opened(sources, place) as here:
        note("Watching. Ctrl-C ends it.")
        for number, done in enumerate(watch_library(here, sources, settle_s=settle)):
            if number == 0 or done.changes or done.founded or done.joined:
                show_update(done)
