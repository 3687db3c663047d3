"""The command that writes the names of groups into sidecars."""

from __future__ import annotations

import click

from pixkin.cli.correct import opened
from pixkin.cli.everywhere import debug_option, library_option
from pixkin.cli.filing import carry_out, json_option, save_option, yes_option

__all__ = ["sidecars"]


@click.command()
@click.option(
    "--group", "groups", multiple=True, metavar="GROUP", help="Only this; may be repeated."
)
@library_option
@save_option
@yes_option
@json_option
@debug_option
def sidecars(
    groups: tuple[str, ...], library: str, save: str | None, yes: bool, as_json: bool
) -> None:
    """Write the names of groups as keywords into XMP beside the pictures.

    For Lightroom, digiKam and others. Only groups with a name count; what else is in a sidecar
    stays, and the pictures are not touched. First the plan is shown; nothing happens without a yes,
    and `pixkin undo` takes it back.
    """
    from pixkin.filing.sidecars import write_sidecars

    with opened(library) as edits:
        plan = write_sidecars(edits, groups)
    carry_out(plan, library, save=save, yes=yes, as_json=as_json)
