"""One picture at the size of a screen, whatever its format, from a worker process."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from pixkin import pool
from pixkin.errors import BadImageError

if TYPE_CHECKING:
    from pixkin.records import Json
    from pixkin.settings import Settings

__all__ = ["preview"]


def preview(path: Path, stat: tuple[int, int], settings: Settings, side: int) -> bytes:
    """Decode a picture in a process of its own, with the usual limits.

    Parameters
    ----------
    path : Path
    stat : (int, int)
        Its bytes and mtime_ns; another file that lies there now is not taken.
    settings : Settings
        The limits.
    side : int
        Most pixels of the longer side.

    Returns
    -------
    bytes
        A JPEG, upright, in sRGB, without what the file says of itself.

    Raises
    ------
    BadImageError
        If it cannot be decoded, is above a limit, or has changed.
    WorkerError
        If no process can be started.
    """
    setup: Json = {"preview": side, "max_pixels": int(settings.max_megapixels * 1e6)}
    task = pool.Task(None, {"path": str(path), "stat": list(stat), "hash": False})
    answers = pool.run(
        [task],
        setup,
        n_workers=1,
        max_seconds=settings.max_seconds,
        max_memory=settings.max_memory,
    )
    with contextlib.closing(answers):
        (answer,) = answers
    bad = answer.header.get("bad")
    if bad is not None:
        raise BadImageError(bad["kind"], bad["reason"])
    return answer.blobs[0]
