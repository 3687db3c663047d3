"""The command for the trash."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pixkin.cli.correct import opened
from pixkin.cli.everywhere import debug_option, library_option
from pixkin.cli.filing import agreed, carried, json_option, show_filed, yes_option
from pixkin.cli.screen import counted, sized
from pixkin.errors import PathError, printable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pixkin.filing.trash import Trashed
    from pixkin.filing.work import Filed
    from pixkin.library.edits import Edits
    from pixkin.progress import OnProgress

__all__ = ["trash"]


@click.group()
def trash() -> None:
    """Look into the trash that duplicates go to, bring files back, and empty it."""


@trash.command("list")
@library_option
@json_option
@debug_option
def list_trash(library: str, as_json: bool) -> None:
    """List the files in the trash."""
    from pixkin.filing.trash import trashed

    with opened(library) as edits:
        found = trashed(edits)
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], indent=2))
        return
    for one in found:
        click.echo(f"{one.filing_id:>4}  {printable(one.path)}")
    total = sum(one.bytes for one in found)
    click.echo(f"{counted(len(found), 'file')} in the trash, {sized(total)}")
    if found:
        click.echo("Bring them back with `pixkin undo`, some with `pixkin trash restore FILE...`.")


@trash.command("restore")
@click.argument("files", nargs=-1, required=True, type=click.Path(), metavar="FILE...")
@library_option
@json_option
@debug_option
def restore_trash(files: tuple[str, ...], library: str, as_json: bool) -> None:
    """Bring files back from the trash: FILE is where one was, as `pixkin trash list` has it."""
    from pixkin.filing.restore import restore
    from pixkin.filing.trash import trashed

    with opened(library) as edits:
        found = {one.path: one for one in trashed(edits)}  # of two that lay there the later
    meant = [_named(file, found) for file in files]

    def back(edits: Edits, *, on_progress: OnProgress) -> Filed:
        return restore(edits, meant, on_progress)

    show_filed(carried(library, back), as_json, back=True)


@trash.command("empty")
@library_option
@yes_option
@debug_option
def empty_trash(library: str, yes: bool) -> None:
    """Delete what is in the trash, for good."""
    from pixkin.filing.trash import empty, trashed

    with opened(library) as edits:
        found = trashed(edits)
        total = sized(sum(one.bytes for one in found))
        if not found:
            click.echo("The trash is empty.")
        elif agreed(f"Delete {counted(len(found), 'file')} ({total}) for good?", yes=yes):
            click.echo(f"Deleted: {counted(empty(edits, found), 'file')}")


def _named(file: str, found: Mapping[str, Trashed]) -> Trashed:
    """Give what lay at a path, also where that leads through a link."""
    there = Path(os.path.abspath(file))  # noqa: PTH100 - it is not there, so it leads nowhere
    for path in (there, Path(os.path.realpath(there.parent), there.name)):
        if str(path) in found:
            return found[str(path)]
    raise PathError(file, "is not in the trash; `pixkin trash list` shows what is")
