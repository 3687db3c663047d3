"""Names and corrections from a table: one that Pixkin wrote and a person edited, or their own."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pixkin.errors import LabelsError, PathError

if TYPE_CHECKING:
    from pixkin.lasting.state import State
    from pixkin.library.edits import Edits

__all__ = ["Imported", "import_table"]

SEPARATORS = ",;\t"
"""What spreadsheets put between fields, by language and choice."""
PICTURES, GROUPS = {"image", "path"}, {"cluster_id", "label", "name"}

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Imported:
    """What a table changed, in one step that can be undone.

    Attributes
    ----------
    moved : int
        Images that were put into another group, or of which it was said that they belong where
        they are; they stay there.
    founded : tuple of str
        Ids of groups that were not there.
    named : tuple of str
        Ids of groups that there were and whose name is another now.
    unknown : tuple of str
        Pictures in the table that the library does not know; nothing was done about these.
    """

    moved: int
    founded: tuple[str, ...]
    named: tuple[str, ...]
    unknown: tuple[str, ...]


def import_table(edits: Edits, path: Path) -> Imported:
    """Do what a CSV table says of the groups, in one step.

    Each row is of a picture: by ``image``, the SHA-256 of its bytes, or by ``path``, relative to
    ``root`` if there is that column, else to the table. Its group is ``cluster_id``, and ``name``
    is what that group is to be called. Where there is no ``cluster_id``, the group is the one that
    is called as ``label`` or else ``name`` says. Empty fields change nothing.

    Parameters
    ----------
    edits : Edits
        Of an open library.
    path : Path

    Raises
    ------
    LabelsError
        If the table cannot be read, lacks columns, contradicts itself, or names no picture that
        the library knows.
    EditError
        If a name is not allowed.
    """
    state = edits.state()
    table = _Table(edits, path)
    for row in _rows(path):
        table.take(row)
    if table.unknown and not table.group_of:
        raise LabelsError(f"{path} names no picture that the library knows: {table.unknown[0]}.")
    labels = {
        image: group
        for image, group in table.group_of.items()
        if image in table.said or state.cluster_of.get(image) != group
    }
    names = {group: name for group, name in table.names.items() if _is_news(state, group, name)}
    wanted = dict.fromkeys(labels.values())
    # A group that came from another library, and has no name there.
    names |= {g: "" for g in wanted if g in table.ids and g not in {*state.groups, *names}}
    names = {group: name for group, name in names.items() if group in {*state.groups, *wanted}}
    ids = edits.assign_images(labels, names) if labels or names else []
    founded = tuple(cluster_id for cluster_id in ids if cluster_id not in state.groups)
    named = tuple(group for group in names if group in state.groups)
    return Imported(len(labels), founded, named, tuple(table.unknown))


def _is_news(state: State, group: str, name: str) -> bool:
    return group not in state.groups or state.groups[group].name != name


class _Table:
    """What the rows say.

    Attributes
    ----------
    group_of : dict of int to str
        By image id.
    said : set of int
        Images whose group is told by its name: that is a label, which holds also where it agrees.
    ids : set of str
        Groups that are told by an id.
    names : dict of str to str
        By id.
    unknown : list of str
    """

    def __init__(self, edits: Edits, path: Path) -> None:
        self.edits, self.path = edits, path
        self.images = {sha256.hex(): image for image, sha256 in edits.all_hashes().items()}
        self.group_of: dict[int, str] = {}
        self.said: set[int] = set()
        self.ids: set[str] = set()
        self.names: dict[str, str] = {}
        self.unknown: list[str] = []

    def take(self, row: Row) -> None:
        group, name = row.get("cluster_id", ""), row.get("name", "")
        if group and name and self.names.setdefault(group, name) != name:
            raise LabelsError(
                f"{self.path} gives the group {group} two names: {self.names[group]!r} and "
                f"{name!r}. A name is the whole group's; change cluster_id to move a picture."
            )
        label = group or row.get("label", "") or name
        if not label:
            return
        image = self._image(row)
        if image is None:
            self.unknown.append(row.get("path", "") or row.get("image", ""))
            return
        if self.group_of.setdefault(image, label) != label:
            raise LabelsError(
                f"{self.path} puts {row.get('path') or row.get('image')} into two groups: "
                f"{self.group_of[image]!r} and {label!r}. Files with the same bytes are one image."
            )
        if group:
            self.ids.add(group)
        else:
            self.said.add(image)

    def _image(self, row: Row) -> int | None:
        if row.get("image"):
            return self.images.get(row["image"])
        folder = Path(self.path.parent, row.get("root", ""))
        try:
            return self.edits.find_image(folder / row.get("path", ""))
        except PathError:
            return None


def _rows(path: Path) -> Iterator[Row]:
    """Read a table, field by field without the spaces around it."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            first = stream.readline()
            stream.seek(0)
            between = max(SEPARATORS, key=first.count)
            reader = csv.DictReader(stream, restval="", delimiter=between)
            columns = set(reader.fieldnames or ())
            if not (columns & PICTURES and columns & GROUPS):
                raise LabelsError(
                    f"{path} must have a column image or path, and one of cluster_id, label and "
                    f"name; it has {', '.join(sorted(columns)) or 'none'}."
                )
            for row in reader:
                yield {key: text.strip() for key, text in row.items() if isinstance(text, str)}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise LabelsError(f"{path} cannot be read as a table ({error}).") from error
