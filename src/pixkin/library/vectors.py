"""A file of float16 vectors: rows are added at the end, and never change."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pixkin.records import Vectors

__all__ = ["VectorFile"]


class VectorFile:
    """Rows of ``n_features`` float16 numbers, little-endian, one after another.

    Parameters
    ----------
    path : Path
    n_features : int
    n_rows : int
        Rows that the database knows of. What lies behind them was never committed: it is cut off.
    """

    def __init__(self, path: Path, n_features: int, n_rows: int) -> None:
        self.path, self.n_features, self.n_rows = path, n_features, n_rows
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = path.open("r+b") if path.exists() else path.open("w+b")
        self._row_bytes = 2 * n_features
        self._file.truncate(n_rows * self._row_bytes)
        self._file.seek(0, os.SEEK_END)

    @staticmethod
    def rows_present(path: Path, n_features: int) -> int:
        """Count the whole rows in the file, 0 if there is none."""
        return path.stat().st_size // (2 * n_features) if path.exists() else 0

    def append(self, values: Vectors) -> range:
        """Add rows at the end and put them on the disk.

        Parameters
        ----------
        values : array of shape (n, n_features)

        Returns
        -------
        range
            Their row numbers.
        """
        self._file.write(np.ascontiguousarray(values, dtype="<f2").tobytes())
        self._file.flush()
        os.fsync(self._file.fileno())
        first, self.n_rows = self.n_rows, self.n_rows + len(values)
        return range(first, self.n_rows)

    def read(self, rows: NDArray[np.int64]) -> NDArray[np.float16]:
        """Give the vectors of ``rows``, in that order: shape (len(rows), n_features)."""
        if not len(rows):
            return np.empty((0, self.n_features), dtype=np.float16)
        shape = (self.n_rows, self.n_features)
        mapped = np.memmap(self.path, dtype="<f2", mode="r", shape=shape)
        return np.asarray(mapped[rows])

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
