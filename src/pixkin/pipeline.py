"""Connects the stages; computes nothing itself."""

from __future__ import annotations

import contextlib
import dataclasses
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pixkin import memo, registry
from pixkin.assemble import assemble, skipped
from pixkin.clustering import Clustering
from pixkin.errors import NothingToClusterError, PixkinError, UnknownNameError
from pixkin.follow import Following
from pixkin.group import check, cut, group
from pixkin.leveling import settings_at
from pixkin.library import Library
from pixkin.library.place import locate
from pixkin.meter import Meter
from pixkin.precision import resolve
from pixkin.progress import OnProgress, Step, silent
from pixkin.scan import sources_for
from pixkin.settings import Settings
from pixkin.shown import shown_hashes
from pixkin.taking import look, take_in
from pixkin.versions import versions

if TYPE_CHECKING:
    from pixkin.sources import Source

__all__ = ["cluster", "opened", "run", "run_in"]

Paths = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]


def cluster(
    paths: Paths = (),
    *,
    library: str | os.PathLike[str] | None = None,
    on_progress: OnProgress = silent,
    **settings: Any,
) -> Clustering:
    """Group pictures by what they show.

    Parameters
    ----------
    paths : path or iterable of paths
        Folders, single files and patterns such as ``photos/**/*.jpg``. None: all that the library
        found from the current folder upward knows: its folders, with what is new in them, and the
        files that were named or fitted a pattern.
    library : path, optional
        Where the library is, or is to be made. Without it, the nearest ``.pixkin`` at or above
        ``paths``; else a new one in the folder given.
    on_progress : callable
        Told of each `Step`; it may raise to cancel, and what is done is kept.
    **settings
        Any field of `Settings`, such as ``n_clusters=5``.

    Returns
    -------
    Clustering

    Raises
    ------
    SettingError, UnknownNameError, PathError, LibraryNeededError, ReadOnlyLibraryError
        If what was asked for cannot be.
    NothingToClusterError
        If no file could be read as a picture; it has them all, with their reasons.
    LibraryError
        If the library is busy, damaged, or of a newer version.
    """
    known = [field.name for field in dataclasses.fields(Settings)]
    for name in settings:
        if name not in known:
            raise UnknownNameError("setting", name, known)
    several = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    place = None if library is None else Path(library)
    return run(
        sources_for([os.fspath(path) for path in several]),
        Settings(**settings),
        library=place,
        on_progress=on_progress,
    )


def run(
    sources: Sequence[Source],
    settings: Settings,
    *,
    library: Path | None = None,
    keep: bool = True,
    on_progress: OnProgress = silent,
) -> Clustering:
    """Group the pictures that ``sources`` name.

    Parameters
    ----------
    sources : sequence of Source
        None: the folders and files that the library found from the current folder upward knows.
    settings : Settings
    library : Path, optional
    keep : bool
        Whether to use a library that stays. Otherwise one is made and gone again.
    on_progress : callable
    """
    registry.build("encoder", resolve(settings.encoder))
    check(settings)  # before a library is made
    with opened(sources, library, keep=keep) as here:
        result = run_in(here, sources, settings, on_progress)
        if keep:
            _keep_overview(here)
            return dataclasses.replace(result, library=here.folder)
        # The vectors are read from the library when they are asked for, and it goes now.
        return dataclasses.replace(result, image_vectors=result.image_vectors[:])


def _keep_overview(library: Library) -> None:
    """Let the page have at once what it shows first."""
    from pixkin.browsing.memory import Shelves
    from pixkin.searching.memory import Memory

    with contextlib.suppress(PixkinError):  # the groups are found, whatever comes of this
        Shelves(Memory(), library.folder).keep(library.edit)


def run_in(
    library: Library,
    sources: Sequence[Source],
    settings: Settings,
    on_progress: OnProgress = silent,
    *,
    is_part: bool = False,
) -> Clustering:
    """Group the pictures that ``sources`` name, in an open library.

    ``is_part`` says that they are some of those that are to be grouped next (`gradual`).
    """
    meter = Meter()
    settings = settings_at(settings, library.edit.state())
    settings = dataclasses.replace(settings, encoder=resolve(settings.encoder, library))
    encoder = registry.build("encoder", settings.encoder)
    check(settings)
    with library.writing(on_wait=lambda: on_progress(Step("wait", 0))):
        with meter.stage("scan"):
            found = look(sources, library, on_progress)
        with library.space(encoder) as space:
            taken = take_in(library, space, sources, found, settings, meter, on_progress)
            if not taken.intake.files:
                raise NothingToClusterError(skipped(found, taken.intake), found.n_left_out)
            hashes, vectors = taken.hashes, space.read(taken.hashes)
            checksum = space.checksum(hashes)
        plain = memo.recipe_of(hashes, space.space_id, settings, versions(), checksum)
        following = Following(library, hashes, plain, settings, is_part=is_part)
        groups = memo.recall(library, following.recipe)
        if groups is None:
            groups = group(vectors, encoder, settings, meter, on_progress, following.hints)
            memo.keep(library, following.recipe, hashes, space.space_id, settings, groups)
        followed = following.follow(groups, cut(groups, settings))
        result = assemble(found, taken, vectors, groups, followed, settings)
        thumbnails = library.thumbnails(shown_hashes(result))
    return dataclasses.replace(result, thumbnails=thumbnails, costs=tuple(meter.costs))


@contextlib.contextmanager
def opened(
    sources: Sequence[Source], given: Path | None, *, keep: bool = True
) -> Iterator[Library]:
    """Open the library that a run over ``sources`` uses; without ``keep``, one that goes again."""
    if not keep:
        with Library.temporary() as library:
            yield library
        return
    anchors = [(Path(source.base), source.is_folder) for source in sources]
    with Library(locate(given, anchors, Path.cwd())) as library:
        yield library
