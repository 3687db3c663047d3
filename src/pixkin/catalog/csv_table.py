"""A CSV table with a row for each file."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

from pixkin.catalog.rows import Row
from pixkin.files import put_csv

if TYPE_CHECKING:
    from pixkin.catalog.rows import Catalog

__all__ = ["put"]


def put(catalog: Catalog, stream: IO[bytes]) -> int:
    """Write it, and give the number of rows."""
    put_csv(stream, Row._fields, map(_cells, catalog.rows()))
    return catalog.n_files


def _cells(row: Row) -> list[Any]:
    """Write yes and no as most programs read them."""
    return ["true" if cell is True else "false" if cell is False else cell for cell in row]
