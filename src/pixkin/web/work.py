"""What a job does with a library, in a store of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pixkin.opened import Library
    from pixkin.progress import OnProgress
    from pixkin.sources import Source

__all__ = ["WORK", "cluster", "duplicates", "filing", "update"]


def update(library: Library, sources: Sequence[Source] = ()) -> Callable[[OnProgress], Any]:
    """Follow the files; of a library that has no groups yet, find them."""

    def work(on_progress: OnProgress) -> Any:
        from pixkin.library.store import Library as Store
        from pixkin.updating import update_in

        with Store(library.folder) as store:
            return update_in(store, list(sources), on_progress=on_progress)

    return work


def cluster(library: Library) -> Callable[[OnProgress], Any]:
    """Group all anew."""

    def work(on_progress: OnProgress) -> Any:
        from pixkin.library.store import Library as Store
        from pixkin.pipeline import run_in
        from pixkin.settings import Settings

        with Store(library.folder) as store:
            run_in(store, [], Settings(), on_progress)

    return work


def duplicates(library: Library, protected: Sequence[str] = ()) -> Callable[[OnProgress], Any]:
    """Find files of which one is enough."""

    def work(on_progress: OnProgress) -> Any:
        from pixkin.opened import open as open_library
        from pixkin.web.findings import Found

        with open_library(library.folder) as own:
            found = own.duplicates(protect=protected, on_progress=on_progress)
        return Found(found, tuple(protected))

    return work


def filing(
    library: Library, act: Callable[[Library, OnProgress], Any]
) -> Callable[[OnProgress], Any]:
    """Do something with files."""

    def work(on_progress: OnProgress) -> Any:
        from pixkin.opened import open as open_library

        with open_library(library.folder) as own:
            return act(own, on_progress)

    return work


WORK = {"update": update, "cluster": cluster}
