"""Connects the stages; computes nothing itself."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pixkin import memo, registry
from pixkin.assemble import assemble, skipped
from pixkin.clustering import Clustering
from pixkin.errors import NothingToClusterError, PathError, UnknownNameError
from pixkin.follow import follow
from pixkin.group import check, cut, group, prepare
from pixkin.intake import Intake, read
from pixkin.library import Library
from pixkin.library.place import locate
from pixkin.meter import Meter
from pixkin.precision import resolve
from pixkin.progress import OnProgress, Step, silent
from pixkin.records import MissingRoot
from pixkin.scan import Found, known_sources, scan, sources_for
from pixkin.settings import Settings
from pixkin.shown import shown_hashes
from pixkin.versions import versions

if TYPE_CHECKING:
    from pixkin.sources import Source

__all__ = ["cluster", "run", "run_in"]

NOTHING_KNOWN = "knows of no folder and no file that is still there; name what to read"

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
    with _library(sources, library, keep=keep) as opened:
        result = run_in(opened, sources, settings, on_progress)
        if keep:
            return dataclasses.replace(result, library=opened.folder)
        # The vectors are read from the library when they are asked for, and it goes now.
        return dataclasses.replace(result, image_vectors=result.image_vectors[:])


def run_in(
    library: Library,
    sources: Sequence[Source],
    settings: Settings,
    on_progress: OnProgress = silent,
) -> Clustering:
    """Group the pictures that ``sources`` name, in an open library."""
    meter = Meter()
    settings = dataclasses.replace(settings, encoder=resolve(settings.encoder, library))
    encoder = registry.build("encoder", settings.encoder)
    check(settings)
    with library.writing(on_wait=lambda: on_progress(Step("wait", 0))):
        with meter.stage("scan"):
            found = _scan(sources, library, on_progress)
        intake, hashes, vectors, space_id = _take_in(
            library, encoder, found, settings, meter, on_progress
        )
        recipe = memo.recipe_of(hashes, space_id, settings, versions())
        groups = memo.recall(library, recipe)
        if groups is None:
            groups = group(vectors, encoder, settings, meter, on_progress)
            memo.keep(library, recipe, hashes, space_id, settings, groups)
        followed = follow(library, hashes, groups, cut(groups, settings), recipe, settings)
        result = assemble(found, intake, hashes, vectors, groups, followed, settings)
        thumbnails = library.thumbnails(shown_hashes(result))
    return dataclasses.replace(result, thumbnails=thumbnails, costs=tuple(meter.costs))


def _take_in(
    library: Library,
    encoder: Any,
    found: Found,
    settings: Settings,
    meter: Meter,
    on_progress: OnProgress,
) -> tuple[Intake, list[bytes], Any, int]:
    """Give what became of the files, and the images with their vectors, by rising hash."""
    with library.space(encoder) as space:
        with meter.stage("read"):
            meanwhile = functools.partial(prepare, settings)
            intake = read(found.files, library, space, settings, on_progress, meanwhile)
        if not intake.files:
            raise NothingToClusterError(skipped(found, intake), found.n_left_out)
        hashes = sorted(set(intake.hashes))
        return intake, hashes, space.read(hashes), space.space_id


@contextlib.contextmanager
def _library(sources: Sequence[Source], given: Path | None, *, keep: bool) -> Iterator[Library]:
    if not keep:
        with Library.temporary() as library:
            yield library
        return
    anchors = [(Path(source.base), source.is_folder) for source in sources]
    with Library(locate(given, anchors, Path.cwd())) as library:
        yield library


def _scan(sources: Sequence[Source], library: Library, on_progress: OnProgress) -> Found:
    new_library = None if library.roots() else library.folder
    for source in sources:
        library.add_root(Path(source.base), is_whole=source.is_whole)
    on_progress(Step("scan", 0))
    if sources:
        return scan(sources, list(library.roots()), on_progress, new_library)
    known = known_sources(library.whole_roots(), library.named_files())
    if not known:
        raise PathError(str(library.folder), NOTHING_KNOWN)
    found = scan(known, list(library.roots()), on_progress, new_library)
    present = {file.root for file in found.files}
    for path, n_files in library.file_counts().items():
        if path not in present:  # a disk that is not mounted, and no one meant to delete it all
            found.missing.append(MissingRoot(path, n_files))
    return found
