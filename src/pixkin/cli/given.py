"""Paths as they are given on the command line, in a list, or through a pipe."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pixkin.errors import PathError

if TYPE_CHECKING:
    from pixkin.sources import Source

__all__ = ["sources_from"]


def sources_from(paths: tuple[str, ...], from_file: str | None) -> list[Source]:
    """Turn paths and a list of files into sources; ``-`` stands for a list on standard input."""
    from pixkin.scan import parse_list, sources_for

    listed: list[str] = []
    if "-" in paths:
        listed += parse_list(_standard_input())
    if from_file is not None:
        listed += parse_list(Path(from_file).read_bytes())
    named = [path for path in paths if path != "-"]
    if not listed and ("-" in paths or from_file is not None):
        raise click.UsageError("The list names no files.")
    return sources_for(named, listed)


def _standard_input() -> bytes:
    if sys.stdin is None:  # the shell was told <&-
        raise PathError("standard input", "is closed; give the list with --from-file LIST")
    try:
        return sys.stdin.buffer.read()
    except OSError as error:
        why = f"cannot be read ({error.strerror or error}); give the list with --from-file LIST"
        raise PathError("standard input", why) from error
