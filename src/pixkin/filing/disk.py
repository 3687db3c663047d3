"""Single files, done so that nothing is overwritten and no bytes are lost, a power cut included."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
from pathlib import Path

__all__ = [
    "CHANGED",
    "GONE",
    "TAKEN",
    "Refused",
    "copy",
    "digest",
    "hardlink",
    "link",
    "look",
    "move",
    "part_of",
    "remove",
    "replace",
    "sync_folder",
]

NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EMLINK, errno.ENOSYS, errno.EACCES}
"""What a file system says that knows no hard links, as FAT."""
BLOCK = 2**20
GONE = "is not there any more"
CHANGED = "was changed since"
TAKEN = "something else is there now"


class Refused(Exception):  # noqa: N818 - an outcome to be reported
    """A file is left as it is; the text says why."""


def look(path: str) -> os.stat_result | None:
    """Give what the disk says of a file, not of what a link points at; None if it is not there."""
    try:
        return os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None


def digest(path: str) -> str:
    """Give the SHA-256 of a file, in hexadecimal."""
    with open(path, "rb") as stream:  # noqa: PTH123
        return hashlib.file_digest(stream, "sha256").hexdigest()


def part_of(target: str, token: str) -> str:
    """Name the file that is written before it becomes ``target``: hidden, each time the same."""
    path = Path(target)
    return str(path.with_name(f".pixkin-{token}.part"))


def copy(source: str, target: str, token: str, sha256: str = "") -> None:
    """Copy a file, with its times and permissions, and see that the copy is right.

    Parameters
    ----------
    source, target : str
        There is nothing at ``target``.
    token : str
        For the name of the unfinished file; what an earlier try left under it is removed.
    sha256 : str
        Of the source in hexadecimal, if it is known.

    Raises
    ------
    Refused
        If the source is not what it was, or the copy differs.
    OSError
        If the disk says no; nothing is left then.
    """
    part = part_of(target, token)
    remove(part)
    try:
        read = hashlib.sha256()
        with open(source, "rb") as here, open(part, "xb") as there:  # noqa: PTH123
            while block := here.read(BLOCK):
                read.update(block)
                there.write(block)
            there.flush()
            os.fsync(there.fileno())
        if sha256 and read.hexdigest() != sha256:
            raise Refused("its bytes are not those that were read")
        if digest(part) != read.hexdigest():
            raise Refused("the copy differs: the disk may be failing")
        shutil.copystat(source, part)
        _publish(part, target)
    except BaseException:
        with contextlib.suppress(OSError):
            remove(part)
        raise


def move(source: str, target: str, token: str, sha256: str = "") -> None:
    """Move a file; to another disk it is copied, compared, and then removed.

    At every moment the file is whole at one of the two places, or at both.
    """
    try:
        _publish(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        copy(source, target, token, sha256)
        remove(source)
        sync_folder(source)


def link(source: str, target: str) -> None:
    """Make a symbolic link at ``target`` that points to the file ``source``."""
    os.symlink(source, target)  # noqa: PTH211
    sync_folder(target)


def hardlink(source: str, target: str) -> None:
    """Give the file ``source`` a second name."""
    os.link(source, target, follow_symlinks=False)
    sync_folder(target)


def replace(source: str, keeper: str, token: str) -> None:
    """Put a second name of ``keeper`` in the place of ``source``, which has the same bytes."""
    part = part_of(source, token)
    remove(part)
    os.link(keeper, part, follow_symlinks=False)
    os.replace(part, source)  # noqa: PTH105
    sync_folder(source)


def remove(path: str) -> None:
    """Delete a file, if it is there."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)  # noqa: PTH108


def sync_folder(path: str) -> None:
    """Put the name of a file on the disk."""
    if os.name == "nt":
        return
    handle = os.open(os.path.dirname(path), os.O_RDONLY)  # noqa: PTH120
    try:
        with contextlib.suppress(OSError):  # some network file systems cannot
            os.fsync(handle)
    finally:
        os.close(handle)


def _publish(source: str, target: str) -> None:
    """Rename a file to a name that nothing has.

    A rename would overwrite what came there meanwhile; a second name cannot.
    """
    try:
        os.link(source, target, follow_symlinks=False)
    except FileExistsError as error:
        raise Refused(TAKEN) from error
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        if look(target) is not None:
            raise Refused(TAKEN) from error
        os.rename(source, target)  # noqa: PTH104
        sync_folder(target)
        return
    sync_folder(target)
    remove(source)
    sync_folder(source)
