"""What all routes share: the library, what goes on, and who is told of it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pixkin.errors import PathError
from pixkin.web.plans import Plans

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pixkin.opened import Library
    from pixkin.web.events import Hub
    from pixkin.web.guard import Keys
    from pixkin.web.jobs import Jobs
    from pixkin.web.thumbs import Thumbs

__all__ = ["KEY", "Here"]

KEY = 16
"""Hexadecimal digits of an image's SHA-256 by which the page knows it: it names the content, so
what is fetched under it never changes."""


@dataclass(frozen=True, slots=True)
class Here:
    """What is served.

    Attributes
    ----------
    library : Library
    keys : Keys
    hub : Hub
    jobs : Jobs
    scratch : Path
        A folder for what is uploaded; it goes when the server ends.
    thumbs : Thumbs
    plans : Plans
        What may be done with files.
    is_shown : Event
        Set once a picture has been asked for: what the page shows first is there.
    """

    library: Library
    keys: Keys
    hub: Hub
    jobs: Jobs
    scratch: Path
    thumbs: Thumbs
    plans: Plans = field(default_factory=Plans)
    is_shown: threading.Event = field(default_factory=threading.Event)

    def hash_of(self, key: str) -> bytes:
        """Give the SHA-256 of the image that a key means."""
        return self.found(key)[1]

    def ids_of(self, keys: Sequence[str]) -> list[int]:
        """Give the ids of images."""
        return [self.found(key)[0] for key in keys]

    def found(self, key: str) -> tuple[int, bytes]:
        """Give id and SHA-256 of an image.

        Raises
        ------
        PathError
            If there is no such image.
        """
        known = self.library.edit.image_begun(key)
        if known is None:
            raise PathError(key, "is no picture of this library")
        return known
