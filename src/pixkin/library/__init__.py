"""The `.pixkin` folder: the only module that writes our data.

``library.db`` holds what is precious, in transactions. ``cache/`` can be made again: vectors in
files whose rows the database names, and a database of thumbnails. At any instant, a power cut
included, what the database says is there is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pixkin.library.store import Library

__all__ = ["Library"]


def __getattr__(name: str) -> Any:
    """Import `Library`, and with it numpy, when it is first used: a correction needs neither."""
    if name != "Library":
        raise AttributeError(f"module 'pixkin.library' has no attribute {name!r}")
    from pixkin.library.store import Library

    return Library
