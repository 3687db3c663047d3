"""COCO JSON: each picture has one annotation at most, its group, with all of it as the box."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING

from pixkin import __version__
from pixkin.catalog.lines import put as put_text
from pixkin.catalog.lines import put_list, text
from pixkin.files import text_of

if TYPE_CHECKING:
    from pixkin.catalog.rows import Catalog, Row

__all__ = ["put"]


def put(catalog: Catalog, stream: IO[bytes]) -> int:
    """Write it, and give the number of pictures."""
    base = None if catalog.base is None else text_of(catalog.base)
    info = {"description": "Groups of pictures", "version": f"Pixkin {__version__}", "folder": base}
    put_text(stream, '{"info": ', text(info), ',\n"licenses": [],\n"categories": ')
    category_of = {group.cluster_id: i for i, group in enumerate(catalog.groups, start=1)}
    put_list(stream, (_category(i, c, catalog.labels[c]) for c, i in category_of.items()))
    put_text(stream, ',\n"images": ')
    n = put_list(stream, _images(catalog, base))
    put_text(stream, ',\n"annotations": ')
    put_list(stream, _annotations(catalog, category_of))
    put_text(stream, "}\n")
    return n


def _category(number: int, cluster_id: str, label: str) -> str:
    return text({"id": number, "name": label, "supercategory": "group", "cluster_id": cluster_id})


def _images(catalog: Catalog, base: str | None) -> Iterator[str]:
    for number, row in enumerate(catalog.pictures(), start=1):
        image = {
            "id": number,
            "file_name": inside(row, base),
            "width": row.width,
            "height": row.height,
            "sha256": row.image,
            "flags": row.flags.split(),
        }
        yield text({**image, "date_captured": row.taken} if row.taken else image)


def _annotations(catalog: Catalog, category_of: dict[str, int]) -> Iterator[str]:
    numbers = itertools.count(1)
    for image, row in enumerate(catalog.pictures(), start=1):
        if row.cluster_id is None or row.width is None or row.height is None:
            continue
        width, height = row.width, row.height
        yield text(
            {
                "id": next(numbers),
                "image_id": image,
                "category_id": category_of[row.cluster_id],
                "bbox": [0, 0, width, height],
                "area": width * height,
                "segmentation": [],
                "iscrowd": 0,
            }
        )


def inside(row: Row, base: str | None) -> str:
    """Give the path of a file relative to the folder that all lie in, with ``/``."""
    if base is None:
        return row.path
    return row.path.removeprefix(base).replace(os.sep, "/").removeprefix("/")
