"""The commands that show the groups that a library has."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pixkin.cli import screen
from pixkin.cli.correct import opened
from pixkin.cli.everywhere import debug_option, library_option
from pixkin.cli.flagged import flag_options
from pixkin.flagging import left_out

if TYPE_CHECKING:
    from pixkin.library.listing import GroupList

__all__ = ["list_groups", "show_group", "show_picture"]

GROUPS_SHOWN = 50
MEMBERS_SHOWN = 20


@click.command("list")
@library_option
@click.option("--all", "every", is_flag=True, help="Show every group, hidden ones too.")
@click.option(
    "--level",
    type=click.IntRange(min=2),
    metavar="N",
    help="Show the N groups that there would be at another level.",
)
@flag_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@debug_option
def list_groups(
    library: str,
    every: bool,
    level: int | None,
    flags: tuple[str, ...],
    without_flags: tuple[str, ...],
    as_json: bool,
) -> None:
    """List the groups, the largest first.

    A group keeps its id, and its name if it has one, from run to run. With --flag or --no-flag
    only such pictures are counted.
    """
    found = _listed(library, level, flags, without_flags)
    if as_json:
        click.echo(json.dumps(found.to_dict(), indent=2))
        return
    shown = [group for group in found.groups if every or not group.is_hidden]
    screen.show_groups(found, shown if every else shown[:GROUPS_SHOWN])
    n_hidden = len(found.groups) - len(shown)
    if len(shown) > GROUPS_SHOWN and not every:
        screen.note(f"{len(shown) - GROUPS_SHOWN:,} more groups; --all shows them.")
    if n_hidden:
        screen.note(f"{n_hidden:,} hidden; --all shows hidden groups as well.")


def _listed(
    library: str, level: int | None, flags: Sequence[str], without: Sequence[str]
) -> GroupList:
    if level is None:
        with opened(library) as edits:
            return edits.groups(left_out=left_out(edits, flags, without))
    from pixkin.leveling import at_level
    from pixkin.library import Library
    from pixkin.library.place import find

    with Library(find(Path(library))) as whole:
        edits = whole.edit
        return edits.groups(at_level(whole, level), left_out(edits, flags, without))


@click.command("show")
@click.argument("group")
@library_option
@click.option("--all", "every", is_flag=True, help="Name every member.")
@flag_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@debug_option
def show_group(
    group: str,
    library: str,
    every: bool,
    flags: tuple[str, ...],
    without_flags: tuple[str, ...],
    as_json: bool,
) -> None:
    """Show a group: its members, and what happened to it.

    GROUP is an id, the beginning of one, or a name.
    """
    with opened(library) as edits:
        found = edits.group(group, left_out(edits, flags, without_flags))
    if as_json:
        click.echo(json.dumps(found.to_dict(), indent=2))
    else:
        screen.show_group(found, len(found.files) if every else MEMBERS_SHOWN)


@click.command("info")
@click.argument("file", type=click.Path())
@library_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@debug_option
def show_picture(file: str, library: str, as_json: bool) -> None:
    """Tell of a picture: its group, why, its flags, what is like it, and its copies."""
    from pixkin.opened import open as open_library

    with open_library(library) as found:
        portrait = found.portrait(file)
    if as_json:
        click.echo(json.dumps(portrait.to_dict(), indent=2))
    else:
        screen.show_portrait(portrait)
