"""One JSON document: the groups, and a line for each file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import IO, TYPE_CHECKING

from pixkin import __version__
from pixkin.catalog.lines import put as put_text
from pixkin.catalog.lines import put_list, text
from pixkin.colors import color_of
from pixkin.files import text_of

if TYPE_CHECKING:
    from pixkin.catalog.rows import Catalog
    from pixkin.records import Json

__all__ = ["head", "put"]

VERSION = 1
"""Goes up when a key changes its meaning or is no more."""


def head(catalog: Catalog) -> Json:
    """Give what is known besides the files."""
    return {
        "format": "pixkin-export",
        "version": VERSION,
        "pixkin": __version__,
        "library": text_of(str(catalog.folder)),
        "groups": [{**asdict(one), "colour": color_of(one.colour)} for one in catalog.groups],
    }


def put(catalog: Catalog, stream: IO[bytes], *, vectors: bool = False) -> int:
    """Write it, and give the number of files."""
    files = _with_vectors(catalog) if vectors else _files(catalog)
    for key, value in head(catalog).items():
        put_text(stream, "{" if key == "format" else "", text(key), ": ")
        if key == "groups":
            put_list(stream, map(text, value))
        else:
            put_text(stream, text(value))
        put_text(stream, ",\n")
    put_text(stream, '"files": ')
    n = put_list(stream, files)
    put_text(stream, "}\n")
    return n


def _files(catalog: Catalog) -> Iterator[str]:
    return (text(row._asdict()) for row in catalog.rows())


def _with_vectors(catalog: Catalog) -> Iterator[str]:
    from pixkin.catalog.vectors import Vectors

    batches = Vectors(catalog).beside(catalog.rows())  # not in the generator: it may raise
    return (
        text({**row._asdict(), "vector": vector if has_one else None})
        for rows, found, there in batches
        for row, vector, has_one in zip(rows, found.tolist(), there, strict=True)
    )
