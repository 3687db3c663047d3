"""The way in and out: how an error becomes a line and an exit code."""

from __future__ import annotations

import contextlib
import gc
import io
import os
import sys
import warnings
from collections.abc import Sequence
from typing import NoReturn

__all__ = ["main", "run"]

INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit."""
    gc.freeze()  # what is imported by now stays
    words = list(sys.argv[1:] if arguments is None else arguments)
    if "--debug" not in words and not sys.warnoptions:
        warnings.simplefilter("ignore")  # for those who write the code that is warned of
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a file name may hold any letter
    code = run(words)
    for stream in filter(None, (sys.stdout, sys.stderr)):
        with contextlib.suppress(OSError):  # whoever was reading has gone
            stream.flush()
    # A thread that was cancelled may still compute in a C library: it is not waited for.
    os._exit(code)


def run(words: Sequence[str]) -> int:
    """Run the command line, and give its exit code."""
    try:
        if not _corrected(words):
            return _through_click(words)
    except KeyboardInterrupt as error:
        return _interrupted(error)
    except Exception as error:  # noqa: BLE001 - the last resort: a bug of ours, told in one line
        if "--debug" in words:
            import traceback

            traceback.print_exc()
        return _say(*_worded(error))
    return 0


def _corrected(words: Sequence[str]) -> bool:
    """Do what is plainly a correction, and tell whether it was one."""
    if words[:1] != ["edit"]:
        return False
    from pixkin.cli.plain import correction

    correct = correction(words)
    if correct is not None:
        _print(correct())
    return correct is not None


def _through_click(words: Sequence[str]) -> int:
    import click

    from pixkin.cli.app import app

    try:
        app.main(list(words), prog_name="pixkin", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
    except click.ClickException as error:
        return _say(error.format_message(), error.exit_code)
    except click.Abort as error:
        return _interrupted(error)
    return 0


def _interrupted(error: BaseException) -> int:
    return _say(" ".join(["Interrupted.", *error.args]).rstrip(), INTERRUPTED, word="")


def _print(lines: Sequence[str]) -> None:
    with contextlib.suppress(BrokenPipeError):  # the reader of stdout had enough
        if sys.stdout is not None:  # the shell was told >&-
            sys.stdout.writelines(f"{line}\n" for line in lines)
            sys.stdout.flush()


def _worded(error: Exception) -> tuple[str, int]:
    """Give the line and the exit code of an error."""
    from pixkin.cli.options import in_options
    from pixkin.errors import PathError, PixkinError

    if isinstance(error, OSError) and _is_of_stdout(error):
        error = PathError("standard output", f"cannot be written ({error.strerror or error})")
    if isinstance(error, PixkinError):
        return in_options(error), error.exit_code
    what = f"{type(error).__name__}: {error}"
    return f"a bug in Pixkin: {what}. Run again with --debug to see where.", 1


def _is_of_stdout(error: OSError) -> bool:
    """Tell whether printing raised an error; notes on stderr raise none."""
    import traceback

    import click

    printing = {click.echo.__code__, _print.__code__}
    return any(frame.f_code in printing for frame, _ in traceback.walk_tb(error.__traceback__))


def _say(text: str, code: int, word: str = "error: ") -> int:
    from pixkin.cli.screen import note

    note(word + text)
    return code
