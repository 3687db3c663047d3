"""What a library knows of each file: the one definition, for every format and for `to_dict`."""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from collections.abc import Iterator, Set
from pathlib import Path
from typing import NamedTuple

from pixkin.files import text_of
from pixkin.lasting.state import NOWHERE
from pixkin.library import journal, looks, lookup, roots
from pixkin.library.listing import GroupInfo, list_groups

__all__ = ["Catalog", "Row"]

GROUPED, NONE, NEW, FAILED = "grouped", "none", "new", "failed"


class Row(NamedTuple):
    r"""A file.

    Attributes
    ----------
    path : str
        All of it. A byte that is not UTF-8 is ``\xff``.
    root : str
        The folder of the library that it lies in.
    image : str
        SHA-256 of its bytes, in hexadecimal: the same for copies.
    status : {"grouped", "none", "new", "failed"}
        In a group; in none; no grouping has looked at it yet; it cannot be read as a picture.
    kind, reason : str or None
        Of the failure, as in ``skipped.csv``.
    cluster_id : str or None
    name, looks_like : str
        Of the group.
    is_pinned, is_hidden : bool
        The group.
    by_hand : bool
        Whether a person put it where it is.
    bytes : int
    width, height : int or None
        In pixels, upright.
    format, taken, camera : str or None
        ``taken`` is local time as ``YYYY-MM-DDTHH:MM:SS``.
    latitude, longitude : float or None
        Degrees.
    flags : str
        What may be wrong with it, as `pixkin flags` says: names, with blanks between them.
    """

    path: str
    root: str
    image: str
    status: str
    kind: str | None
    reason: str | None
    cluster_id: str | None
    name: str
    looks_like: str
    is_pinned: bool
    is_hidden: bool
    by_hand: bool
    bytes: int
    width: int | None
    height: int | None
    format: str | None
    taken: str | None
    camera: str | None
    latitude: float | None
    longitude: float | None
    flags: str


class Catalog:
    """Everything that a library knows, to be made and used in one transaction.

    Parameters
    ----------
    db : sqlite3.Connection
    folder : Path
        The library's.
    left_out : set of int
        Ids of images that it is not to tell of.

    Attributes
    ----------
    groups : tuple of GroupInfo
        The largest first.
    labels : dict of str to str
        By cluster id a text for each group that no other has: its name, or else what it looks
        like, with the id behind it where several look like that, or else the id.
    n_files : int
        As many as there are rows.
    n_gone : int
        Files that are not there any more, which have no row.
    """

    def __init__(
        self, db: sqlite3.Connection, folder: Path, left_out: Set[int] = frozenset()
    ) -> None:
        self.db, self.folder, self._left_out = db, folder, left_out
        self._flags = looks.flags(db)
        self.state = journal.load(db)
        self.groups: tuple[GroupInfo, ...] = list_groups(db, self.state, left_out).groups
        titles = {group.cluster_id: group.title or group.cluster_id for group in self.groups}
        n_of = Counter(titles.values())
        self.labels = {c: t if n_of[t] == 1 else f"{t} [{c}]" for c, t in titles.items()}
        counts = roots.file_counts(db)
        known = roots.load(db, os.path.realpath(folder.parent))
        self._roots = sorted(
            (root for root in known if root.root_id in counts), key=lambda r: os.fsencode(r.path)
        )
        self.n_files = sum(counts.values()) - lookup.count_files(db, left_out)
        ((self.n_gone,),) = db.execute("SELECT count(*) FROM files WHERE gone IS NOT NULL")

    @property
    def roots(self) -> list[str]:
        """The folders that files lie in."""
        return [root.path for root in self._roots]

    @property
    def base(self) -> str | None:
        """The innermost folder that all files lie below; None if there is none."""
        try:
            return os.path.commonpath(self.roots)
        except ValueError:  # no files, or files on several drives of Windows
            return None

    def rows(self) -> Iterator[Row]:
        """Give each file that is there, by root and path."""
        return (row for row, _ in self._rows())

    def pictures(self) -> Iterator[Row]:
        """Give the rows of what others can open: pictures, by a name that is text."""
        for row, is_text in self._rows():
            if is_text and row.status != FAILED and row.width is not None:
                yield row

    def _rows(self) -> Iterator[tuple[Row, bool]]:
        """Give rows, and whether `Row.path` is the name as the disk has it."""
        state, db = self.state, self.db
        for root in self._roots:
            folder = text_of(root.path)
            for path, image, sha256, kind, reason, *facts in lookup.files_in(db, root.root_id):
                if image in self._left_out:
                    continue
                cluster_id = state.cluster_of.get(image)
                group = state.groups.get(cluster_id or NOWHERE)
                whole = os.path.normpath(os.path.join(root.path, os.fsdecode(path)))  # noqa: PTH118
                row = Row(
                    text_of(whole),
                    folder,
                    sha256.hex(),
                    _status(cluster_id, kind),
                    kind,
                    reason,
                    cluster_id or None,
                    group.name if group else "",
                    group.looks_like if group else "",
                    group.is_pinned if group else False,
                    group.is_hidden if group else False,
                    image in state.held,
                    *(*facts, " ".join(self._flags.get(image, ()))),
                )
                yield row, row.path == whole


def _status(cluster_id: str | None, kind: str | None) -> str:
    if cluster_id:
        return GROUPED
    if kind is not None:
        return FAILED
    return NEW if cluster_id is None else NONE
