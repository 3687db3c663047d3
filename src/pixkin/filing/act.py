"""One action on the disk, and its way back. Both may be cut off anywhere, and done again."""

from __future__ import annotations

import os
from pathlib import Path

from pixkin.filing import disk, system_trash
from pixkin.filing.disk import CHANGED, GONE, TAKEN, Refused
from pixkin.filing.plan import Action
from pixkin.filing.write import bring_old, write

__all__ = ["do", "take_back"]

IN_SYSTEM_TRASH = "is in the system's trash; bring it back from there"


def do(action: Action, token: str, *, is_again: bool) -> None:
    """Carry out an action.

    Parameters
    ----------
    action : Action
    token : str
        For the names of unfinished files: the same for the same action.
    is_again : bool
        Whether it may have been begun before: then what is half done is gone on with.

    Raises
    ------
    Refused
        If the file or its place is not as it was planned.
    OSError
        If the disk says no; the file is whole where it was.
    """
    if action.kind == "write":
        write(action, token, is_again=is_again)
    elif action.kind == "system-trash":
        _throw(action, is_again=is_again)
    elif action.kind == "replace":
        _replace(action, token)
    else:
        _put(action, token, is_again=is_again)


def _put(action: Action, token: str, *, is_again: bool) -> None:
    """Put a file, or a link to it, at the target."""
    os.makedirs(os.path.dirname(action.target), exist_ok=True)  # noqa: PTH103, PTH120
    source, target = disk.look(action.source), disk.look(action.target)
    if is_again:
        disk.remove(disk.part_of(action.target, token))
        if _is_done(action, source, target):
            return
    _check_source(action, source)
    if target is not None:
        raise Refused(TAKEN)
    if action.kind == "link":
        disk.link(action.source, action.target)
    elif action.kind == "hardlink":
        disk.hardlink(action.source, action.target)
    else:
        bring = disk.copy if action.kind == "copy" else disk.move
        bring(action.source, action.target, token, action.sha256)


def _throw(action: Action, *, is_again: bool) -> None:
    """Send a file to the system's trash."""
    source = disk.look(action.source)
    if source is None and is_again:  # it was sent, and that was not marked
        return
    _check_source(action, source)
    if action.sha256 and disk.digest(action.source) != action.sha256:
        raise Refused(CHANGED)  # nothing of ours brings it back
    system_trash.send(action.source)


def _check_source(action: Action, source: os.stat_result | None) -> None:
    if source is None:
        raise Refused(GONE)
    if (source.st_size, source.st_mtime_ns) != (action.bytes, action.mtime_ns):
        raise Refused(CHANGED)


def _is_done(action: Action, source: os.stat_result | None, target: os.stat_result | None) -> bool:
    """Tell whether the action was done; of a move that was, remove what is left at the source."""
    if target is None:
        return False
    if action.kind in {"link", "hardlink"}:
        return _leads_to(action, target)
    if not _is_content(action, action.target, target):
        return False
    if action.kind in {"move", "trash"} and source is not None:
        if not _are_same(action, source, target):
            return False
        disk.remove(action.source)
        disk.sync_folder(action.source)
    return True


def _replace(action: Action, token: str) -> None:
    """Put a second name of the target, which stays, in the place of the source."""
    source, keeper = disk.look(action.source), disk.look(action.target)
    if source is None or keeper is None:
        raise Refused(GONE)
    if os.path.samestat(source, keeper):
        return
    _check_source(action, source)
    if not _are_same(action, source, keeper):  # the bytes decide, not what was read of them once
        raise Refused("the two are not the same any more")
    disk.replace(action.source, action.target, token)


