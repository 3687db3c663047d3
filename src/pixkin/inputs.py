"""What scikit-learn users hand over, to vectors: paths, patterns or arrays, row by row."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pixkin import pool, registry
from pixkin.decode import from_array, range_problem, shrink
from pixkin.embed import Failure, Request, Vector, embed
from pixkin.errors import BadFilesError, BadImageError, PathError, SettingError
from pixkin.progress import silent
from pixkin.records import Skipped
from pixkin.scan import scan, sources_for
from pixkin.settings import Settings
from pixkin.sources.pattern import PatternSource

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pixkin.records import Pixels, Vectors

__all__ = ["Encoded", "encode", "encode_all"]

TAKEN = (
    "paths, a folder, a pattern such as 'photos/*.jpg', a list of these, an array of shape "
    "(n, height, width) or (n, height, width, 3), or a sequence of arrays"
)


@dataclass(frozen=True, slots=True)
class Encoded:
    """Vectors of what could be read.

    Attributes
    ----------
    rows : int64 array of shape (n_read,)
        Which of the pictures given these are, rising.
    vectors : float32 array of shape (n_read, n_features)
    hashes : list of bytes
        SHA-256 of each content: of a file's bytes, or of an array's shape and values.
    skipped : list of Skipped
        The others.
    n : int
        Pictures given.
    """

    rows: NDArray[np.int64]
    vectors: Vectors
    hashes: list[bytes]
    skipped: list[Skipped]
    n: int


def encode_all(X: Any, encoder: str, workers: int) -> Vectors:
    """Encode every picture: float32 array of shape (n, n_features).

    Raises
    ------
    BadFilesError
        If any cannot be read; it lists them all.
    """
    encoded = encode(X, Settings(encoder=encoder, workers=workers))
    if encoded.skipped:
        raise BadFilesError(encoded.skipped, encoded.n)
    return encoded.vectors


def encode(X: Any, settings: Settings) -> Encoded:
    """Encode what can be read.

    Parameters
    ----------
    X : path, pattern, sequence of these, array, or sequence of arrays
        A folder or pattern gives its files in path order, in its place in a sequence. One in which
        there is nothing is a file that cannot be read. Arrays as `from_array` takes them.
    settings : Settings
        The encoder, the number of workers, and the limits.

    Raises
    ------
    PathError
        If ``X`` is none of these, a path that is no item of a sequence does not exist, or the
        values of an array are out of range.
    """
    if isinstance(X, str | os.PathLike):
        return _encode_files(*_files_of(os.fspath(X)), settings)
    items = _listed(X)
    if items and all(isinstance(item, str | os.PathLike) for item in items):
        each = [_item(os.fspath(item)) for item in items]
        paths = [path for found, _ in each for path in found]
        unseen = [skipped for _, found in each for skipped in found]
        return _encode_files(paths, unseen, settings)
    if any(isinstance(item, str | os.PathLike) for item in items):
        raise PathError("X", f"mixes paths with something else; it takes {TAKEN}")
    return _encode_arrays(items, settings)


def _listed(X: Any) -> list[Any]:
    if isinstance(X, np.ndarray) and X.dtype.kind not in "OUS" and X.ndim not in {3, 4}:
        shape = "x".join(map(str, X.shape))
        raise PathError("X", f"is an array of shape {shape}; it takes {TAKEN}")
    _check_values(X)
    try:
        return [str(item) if isinstance(item, np.str_) else item for item in X]
    except TypeError as error:
        raise PathError("X", f"is a {type(X).__name__}; it takes {TAKEN}") from error


def _check_values(X: Any) -> None:
    """Refuse a whole array at once for its range, which is not the fault of single pictures."""
    if isinstance(X, np.ndarray) and X.dtype.kind in "fi" and X.size and np.isfinite(X).all():
        problem = range_problem(X)
        if problem is not None:
            raise PathError("X", f"has {problem}")


def _item(text: str) -> tuple[list[Path], list[Skipped]]:
    """Give the files of one item of a list: a file stands for itself, there or not."""
    if PatternSource.is_pattern(text) or Path(text).is_dir():
        paths, skipped = _files_of(text)
        if paths or skipped:
            return paths, skipped
    return [Path(text)], []


def _files_of(text: str) -> tuple[list[Path], list[Skipped]]:
    found = scan(sources_for([text]), [], silent)
    return [file.full for file in found.files], found.skipped


def _encoder(settings: Settings) -> Any:
    encoder = registry.build("encoder", settings.encoder)
    if getattr(encoder, "lacking", ""):
        allowed = "one that makes vectors (own vectors are of a library)"
        raise SettingError("encoder", allowed, settings.encoder)
    return encoder


def _encode_files(paths: Sequence[Path], unseen: Sequence[Skipped], settings: Settings) -> Encoded:
    encoder = _encoder(settings)
    vectors = np.zeros((len(paths), encoder.n_features), dtype=np.float32)
    skipped: dict[int, Skipped] = {}
    requests = (Request(i, path) for i, path in enumerate(paths))
    for outcome in embed(requests, settings):
        if isinstance(outcome, Failure):
            path = paths[outcome.key]
            skipped[outcome.key] = Skipped(
                str(path.parent), path.name, outcome.stage, outcome.kind, outcome.reason
            )
        elif isinstance(outcome, Vector):
            vectors[outcome.key] = outcome.values
    read = [i for i in range(len(paths)) if i not in skipped]
    hashes = [hashlib.sha256(paths[i].read_bytes()).digest() for i in read]
    in_order = [*(skipped[i] for i in sorted(skipped)), *unseen]
    return _encoded(read, vectors[read], hashes, in_order, len(paths) + len(unseen))


def _encode_arrays(arrays: Sequence[Any], settings: Settings) -> Encoded:
    encoder = _encoder(settings)
    skipped, read, hashes = [], [], []
    pictures: list[Pixels] = []
    for i, array in enumerate(arrays):
        try:
            pixels = from_array(array)
        except BadImageError as error:
            name = f"array {i}"
            skipped.append(Skipped("", name, "decode", error.kind, error.reason))  # type: ignore[arg-type]
            continue
        read.append(i)
        pictures.append(shrink(pixels, encoder.min_side))
        hashes.append(hashlib.sha256(repr(pixels.shape).encode() + pixels.tobytes()).digest())
    with ThreadPoolExecutor(settings.workers or pool.n_cores()) as threads:
        vectors = list(threads.map(lambda pixels: encoder.encode([pixels])[0], pictures))
    empty = np.empty((0, encoder.n_features), dtype=np.float32)
    stacked = np.stack(vectors).astype(np.float32) if vectors else empty
    return _encoded(read, stacked, hashes, skipped, len(arrays))


def _encoded(
    rows: Sequence[int],
    vectors: Vectors,
    hashes: list[bytes],
    skipped: list[Skipped],
    n: int,
) -> Encoded:
    return Encoded(np.array(rows, dtype=np.int64), vectors, hashes, skipped, n)
