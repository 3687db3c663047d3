"""The options that choose pictures by their flags, for every command that lists or acts on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from pixkin.looks import FLAGS

__all__ = ["flag_options"]

Function = TypeVar("Function", bound=Callable[..., Any])


def flag_options(function: Function) -> Function:
    """Add --flag and --no-flag, as ``flags`` and ``without_flags``."""
    names = click.Choice(list(FLAGS))
    without = click.option(
        "--no-flag",
        "without_flags",
        multiple=True,
        type=names,
        metavar="NAME",
        help="Only pictures without this flag; given several times, without any of them.",
    )
    some = click.option(
        "--flag",
        "flags",
        multiple=True,
        type=names,
        metavar="NAME",
        help="Only pictures with this flag; given several times, with any of them. "
        f"NAME: {', '.join(FLAGS)}.",
    )
    return some(without(function))
