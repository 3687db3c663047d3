"""The command line: arguments in, library call, lines out."""

import gc

# Nothing of what is imported here is garbage, and to look for some takes a tenth of the start.
_was_on = gc.isenabled()
gc.disable()

from pixkin.cli.entry import main  # noqa: E402

if _was_on:
    gc.enable()

__all__ = ["main"]
