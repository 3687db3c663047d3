"""A folder that FiftyOne loads as an image classification dataset; the pictures stay in place."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from pixkin.catalog.lines import put as put_text
from pixkin.catalog.lines import put_list, text

if TYPE_CHECKING:
    from pixkin.catalog.rows import Catalog

__all__ = ["FILES"]


def _put_data(catalog: Catalog, stream: IO[bytes]) -> int:
    """Write where each picture is."""
    paths = (f"{_key(i)}: {text(row.path)}" for i, row in enumerate(catalog.pictures()))
    return put_list(stream, paths, "{}")


def _put_labels(catalog: Catalog, stream: IO[bytes]) -> int:
    """Write the group of each picture, as its place in the list of all; null for none."""
    place = {cluster_id: i for i, cluster_id in enumerate(catalog.labels)}
    place_of = (place.get(row.cluster_id or "") for row in catalog.pictures())
    put_text(stream, '{"classes": ', text(list(catalog.labels.values())), ',\n"labels": ')
    n = put_list(stream, (f"{_key(i)}: {text(k)}" for i, k in enumerate(place_of)), "{}")
    put_text(stream, "}\n")
    return n


def _put_flags(catalog: Catalog, stream: IO[bytes]) -> int:
    """Write the flags of each picture that has any: not FiftyOne's, to be added as tags."""
    rows = enumerate(catalog.pictures())
    flags = (f"{_key(i)}: {text(row.flags.split())}" for i, row in rows if row.flags)
    put_list(stream, flags, "{}")
    return 0


def _key(number: int) -> str:
    """Name a picture, so that FiftyOne, which sorts by name, has them in our order."""
    return f'"{number:09}"'


FILES = {"data.json": _put_data, "flags.json": _put_flags, "labels.json": _put_labels}
