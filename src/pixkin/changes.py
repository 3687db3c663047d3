"""What happened to the files of a library since they were last looked at."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pixkin.records import Changes

if TYPE_CHECKING:
    from pixkin.intake import Intake
    from pixkin.library.store import KnownFile, Library
    from pixkin.scan import Found

__all__ = ["notice"]

Place = tuple[str, str]
"""A root, and a path in it."""


def notice(
    library: Library,
    known: Mapping[Place, KnownFile],
    found: Found,
    intake: Intake,
    is_meant: Callable[[str, str], bool],
) -> Changes:
    """Tell what changed, and write down which files are gone and which are back.

    Parameters
    ----------
    library : Library
        Held for writing.
    known : mapping of (str, str) to KnownFile
        What was known before this run read anything.
    found : Found
    intake : Intake
    is_meant : callable
        Root and path to whether the run looked there.
    """
    if not known:
        return Changes(new=tuple(file.full_text for file in intake.files))
    gone = list(_gone(known, found, is_meant))
    here = {(file.root, file.path) for file in found.files}
    back = [place for place, file in known.items() if file.is_gone and place in here]
    library.mark_files([place for place in gone if not known[place].is_gone], back)
    lost: dict[bytes, list[Place]] = {}
    for place in gone:
        lost.setdefault(known[place].sha256, []).append(place)
    new, changed, moved = [], [], []
    for file, sha256 in zip(intake.files, intake.hashes, strict=True):
        before = known.get((file.root, file.path))
        if before is not None:
            if before.sha256 != sha256:
                changed.append(file.full_text)
        elif lost.get(sha256):
            moved.append((_full(lost[sha256].pop(0)), file.full_text))
        else:
            new.append(file.full_text)
    left = {place for places in lost.values() for place in places}
    return Changes(
        tuple(new),
        tuple(changed),
        tuple(moved),
        tuple(_full(place) for place in gone if place in left and not known[place].is_gone),
        tuple(map(_full, back)),
    )


def _gone(
    known: Mapping[Place, KnownFile], found: Found, is_meant: Callable[[str, str], bool]
) -> Iterator[Place]:
    """Give the known files that are not there, those of folders that are away left out."""
    here = {(file.root, file.path) for file in found.files}
    away = {root.path for root in found.missing}
    for root, path in known:
        if (root, path) in here or root in away or not is_meant(root, path):
            continue
        try:
            Path(root, path).lstat()
        except (FileNotFoundError, NotADirectoryError):
            yield root, path
        except OSError:  # its folder may not be entered now
            continue


def _full(place: Place) -> str:
    return os.path.join(*place)  # noqa: PTH118 - as `File.full_text`
