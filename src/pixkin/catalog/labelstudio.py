"""A folder for Label Studio: tasks to import, the interface that fits, and how to serve pictures.

The group stands as a prediction, which a person accepts or changes.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING
from urllib.parse import quote
from xml.sax.saxutils import quoteattr

from pixkin import __version__
from pixkin.catalog.coco import inside
from pixkin.catalog.lines import put as put_text
from pixkin.catalog.lines import put_list, text
from pixkin.files import text_of

if TYPE_CHECKING:
    from pixkin.catalog.rows import Catalog, Row

__all__ = ["FILES"]

MOST_BUTTONS = 30
"""More choices than this are a list to pick from."""

HOW = """\
1. Start Label Studio so that it may show the pictures:

   LABEL_STUDIO_LOCAL_FILES_SERVING_ENABLED=true \\
   LABEL_STUDIO_LOCAL_FILES_DOCUMENT_ROOT={root} \\
   label-studio start

2. Make a project. Settings > Labeling Interface > Code: put config.xml there.
3. Settings > Cloud Storage > Add Source Storage > Local Files: one for each of these as its
   absolute local path, saved and not synced:

{folders}

4. Import tasks.json. Label Studio takes files of up to 250,000 tasks or 50 MB.
"""


def _put_tasks(catalog: Catalog, stream: IO[bytes]) -> int:
    root = _root(catalog)
    n = put_list(stream, _tasks(catalog, root))
    put_text(stream, "\n")
    return n


def _tasks(catalog: Catalog, root: str | None) -> Iterator[str]:
    for number, row in enumerate(catalog.pictures(), start=1):
        label = catalog.labels[row.cluster_id] if row.cluster_id else None
        picture = {"image": _address(row, root), "path": row.path, "sha256": row.image}
        task = {"data": {**picture, "flags": row.flags}}
        if label is None:
            yield text(task)
            continue
        choice = {
            "id": f"pixkin-{number}",
            "from_name": "group",
            "to_name": "image",
            "type": "choices",
            "value": {"choices": [label]},
        }
        predictions = [{"model_version": f"Pixkin {__version__}", "result": [choice]}]
        yield text({**task, "predictions": predictions})


def _put_config(catalog: Catalog, stream: IO[bytes]) -> int:
    form = "inline" if len(catalog.labels) <= MOST_BUTTONS else "select"
    choices = [f"    <Choice value={quoteattr(label)}/>\n" for label in catalog.labels.values()]
    put_text(
        stream,
        '<View>\n  <Image name="image" value="$image"/>\n',
        f'  <Choices name="group" toName="image" choice="single" layout="{form}">\n',
        *choices,
        "  </Choices>\n</View>\n",
    )
    return len(choices)


def _put_how(catalog: Catalog, stream: IO[bytes]) -> int:
    import shlex

    folders = [f"   {text_of(folder)}" for folder in catalog.roots]
    root = shlex.quote(text_of(_root(catalog) or "/"))
    put_text(stream, HOW.format(root=root, folders="\n".join(folders)))
    return len(folders)


def _root(catalog: Catalog) -> str | None:
    """Give the folder that Label Studio is to serve from: each storage has to lie below it."""
    return None if catalog.base is None else os.path.dirname(catalog.base)  # noqa: PTH120


def _address(row: Row, root: str | None) -> str:
    return f"/data/local-files/?d={quote(inside(row, root and text_of(root)))}"


FILES = {"config.xml": _put_config, "how-to.txt": _put_how, "tasks.json": _put_tasks}
