"""Writing a keyword into a sidecar, and its way back. The old file is put aside, never changed."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

from pixkin.filing import disk
from pixkin.filing.disk import CHANGED, GONE, TAKEN, Refused
from pixkin.filing.plan import Action
from pixkin.filing.xmp import MOST_BYTES, NotXmpError, merged

__all__ = ["bring_old", "read", "write"]


def read(path: str) -> bytes:
    """Read a sidecar.

    Raises
    ------
    NotXmpError
        If it is too large to be one.
    """
    with open(path, "rb") as stream:  # noqa: PTH123
        data = stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise NotXmpError("is larger than any sidecar")
    return data


def write(action: Action, token: str, *, is_again: bool) -> None:
    """Write the keyword of an action into its sidecar.

    The new file is written beside it, the old one moved to the trash, and the new one takes its
    name: at every moment the old one is whole at one of the two places.

    Raises
    ------
    Refused, OSError
        See `act.do`.
    """
    part = disk.part_of(action.target, token)
    disk.remove(part)
    aside = disk.look(action.kept) if action.kept else None
    if is_again and _is_written(action):
        return
    if aside is not None and not is_again:
        raise Refused(TAKEN)
    try:
        if disk.look(action.source) is None:
            raise Refused(GONE)
        _replace(action, token, part)
    except (OSError, Refused):
        disk.remove(part)
        _put_back(action, token)
        raise


def _replace(action: Action, token: str, part: str) -> None:
    kept = disk.look(action.kept) if action.kept else None
    if kept is not None and disk.look(action.target) is not None:
        _forget_copy(action)
        kept = None
    old = action.kept if kept else action.target
    _fill(part, _content(action, old), like=old if action.kept else "")
    if action.kept and kept is None:
        os.makedirs(os.path.dirname(action.kept), exist_ok=True)  # noqa: PTH103, PTH120
        disk.move(action.target, action.kept, token)
    disk.move(part, action.target, token)


def bring_old(action: Action, token: str, *, was_done: bool) -> None:
    """Bring a sidecar to what it was: the old file to its place, or none where there was none.

    Raises
    ------
    Refused, OSError
        See `act.take_back`.
    """
    disk.remove(disk.part_of(action.target, token))
    target = disk.look(action.target)
    kept = disk.look(action.kept) if action.kept else None
    if kept is None and action.kept:
        if was_done and not _is_old(action, target):
            raise Refused("what it was is not in the trash any more")
        return
    if target is not None:
        if kept is not None and not _is_new(action) and _are_same(action):
            disk.remove(action.kept)  # it was being moved, there or back, when that was cut off
            return
        if not _is_new(action):
            raise Refused(CHANGED)
        disk.remove(action.target)
        disk.sync_folder(action.target)
    _put_back(action, token)


def _content(action: Action, old: str) -> bytes:
    """Make the new content, if the old one is what it was when it was planned."""
    status = disk.look(old)
    if not action.kept and status is not None:
        raise Refused(TAKEN)
    if action.kept and status is None:
        raise Refused(GONE)
    if action.kept and not _is_old(action, status):
        raise Refused(CHANGED)
    try:
        new = merged(read(old) if action.kept else None, action.keyword)
    except NotXmpError as error:
        raise Refused(str(error)) from error
    if hashlib.sha256(new).hexdigest() != action.sha256:
        raise Refused(CHANGED)
    return new


def _fill(part: str, content: bytes, like: str) -> None:
    """Write a file, with the permissions of another."""
    with open(part, "xb") as stream:  # noqa: PTH123
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    if like:
        shutil.copymode(like, part)


def _put_back(action: Action, token: str) -> None:
    """Move the old file to its place, if it was put aside and the place is free."""
    is_aside = bool(action.kept) and disk.look(action.kept) is not None
    if is_aside and disk.look(action.target) is None:
        disk.move(action.kept, action.target, token)


def _forget_copy(action: Action) -> None:
    """Remove what is in the trash of a file that is in its place still: its move was cut off."""
    if not _are_same(action):
        raise Refused(CHANGED)
    disk.remove(action.kept)


def _is_written(action: Action) -> bool:
    target = disk.look(action.target)
    aside = not action.kept or disk.look(action.kept) is not None
    return target is not None and aside and _is_new(action)


def _is_new(action: Action) -> bool:
    return Path(action.target).is_file() and disk.digest(action.target) == action.sha256


def _is_old(action: Action, status: os.stat_result | None) -> bool:
    facts = (action.bytes, action.mtime_ns)
    return status is not None and (status.st_size, status.st_mtime_ns) == facts


def _are_same(action: Action) -> bool:
    here, aside = os.lstat(action.target), os.lstat(action.kept)
    if os.path.samestat(here, aside):
        return True
    return here.st_size == aside.st_size and disk.digest(action.target) == disk.digest(action.kept)
