"""The files of a library with what they may be filed by."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pixkin.lasting.state import NOWHERE
from pixkin.library import journal, roots
from pixkin.library.schema import reading

if TYPE_CHECKING:
    from pixkin.lasting.state import State
    from pixkin.library.book import Book

__all__ = ["UNGROUPED", "Holding", "holdings"]

UNGROUPED, UNNAMED = "not grouped", "unnamed"
QUERY = (
    "SELECT root_id, path, f.bytes, mtime_ns, sha256, image_id, taken, camera "
    "FROM files f JOIN images USING (image_id) WHERE gone IS NULL ORDER BY root_id, path"
)
SHORT = 4
"""Letters of an id that tell groups of the same title apart, or as many as it takes."""


@dataclass(frozen=True, slots=True)
class Holding:
    """A file that is there.

    Attributes
    ----------
    path : str
    bytes, mtime_ns : int
        When it was read.
    sha256 : str
    group : str
        The title of its group: its name, what it looks like, or that it is unnamed; titles differ.
    cluster_id : str
        Empty for none.
    is_hidden : bool
        Whether that group is.
    taken : str or None
        Local time, ``YYYY-MM-DDTHH:MM:SS``.
    camera : str or None
    name : str
        That its group was given; empty if it has none.
    """

    path: str
    bytes: int
    mtime_ns: int
    sha256: str
    group: str
    cluster_id: str
    is_hidden: bool
    taken: str | None
    camera: str | None
    name: str


def holdings(
    book: Book, groups: Sequence[str] = (), left_out: Set[int] = frozenset()
) -> list[Holding]:
    """Give the files of a library, or those of some groups, but for images ``left_out``.

    Raises
    ------
    UnknownGroupError
    """
    base = os.path.realpath(book.folder.parent)
    with reading(book.db, book.folder):
        state = journal.load(book.db)
        wanted = {state.find(group).cluster_id for group in groups}
        titles, folders = _titles(state), {r.root_id: r.path for r in roots.load(book.db, base)}
        found = []
        for root_id, path, n, mtime, sha256, image, taken, camera in book.db.execute(QUERY):
            cluster_id = state.cluster_of.get(image, NOWHERE)
            if image in left_out or (wanted and cluster_id not in wanted):
                continue
            own = state.groups.get(cluster_id)
            hidden, name = (own.is_hidden, own.name or "") if own else (False, "")
            full = os.path.join(folders[root_id], os.fsdecode(path))  # noqa: PTH118
            title = titles.get(cluster_id, UNGROUPED)
            facts = (n, mtime, sha256.hex(), title, cluster_id, hidden, taken, camera, name)
            found.append(Holding(full, *facts))
    return found


def _titles(state: State) -> dict[str, str]:
    """Give each group a title that no other has, also where case does not count."""
    plain = {c: group.name or group.looks_like or UNNAMED for c, group in state.groups.items()}
    counts = Counter(title.casefold() for title in plain.values())
    counts.update((UNGROUPED, UNNAMED))  # by themselves they are never the name of a group
    length = SHORT
    while len({c[:length] for c in plain}) < len(plain):
        length += 1
    return {
        c: title if counts[title.casefold()] == 1 else f"{title} ({c[:length]})"
        for c, title in plain.items()
    }
