"""Sources to images with vectors: the stages that cluster and update have in common."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pixkin.changes import notice
from pixkin.errors import PathError
from pixkin.group import prepare
from pixkin.intake import Intake, read
from pixkin.progress import OnProgress, Step
from pixkin.records import Changes, MissingRoot
from pixkin.scan import Found, known_sources, scan

if TYPE_CHECKING:
    from pixkin.library.store import Library, Space
    from pixkin.meter import Meter
    from pixkin.settings import Settings
    from pixkin.sources import Source

__all__ = ["Taken", "look", "take_in"]

NOTHING_KNOWN = "knows of no folder and no file that is still there; name what to read"


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the files.

    Attributes
    ----------
    intake : Intake
    changes : Changes
    hashes : list of bytes
        SHA-256 of each image with a vector, rising.
    """

    intake: Intake
    changes: Changes
    hashes: list[bytes]


def look(sources: Sequence[Source], library: Library, on_progress: OnProgress) -> Found:
    """Find the files of ``sources``; of none, those that the library knows and what is beside them.

    A folder of the library is missing if nothing of it is there, though it was looked for: its
    disk is not mounted, most likely, and no one meant to delete all that is on it.
    """
    new_library = None if library.roots() else library.folder
    for source in sources:
        library.add_root(Path(source.base), is_whole=source.is_whole)
    on_progress(Step("scan", 0))
    every = sources or known_sources(library.whole_roots(), library.named_files())
    if not every:
        raise PathError(str(library.folder), NOTHING_KNOWN)
    found = scan(every, list(library.roots()), on_progress, new_library)
    present = {file.root for file in found.files}
    is_meant = _scope(sources)
    for path, n_files in library.file_counts().items():
        if path not in present and is_meant(path, ""):
            found.missing.append(MissingRoot(path, n_files))
    return found


def take_in(
    library: Library,
    space: Space,
    sources: Sequence[Source],
    found: Found,
    settings: Settings,
    meter: Meter,
    on_progress: OnProgress,
) -> Taken:
    """Read what is new, and note what has changed."""
    known = library.known_files()
    with meter.stage("read"):
        meanwhile = functools.partial(prepare, settings)
        intake = read(found.files, library, space, settings, known, on_progress, meanwhile)
    changes = notice(library, known, found, intake, _scope(sources))
    return Taken(intake, changes, sorted(set(intake.hashes)))


def _scope(sources: Sequence[Source]) -> Callable[[str, str], bool]:
    """Tell of a root and a path in it whether a run over ``sources`` looks there."""
    starts = tuple(os.path.join(source.base, "") for source in sources if source.is_whole)  # noqa: PTH118
    named = {path for source in sources for path in getattr(source, "paths", ())}

    def is_meant(root: str, path: str) -> bool:
        if not sources:
            return True
        full = os.path.join(root, path)  # noqa: PTH118 - as `File.full_text`
        return full in named or os.path.join(full, "").startswith(starts)  # noqa: PTH118

    return is_meant