def take_back(action: Action, token: str, *, was_done: bool) -> None:
    """Bring the disk to where it was before an action.

    Parameters
    ----------
    action : Action
    token : str
        The one that it was done with.
    was_done : bool
        Whether it is known to have been done; otherwise it may have been cut off anywhere.

    Raises
    ------
    Refused
        If the file was changed since, or something is in its way.
    OSError
        If the disk says no; the file is whole where it was.
    """
    if action.kind == "write":
        bring_old(action, token, was_done=was_done)
        return
    if action.kind == "system-trash":
        _check_is_back(action)
        return
    at = action.source if action.kind == "replace" else action.target
    disk.remove(disk.part_of(at, token))
    target = disk.look(action.target)
    if target is None and not was_done:
        return
    if action.kind in {"move", "trash"}:
        _move_back(action, token, target)
    elif action.kind == "replace":
        _part(action, token)
    elif target is not None:
        _remove_made(action, target)


def _check_is_back(action: Action) -> None:
    """See whether a file is at its place again, where the system alone can bring it."""
    source = disk.look(action.source)
    if source is None:
        raise Refused(IN_SYSTEM_TRASH)
    if not _is_content(action, action.source, source):
        raise Refused("something else is at its old place")


def _move_back(action: Action, token: str, target: os.stat_result | None) -> None:
    source = disk.look(action.source)
    disk.remove(disk.part_of(action.source, token))
    if target is None:
        if source is None or not _is_content(action, action.source, source):
            raise Refused(GONE)
        return
    if source is not None:
        if not _are_same(action, source, target):
            raise Refused("something else is at its old place")
        disk.remove(action.target)  # it was there and here when the way back was cut off
        disk.sync_folder(action.target)
        return
    if not _is_content(action, action.target, target):
        raise Refused(CHANGED)
    os.makedirs(os.path.dirname(action.source), exist_ok=True)  # noqa: PTH103, PTH120
    disk.move(action.target, action.source, token, action.sha256)
    _set_time(action.source, action.mtime_ns)


def _part(action: Action, token: str) -> None:
    """Give the source bytes of its own again."""
    source, keeper = disk.look(action.source), disk.look(action.target)
    if source is None:
        raise Refused(GONE)
    if keeper is None or not os.path.samestat(source, keeper):
        return  # it has its own already, or is the only one by now
    own = disk.part_of(action.source, f"{token}-own")
    disk.remove(own)
    disk.copy(action.source, own, token)
    _set_time(own, action.mtime_ns)
    os.replace(own, action.source)  # noqa: PTH105
    disk.sync_folder(action.source)


def _remove_made(action: Action, target: os.stat_result) -> None:
    """Remove a copy or a link, if what it was made of is still there."""
    source = disk.look(action.source)
    if action.kind == "copy":
        if not _is_content(action, action.target, target):
            raise Refused(CHANGED)
        if source is None or not _is_content(action, action.source, source):
            raise Refused("what it was copied from is not there any more, so the copy stays")
    elif not _leads_to(action, target):
        raise Refused(CHANGED)
    disk.remove(action.target)
    disk.sync_folder(action.target)


def _leads_to(action: Action, target: os.stat_result) -> bool:
    """Tell whether the target is the link that was made."""
    if action.kind == "link":
        return Path(action.target).is_symlink() and os.readlink(action.target) == action.source  # noqa: PTH115
    source = disk.look(action.source)
    return source is not None and os.path.samestat(source, target)


def _are_same(action: Action, source: os.stat_result, target: os.stat_result) -> bool:
    """Tell whether both places have the same bytes, so that one of them can go."""
    if os.path.samestat(source, target):
        return True
    return source.st_size == target.st_size and disk.digest(action.source) == disk.digest(
        action.target
    )


def _is_content(action: Action, path: str, status: os.stat_result) -> bool:
    """Tell whether a file is as planned; where only its time is another, its bytes decide."""
    if status.st_size != action.bytes:
        return False
    if status.st_mtime_ns == action.mtime_ns:
        return True
    return bool(action.sha256) and disk.digest(path) == action.sha256


def _set_time(path: str, mtime_ns: int) -> None:
    os.utime(path, ns=(os.stat(path).st_atime_ns, mtime_ns))  # noqa: PTH116
