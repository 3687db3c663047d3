"""What is shown of groups: a card of each, the pictures of one, and where all lie on the map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pixkin.library.listing import GroupInfo
    from pixkin.records import Labels

__all__ = ["Card", "Gallery", "Places"]


@dataclass(frozen=True, slots=True)
class Card:
    """A group at a glance.

    Attributes
    ----------
    group : GroupInfo
    cover : tuple of str
        SHA-256 (hexadecimal) of up to 6 pictures that show what is in it, varied.
    tightness : float
        The mean typicality, 0 to 1.
    n_doubtful : int
        Pictures that are far less typical than the others.
    nearest : tuple of str
        Ids of the groups that are most like it, the nearest first.
    """

    group: GroupInfo
    cover: tuple[str, ...]
    tightness: float
    n_doubtful: int
    nearest: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Gallery:
    """Pictures in the order in which they are shown.

    Attributes
    ----------
    images : list of str
        SHA-256 (hexadecimal); of a group, the most typical first.
    widths, heights : int64 arrays of shape (n,)
        In pixels, upright; 0 where not known.
    doubtful : bool array of shape (n,)
        Far less typical than the others.
    """

    images: list[str]
    widths: NDArray[np.int64]
    heights: NDArray[np.int64]
    doubtful: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """The map: every picture that the last grouping looked at and that is there.

    Attributes
    ----------
    hashes : uint8 array of shape (n, 32)
        SHA-256 of each picture.
    xy : float32 array of shape (n, 2)
    labels : int64 array of shape (n,)
        The place of its group in ``groups``; -1 for none.
    groups : tuple of GroupInfo
        Those that are not empty, the largest first.
    """

    hashes: NDArray[np.uint8]
    xy: NDArray[np.float32]
    labels: Labels
    groups: tuple[GroupInfo, ...]

    @property
    def images(self) -> list[str]:
        """SHA-256 (hexadecimal) of each picture."""
        return [sha256.tobytes().hex() for sha256 in self.hashes]
