"""Options made from `settings.py`: one per field, with its name, default, range and help."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, TypeVar

import click

from pixkin.results import DEFAULT_FOLDER
from pixkin.settings import AUTO, Settings

__all__ = ["Group", "common_options", "paths_argument", "settings_from", "settings_options"]

Function = TypeVar("Function", bound=Callable[..., Any])

GLOBAL_OPTIONS = {"--help", "-h", "--version"}
DEFAULT_COMMAND = "cluster"


class NumberOrAuto(click.ParamType):
    """A whole number, or ``auto``."""

    name = "auto|N"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> int | str:
        if value == AUTO or isinstance(value, int):
            return AUTO if value == AUTO else int(value)
        try:
            return int(value)
        except ValueError:
            self.fail(f"{value!r} is neither a whole number nor {AUTO!r}.", param, ctx)


class Group(click.Group):
    """``pixkin PATH...`` is short for ``pixkin cluster PATH...``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        words = [word for word in args if word != "--debug"]
        if words and words[0] not in GLOBAL_OPTIONS and words[0] not in self.commands:
            args = [DEFAULT_COMMAND, *args]
        elif words and words[0] in self.commands and args[0] == "--debug":
            args = [words[0], "--debug", *words[1:]]
        return super().parse_args(ctx, args)


def settings_options(*, several: tuple[str, ...] = ()) -> Callable[[Function], Function]:
    """Add an option for each field of `Settings`.

    Parameters
    ----------
    several : tuple of str
        Fields whose option may be given more than once.
    """

    def add(function: Function) -> Function:
        for field in reversed(dataclasses.fields(Settings)):
            facts = field.metadata
            option = (facts["option"] or field.name).replace("_", "-")
            text = facts["help"]
            if field.name in several:
                text = f"{text} May be given more than once."
            function = click.option(
                f"--{option}",
                field.name,
                type=NumberOrAuto() if field.default == AUTO else type(field.default),
                default=[field.default] if field.name in several else field.default,
                multiple=field.name in several,
                show_default=True,
                metavar="NAME" if facts["kind"] else None,
                help=text,
            )(function)
        return function

    return add


def settings_from(values: dict[str, Any]) -> Settings:
    """Take the settings out of ``values``."""
    names = [field.name for field in dataclasses.fields(Settings)]
    return Settings(**{name: values.pop(name) for name in names})


def paths_argument(function: Function) -> Function:
    """Add the paths, and the list of files."""
    function = click.option(
        "--from-file",
        type=click.Path(exists=True, dir_okay=False),
        metavar="LIST",
        help="Read the names of files from LIST, one per line or separated by NUL.",
    )(function)
    return click.argument("paths", nargs=-1, type=click.Path(), metavar="[PATH]...")(function)


def common_options(*, results: bool) -> Callable[[Function], Function]:
    """Add what every command that runs takes."""

    def add(function: Function) -> Function:
        options = [
            click.option("--json", "as_json", is_flag=True, help="Print one JSON document."),
            click.option("--quiet", "-q", is_flag=True, help="No progress, and no summary."),
            click.option("--debug", is_flag=True, help="Show the traceback of an error."),
        ]
        if results:
            options = [
                click.option(
                    "--output",
                    type=click.Path(),
                    default=DEFAULT_FOLDER,
                    show_default=True,
                    metavar="DIR",
                    help="Where the results go.",
                ),
                click.option(
                    "--open", "open_report", is_flag=True, help="Open the report in the browser."
                ),
                *options,
            ]
        for option in reversed(options):
            function = option(function)
        return function

    return add
