"""The command that takes names and corrections from a table."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pixkin.cli.correct import opened
from pixkin.cli.everywhere import debug_option, library_option
from pixkin.cli.screen import counted, note

if TYPE_CHECKING:
    from pixkin.importing import Imported

__all__ = ["import_corrections"]

UNKNOWN_SHOWN = 5


@click.command("import")
@click.argument("table", type=click.Path(exists=True, dir_okay=False))
@library_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@debug_option
def import_corrections(table: str, library: str, as_json: bool) -> None:
    """Take names and corrections from a CSV table that you edited.

    That may be clusters.csv, or one of your own. A row is of a picture, by its path or image
    (SHA-256). Another cluster_id moves it, and name is what its group is called. Your own labels
    go in a column label: a group is made for each. All of it is one step, which `pixkin edit undo`
    takes back.
    """
    from pixkin.importing import import_table

    with opened(library) as edits:
        done = import_table(edits, Path(table))
    if as_json:
        click.echo(json.dumps(asdict(done), indent=2))
        return
    click.echo(_in_words(done))
    for picture in done.unknown[:UNKNOWN_SHOWN]:
        note(f"not in the library: {picture}")
    if len(done.unknown) > UNKNOWN_SHOWN:
        note(f"and {len(done.unknown) - UNKNOWN_SHOWN:,} more; --json names them")


def _in_words(done: Imported) -> str:
    parts = [
        (done.moved, counted(done.moved, "picture") + " put into groups"),
        (done.founded, counted(len(done.founded), "new group")),
        (done.named, counted(len(done.named), "group") + " named"),
    ]
    told = [text for found, text in parts if found]
    if not told:
        return "All is as the table says, so nothing was changed."
    return f"{', '.join(told)}. Take it back with: pixkin edit undo"
