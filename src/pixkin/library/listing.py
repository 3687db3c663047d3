"""What a person asks of the groups: which there are, and what is in one. No numpy here."""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pixkin.files import text_of
from pixkin.lasting.state import NOWHERE, LastingGroup, State
from pixkin.lasting.told import history
from pixkin.library import journal, roots
from pixkin.records import Json

__all__ = ["GroupInfo", "GroupList", "GroupPage", "list_groups", "show_group"]


@dataclass(frozen=True, slots=True)
class GroupInfo:
    """A group, and how much is in it that is there now.

    Attributes
    ----------
    cluster_id, name, looks_like : str
    colour : int
        For `colors.color_of`.
    is_pinned, is_hidden : bool
    images, files : int
        Files with the same bytes are one image.
    """

    cluster_id: str
    name: str
    looks_like: str
    colour: int
    is_pinned: bool
    is_hidden: bool
    images: int
    files: int

    @property
    def title(self) -> str:
        """The name, or else what it looks like."""
        return self.name or self.looks_like


@dataclass(frozen=True, slots=True)
class GroupList:
    """All groups, the largest first.

    Attributes
    ----------
    groups : tuple of GroupInfo
    n_new : int
        Images that no grouping has looked at yet.
    n_none : int
        Images in no group.
    """

    groups: tuple[GroupInfo, ...]
    n_new: int
    n_none: int

    def to_dict(self) -> Json:
        """Give it as JSON can hold it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class GroupPage:
    """A group with its members and its history.

    Attributes
    ----------
    group : GroupInfo
    files : tuple of tuple of str
        For each image the paths of its files, by the first of them.
    history : tuple of (str, str)
        Time (UTC) and what happened.
    """

    group: GroupInfo
    files: tuple[tuple[str, ...], ...]
    history: tuple[tuple[str, str], ...]

    def to_dict(self) -> Json:
        """Give it as JSON can hold it."""
        return {
            **asdict(self.group),
            "members": [[text_of(path) for path in files] for files in self.files],
            "history": [{"time": time, "what": what} for time, what in self.history],
        }


def list_groups(db: sqlite3.Connection) -> GroupList:
    """Give every group with what is in it. To be called in a transaction."""
    state = journal.load(db)
    n_files = _file_counts(db)
    images, files = Counter[str](), Counter[str]()
    for image, cluster_id in state.cluster_of.items():
        if image in n_files:
            images[cluster_id] += 1
            files[cluster_id] += n_files[image]
    found = [_info(group, images, files) for group in state.groups.values()]
    found = [group for group in found if group.images]
    found.sort(key=lambda group: (-group.images, group.cluster_id))
    failed = {image for (image,) in db.execute("SELECT image_id FROM failures")}
    n_new = len(n_files.keys() - state.cluster_of.keys() - failed)
    return GroupList(tuple(found), n_new, images[NOWHERE])


def show_group(db: sqlite3.Connection, base: str, text: str) -> GroupPage:
    """Give one group. To be called in a transaction.

    Raises
    ------
    UnknownGroupError
    """
    state = journal.load(db)
    group = state.find(text)
    files = _files(db, base, state, group.cluster_id)
    done = set(journal.steps(db)[0])
    live = (entry for entry in journal.entries(db) if entry.entry_id in done or not entry.is_step)
    return GroupPage(
        _info(
            group,
            Counter({group.cluster_id: len(files)}),
            Counter({group.cluster_id: sum(map(len, files))}),
        ),
        tuple(files),
        tuple(history(live, group.cluster_id)),
    )


def _info(group: LastingGroup, images: Counter[str], files: Counter[str]) -> GroupInfo:
    return GroupInfo(
        cluster_id=group.cluster_id,
        name=group.name,
        looks_like=group.looks_like,
        colour=group.colour,
        is_pinned=group.is_pinned,
        is_hidden=group.is_hidden,
        images=images[group.cluster_id],
        files=files[group.cluster_id],
    )


def _file_counts(db: sqlite3.Connection) -> dict[int, int]:
    query = "SELECT image_id, count(*) FROM files WHERE gone IS NULL GROUP BY image_id"
    return dict(db.execute(query).fetchall())


def _files(
    db: sqlite3.Connection, base: str, state: State, cluster_id: str
) -> Sequence[tuple[str, ...]]:
    """Give the paths of each member that is there."""
    folders = {root.root_id: root.path for root in roots.load(db, base)}
    query = "SELECT root_id, path FROM files WHERE image_id = ? AND gone IS NULL ORDER BY 1, 2"
    found = []
    for image in state.members[cluster_id]:
        rows = db.execute(query, [image]).fetchall()
        paths = (str(Path(folders[root_id], os.fsdecode(path))) for root_id, path in rows)
        found.append(tuple(paths))
    return sorted(files for files in found if files)
