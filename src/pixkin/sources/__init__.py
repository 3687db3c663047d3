"""Where pictures come from. One file is one source; `Source` is what each must offer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from pixkin.records import File, LeftOut, Skipped

__all__ = ["Source"]


class Source(Protocol):
    """Names files that may be pictures.

    Attributes
    ----------
    base : str
        The absolute folder, links resolved, that all its files lie under.
    is_folder : bool
        Whether a new library may be made in ``base``.
    is_whole : bool
        Whether all that lies in ``base`` is meant, what comes later included.
    """

    base: str
    is_folder: bool
    is_whole: bool

    def entries(self) -> Iterator[File | Skipped | LeftOut]:
        """Give every file once per way that leads to it, in the same order each time.

        Roots are ``base``; what is reached without a link comes before what is reached by one.
        """
        ...
