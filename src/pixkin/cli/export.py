"""The command that takes all that a library knows elsewhere."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pixkin.catalog import FORMATS, format_of, write
from pixkin.cli.correct import opened
from pixkin.cli.everywhere import debug_option, library_option
from pixkin.cli.flagged import flag_options
from pixkin.cli.screen import counted, note
from pixkin.errors import PathError, printable

if TYPE_CHECKING:
    from pixkin.catalog import Exported

__all__ = ["export"]

STDOUT = "-"


@click.command()
@click.argument("target", type=click.Path(allow_dash=True))
@click.option(
    "--format",
    "name",
    type=click.Choice(list(FORMATS)),
    help="What to write. [default: csv, json or parquet, as TARGET ends]",
)
@click.option("--vectors", is_flag=True, help="Add the vectors, to json or parquet.")
@click.option("--force", is_flag=True, help="Replace TARGET if it is there.")
@flag_options
@library_option
@debug_option
def export(
    target: str,
    name: str | None,
    vectors: bool,
    force: bool,
    flags: tuple[str, ...],
    without_flags: tuple[str, ...],
    library: str,
) -> None:
    """Write all that a library knows of its pictures and groups.

    TARGET is a new file, or - for standard output; for fiftyone and labelstudio a new folder.
    Nothing is grouped, no picture is opened, and none is copied. Hidden groups are written too.
    """
    if target == STDOUT and name is None:
        raise click.UsageError("Say what to write to standard output, as with --format csv.")
    form = name or format_of(target)
    chosen: Any = {"vectors": vectors, "flags": flags, "without_flags": without_flags}
    with opened(library) as edits:
        if target == STDOUT:
            with io.BufferedWriter(_Stdout()) as stream:
                _note(write(edits, stream, form, **chosen))
            return
        done = write(edits, Path(target), form, force=force, **chosen)
    groups = counted(done.groups, "group")
    click.echo(f"Written: {printable(target)} ({counted(done.files, 'file')}, {groups})")
    _note(done)


def _note(done: Exported) -> None:
    """Say what is not in it."""
    if done.left_out:
        are = "is" if done.left_out == 1 else "are"
        note(
            f"{counted(done.left_out, 'file')} {are} left out: damaged, too large, or of a name "
            "that is not UTF-8. csv, json and parquet have them."
        )
    if done.gone:
        are = "is" if done.gone == 1 else "are"
        note(f"{counted(done.gone, 'file')} that {are} gone {are} left out.")


class _Stdout(io.RawIOBase):
    """Standard output, whose errors are not taken for errors of the library."""

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        data = bytes(content)
        try:
            click.echo(data, nl=False)
        except BrokenPipeError:  # the reader had enough
            raise click.exceptions.Exit from None
        except OSError as error:
            why = f"cannot be written ({error.strerror or error})"
            raise PathError("standard output", why) from error
        return len(data)
