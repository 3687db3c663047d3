"""Following the files of a library without finding groups anew."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pixkin import registry
from pixkin.assemble import skipped
from pixkin.follow import PART
from pixkin.gradual import cluster_gradually
from pixkin.join import Grouped
from pixkin.lasting.state import NOWHERE, State
from pixkin.meter import Meter
from pixkin.pipeline import Paths, opened
from pixkin.progress import OnProgress, Step, silent
from pixkin.records import Changes, MissingRoot, Skipped
from pixkin.scan import sources_for
from pixkin.settings import Settings
from pixkin.taking import look, take_in
from pixkin.views import fit_views, restored

if TYPE_CHECKING:
    from pixkin.library.store import Library, Space
    from pixkin.records import Vectors
    from pixkin.sources import Source

__all__ = ["Update", "update", "update_in"]


@dataclass(frozen=True, slots=True)
class Update:
    """What an update found and did.

    Attributes
    ----------
    changes : Changes
        Of the files.
    skipped : tuple of Skipped
    missing : tuple of MissingRoot
        Folders of which no file is there now. Nothing is forgotten of them.
    joined : dict of str to float
        The new pictures that joined groups, by path, with the confidence: 0 to 1.
    founded : tuple of str
        Ids of groups that new pictures formed.
    waiting : int
        New images that belong to no group, and are too few for one of their own.
    forgotten : int
        Files that were pruned.
    regrouped : bool
        Whether all was grouped, because there were no groups yet.
    """

    changes: Changes
    skipped: tuple[Skipped, ...]
    missing: tuple[MissingRoot, ...]
    joined: dict[str, float]
    founded: tuple[str, ...]
    waiting: int
    forgotten: int
    regrouped: bool


def update(
    paths: Paths = (),
    *,
    library: str | os.PathLike[str] | None = None,
    prune: bool = False,
    on_progress: OnProgress = silent,
) -> Update:
    """Look what is new, changed, moved, gone or back, and let new pictures join the groups.

    Groups are not found anew, so every picture stays in its group; `pixkin.cluster` does that. New
    pictures go where they belong, or wait until there are enough for a group of their own.

    Parameters
    ----------
    paths : path or iterable of paths
        None: all that the library found from the current folder upward knows.
    library : path, optional
    prune : bool, default=False
        Forget files that are gone, those of missing folders too.
    on_progress : callable

    Raises
    ------
    PathError, LibraryNeededError, LibraryError
        As `pixkin.cluster` does.
    """
    several = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    sources = sources_for([os.fspath(path) for path in several])
    with opened(sources, None if library is None else Path(library)) as here:
        return update_in(here, sources, prune=prune, on_progress=on_progress)


def update_in(
    library: Library,
    sources: Sequence[Source],
    *,
    prune: bool = False,
    on_progress: OnProgress = silent,
) -> Update:
    """Update an open library as `update` does."""
    state = library.edit.state()
    if not state.key or state.settings.get(PART):
        made = cluster_gradually(library, sources, Settings(), on_progress)
        return Update(made.changes, made.skipped, made.missing, {}, made.cluster_ids, 0, 0, True)
    settings = Settings.of(state.settings)
    encoder = registry.build("encoder", settings.encoder)
    meter = Meter()
    with library.writing(on_wait=lambda: on_progress(Step("wait", 0))):
        found = look(sources, library, on_progress)
        with library.space(encoder) as space:
            taken = take_in(library, space, sources, found, settings, meter, on_progress)
            work = _Placing(library, space, encoder, settings)
            work.place(taken.hashes)
        forgotten = library.prune([root.path for root in found.missing]) if prune else 0
    intake = taken.intake
    paths = {h: file.full_text for h, file in zip(intake.hashes, intake.files, strict=True)}
    return Update(
        changes=taken.changes,
        skipped=skipped(found, intake),
        missing=tuple(found.missing),
        joined={paths[sha256]: sure for sha256, sure in work.joined.items()},
        founded=work.founded,
        waiting=work.waiting,
        forgotten=forgotten,
        regrouped=False,
    )


class _Placing:
    """Lets images that are in no group yet join one, or form one."""

    def __init__(self, library: Library, space: Space, encoder: Any, settings: Settings) -> None:
        self.library, self.space, self.encoder = library, space, encoder
        self.settings = settings
        self.joined: dict[bytes, float] = {}
        self.founded: tuple[str, ...] = ()
        self.waiting = 0

    def place(self, hashes: Sequence[bytes]) -> None:
        """Place those of ``hashes`` that are new; if the groups change meanwhile, once more."""
        images = self.library.edit.image_ids(hashes)
        while True:
            state = self.library.edit.state()
            new = [i for i, image in enumerate(images) if image not in state.cluster_of]
            if not new or self._placed(state, [images[i] for i in new], [hashes[i] for i in new]):
                return

    def _placed(self, state: State, images: list[int], hashes: list[bytes]) -> bool:
        grouped, ids, Y = self._grouped(state, hashes)
        found, confidence = grouped.join(Y, self.space.read(hashes))
        own = np.full(len(Y), -1, dtype=np.int64)
        left = np.flatnonzero(found < 0)
        own[left] = grouped.form(Y[left], self.settings.random_state)
        self.joined = {
            hashes[i]: round(float(confidence[i]), 3) for i in np.flatnonzero(found >= 0)
        }
        self.waiting = int(((found < 0) & (own < 0)).sum())
        at = [(images[i], ids[found[i]]) for i in np.flatnonzero(found >= 0)]
        parts = [np.flatnonzero(own == k) for k in range(int(own.max(initial=-1)) + 1)]
        groups = [([images[i] for i in rows], [hashes[i] for i in rows]) for rows in parts]
        done = self.library.edit.place(state, at, groups)
        if done is None:
            return False
        self.founded = tuple(done)
        return True

    def _grouped(self, state: State, hashes: Sequence[bytes]) -> tuple[Grouped, list[str], Vectors]:
        """Give who is in a group, the ids of the groups, and ``hashes`` reduced as the others are.

        Nobody may join a pinned group, so its members are in none here.
        """
        ids = list(state.groups)
        number = {c: i for i, c in enumerate(ids) if not state.groups[c].is_pinned}
        known = self.library.edit.all_hashes()
        group = {
            known[image]: number.get(c, -1)
            for image, c in state.cluster_of.items()
            if c != NOWHERE and known[image] in self.space.rows
        }
        kept = self.library.load_clustering(state.recipe)
        if kept is None or not kept.reduction:
            there = sorted(group)
            reduction = fit_views(self.space.read(there), self.encoder, self.settings.n_components)
            X = reduction.transform(self.space.read(there))
        else:
            reduction = restored(kept.reduction, self.encoder)
            rows = [i for i, sha256 in enumerate(kept.hashes) if sha256 in group]
            there = [kept.hashes[i] for i in rows]
            X = kept.reduced[rows].astype(np.float32)
            since = sorted(group.keys() - set(there))
            there += since
            X = np.vstack([X, reduction.transform(self.space.read(since))]) if since else X
        labels = np.array([group[sha256] for sha256 in there], dtype=np.int64)
        grouped = Grouped(X, labels, self.space.read(there))
        return grouped, ids, reduction.transform(self.space.read(hashes))
