"""The command line: arguments in, library call, lines out."""

from pixkin.cli.entry import main

__all__ = ["main"]
