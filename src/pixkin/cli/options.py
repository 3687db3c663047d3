"""Options made from `settings.py`: one per field, with its name, default, range and help."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, TypeVar

import click

from pixkin.cli.everywhere import debug_option
from pixkin.errors import PixkinError, SettingError
from pixkin.settings import AUTO, Settings

__all__ = [
    "Folder",
    "common_options",
    "in_options",
    "option_of",
    "paths_argument",
    "place_option",
    "settings_from",
    "settings_options",
]

Function = TypeVar("Function", bound=Callable[..., Any])

DEFAULT_OUTPUT = "pixkin-results"


class Folder(click.Path):
    """A folder to write to. It may not be empty text, which would be the current folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not value:
            self.fail("It is empty, as a variable that is not set is.", param, ctx)
        return super().convert(value, param, ctx)


def number_or_auto(text: str) -> int | str:
    """Read a whole number, or ``auto``."""
    try:
        return AUTO if text == AUTO else int(text)
    except ValueError:
        why = f"{text!r} is neither a whole number nor {AUTO!r}."
        raise click.BadParameter(why) from None


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
            text, is_or_auto = facts["help"], field.default == AUTO and not facts["kind"]
            if field.name in several:
                text = f"{text} May be given more than once."
            function = click.option(
                option_of(field),
                field.name,
                type=number_or_auto if is_or_auto else type(field.default),
                default=[field.default] if field.name in several else field.default,
                multiple=field.name in several,
                show_default=True,
                metavar="auto|N" if is_or_auto else "NAME" if facts["kind"] else None,
                help=text,
            )(function)
        return function

    return add


def option_of(field: dataclasses.Field[Any]) -> str:
    """Give the option of a field of `Settings`."""
    return "--" + (field.metadata["option"] or field.name).replace("_", "-")


def in_options(error: PixkinError) -> str:
    """Word an error with the option's name where it has the setting's."""
    if isinstance(error, SettingError):
        for field in dataclasses.fields(Settings):
            if field.name == error.name:
                error = SettingError(option_of(field), error.allowed, error.value)
    return str(error)


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


place_option = click.option(
    "--library",
    type=Folder(),
    metavar="DIR",
    help="Where the library is. [default: .pixkin in the folder given, or the nearest above]",
)


def common_options(*, results: bool) -> Callable[[Function], Function]:
    """Add what every command that runs takes."""

    def add(function: Function) -> Function:
        options = [
            click.option("--json", "as_json", is_flag=True, help="Print one JSON document."),
            click.option("--quiet", "-q", is_flag=True, help="No progress, and no summary."),
            debug_option,
        ]
        if results:
            options = [
                click.option(
                    "--output",
                    type=Folder(),
                    default=DEFAULT_OUTPUT,
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
