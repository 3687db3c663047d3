"""The command line: arguments in, library call, lines out."""

from pixkin.cli.app import main

__all__ = ["main"]
