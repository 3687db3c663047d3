"""Staying with a library's folders, and updating when files in them appear or change."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pixkin.errors import LibraryBusyError, NothingToClusterError
from pixkin.library.place import is_marked
from pixkin.sources.folder import is_left_out
from pixkin.updating import update_in

if TYPE_CHECKING:
    from threading import Event

    from pixkin.library.store import Library
    from pixkin.sources import Source
    from pixkin.updating import Update

__all__ = ["watch"]

LONGEST_S = 300.0
"""After so long an update is made though files still change: some program may never rest."""


def watch(
    library: Library,
    sources: Sequence[Source] = (),
    *,
    settle_s: float = 2.0,
    stop: Event | None = None,
) -> Iterator[Update]:
    """Update now, and again whenever files have come, gone or changed.

    Parameters
    ----------
    library : Library
    sources : sequence of Source
        What to stay with; none: all that the library knows.
    settle_s : float, default=2
        Seconds without a change before an update is made, so that a file that is being copied is
        not read half.
    stop : Event, optional
        Ends it once it is set.

    Yields
    ------
    Update
        The first at once, and one after each change; some may have found nothing. If another run
        holds the library, or there is nothing to group yet, the next change tries again.
    """
    from watchfiles import watch as changes_in

    yield from _updated(library, sources)
    folders = [source.base for source in sources] or list(library.roots())
    there = [folder for folder in folders if Path(folder).is_dir()]
    changes = changes_in(
        *there,
        watch_filter=lambda _, path: _is_meant(path, there),
        step=max(1, round(settle_s * 1000)),
        debounce=round(LONGEST_S * 1000),
        rust_timeout=max(1, round(settle_s * 1000)),
        yield_on_timeout=True,
        stop_event=stop,
    )
    is_due = True  # for what came after the first update and before the watch began
    for found in changes:
        if found or is_due:
            yield from _updated(library, sources)
        is_due = False


def _updated(library: Library, sources: Sequence[Source]) -> Iterator[Update]:
    try:
        yield update_in(library, sources)
    except (LibraryBusyError, NothingToClusterError):
        return


def _is_meant(path: str, folders: Sequence[str]) -> bool:
    """Tell whether a scan would look at ``path``: not at what is hidden, or ours."""
    base = next((folder for folder in folders if Path(path).is_relative_to(folder)), None)
    if base is None:
        return False
    parts = Path(os.path.relpath(path, base)).parts
    if any(is_left_out(part) for part in parts):
        return False
    inside = [Path(base, *parts[:i]) for i in range(1, len(parts))]
    return not any(is_marked(folder) for folder in inside)
