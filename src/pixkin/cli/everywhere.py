"""Options that need nothing loaded: corrections are to be instant."""

from __future__ import annotations

import click

__all__ = ["debug_option", "library_option"]

debug_option = click.option(
    "--debug", is_flag=True, expose_value=False, help="Show the traceback of an error."
)
"""It stands among the options to be told of; `main` looks for it before they are read."""

library_option = click.option(
    "--library",
    type=click.Path(exists=True),
    default=".",
    metavar="DIR",
    help="The library's folder, or one in or below the folder that holds it. [default: here]",
)
