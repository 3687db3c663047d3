"""A file of vectors: rows are added at the end, and never change."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np

from pixkin.errors import LibraryError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Rows", "VectorFile"]

DTYPES = {"float16": "<f2", "float32": "<f4", "uint8": "u1"}
GONE = (
    "The vectors in {path} were cut short or moved while they were being read. Run again: what is "
    "missing is made anew."
)


class Rows:
    """Vectors in a file, read when they are asked for: a million do not fit in memory.

    Works as an array of shape (n, n_features) that is indexed by a slice or an array of rows.

    Attributes
    ----------
    shape : (int, int)
    dtype : numpy.dtype
    """

    def __init__(self, path: Path, n_features: int, dtype: str, rows: Any) -> None:
        self._path, self._name, self._rows = path, dtype, rows
        self.dtype = np.dtype(DTYPES[dtype])
        self.shape = (len(rows), n_features)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, index: Any) -> NDArray[Any]:
        rows = self._rows[index]
        found = np.empty((len(rows), self.shape[1]), dtype=self.dtype)
        # Not mapped: around each row looked at, the system maps what it has of the file, and
        # that counts as memory; and a file cut short meanwhile ends the process.
        try:
            with self._path.open("rb", buffering=0) as file:
                for row, values in zip(rows.tolist(), found, strict=True):
                    file.seek(row * values.nbytes)
                    if file.readinto(values) != values.nbytes:
                        raise LibraryError(GONE.format(path=self._path))
        except FileNotFoundError as error:
            raise LibraryError(GONE.format(path=self._path)) from error
        return found

    def at(self, index: NDArray[np.int64]) -> Rows:
        """Give some of the rows, still unread."""
        return Rows(self._path, self.shape[1], self._name, self._rows[index])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        return np.asarray(self[:], dtype=dtype)


class VectorFile:
    """Rows of ``n_features`` numbers, little-endian, one after another.

    Parameters
    ----------
    path : Path
    n_features : int
    dtype : {"float16", "float32", "uint8"}
    n_rows : int
        Rows that the database knows of. What lies behind them was never committed: it is cut off.
    """

    def __init__(self, path: Path, n_features: int, dtype: str, n_rows: int) -> None:
        self.path, self.n_features, self.dtype, self.n_rows = path, n_features, dtype, n_rows
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = path.open("r+b") if path.exists() else path.open("w+b")
        self._file.truncate(n_rows * _row_bytes(n_features, dtype))
        self._file.seek(0, os.SEEK_END)

    @staticmethod
    def rows_present(path: Path, n_features: int, dtype: str) -> int:
        """Count the whole rows in the file, 0 if there is none."""
        return path.stat().st_size // _row_bytes(n_features, dtype) if path.exists() else 0

    def append(self, values: Any) -> range:
        """Add rows at the end and put them on the disk.

        Parameters
        ----------
        values : array of shape (n, n_features)

        Returns
        -------
        range
            Their row numbers.
        """
        self._file.write(np.ascontiguousarray(values, dtype=DTYPES[self.dtype]).tobytes())
        self._file.flush()
        os.fsync(self._file.fileno())
        first, self.n_rows = self.n_rows, self.n_rows + len(values)
        return range(first, self.n_rows)

    def read(self, rows: NDArray[np.int64]) -> Rows:
        """Give the vectors of ``rows``, in that order: shape (len(rows), n_features)."""
        return Rows(self.path, self.n_features, self.dtype, rows)

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> VectorFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _row_bytes(n_features: int, dtype: str) -> int:
    return n_features * np.dtype(DTYPES[dtype]).itemsize
