"""The pictures that are asked about, in the library or not, as reduced vectors."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pixkin.contents import look
from pixkin.embed import Failure, Request, Vector, embed
from pixkin.errors import BadImageError, PathError
from pixkin.pictures import LibraryImage
from pixkin.settings import Settings

if TYPE_CHECKING:
    from pixkin.library.edits import Edits
    from pixkin.records import Vectors
    from pixkin.searching.index import Index

__all__ = ["Given", "look_at"]

THUMBNAIL_PX = 128
MOST_KEPT = 256
EMPTY = "is empty, as a variable that is not set is; name a picture"
IS_FOLDER = "is a folder; name pictures"
NO_FILE = "is no file; name pictures"


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """Pictures that were named.

    Attributes
    ----------
    hashes : tuple of bytes
        SHA-256 of each.
    X : float32 array of shape (n, n_components)
        Reduced as those of the library.
    thumbnails : dict of bytes to bytes
        JPEGs of those that the library does not have, by SHA-256.
    """

    hashes: tuple[bytes, ...]
    X: Vectors
    thumbnails: dict[bytes, bytes]

    def parted(self, n: int) -> tuple[Given, Given]:
        """Give the first ``n``, and the others."""
        return (
            Given(self.hashes[:n], self.X[:n], self.thumbnails),
            Given(self.hashes[n:], self.X[n:], self.thumbnails),
        )


def look_at(
    pictures: Sequence[str | os.PathLike[str] | LibraryImage],
    index: Index,
    edit: Edits,
    workers: int = 0,
) -> Given:
    """Give the vectors of pictures: the library's own, or else made now, by worker processes.

    A file's content decides, so one that was moved or copied is known. One that is not there now
    is looked for among those that the library has read.

    Parameters
    ----------
    pictures : sequence of path or LibraryImage
    index : Index
    edit : Edits
        Of the library.
    workers : int
        Most processes at a time; 0 for one per core.

    Raises
    ------
    PathError
        If one is not there, or no picture that can be decoded.
    """
    hashes, to_encode = [], {}
    for picture in pictures:
        sha256, request = _hashed(picture, edit)
        hashes.append(sha256)
        if index.row_of(sha256) is None:
            if index.lacking:
                raise PathError(str(request.path), index.lacking)
            to_encode[sha256] = request
    made = _made(to_encode, index, workers)
    X = np.empty((len(hashes), index.X.shape[1]), dtype=np.float32)
    for i, sha256 in enumerate(hashes):
        row = index.row_of(sha256)
        X[i] = made[sha256][0] if row is None else index.X[row]
    return Given(tuple(hashes), X, {sha256: small for sha256, (_, small) in made.items()})


def _made(
    wanted: Mapping[bytes, Request], index: Index, workers: int
) -> dict[bytes, tuple[Vectors, bytes]]:
    """Give reduced vectors and thumbnails; the last few are kept, for the next question."""
    known = index.made
    new = _encoded(
        [r for sha256, r in wanted.items() if sha256 not in known], index.encoder, workers
    )
    found = {sha256: known[sha256] for sha256 in wanted if sha256 not in new}
    if new:
        reduced = index.reduction.transform(np.stack([one.values for one in new.values()]))
        for (sha256, one), row in zip(new.items(), reduced, strict=True):
            found[sha256] = row, one.thumbnail
    known.update(found)
    for sha256 in list(known)[:-MOST_KEPT]:
        known.pop(sha256, None)
    return found


def _hashed(picture: str | os.PathLike[str] | LibraryImage, edit: Edits) -> tuple[bytes, Request]:
    """Give the checksum of a picture, and what to ask for if it has no vector."""
    if isinstance(picture, LibraryImage):
        sha256 = bytes.fromhex(picture.sha256)
        return sha256, Request(sha256, picture.files[0])
    path = os.fspath(picture)
    if not path:  # Path("") would be the current folder
        raise PathError('""', EMPTY)
    try:
        known = Path(path).stat()
    except (OSError, ValueError) as error:  # a name may hold a NUL
        return _remembered(path, edit, error)
    if not stat.S_ISREG(known.st_mode):  # to read a pipe would wait for a writer
        raise PathError(path, IS_FOLDER if stat.S_ISDIR(known.st_mode) else NO_FILE)
    try:
        sha256 = look(path, known.st_size)[0]
    except BadImageError as error:
        raise PathError(path, f"cannot be read as a picture: {error.reason}") from error
    return sha256, Request(sha256, path, (known.st_size, known.st_mtime_ns))


def _remembered(path: str, edit: Edits, error: Exception) -> tuple[bytes, Request]:
    """Give a picture that the library has read, and that is not there now."""
    why = "does not exist"
    if not isinstance(error, FileNotFoundError | NotADirectoryError):
        why = f"cannot be read ({getattr(error, 'strerror', None) or error})"
    try:
        (sha256,) = edit.hashes_of([edit.find_image(path)])
    except (PathError, ValueError):
        raise PathError(path, why) from None
    return sha256, Request(sha256, path)


def _encoded(requests: Sequence[Request], encoder: str, workers: int) -> dict[bytes, Vector]:
    made: dict[bytes, Vector] = {}
    if not requests:
        return made
    outcomes = embed(requests, Settings(encoder=encoder, workers=workers), thumbnail=THUMBNAIL_PX)
    paths = {request.key: str(request.path) for request in requests}
    for outcome in outcomes:
        if isinstance(outcome, Failure):
            outcomes.close()
            why = f"cannot be read as a picture: {outcome.reason}"
            raise PathError(paths[outcome.key], why)
        if isinstance(outcome, Vector):
            made[outcome.key] = outcome
    return {request.key: made[request.key] for request in requests}
