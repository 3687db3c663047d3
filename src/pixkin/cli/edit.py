"""The commands that correct groups. Each takes effect at once, and can be undone."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from pixkin.cli import correct
from pixkin.cli.everywhere import debug_option, library_option
from pixkin.errors import printable

__all__ = ["edit"]

STEPS_SHOWN = 20


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


def at_level(folder: str) -> str:
    """Bring the library to the level that was asked for."""
    level = click.get_current_context().obj
    if level is not None:
        _work_at(folder, level)
    return folder


def tell(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(line)


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
    tell(correct.rename(at_level(library), group, name))


@edit.command()
@click.argument("into", metavar="GROUP")
@click.argument("others", nargs=-1, required=True, metavar="OTHER...")
@library_option
@debug_option
def merge(into: str, others: tuple[str, ...], library: str) -> None:
    """Make groups one, with the id and name of the first."""
    tell(correct.merge(at_level(library), into, *others))


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
    folder = at_level(library)
    if n is None:
        tell(correct.split(folder, group, *files))
        return
    from pixkin.divide import divide
    from pixkin.library import Library
    from pixkin.library.place import find

    with Library(find(Path(folder))) as whole:
        tell(correct.did(whole.edit, *divide(whole, group, n)))


@edit.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(), metavar="FILE...")
@click.option("--to", required=True, metavar="GROUP", help="Where they belong.")
@library_option
@debug_option
def move(files: tuple[str, ...], to: str, library: str) -> None:
    """Put pictures into a group, where they stay."""
    tell(correct.move(at_level(library), *files, to=to))


@edit.command("not-here")
@click.argument("files", nargs=-1, required=True, type=click.Path(), metavar="FILE...")
@click.option("--group", metavar="GROUP", help="[default: the one that each is in]")
@library_option
@debug_option
def not_here(files: tuple[str, ...], group: str | None, library: str) -> None:
    """Say that pictures are not of the group that they are in."""
    tell(correct.not_here(at_level(library), *files, group=group))


@edit.command()
@click.argument("group")
@click.option("--off", is_flag=True, help="Let it change again.")
@library_option
@debug_option
def pin(group: str, off: bool, library: str) -> None:
    """Keep exactly this group as it is."""
    tell(correct.pin(at_level(library), group, off=off))


@edit.command()
@click.argument("group")
@click.option("--off", is_flag=True, help="Show it again.")
@library_option
@debug_option
def hide(group: str, off: bool, library: str) -> None:
    """Leave a group out of lists and reports."""
    tell(correct.hide(at_level(library), group, off=off))


@edit.command()
@click.argument("steps", type=click.IntRange(min=1), default=1, metavar="[N]")
@library_option
@debug_option
def undo(steps: int, library: str) -> None:
    """Take back the last step, or the last N."""
    tell(correct.undo(library, steps))


@edit.command()
@click.argument("steps", type=click.IntRange(min=1), default=1, metavar="[N]")
@library_option
@debug_option
def redo(steps: int, library: str) -> None:
    """Do again what was undone."""
    tell(correct.redo(library, steps))


@edit.command()
@library_option
@click.option("--all", "every", is_flag=True, help="Show every step.")
@debug_option
def log(library: str, every: bool) -> None:
    """List what was done, the latest last."""
    from pixkin.lasting.told import in_words

    with correct.opened(library) as edits:
        entries = edits.entries()
    for entry in entries if every else entries[-STEPS_SHOWN:]:
        click.echo(f"{entry.entry_id:>6}  {entry.made}  {printable(in_words(entry))}")
