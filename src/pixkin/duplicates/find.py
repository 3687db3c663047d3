"""The duplicates of a library: pictures to groups, each with what to keep."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pixkin.duplicates.companions import companions
from pixkin.duplicates.confirm import USUAL, confirm
from pixkin.duplicates.gather import Gatherer
from pixkin.duplicates.keeper import RULES, checked_rules
from pixkin.duplicates.propose import propose
from pixkin.duplicates.records import KINDS, Duplicates
from pixkin.duplicates.seen import opened
from pixkin.duplicates.where import lies_in, place_of
from pixkin.errors import SettingError
from pixkin.flagging import flags_in, left_out
from pixkin.library import lookup
from pixkin.library.schema import reading
from pixkin.library.store import Library as Store
from pixkin.progress import OnProgress, silent

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pixkin.duplicates.records import DuplicateGroup
    from pixkin.duplicates.seen import Seen
    from pixkin.library.edits import Edits

__all__ = ["find_duplicates", "find_flags"]


def find_duplicates(
    edit: Edits,
    paths: Iterable[str | os.PathLike[str]] = (),
    *,
    kinds: Collection[str] = KINDS,
    keep: Sequence[str] = RULES,
    protect: Iterable[str | os.PathLike[str]] = (),
    flags: Collection[str] = (),
    without_flags: Collection[str] = (),
    n_threads: int = 0,
    on_progress: OnProgress = silent,
) -> Duplicates:
    """Find files of which one is enough.

    Parameters
    ----------
    edit : Edits
        Of the library.
    paths : iterable of path
        Only groups with a file that is one of these, or lies below one.
    kinds : collection of {'identical', 'same', 'edited', 'burst'}
        Of which kinds. ``identical``: the same bytes. ``same``: saved again, resized, lightly
        retouched, with other metadata. ``edited``: cropped, turned, mirrored, grey, with a caption
        or border. ``burst``: taken seconds apart, of one scene.
    keep : sequence of {'detail', 'compression', 'format', 'metadata', 'path'}
        What the file to keep is chosen by, the most important first.
    protect : iterable of path
        Folders whose files are marked, and must not be touched.
    flags, without_flags : collection of str
        Only among pictures that have one of these flags; that have none of these.
    n_threads : int, default=0
        0 for one per core. The result is the same for any number.
    on_progress : callable

    Returns
    -------
    Duplicates

    Raises
    ------
    SettingError
        If a kind, a rule or a flag is not known.
    """
    chosen = _checked("kind", kinds, KINDS)
    rules = checked_rules(tuple(keep))
    safe = [place_of(path) for path in protect]
    away = left_out(edit, flags, without_flags)
    with opened(edit, on_progress, n_threads, away) as seen:
        X, rows = _reduced(edit, seen)
        pairs: list[tuple[int, int]] = []
        if set(chosen) - {"identical"}:
            pairs = propose(seen, X, rows)
        matches = confirm(seen, pairs, USUAL, on_progress)
        gatherer = Gatherer(seen, chosen, rules, safe, on_progress)
        groups = gatherer.groups(matches, pairs, X, rows)
        files = [file for shot in seen.shots for file in shot.files]
        found = companions(files)
    wanted = [place_of(path) for path in paths]
    if wanted:
        groups = [group for group in groups if _touches(group, wanted)]
        found = [group for group in found if any(lies_in(path, wanted) for path in group)]
    return Duplicates(tuple(groups), tuple(found), len(seen.shots), len(seen.shots) - len(rows))


def find_flags(
    edit: Edits, flags: Collection[str] = (), without: Collection[str] = ()
) -> dict[Path, tuple[str, ...]]:
    """Give the files that have any of some flags, or any at all, with all that each has.

    Raises
    ------
    SettingError
        If there is no such flag.
    """
    away = left_out(edit, flags, without)
    known = flags_in(edit)
    with reading(edit.db, edit.folder):
        images = lookup.images(edit.db, os.path.realpath(edit.folder.parent))
    found = [(file, image) for image, *_, files in images for file in files]
    return {
        file: known[image] for file, image in sorted(found) if image in known and image not in away
    }


def _checked(what: str, given: Collection[str], known: Collection[str]) -> tuple[str, ...]:
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise SettingError(what, f"one of {', '.join(known)}", unknown[0])
    return tuple(name for name in known if name in given)


def _reduced(edit: Edits, seen: Seen) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Give the reduced vectors of the last grouping, and which picture each row is."""
    recipe = edit.state().recipe
    kept: Any = None
    if recipe:
        with Store(edit.folder) as store:
            kept = store.load_clustering(recipe)
    if kept is None:
        return np.empty((0, 1), dtype=np.float32), np.empty(0, dtype=np.int64)
    there = {shot.sha256: row for row, shot in enumerate(seen.shots)}
    known = [(i, there[sha256]) for i, sha256 in enumerate(kept.hashes) if sha256 in there]
    rows = np.array([row for _, row in known], dtype=np.int64)
    return kept.reduced[[i for i, _ in known]].astype(np.float32), rows


def _touches(group: DuplicateGroup, places: Sequence[str]) -> bool:
    return any(lies_in(path, places) for path in (group.keeper, *(m.path for m in group.members)))
