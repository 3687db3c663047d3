"""Corrections that are plain to see, which are done without Click.

To import Click takes longer than all the rest of a correction. A command line that needs no
judgement therefore goes straight to what is done; all others, those with a mistake and those that
ask for help among them, are Click's, whose commands do the same (`edit`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from pixkin.cli import correct

__all__ = ["PLAIN", "correction"]

ANY = 1_000_000
PLAIN: dict[str, tuple[Callable[..., list[str]], int, int]] = {
    "hide": (correct.hide, 1, 1),
    "merge": (correct.merge, 2, ANY),
    "move": (correct.move, 1, ANY),
    "not-here": (correct.not_here, 1, ANY),
    "pin": (correct.pin, 1, 1),
    "redo": (correct.redo, 0, 1),
    "rename": (correct.rename, 2, 2),
    "split": (correct.split, 2, ANY),
    "undo": (correct.undo, 0, 1),
}
"""What is done, and how many words it takes at least and at most."""
OPTIONS = {"move": "--to", "not-here": "--group"}
FLAGS = {"hide": "--off", "pin": "--off"}
MOST_DIGITS = 9


def correction(words: Sequence[str]) -> Callable[[], list[str]] | None:
    """Give what ``edit ...`` does and tells of it; None where Click has to look."""
    name = words[1] if len(words) > 1 else ""
    parted = _parted(name, words[2:]) if name in PLAIN else None
    if parted is None:
        return None
    given, options = parted
    library = options.pop("library", ".")
    do, fewest, most = PLAIN[name]
    if not fewest <= len(given) <= most or not os.access(library, os.R_OK):
        return None
    if name == "move" and not options:
        return None
    if name in {"undo", "redo"} and not all(map(_is_count, given)):
        return None
    return partial(do, library, *given, **options)


def _parted(name: str, words: Sequence[str]) -> tuple[list[str], dict[str, Any]] | None:
    """Part what is given from options; None if one is unknown or has no value."""
    given: list[str] = []
    options: dict[str, Any] = {}
    left = iter(words)
    for word in left:
        if not word.startswith("-"):
            given.append(word)
            continue
        is_flag = word == FLAGS.get(name)
        if not is_flag and word not in {"--library", OPTIONS.get(name)}:
            return None
        value = "" if is_flag else next(left, "-")
        if value.startswith("-"):
            return None
        options[word[2:]] = is_flag or value
    return given, options


def _is_count(word: str) -> bool:
    """Tell whether a word is a whole number above 0, of a size that makes sense."""
    is_number = word.isascii() and word.isdecimal() and len(word) <= MOST_DIGITS
    return is_number and int(word) > 0
