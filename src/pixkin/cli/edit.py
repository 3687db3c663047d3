"""The commands that correct groups. Each takes effect at once, and can be undone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from pixkin.cli.everywhere import debug_option, library_option
from pixkin.errors import printable

if TYPE_CHECKING:
    from pixkin.library.edits import Edits

__all__ = ["edit", "opened"]

STEPS_SHOWN = 20


def opened(folder: str) -> Edits:
    """Open the library that is, or is held by, a folder or one above it."""
    from pixkin.library.edits import Edits
    from pixkin.library.place import find

    return Edits.open(find(Path(folder)))


@click.group()
@click.option(
    "--level",
    type=click.IntRange(min=2),
    metavar="N",
    help="Correct the groups of `pixkin list --level N`, which become those that are kept.",
)
@click.pass_context
def edit(context: click.Context, level: int | None) -> None:
    """Correct the groups: name, merge, split, move, and undo.

    Every step can be taken back, at any time. A GROUP is given by its id, the beginning of it,
    or its name: `pixkin list` shows them. What you correct stays so when pictures are added and
    groups are found anew.
    """
    context.obj = level


def correcting(folder: str) -> Edits:
    """Open the library, at the level that was asked for."""
    level = click.get_current_context().obj
    if level is not None:
        _work_at(folder, level)
    return opened(folder)


def _work_at(folder: str, level: int) -> None:
    from pixkin.leveling import work_at
    from pixkin.library import Library
    from pixkin.library.place import find

    with Library(find(Path(folder))) as whole:
        work_at(whole, level)


@edit.command("level")
@click.argument("n_clusters", type=click.IntRange(min=2), required=False, metavar="[N]")
@library_option
@debug_option
def choose_level(n_clusters: int | None, library: str) -> None:
    """Keep the groups of another level, or list the levels.

    Ids, names and corrections belong to one level, and go with the pictures to the other.
    """
    from pixkin.leveling import levels_of
    from pixkin.library import Library
    from pixkin.library.place import find

    if n_clusters is not None:
        _work_at(library, n_clusters)
    with Library(find(Path(library))) as whole:
        n_now, found = len(whole.edit.groups().groups), levels_of(whole)
    if n_clusters is None:
        click.echo(f"Levels: {', '.join(map(str, found))} groups. Now there are {n_now}.")
    else:
        click.echo(f"Now there are {n_now} groups. Take it back with: pixkin edit undo")


@edit.command()
@click.argument("group")
@click.argument("name")
@library_option
@debug_option
def rename(group: str, name: str, library: str) -> None:
    """Give a group a name; "" takes it away."""
    with correcting(library) as edits:
        _did(edits, edits.rename(group, name))


@edit.command()
@click.argument("into", metavar="GROUP")
@click.argument("others", nargs=-1, required=True, metavar="OTHER...")
@library_option
@debug_option
def merge(into: str, others: tuple[str, ...], library: str) -> None:
    """Make groups one, with the id and name of the first."""
    with correcting(library) as edits:
        _did(edits, edits.merge(into, *others))


@edit.command()
@click.argument("group")
@click.argument("files", nargs=-1, type=click.Path(), metavar="[FILE]...")
@click.option("--into", "n", type=click.IntRange(min=2), metavar="N", help="How many groups.")
@library_option
@debug_option
def split(group: str, files: tuple[str, ...], n: int | None, library: str) -> None:
    """Take pictures out of a group into a new one, or part it by looks with --into."""
    if bool(files) == bool(n):
        raise click.UsageError("Name the pictures of the new group, or say --into N.")
    with correcting(library) as edits:
        if n is None:
            _did(edits, *edits.split(group, files))
            return
    from pixkin.divide import divide
    from pixkin.library import Library
    from pixkin.library.place import find

    with Library(find(Path(library))) as whole:
        _did(whole.edit, *divide(whole, group, n))


@edit.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(), metavar="FILE...")
@click.option("--to", required=True, metavar="GROUP", help="Where they belong.")
@library_option
@debug_option
def move(files: tuple[str, ...], to: str, library: str) -> None:
    """Put pictures into a group, where they stay."""
    with correcting(library) as edits:
        _did(edits, edits.move(files, to))


@edit.command("not-here")
@click.argument("files", nargs=-1, required=True, type=click.Path(), metavar="FILE...")
@click.option("--group", metavar="GROUP", help="[default: the one that each is in]")
@library_option
@debug_option
def not_here(files: tuple[str, ...], group: str | None, library: str) -> None:
    """Say that pictures are not of the group that they are in."""
    with correcting(library) as edits:
        _did(edits, *edits.not_here(files, group))


@edit.command()
@click.argument("group")
@click.option("--off", is_flag=True, help="Let it change again.")
@library_option
@debug_option
def pin(group: str, off: bool, library: str) -> None:
    """Keep exactly this group as it is."""
    with correcting(library) as edits:
        _did(edits, edits.pin(group, on=not off))


@edit.command()
@click.argument("group")
@click.option("--off", is_flag=True, help="Show it again.")
@library_option
@debug_option
def hide(group: str, off: bool, library: str) -> None:
    """Leave a group out of lists and reports."""
    with correcting(library) as edits:
        _did(edits, edits.hide(group, on=not off))


@edit.command()
@click.argument("steps", type=click.IntRange(min=1), default=1, metavar="[N]")
@library_option
@debug_option
def undo(steps: int, library: str) -> None:
    """Take back the last step, or the last N."""
    from pixkin.lasting.told import in_words

    with opened(library) as edits:
        for entry in edits.undo(steps):
            click.echo(f"Undone: {printable(in_words(entry))}")


@edit.command()
@click.argument("steps", type=click.IntRange(min=1), default=1, metavar="[N]")
@library_option
@debug_option
def redo(steps: int, library: str) -> None:
    """Do again what was undone."""
    from pixkin.lasting.told import in_words

    with opened(library) as edits:
        for entry in edits.redo(steps):
            click.echo(f"Done again: {printable(in_words(entry))}")


@edit.command()
@library_option
@click.option("--all", "every", is_flag=True, help="Show every step.")
@debug_option
def log(library: str, every: bool) -> None:
    """List what was done, the latest last."""
    from pixkin.lasting.told import in_words

    with opened(library) as edits:
        entries = edits.entries()
    for entry in entries if every else entries[-STEPS_SHOWN:]:
        click.echo(f"{entry.entry_id:>6}  {entry.made}  {printable(in_words(entry))}")


def _did(edits: Edits, *groups: str) -> None:
    """Say what the last step did, and which groups there are of it."""
    from pixkin.lasting.told import in_words

    entry = edits.last()
    what = printable(in_words(entry))
    click.echo(f"{what[0].upper()}{what[1:]}. Take it back with: pixkin edit undo")
    if entry.action == "split":
        click.echo(f"New: {' '.join(groups)}")
