"""The folder that files are to go to."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from pixkin.errors import PathError

if TYPE_CHECKING:
    from pixkin.library.book import Book

__all__ = ["checked_folder", "existing"]


def checked_folder(book: Book, path: str | os.PathLike[str]) -> str:
    """Give the whole path of a folder that files may go to, whether it is there or not.

    Raises
    ------
    PathError
        If it is in the library's own folder, is a file, or cannot be.
    """
    target = os.path.realpath(path)
    if Path(target).is_relative_to(os.path.realpath(book.folder)):
        raise PathError(target, "is in the library's own folder; name another")
    try:
        is_folder = stat.S_ISDIR(os.lstat(target).st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return target
    except OSError as error:  # such as a name that is too long
        raise PathError(target, f"cannot be used ({error.strerror or error})") from error
    if not is_folder:
        raise PathError(target, "is a file, not a folder")
    return target


def existing(folder: Path) -> Path:
    """Give the folder or the nearest above it that is there."""
    return next(one for one in (folder, *folder.parents) if one.is_dir())
