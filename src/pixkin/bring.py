"""Vectors that were made elsewhere, brought into a library."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pixkin import registry
from pixkin.errors import PathError, SettingError, printable
from pixkin.meter import Meter
from pixkin.pipeline import opened
from pixkin.progress import OnProgress, Step, silent
from pixkin.records import Skipped
from pixkin.settings import Settings
from pixkin.sources.files import FilesSource
from pixkin.taking import look, take_in

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pixkin.intake import Intake
    from pixkin.library.store import Library, Space
    from pixkin.records import Vectors

__all__ = ["Brought", "import_vectors"]

DECODING = "pixels:size=16,gray=true"
"""The encoder that pictures are decoded for, and whose vectors are let go of."""
BLOCK = 4096
"""Rows looked at or written at a time: the array may lie in a file that does not fit in memory."""
LARGEST = 1e15
"""The square of a larger number, added up, may be beyond what float32 can hold."""
SHOWN = 3
SHAPE = "an array of numbers of shape (n, n_features), a row for each path"


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of vectors that were brought. Files with the same bytes are one image.

    Attributes
    ----------
    new : int
        Images that had no vector of this name.
    replaced : int
        Images that had another.
    same : int
        Images that had this very vector.
    skipped : tuple of Skipped
        Files that cannot be read as pictures: their vectors were not taken.
    """

    new: int
    replaced: int
    same: int
    skipped: tuple[Skipped, ...]


def import_vectors(
    name: str,
    paths: Iterable[str | os.PathLike[str]],
    vectors: Any,
    *,
    library: str | os.PathLike[str] | None = None,
    replace: bool = False,
    on_progress: OnProgress = silent,
) -> Brought:
    """Bring vectors of your own into a library, to group by: ``encoder="own:NAME"``.

    The pictures are read once, for their thumbnails and what they say of themselves.

    Parameters
    ----------
    name : str
        What the vectors are called: a letter, then letters, digits, ``-`` and ``_``.
    paths : iterable of paths
        The picture that each vector is of.
    vectors : array of shape (n, n_features)
        Finite numbers; they are kept as float32.
    library : path, optional
        Where the library is, or is to be made. Without it, the nearest ``.pixkin`` at or above
        ``paths``.
    replace : bool, default=False
        Whether pictures that have other vectors of that name get these.
    on_progress : callable
        Told of each `Step`; it may raise to cancel, and then no vector is taken.

    Returns
    -------
    Brought

    Raises
    ------
    SettingError
        If the name or the array cannot be used, the vectors of that name are of another length, or
        pictures have others and ``replace`` is not said.
    PathError
        If a file is not there, or files with the same bytes come with different vectors.
    LibraryNeededError, LibraryError
        As `pixkin.cluster` does.

    Examples
    --------
    >>> import pixkin
    >>> pixkin.import_vectors("clip", paths, vectors, library="photos/.pixkin")  # doctest: +SKIP
    >>> pixkin.cluster("photos", encoder="own:clip")  # doctest: +SKIP
    """
    several = [paths] if isinstance(paths, str | os.PathLike) else paths
    source = _source([os.fspath(path) for path in several])
    array = _checked(vectors, len(source.paths))
    encoder = registry.build("encoder", f"own:{name}", n_features=array.shape[1])
    with (
        opened([source], None if library is None else Path(library)) as here,
        here.writing(on_wait=lambda: on_progress(Step("wait", 0))),
        here.space(encoder) as space,
    ):
        if array.shape[1] != space.file.n_features:
            allowed = f"of shape (n, {space.file.n_features}), as those in {name!r} are"
            raise SettingError("vectors", allowed, array.shape)
        found = look([source], here, on_progress)
        pictures = here.pictures(space)
        settings = Settings(encoder=DECODING)
        intake = take_in(here, pictures, [source], found, settings, Meter(), on_progress).intake
        bringing = _Bringing(name, array, source.paths, intake)
        bringing.bring(here, space, replace=replace)
    skipped = (*found.skipped, *intake.skipped)
    return Brought(bringing.n_new, len(bringing.others), bringing.n_same, skipped)


def _source(paths: Sequence[str]) -> FilesSource:
    gone = [path for path in paths if not path or not os.path.lexists(path)]
    if gone:
        more = [f"and {len(gone) - SHOWN:,} more"] if len(gone) > SHOWN else []
        what = "does not exist" if len(gone) == 1 else "do not exist"
        raise PathError(", ".join([*(path or '""' for path in gone[:SHOWN]), *more]), what)
    for path in paths:
        if Path(path).is_dir():
            raise PathError(path, "is a folder; a vector is of one picture")
    return FilesSource(paths)


