"""What is done with thumbnails, a task at a time: here, or in a process of its own.

A task is a JSON header and some JPEGs, and so is its answer: the same wherever it is done.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from pixkin.duplicates.match import Match, Picture, search, try_whole
from pixkin.flagging import used_or_none
from pixkin.frames import read_frame, write_frame
from pixkin.looks.look import grey_of

if TYPE_CHECKING:
    from pixkin.records import Json

__all__ = ["Task", "done", "main", "matches_of", "pairs_task"]

Task = tuple["Json", list[bytes]]
Pair = tuple[int, int]
BLOCK = 32
"""Pairs laid over each other at once: more would not fit a processor's cache."""


def pairs_task(
    pairs: Sequence[tuple[int, int, int | None]],
    jpegs: Sequence[bytes],
    orientations: Sequence[int],
) -> Task:
    """Ask which pairs show the same.

    Parameters
    ----------
    pairs : sequence of (int, int, int or None)
        Places in ``jpegs``, and the orientation in which the second may be like the first from
        edge to edge.
    jpegs : sequence of bytes
    orientations : sequence of int
        In which parts are looked for.
    """
    return {"pairs": list(pairs), "turns": list(orientations)}, list(jpegs)


def matches_of(answer: Json) -> list[Match | None]:
    """Give what was asked for, of each pair."""
    return [None if one is None else _match(one) for one in answer["matches"]]


def done(task: Task) -> Json:
    """Do a task."""
    header, jpegs = task
    greys = (used_or_none(grey_of, jpeg) for jpeg in jpegs)
    pictures = [None if grey is None else Picture(grey) for grey in greys]
    pairs, matches = header["pairs"], []
    for start in range(0, len(pairs), BLOCK):
        matches += _block(pairs[start : start + BLOCK], pictures, header["turns"])
    return {"matches": [None if match is None else asdict(match) for match in matches]}


def main() -> None:
    """Do tasks until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the run to handle
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints is no answer
    while (task := read_frame(sys.stdin.buffer)) is not None:
        write_frame(answers, done(task))


def _block(
    pairs: Sequence[Any], pictures: Sequence[Picture | None], orientations: Sequence[int]
) -> list[Match | None]:
    found: list[Match | None] = [None] * len(pairs)
    left: list[tuple[int, Picture, Picture]] = []
    for place, (i, j, turn) in enumerate(pairs):
        one, other = pictures[i], pictures[j]
        if one is None or other is None:
            continue
        found[place] = None if turn is None else try_whole(one, other, turn)
        if found[place] is None:
            left.append((place, one, other))
    parts = search([(one, other) for _, one, other in left], orientations)
    for (place, *_), match in zip(left, parts, strict=True):
        found[place] = match
    return found


def _match(values: Json) -> Match:
    return Match(**{**values, "box": tuple(values["box"]), "strips": tuple(values["strips"])})
