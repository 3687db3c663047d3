"""One picture of a library: which is meant, why it is where it is, and a large view of it."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, TypeAlias

from pixkin.errors import NotGroupedError, PathError, SettingError
from pixkin.flagging import flags_in
from pixkin.pictures import LibraryImage, Near, Portrait

if TYPE_CHECKING:
    from pixkin.lasting.state import State
    from pixkin.library.edits import Edits
    from pixkin.library.listing import GroupInfo
    from pixkin.searching.memory import Memory

__all__ = ["Meant", "id_of", "image_begun", "portrait_of", "preview_of"]

Meant: TypeAlias = str | os.PathLike[str] | LibraryImage
DIGITS = re.compile(r"([0-9a-f]{2}){1,32}", re.ASCII)
N_NEAR = 10
LEAST_PX, MOST_PX = 16, 16_384
UNKNOWN = "is no picture of this library"
GONE = "was there, and is gone"
CHANGED = "has changed since it was read, or is gone; run `pixkin update`"


def image_begun(edit: Edits, digits: str) -> LibraryImage:
    """Give the picture whose SHA-256 begins so."""
    known = edit.image_begun(digits) if DIGITS.fullmatch(digits) else None
    if known is None:
        raise PathError(digits, UNKNOWN)
    return _there(edit, edit.state(), known[1])


def id_of(edit: Edits, picture: Meant) -> int:
    """Give the id of the picture that is meant."""
    if not isinstance(picture, LibraryImage):
        return edit.find_image(picture)
    known = edit.image_begun(picture.sha256)
    if known is None:
        raise PathError(picture.sha256, UNKNOWN)
    return known[0]


def portrait_of(edit: Edits, memory: Memory, picture: Meant) -> Portrait:
    """Tell of a picture."""
    image_id = id_of(edit, picture)
    state = edit.state()
    (sha256,) = edit.hashes_of([image_id])
    here = _there(edit, state, sha256)
    near = _near(edit, memory, state, image_id, here)
    known = edit.groups(state).groups
    group = next((g for g in known if g.cluster_id == here.cluster_id), None)
    flags = flags_in(edit, image_id).get(image_id, ())
    return Portrait(here, group, near, _why(state, image_id, here, group, near), flags)


def preview_of(edit: Edits, picture: Meant, side: int) -> bytes:
    """Decode the first of the picture's files that is as it was read."""
    if isinstance(side, bool) or not isinstance(side, int) or not LEAST_PX <= side <= MOST_PX:
        raise SettingError("side", f"a whole number from {LEAST_PX} to {MOST_PX:,}", side)
    from pixkin.preview import preview
    from pixkin.settings import Settings

    facts = edit.facts(id_of(edit, picture))
    settings = Settings.of(edit.state().settings)
    for file in facts.files:
        try:
            is_there = file.is_as_read(file.path.stat())
        except OSError:
            is_there = False
        if is_there:
            return preview(file.path, (file.bytes, file.mtime_ns), settings, side)
    name = facts.files[0].path if facts.files else getattr(picture, "sha256", picture)
    raise PathError(str(name), CHANGED)


def _there(edit: Edits, state: State, sha256: bytes) -> LibraryImage:
    seen = edit.image_finder()(sha256)
    if seen is None:
        raise PathError(sha256.hex(), GONE)
    image_id, _, width, height, files = seen
    return LibraryImage(sha256.hex(), files, width, height, state.cluster_of.get(image_id))


def _near(
    edit: Edits, memory: Memory, state: State, image_id: int, here: LibraryImage
) -> tuple[Near, ...]:
    """Give the pictures most like it, if the last grouping has looked at it."""
    if not edit.was_grouped(image_id, state.recipe):
        return ()
    from pixkin.searching.finding import Wish, find

    try:
        found = find(edit, memory, Wish((here,), n=N_NEAR + 1)).matches
    except NotGroupedError:
        return ()
    others = [one for one in found if not one.is_given][:N_NEAR]
    return tuple(Near(one.image, one.score) for one in others)


def _why(
    state: State,
    image_id: int,
    here: LibraryImage,
    group: GroupInfo | None,
    near: tuple[Near, ...],
) -> str:
    if here.cluster_id is None:
        return "it is new: no group was near enough for it yet"
    if group is None:
        return "it is in no group"
    if image_id in state.held:
        return "it was put there by hand"
    if not near:
        return "it came after the last grouping, and pictures like it are there"
    n_same = sum(one.image.cluster_id == here.cluster_id for one in near)
    return f"{n_same} of the {len(near)} pictures most like it are in the same group"