def _checked(vectors: Any, n: int) -> NDArray[Any]:
    """Give vectors as an array of numbers that float32 can hold."""
    try:
        array = np.asarray(vectors)
    except (TypeError, ValueError):  # rows of different lengths, or something else altogether
        raise SettingError("vectors", SHAPE, type(vectors).__name__) from None
    if array.dtype.kind not in "fiu":
        raise SettingError("vectors", SHAPE, str(array.dtype))
    if array.ndim != 2 or len(array) != n or not array.shape[1]:
        raise SettingError(
            "vectors", f"of shape ({n}, n_features), a row for each path", array.shape
        )
    for start in range(0, n, BLOCK):
        block = array[start : start + BLOCK].astype(np.float64)
        bad = np.argwhere(~(np.abs(block) <= LARGEST))
        if len(bad):
            row, column = bad[0].tolist()
            what = f"{block[row, column]} in row {start + row}"
            raise SettingError("vectors", f"finite, and of a size up to {LARGEST:g}", what)
    return array


class _Bringing:
    """Vectors, and the images that they are of.

    Attributes
    ----------
    row : dict of bytes to int
        The row of each image (SHA-256).
    others : list of bytes
        Images that had another vector.
    """

    def __init__(
        self, name: str, array: NDArray[Any], paths: Sequence[str], intake: Intake
    ) -> None:
        self.name, self.array, self.paths = name, array, paths
        self.row: dict[bytes, int] = {}
        for sha256, rows in _rows(paths, intake).items():
            self.row[sha256] = rows[0]
            for row in rows[1:]:
                if not np.array_equal(self._at([row]), self._at(rows[:1])):
                    first = printable(paths[rows[0]])
                    why = (
                        f"has the same bytes as {first}, but another vector; leave one of them out"
                    )
                    raise PathError(paths[row], why)
        self.others: list[bytes] = []
        self.n_new = self.n_same = 0

    def bring(self, library: Library, space: Space, *, replace: bool) -> None:
        """Write down what is new or other."""
        new = [sha256 for sha256 in self.row if sha256 not in space.rows]
        known = [sha256 for sha256 in self.row if sha256 in space.rows]
        self.others = list(self._others(known, space))
        if self.others and not replace:
            first = printable(self.paths[self.row[self.others[0]]])
            which = f"{len(self.others):,} pictures, such as {first}"
            allowed = f"True (--replace) to change the vectors in {self.name!r} of {which}"
            raise SettingError("replace", allowed, replace)
        self.n_new, self.n_same = len(new), len(known) - len(self.others)
        wanted = sorted([*new, *self.others], key=self.row.__getitem__)
        if wanted:
            is_other = bool(self.others) or not space.rows
            library.bring(space, self._blocks(wanted), is_other=is_other)

    def _others(self, hashes: Sequence[bytes], space: Space) -> Iterator[bytes]:
        for some in _parts(hashes):
            there, here = space.read(some)[:], self._at([self.row[sha256] for sha256 in some])
            for i in np.flatnonzero((there != here).any(axis=1)).tolist():
                yield some[i]

    def _blocks(self, hashes: Sequence[bytes]) -> Iterator[Mapping[bytes, Any]]:
        for some in _parts(hashes):
            yield dict(zip(some, self._at([self.row[sha256] for sha256 in some]), strict=True))

    def _at(self, rows: Sequence[int]) -> Vectors:
        return self.array[rows].astype(np.float32)


def _parts(hashes: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    for start in range(0, len(hashes), BLOCK):
        yield hashes[start : start + BLOCK]


def _rows(paths: Sequence[str], intake: Intake) -> dict[bytes, list[int]]:
    """Give the rows of each image (SHA-256)."""
    by_path = {
        file.full_text: sha256 for file, sha256 in zip(intake.files, intake.hashes, strict=True)
    }
    # A file is read once, though it may be named in two ways, through a link for example.
    by_place: dict[str, bytes] = {}
    if any(path not in by_path for path in paths):
        by_place = {os.path.realpath(path): sha256 for path, sha256 in by_path.items()}
    found = defaultdict(list)
    for row, path in enumerate(paths):
        sha256 = by_path.get(path) or by_place.get(os.path.realpath(path))
        if sha256 is not None:
            found[sha256].append(row)
    return dict(found)
