"""Writing a page to give away. It holds what was asked for, and nothing that was not."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pixkin import __version__
from pixkin.errors import NotGroupedError, SettingError, UsageError
from pixkin.library.thumbnails import Reader
from pixkin.progress import OnProgress, silent, track
from pixkin.sharing import page, place
from pixkin.sharing.contents import (
    KEY,
    Browsed,
    Chosen,
    choose,
    groups_of,
    labels_of,
    levels_of,
    packed,
)
from pixkin.sharing.facts import FACTS, facts_of, files_of
from pixkin.sharing.jpeg import plain
from pixkin.sharing.larger import LARGEST, SMALLEST, larger
from pixkin.sharing.writing import writing

if TYPE_CHECKING:
    from pixkin.records import Json
    from pixkin.sharing.writing import Out

__all__ = ["FACTS", "MOST_SINGLE", "Shared", "share"]

MOST_SINGLE = 500
"""Pictures in one file: a browser reads all of it before it shows the first."""
USUAL = "usual"
LEAST_GROUPS = 2
NOTHING = "There are no pictures to share. Run `pixkin cluster`."


@dataclass(frozen=True, slots=True)
class Shared:
    """What was written.

    Attributes
    ----------
    page : Path
        To be opened in a browser.
    images, groups, bytes : int
    left_out : int
        Pictures whose thumbnail the library does not have any more.
    only_small : int
        Pictures of which there is no larger one, as no file of them is there as it was.
    """

    page: Path
    images: int
    groups: int
    bytes: int
    left_out: int
    only_small: int


def share(
    library: Browsed,
    target: Path,
    *,
    single: bool = False,
    groups: Sequence[str] = (),
    title: str = "",
    larger_px: int = 0,
    include: Collection[str] = (),
    on_progress: OnProgress = silent,
) -> Shared:
    """Write a page that shows the groups: see `pixkin.Library.share`."""
    _check(include, larger_px, single=single)
    page.built()
    where = place.check(target, library.folder, single=single)
    ratios = choose(library, groups)
    if single and len(ratios) > MOST_SINGLE:
        raise UsageError(
            f"One file holds up to {MOST_SINGLE} pictures, and these are {len(ratios):,}. "
            "Share a folder instead (without --single), or fewer groups (--group)."
        )
    with writing(where, target, single=single) as out:
        keys = _thumbnails(library.folder, ratios, out, on_progress)
        chosen = Chosen(keys, ratios)
        n_small = _larger(library, chosen, larger_px, out, on_progress) if larger_px else 0
        parts = _parts(library, chosen, with_levels=not groups, on_progress=on_progress)
        parts["facts"] = facts_of(library.edit, chosen.images, include)
        parts["index"] |= {
            "hasLarger": bool(larger_px),
            "facts": list(parts["facts"]),
        }
        n_bytes = out.finish(title or "Pixkin", parts)
    return Shared(
        where if single else where / place.INDEX,
        len(chosen.images),
        len(parts[f"groups-{USUAL}"]["groups"]),
        n_bytes,
        len(ratios) - len(keys),
        n_small,
    )


def _check(include: Collection[str], larger_px: int, *, single: bool) -> None:
    for name in include:
        if name not in FACTS:
            raise SettingError("include", "some of " + ", ".join(FACTS), name)
    if larger_px and not SMALLEST <= larger_px <= LARGEST:
        raise SettingError("larger", f"0, or from {SMALLEST} to {LARGEST} pixels", larger_px)
    if larger_px and single:
        raise UsageError("One file has no room for larger pictures: leave out one of the two.")


def _thumbnails(
    folder: Path, images: Mapping[str, float], out: Out, on_progress: OnProgress
) -> dict[str, str]:
    """Write the thumbnails, and give the key of each picture that has one.

    A key is the checksum of what everybody sees: that of the file would tell whoever has the
    file that it is in this collection.
    """
    keys: dict[str, str] = {}
    used: set[str] = set()
    with contextlib.closing(Reader(folder / "cache")) as reader:
        for sha256 in track(images, "share", on_progress, len(images)):
            jpeg = plain(reader.read(bytes.fromhex(sha256)) or b"")
            if jpeg is None:
                continue
            key = _key(jpeg)
            while key in used:  # other pictures look the same when they are small
                key = _key(key.encode())
            used.add(key)
            keys[sha256] = key
            out.picture(place.THUMBS, key, jpeg)
    if not keys:
        raise NotGroupedError(NOTHING)
    return keys


def _key(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:KEY]


def _larger(library: Browsed, chosen: Chosen, side: int, out: Out, on_progress: OnProgress) -> int:
    """Write the larger pictures, and tell of how many there is only the small one."""
    n_small = 0
    key_of = dict(zip(chosen.images, chosen.keys, strict=True))
    made = larger(chosen.images, files_of(library.edit), side)
    with contextlib.closing(made), contextlib.closing(Reader(library.folder / "cache")) as reader:
        for sha256, jpeg in track(made, "read", on_progress, len(key_of)):
            small = None if jpeg else plain(reader.read(bytes.fromhex(sha256)) or b"")
            n_small += jpeg is None
            out.picture(place.LARGER, key_of[sha256], jpeg or small or b"")
    return n_small


def _parts(
    library: Browsed, chosen: Chosen, *, with_levels: bool, on_progress: OnProgress
) -> dict[str, Any]:
    """Give all that the page reads, by its name."""
    parts: dict[str, Any] = {"index": {}, "pictures": chosen.part()}
    levels: list[int | None] = [None, *(levels_of(library) if with_levels else [])]
    shown: set[int] = set()
    for level in track(levels, "levels", on_progress, len(levels)):
        groups, members = groups_of(library, chosen, level)
        n = len(groups["groups"])
        # What is hidden may leave two levels the same.
        if n in shown or (level is not None and n < LEAST_GROUPS):
            continue
        shown.add(n)
        name = USUAL if level is None else str(n)
        parts |= {f"groups-{name}": groups, f"members-{name}": members}
        parts |= _map(library, chosen, level, name, [group["id"] for group in groups["groups"]])
    parts["index"]["library"] = _glance(chosen, sorted(shown) if len(shown) > 1 else [])
    return parts


def _map(
    library: Browsed, chosen: Chosen, level: int | None, name: str, ids: Sequence[str]
) -> Json:
    numbers, xy, labels = labels_of(library, chosen, level, ids)
    parts: Json = {f"labels-{name}": {"labels": packed(labels.astype("<i4")), "groups": list(ids)}}
    if level is None:
        parts["map"] = {"pictures": packed(numbers.astype("<i4")), "xy": packed(xy.astype("<f4"))}
    return parts


def _glance(chosen: Chosen, levels: list[int]) -> Json:
    """Give what the page's API gives of a library, without where it is."""
    return {
        "folder": "",
        "version": __version__,
        "write": "",
        "entry": 0,
        "is_grouped": True,
        "images": len(chosen.images),
        "n_new": 0,
        "n_none": 0,
        "levels": levels,
        "folders": [],
        "undo": "",
        "redo": "",
    }
