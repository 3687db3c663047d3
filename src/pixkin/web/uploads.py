"""Pictures that were dropped on the page, kept until the server ends or others come."""

from __future__ import annotations

import re
import secrets
import threading
from collections import OrderedDict
from pathlib import Path

from pixkin.contents import look
from pixkin.errors import BadImageError, PathError, PixkinError, UsageError

__all__ = ["MOST", "UPLOAD_ID", "Uploads"]

UPLOAD_ID = r"^[0-9a-f]{32}$"
MOST = 16
NOT_ONE = "That is no picture that Pixkin can read: {}."
LOST = "A dropped picture is not kept any more. Drop it again."


class Uploads:
    """Keeps the last few. Threads may share one.

    Parameters
    ----------
    scratch : Path
        A folder that only this server writes in.
    """

    def __init__(self, scratch: Path) -> None:
        self._folder = scratch / "uploads"
        self._lock = threading.Lock()
        self._known: OrderedDict[str, Path] = OrderedDict()

    def keep(self, content: bytes) -> str:
        """Write a file down, under a name that nobody can guess.

        Only its first bytes are looked at; it is decoded in a process of its own.

        Raises
        ------
        UsageError
            If it is no picture.
        """
        upload_id = secrets.token_hex(16)
        path = self._folder / upload_id
        with self._lock:
            self._folder.mkdir(exist_ok=True)
            path.write_bytes(content)
            try:
                look(path, len(content))
            except BadImageError as error:
                path.unlink()
                raise UsageError(NOT_ONE.format(error.reason)) from error
            self._known[upload_id] = path
            while len(self._known) > MOST:
                self._known.popitem(last=False)[1].unlink(missing_ok=True)
        return upload_id

    def paths(self, ids: list[str]) -> list[Path]:
        """Give the files of some.

        Raises
        ------
        UsageError
            If one is not kept any more.
        """
        with self._lock:
            found = [self._known.get(one) for one in ids if re.fullmatch(UPLOAD_ID, one)]
        if len(found) < len(ids) or None in found:
            raise UsageError(LOST)
        return [path for path in found if path is not None]

    def blame(self, error: PathError) -> PixkinError:
        """Give what to say where one of them was no picture after all; it is kept no longer."""
        with self._lock:
            for upload_id, path in list(self._known.items()):
                if error.path == str(path):
                    del self._known[upload_id]
                    path.unlink(missing_ok=True)
                    why = error.problem.removeprefix("cannot be read as a picture: ")
                    return UsageError(NOT_ONE.format(why))
        return error
