"""What a person asks of the groups: which there are, and what is in one. No numpy here."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Mapping, Sequence, Set
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


def list_groups(
    db: sqlite3.Connection, state: State, left_out: Set[int] = frozenset()
) -> GroupList:
    """Give every group with what is in it, but for images that are ``left_out``, by their ids.

    To be called in a transaction.
    """
    copies, away = _copies(db), _away(db) | left_out
    found = [_info(group, state.members[c], copies, away) for c, group in state.groups.items()]
    found = [group for group in found if group.images]
    found.sort(key=lambda group: (-group.images, group.cluster_id))
    (n_images,) = db.execute("SELECT count(*) FROM images").fetchone()
    idle = away | {image for (image,) in db.execute("SELECT image_id FROM failures")}
    n_new = n_images - len(state.cluster_of) - len(idle - state.cluster_of.keys())
    return GroupList(tuple(found), n_new, len(state.members[NOWHERE] - away))


def show_group(
    db: sqlite3.Connection, base: str, text: str, left_out: Set[int] = frozenset()
) -> GroupPage:
    """Give one group, but for images that are ``left_out``. To be called in a transaction.

    Raises
    ------
    UnknownGroupError
    """
    state = journal.load(db)
    group = state.find(text)
    files = _files(db, base, state.members[group.cluster_id] - left_out)
    done = set(journal.steps(db)[0])
    live = (entry for entry in journal.entries(db) if entry.entry_id in done or not entry.is_step)
    info = _info(group, state.members[group.cluster_id], _copies(db), _away(db) | left_out)
    return GroupPage(info, tuple(files), tuple(history(live, group.cluster_id)))


def _info(
    group: LastingGroup, members: Set[int], copies: Mapping[int, int], away: Set[int]
) -> GroupInfo:
    n = len(members) - len(members & away)
    n_copies = sum(copies[image] for image in (members & copies.keys()) - away)
    return GroupInfo(**group._asdict(), images=n, files=n + n_copies)


# Nearly every image lies in one file that is there: only the others are asked for.


def _copies(db: sqlite3.Connection) -> dict[int, int]:
    """Count the files beside the first of each image that has more than one."""
    query = (
        "SELECT image_id, count(*) - 1 FROM files WHERE gone IS NULL "
        "GROUP BY image_id HAVING count(*) > 1"
    )
    return dict(db.execute(query).fetchall())


def _away(db: sqlite3.Connection) -> set[int]:
    """Name the images of which no file is there."""
    there = "SELECT count(DISTINCT image_id) FROM files WHERE gone IS NULL"
    known = "SELECT count(*) FROM images"
    if db.execute(there).fetchone() == db.execute(known).fetchone():
        return set()
    query = (
        "SELECT image_id FROM images WHERE NOT EXISTS "
        "(SELECT 1 FROM files WHERE files.image_id = images.image_id AND gone IS NULL)"
    )
    return {image for (image,) in db.execute(query)}


def _files(db: sqlite3.Connection, base: str, members: Iterable[int]) -> Sequence[tuple[str, ...]]:
    """Give the paths of each member that is there."""
    folders = {root.root_id: root.path for root in roots.load(db, base)}
    query = "SELECT root_id, path FROM files WHERE image_id = ? AND gone IS NULL ORDER BY 1, 2"
    found = []
    for image in members:
        rows = db.execute(query, [image]).fetchall()
        paths = (str(Path(folders[root_id], os.fsdecode(path))) for root_id, path in rows)
        found.append(tuple(paths))
    return sorted(files for files in found if files)
