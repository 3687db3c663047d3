"""The vectors of the last grouping, beside the rows."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from pixkin.errors import NotGroupedError
from pixkin.library import lookup, spaces
from pixkin.library.schema import guarded
from pixkin.library.vectors import Rows, VectorFile
from pixkin.registry import split_spec

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pixkin.catalog.rows import Catalog, Row

__all__ = ["Vectors"]

BATCH = 512
"""Rows at a time: 10 MB of the default encoder's."""


class Vectors:
    """Vectors as the encoder gave them, in the order of rows.

    Attributes
    ----------
    n_features : int

    Raises
    ------
    NotGroupedError
        If there are none.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._folder, db = catalog.folder, catalog.db
        spec = catalog.state.settings.get("encoder", "")
        encoder = spec if spec.startswith(spaces.OWN) else split_spec(spec)[0]
        found = lookup.space_of(db, catalog.state.recipe, encoder)
        if found is None:
            raise NotGroupedError(
                f"The library in {catalog.folder} has no vectors yet. Run `pixkin cluster`."
            )
        space_id, self.n_features, self._dtype = found
        self._path = spaces.path_of(db, catalog.folder / "cache", space_id)
        with guarded(self._folder):
            present = VectorFile.rows_present(self._path, self.n_features, self._dtype)
        self._rows = lookup.vector_rows(db, space_id, present)

    def beside(
        self, rows: Iterable[Row]
    ) -> Iterator[tuple[list[Row], NDArray[np.generic], list[bool]]]:
        """Give batches of rows with their vectors.

        Yields
        ------
        rows : list of Row
        vectors : array of shape (n, n_features)
            Zeros where there is none, as of a file that cannot be read.
        has_vector : list of bool
        """
        ahead = iter(rows)
        while batch := list(itertools.islice(ahead, BATCH)):
            there = [row.image in self._rows for row in batch]
            numbers = np.array(
                [self._rows[row.image] for row in batch if row.image in self._rows], dtype=np.int64
            )
            with guarded(self._folder):
                read = Rows(self._path, self.n_features, self._dtype, numbers)[:]
            vectors = np.zeros((len(batch), self.n_features), dtype=read.dtype)
            vectors[there] = read
            yield batch, vectors, there
