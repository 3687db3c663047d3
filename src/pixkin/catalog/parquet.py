"""A Parquet table with a row for each file, and the groups in its metadata."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Any, get_args, get_type_hints

from pixkin.catalog.json_document import head
from pixkin.catalog.lines import text
from pixkin.catalog.rows import Row

if TYPE_CHECKING:
    from pixkin.catalog.rows import Catalog

__all__ = ["put"]

BATCH = 16384
TYPES = {str: "string", int: "int64", bool: "bool", float: "float64"}


def put(catalog: Catalog, stream: IO[bytes], *, vectors: bool = False) -> int:
    """Write it, and give the number of rows."""
    import pyarrow as pa
    from pyarrow import parquet

    fields = [
        pa.field(name, pa.type_for_alias(TYPES[(*get_args(kind), kind)[0]]))
        for name, kind in get_type_hints(Row).items()
    ]
    if vectors:
        from pixkin.catalog.vectors import Vectors

        known = Vectors(catalog)
        # Few programs read numbers of 16 bits.
        fields.append(pa.field("vector", pa.list_(pa.float32(), known.n_features)))
    schema = pa.schema(fields, metadata={"pixkin": text(head(catalog))})
    with parquet.ParquetWriter(stream, schema) as writer:
        for columns in _with_vectors(catalog, known) if vectors else _columns(catalog):
            writer.write_table(pa.table(columns, schema=schema))
    return catalog.n_files


def _columns(catalog: Catalog) -> Iterator[list[Any]]:
    rows = catalog.rows()
    while batch := list(itertools.islice(rows, BATCH)):
        yield [list(column) for column in zip(*batch, strict=True)]


def _with_vectors(catalog: Catalog, known: Any) -> Iterator[list[Any]]:
    import numpy as np
    import pyarrow as pa

    for rows, found, there in known.beside(catalog.rows()):
        vectors = found.astype(np.float32)
        # Not null: pyarrow 20 and older cannot read a null among lists of a fixed size.
        vectors[[not one for one in there]] = np.nan
        flat = pa.array(vectors.ravel())
        lists = pa.FixedSizeListArray.from_arrays(flat, known.n_features)
        yield [*map(list, zip(*rows, strict=True)), lists]
