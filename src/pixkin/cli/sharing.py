"""The command that writes a page to give away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from pixkin.cli.bars import bars
from pixkin.cli.everywhere import debug_option
from pixkin.cli.options import Folder
from pixkin.cli.screen import counted, note, show_page, sized
from pixkin.errors import printable

__all__ = ["share"]

Function = TypeVar("Function", bound=Callable[..., Any])

TOLD = {
    "names": "Tell the names of the files, without their folders.",
    "paths": "Tell where files lie in the folders that were read.",
    "dates": "Tell when pictures were taken.",
    "cameras": "Tell the cameras.",
    "places": "Tell where pictures were taken (GPS).",
}
"""What is told of pictures only if it is asked for."""


def told_options(function: Function) -> Function:
    """Add an option for each fact."""
    for name, about in reversed(TOLD.items()):
        function = click.option(f"--with-{name}", is_flag=True, help=about)(function)
    return function


@click.command()
@click.argument("target", type=Folder(), metavar="DIR")
@click.argument("path", type=click.Path(), default=".", metavar="[PATH]")
@click.option("--single", is_flag=True, help="One .html file instead, for up to 500 pictures.")
@click.option(
    "--group", "groups", multiple=True, metavar="GROUP", help="Only this; may be repeated."
)
@click.option("--title", default="", metavar="TEXT", help="What the page is called.")
@click.option(
    "--larger",
    type=click.IntRange(256, 4096),
    metavar="PX",
    help="Also pictures of at least PX pixels on the longer side; else only thumbnails.",
)
@told_options
@click.option("--open", "is_to_open", is_flag=True, help="Open the page in the browser.")
@click.option("--quiet", "-q", is_flag=True, help="No progress, and no summary.")
@debug_option
def share(
    target: str,
    path: str,
    single: bool,
    groups: tuple[str, ...],
    title: str,
    larger: int | None,
    is_to_open: bool,
    quiet: bool,
    **told: bool,
) -> None:
    """Write a page with the groups into DIR, which opens anywhere, without Pixkin.

    PATH is the library's folder, or one in or below the folder that holds it; by default, here.
    The page has small copies of the pictures, and what their groups are called. Hidden groups,
    file names, folders, dates and places stay here, unless you ask for them. DIR is a new folder,
    an empty one, or one that was shared before, which is replaced.
    """
    import pixkin

    with pixkin.open(path) as library, bars(quiet=quiet) as report:
        done = library.share(
            target,
            single=single,
            groups=groups,
            title=title,
            larger=larger or 0,
            include=[name for name in TOLD if told[f"with_{name}"]],
            on_progress=report,
        )
    if not quiet:
        what = f"{counted(done.images, 'picture')}, {counted(done.groups, 'group')}"
        click.echo(f"Written: {printable(str(done.page))} ({what}, {sized(done.bytes)})")
    if done.left_out:
        note(f"{counted(done.left_out, 'picture')} without a thumbnail left out.")
    if done.only_small:
        note(f"{counted(done.only_small, 'picture')} only small: the files have changed or gone.")
    if is_to_open:
        show_page(done.page, "page")
