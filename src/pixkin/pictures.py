"""What a library tells of its pictures."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pixkin.files import text_of

if TYPE_CHECKING:
    from pixkin.library.listing import GroupInfo
    from pixkin.records import Json

__all__ = ["LibraryImage", "Match", "Near", "Outlier", "Portrait", "told"]


@dataclass(frozen=True, slots=True)
class LibraryImage:
    """A picture of a library.

    Attributes
    ----------
    sha256 : str
        Of its bytes, in hexadecimal.
    files : tuple of Path
        Where it lies: one or more, equal byte for byte.
    width, height : int or None
        In pixels, upright; None for what could not be decoded.
    cluster_id : str or None
        The group that it is in; empty if in none, None if no grouping has looked at it yet.
    """

    sha256: str
    files: tuple[Path, ...]
    width: int | None
    height: int | None
    cluster_id: str | None


@dataclass(frozen=True, slots=True)
class Near:
    """A picture that is like another.

    Attributes
    ----------
    image : LibraryImage
    similarity : float
        Cosine of the reduced vectors: 1 for the same.
    """

    image: LibraryImage
    similarity: float


@dataclass(frozen=True, slots=True)
class Match:
    """A picture that a search found.

    Attributes
    ----------
    image : LibraryImage
    score : float
        The mean cosine with the liked pictures, less a quarter of that with the disliked: for one
        picture that is searched for, 1 means the same.
    is_given : bool
        Whether it is one that was searched for: the same bytes.
    """

    image: LibraryImage
    score: float
    is_given: bool

    def to_dict(self) -> Json:
        """Give it as JSON can hold it."""
        return {**told(self.image), "score": self.score, "is_given": self.is_given}


@dataclass(frozen=True, slots=True)
class Outlier:
    """A picture that is far less typical than the rest of its group.

    Attributes
    ----------
    image : LibraryImage
    typicality : float
        How near it is to the middle of its group, 0 to 1.
    usual : float
        The mean of its group.
    """

    image: LibraryImage
    typicality: float
    usual: float

    def to_dict(self) -> Json:
        """Give it as JSON can hold it."""
        return {**told(self.image), "typicality": self.typicality, "usual": self.usual}


@dataclass(frozen=True, slots=True)
class Portrait:
    """What is known of a picture.

    Attributes
    ----------
    image : LibraryImage
    group : GroupInfo or None
    near : tuple of Near
        The pictures most like it; none if it came after the last grouping.
    why : str
        Why it is where it is, in words.
    flags : tuple of str
        What may be wrong with it, as `pixkin flags` says.
    """

    image: LibraryImage
    group: GroupInfo | None
    near: tuple[Near, ...]
    why: str
    flags: tuple[str, ...] = ()

    def to_dict(self) -> Json:
        """Give it as JSON can hold it."""
        return {
            **told(self.image),
            "group": None if self.group is None else asdict(self.group),
            "why": self.why,
            "flags": list(self.flags),
            "near": [{**told(one.image), "similarity": one.similarity} for one in self.near],
        }


def told(image: LibraryImage) -> Json:
    """Give a picture as JSON can hold it."""
    return {**asdict(image), "files": [text_of(str(file)) for file in image.files]}
