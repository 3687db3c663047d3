"""What the library is told, and what it tells."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from pixkin.library.vectors import Rows, VectorFile
from pixkin.records import File, ImageFacts, Json

if TYPE_CHECKING:
    from pixkin.records import SkippedKind

__all__ = ["Entry", "KeptClustering", "KnownFile", "KnownImage", "Pictures", "Space"]

Sha256: TypeAlias = bytes

CHECKSUM_ROWS = 4096


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file as it was when it was last read."""

    bytes: int
    mtime_ns: int
    inode: int
    sha256: Sha256
    is_gone: bool = False

    def is_still(self, file: File) -> bool:
        """Tell whether the disk describes the file as it did then."""
        return (self.bytes, self.mtime_ns, self.inode) == (file.bytes, file.mtime_ns, file.inode)


@dataclass(frozen=True, slots=True)
class KnownImage:
    """What is known of a content: its facts, and why it failed under the present rules."""

    bytes: int
    facts: ImageFacts | None
    failure: tuple[str, SkippedKind, str] | None
    """(stage, kind, reason)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file read, to be written down.

    ``vector``, ``thumbnail`` and ``look`` come with a content that was encoded just now;
    ``failure`` is (stage, kind, reason) where it could not be; neither means that the content is
    known.
    """

    file: File
    sha256: bytes
    facts: ImageFacts | None = None
    vector: Any = None
    thumbnail: bytes = b""
    measured: bytes = b""
    failure: tuple[str, SkippedKind, str] | None = None


@dataclass(frozen=True, slots=True)
class KeptClustering:
    """Groups at every level, as they are kept.

    Attributes
    ----------
    settings : dict
    hashes : sequence of bytes
        SHA-256 of each image, rising; the arrays have a row for each.
    leaves : int64 array of shape (n,)
    places : float32 array of shape (n, 2)
    reduced : float16 array of shape (n, n_components)
    unions : int64 array of shape (m, 2)
    best : int or None
        None where there is no tree.
    likely : float32 array of shape (n_leaves, n_classes)
    reduction : dict of str to array
        How ``reduced`` was made (`Reduction.to_arrays`).
    """

    settings: Json
    hashes: Sequence[Sha256]
    leaves: Any
    places: Any
    reduced: Any
    unions: Any
    best: int | None
    likely: Any
    reduction: dict[str, Any]


class Space:
    """The vectors of one way of encoding.

    Attributes
    ----------
    rows : dict of bytes to int
        The row of each content (SHA-256) that has a vector and a thumbnail.
    lacking : str
        Why others have none, where vectors are brought and none can be made; else empty.
    """

    def __init__(
        self, space_id: int, file: VectorFile, rows: dict[bytes, int], lacking: str = ""
    ) -> None:
        self.space_id, self.file, self.rows, self.lacking = space_id, file, rows, lacking

    def append(self, vectors: Mapping[bytes, Any]) -> dict[bytes, int]:
        """Put vectors at the end of the file, and give the row of each content (SHA-256)."""
        rows = self.file.append(np.stack([*vectors.values()])) if vectors else ()
        return dict(zip(vectors, rows, strict=True))

    def read(self, hashes: Sequence[bytes]) -> Rows:
        """Give the vectors of ``hashes``, in that order: shape (n, n_features)."""
        return self.file.read(np.array([self.rows[sha256] for sha256 in hashes], dtype=np.int64))

    def checksum(self, hashes: Sequence[bytes]) -> str:
        """Give the SHA-256 of the vectors, where they do not follow from the contents; else ""."""
        if not self.lacking:
            return ""
        digest, vectors = hashlib.sha256(), self.read(hashes)
        for start in range(0, len(vectors), CHECKSUM_ROWS):
            digest.update(vectors[start : start + CHECKSUM_ROWS].tobytes())
        return digest.hexdigest()


class Pictures(Space):
    """A space that asks for no vectors: what has a thumbnail and facts is in it.

    Parameters
    ----------
    space_id : int
        Of the vectors that are to come.
    hashes : iterable of bytes
    """

    def __init__(self, space_id: int, hashes: Iterable[bytes]) -> None:
        self.space_id, self.rows, self.lacking = space_id, dict.fromkeys(hashes, 0), ""

    def append(self, vectors: Mapping[bytes, Any]) -> dict[bytes, int]:
        self.rows.update(dict.fromkeys(vectors, 0))
        return {}
