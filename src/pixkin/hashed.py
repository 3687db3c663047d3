"""Files before a worker opens them: hashed, or said why that is of no use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pixkin.contents import check_unchanged, look
from pixkin.embed import Failure
from pixkin.errors import BadImageError

if TYPE_CHECKING:
    from pixkin.records import File

__all__ = ["READ", "hashed", "why_changed"]

READ = "read"
"""The stage of failures that are the file's, and not its content's."""


def why_changed(i: int, file: File) -> Failure | None:
    """Look before a worker does, so that of many copies that changed each costs nothing."""
    try:
        check_unchanged(file.full_text, file.bytes, file.mtime_ns)
    except BadImageError as error:
        return _failure(i, error)
    return None


def hashed(i: int, file: File) -> bytes | Failure:
    """Give the SHA-256 of a file, unless its first bytes say that it is no picture."""
    try:
        return look(file.full_text, file.bytes)[0]
    except BadImageError as error:
        return _failure(i, error)


def _failure(i: int, error: BadImageError) -> Failure:
    if error.kind == "unreadable":
        return Failure(i, READ, "unreadable", error.reason)
    return Failure(i, "decode", "not-an-image", error.reason)
