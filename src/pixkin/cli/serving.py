"""The command that shows the library in the browser."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pixkin.cli.everywhere import debug_option
from pixkin.cli.given import sources_from
from pixkin.cli.options import paths_argument, place_option
from pixkin.cli.screen import note

if TYPE_CHECKING:
    from pixkin.sources import Source
    from pixkin.web.serve import Served

__all__ = ["open_page"]

LOOPBACK = ("127.0.0.1", "localhost", "::1")
OUTSIDE = "Anyone who can reach this computer and has this link sees your pictures: {}"


@click.command("open")
@paths_argument
@place_option
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="[default: any free one]")
@click.option(
    "--host",
    default=LOOPBACK[0],
    show_default=True,
    help="Where to listen; others than this computer reach it only if you say so.",
)
@click.option("--browser/--no-browser", default=True, help="Open the browser, or only the server.")
@debug_option
def open_page(
    paths: tuple[str, ...],
    from_file: str | None,
    library: str | None,
    port: int,
    host: str,
    browser: bool,
) -> None:
    """Look at the groups in the browser, and correct them.

    PATH is as for `pixkin cluster`; what is new there is read while you look. Without PATH, the
    library here or above. Nothing leaves this computer. Ctrl-C ends it.
    """
    import pixkin
    from pixkin.pipeline import opened
    from pixkin.web.serve import serving

    sources = sources_from(paths, from_file)
    with opened(sources, None if library is None else Path(library)) as here:
        folder = here.folder
    try:
        with pixkin.open(folder) as shown, serving(shown, host=host, port=port) as served:
            _begin(served, sources)
            _say(served, host, browser=browser)
            threading.Event().wait()
    except KeyboardInterrupt:
        click.echo("Ended. What you did is kept.")
    except OSError as error:
        raise click.UsageError(f"Port {port} of {host} cannot be used ({error}).") from error


def _begin(served: Served, sources: list[Source]) -> None:
    """Look for what is new: in what was named, or in all that the library knows of."""
    from pixkin.web.work import update

    served.here.jobs.start("update", update(served.here.library, sources))


def _say(served: Served, host: str, *, browser: bool) -> None:
    import webbrowser

    if host not in LOOPBACK:
        note(click.style(OUTSIDE.format(served.link), fg="red", bold=True))
    click.echo(f"Pixkin shows your pictures at\n\n    {served.link}\n\nCtrl-C ends it.")
    if browser:
        webbrowser.open(served.link)
