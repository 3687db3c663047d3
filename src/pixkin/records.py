"""Frozen values that pass between the stages."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

    Pixels: TypeAlias = NDArray[np.uint8]
    Picture: TypeAlias = Pixels | Image
    Vectors: TypeAlias = NDArray[np.float32]
    Labels: TypeAlias = NDArray[np.int64]
    Map: TypeAlias = NDArray[np.float32]

__all__ = [
    "Changes", "File", "Hints", "ImageFacts", "LeftOut", "MissingRoot", "Neighbors", "Skipped",
]  # fmt: skip

SkippedKind = Literal["not-an-image", "damaged", "refused", "unreadable"]


@dataclass(frozen=True, slots=True)
class File:
    """A file that may be a picture, as the disk described it when it was looked at.

    ``path`` is relative to the absolute folder ``root`` and uses ``/``; bytes that are not UTF-8
    are kept as Python's surrogate escapes. ``inode`` is signed, as SQLite's integers are. Device
    and hard links tell two ways to one file from two files, and are not kept.
    """

    root: str
    path: str
    bytes: int
    mtime_ns: int
    inode: int
    device: int = 0
    n_links: int = 0

    @property
    def full(self) -> Path:
        """Where the file is."""
        return Path(self.root, self.path)

    @property
    def full_text(self) -> str:
        """Where the file is, as text: quicker, where there are very many."""
        return os.path.join(self.root, self.path)  # noqa: PTH118


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file or folder that is passed over by rule: hidden, of the system, or ours."""

    path: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that could not go on, and why.

    ``kind`` is one of not-an-image, damaged, refused (a limit of ours), unreadable (the disk or
    its permissions).
    """

    root: str
    path: str
    stage: str
    kind: SkippedKind
    reason: str

    def __str__(self) -> str:
        from pixkin.errors import printable

        return f"{printable(str(Path(self.root, self.path)))}: {self.reason}"


@dataclass(frozen=True, slots=True)
class MissingRoot:
    """A folder that a library knows, of whose files none is there now: not mounted, most likely.

    Attributes
    ----------
    path : str
    files : int
        Known in it.
    """

    path: str
    files: int


@dataclass(frozen=True, slots=True)
class Changes:
    """Files, by their whole paths.

    Attributes
    ----------
    new : tuple of str
        Not known before. A copy of a known picture is new as well.
    changed : tuple of str
        With other bytes than before: another image.
    moved : tuple of (str, str)
        From where and to where: the same bytes, no longer there and now here.
    gone : tuple of str
        No longer there. The library keeps what it knows of them.
    back : tuple of str
        There again.
    """

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    moved: tuple[tuple[str, str], ...] = ()
    gone: tuple[str, ...] = ()
    back: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any((self.new, self.changed, self.moved, self.gone, self.back))


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """What a picture says of itself. Width and height are those of the upright picture.

    ``taken`` is local time as ``YYYY-MM-DDTHH:MM:SS``; ``latitude`` and ``longitude`` are degrees.
    """

    width: int
    height: int
    format: str
    orientation: int = 1
    taken: str | None = None
    camera: str | None = None
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True)
class Neighbors:
    """The k nearest neighbours of every point, the point itself left out.

    Attributes
    ----------
    indices : int32 array of shape (n_samples, k)
        Nearest first.
    distances : float32 array of shape (n_samples, k)
        Squared Euclidean distances.
    """

    indices: NDArray[np.int32]
    distances: NDArray[np.float32]

    def first(self, k: int) -> Neighbors:
        """Give the ``k`` nearest of each point's neighbours."""
        return Neighbors(self.indices[:, :k], self.distances[:, :k])


@dataclass(frozen=True, slots=True)
class Hints:
    """What is known of groups before they are found.

    Attributes
    ----------
    start : int64 array of shape (n_samples,)
        The group that each point was in; -1 for none, or where it is new.
    held : bool array of shape (n_samples,)
        Whether a person put it there.
    pinned : frozenset of int
        Groups that stay as they are.
    barred : tuple of (int, int)
        Points, and groups that a person said they are not of.
    """

    start: Labels
    held: NDArray[np.bool_]
    pinned: frozenset[int] = frozenset()
    barred: tuple[tuple[int, int], ...] = ()

    def at(self, rows: NDArray[np.int64]) -> Hints:
        """Give what is known of some of the points."""
        place = {row: i for i, row in enumerate(rows.tolist())} if self.barred else {}
        barred = tuple((place[row], group) for row, group in self.barred if row in place)
        return Hints(self.start[rows], self.held[rows], self.pinned, barred)

    @property
    def checksum(self) -> str:
        """SHA-256 of all of it."""
        import hashlib

        digest = hashlib.sha256(self.start.tobytes() + self.held.tobytes())
        digest.update(repr((sorted(self.pinned), self.barred)).encode())
        return digest.hexdigest()


Json: TypeAlias = dict[str, Any]
