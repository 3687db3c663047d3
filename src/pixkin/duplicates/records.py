"""What is found: groups of duplicates, companions, and flags."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from pixkin.files import text_of

if TYPE_CHECKING:
    from pixkin.records import Json

__all__ = ["KINDS", "Duplicate", "DuplicateGroup", "Duplicates", "Kind"]

Kind: TypeAlias = Literal["identical", "same", "edited", "burst"]
KINDS: tuple[Kind, ...] = ("identical", "same", "edited", "burst")
"""From the strictest to the loosest."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A file that duplicates the keeper of its group.

    Attributes
    ----------
    path : Path
    sha256 : str
        Of its bytes, in hexadecimal.
    kind : {'identical', 'same', 'edited', 'burst'}
    score : float
        How much of what is to be seen agrees with the keeper, 0 to 1.
    why : str
        In words, as in ``"cropped to 75 %, mirrored left to right"``.
    is_protected : bool
        Whether it lies in a folder in which nothing may be touched.
    bytes, width, height : int
        Of the file, and of its picture.
    """

    path: Path
    sha256: str
    kind: Kind
    score: float
    why: str
    is_protected: bool
    bytes: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """Files of which one is enough.

    Attributes
    ----------
    kind : {'identical', 'same', 'edited', 'burst'}
        The loosest of its members' kinds.
    keeper : Path
        The file to keep.
    sha256 : str
        Of the keeper's bytes.
    reason : str
        Why it is that one, in words.
    members : tuple of Duplicate
        The others. Each was compared with the keeper itself, and is like it.
    is_protected : bool
        Whether the keeper lies in a folder in which nothing may be touched.
    bytes, width, height : int
        Of the keeper.
    """

    kind: Kind
    keeper: Path
    sha256: str
    reason: str
    members: tuple[Duplicate, ...]
    is_protected: bool
    bytes: int
    width: int
    height: int

    def to_dict(self) -> Json:
        """Give it as JSON can hold it."""
        members = [{**asdict(one), "path": text_of(str(one.path))} for one in self.members]
        return {**asdict(self), "keeper": text_of(str(self.keeper)), "members": members}


@dataclass(frozen=True, slots=True)
class Duplicates:
    """All that was found.

    Attributes
    ----------
    groups : tuple of DuplicateGroup
        By their keeper's path.
    companions : tuple of tuple of Path
        Files that belong together and are no duplicates: RAW or HEIC beside the JPEG of it, and
        the video of a live photo.
    images : int
        How many pictures were looked at.
    by_hash_only : int
        How many of them came after the last grouping: crops of these are not found.
    """

    groups: tuple[DuplicateGroup, ...]
    companions: tuple[tuple[Path, ...], ...]
    images: int
    by_hash_only: int

    def to_dict(self) -> Json:
        """Give it as JSON can hold it."""
        return {
            "groups": [group.to_dict() for group in self.groups],
            "companions": [[text_of(str(path)) for path in paths] for paths in self.companions],
            "images": self.images,
            "by_hash_only": self.by_hash_only,
        }
