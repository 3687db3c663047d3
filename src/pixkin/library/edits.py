"""Corrections by hand: each is checked, and becomes an entry of the journal."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from pixkin.errors import EditError
from pixkin.lasting.state import NOWHERE, REDO, UNDO, Entry, LastingGroup, State
from pixkin.library import journal, lookup
from pixkin.library.assign import assign, checked, founded_groups
from pixkin.library.schema import transaction
from pixkin.library.written import Written

if TYPE_CHECKING:
    from pixkin.records import Json

__all__ = ["Edits"]

NOTHING = "There is nothing to {}."

Picture: TypeAlias = str | os.PathLike[str]


class Edits(Written):
    """What a person does to the groups of a library.

    Each takes effect at once and can be undone. A group is given by its id, the beginning of it,
    or its name; a picture by the path of its file.
    """

    def rename(self, group: str, name: str) -> str:
        """Name a group; an empty name takes its name away.

        Returns
        -------
        str
            The id of the group.

        Raises
        ------
        UnknownGroupError
        EditError
            If the name is another group's, too long, or has characters that do not show.
        """
        name = checked(name)
        with self._naming() as state:
            here = state.find(group)
            for other in state.groups.values():
                if name and other.name == name and other is not here:
                    raise EditError(
                        f"Another group ({other.cluster_id}) has the name {name!r}. Choose "
                        "another, or merge the two."
                    )
            return self._add("rename", {"id": here.cluster_id, "name": name})

    def merge(self, into: str, *others: str) -> str:
        """Make groups one: it has the id and the name of the first, if that has a name.

        Returns
        -------
        str
            The id of the group that they became.
        """
        with self._naming() as state:
            first = state.find(into).cluster_id
            rest = list(dict.fromkeys(state.find(other).cluster_id for other in others))
            if not rest or first in rest:
                raise EditError("To merge takes two different groups or more.")
            return self._add("merge", {"id": first, "from": rest})

    def split(self, group: str, *parts: Iterable[Picture]) -> list[str]:
        """Take pictures out of a group, those of each part to a new group of their own.

        Returns
        -------
        list of str
            The ids of the new groups. The other pictures keep the id and the name.
        """
        return self.split_images(group, [self._images(part) for part in parts])

    def split_images(
        self, group: str, parts: Sequence[Sequence[int]], *, by_name: bool = True
    ) -> list[str]:
        """Split as `split` does, by image ids; nobody named them if ``by_name`` is False."""
        with self._editing() as state:
            return self._split(state, state.find(group), parts, by_name)

    def move(self, pictures: Iterable[Picture], group: str) -> str:
        """Put pictures into a group, wherever they are now, where they stay.

        Returns
        -------
        str
            The id of the group.
        """
        return self.move_images(self._images(pictures), group)

    def move_images(self, images: Sequence[int], group: str) -> str:
        """Move as `move` does, by image ids."""
        with self._naming() as state:
            here = state.find(group).cluster_id
            return self._add("move", {"id": here}, images)

    def assign(self, labels: Mapping[Picture, str]) -> list[str]:
        """Put pictures into the groups of these names, which are founded where there are none.

        Parameters
        ----------
        labels : mapping of path to str
            For each picture the name of its group, or the id of one that there is.

        Returns
        -------
        list of str
            The ids of the groups, in the order in which they are first named.

        Raises
        ------
        PathError
            If a path is of no picture that the library knows.
        EditError
            If there are no labels, two files of one picture have two, or a name is not allowed.

        Examples
        --------
        >>> with pixkin.open("photos") as library:  # doctest: +SKIP
        ...     library.edit.assign({"photos/1.jpg": "Rex", "photos/2.jpg": "The garden"})
        """
        at: dict[int, str] = {}
        for path, label in labels.items():
            (image,) = self._images([path])
            if at.setdefault(image, label) != label:
                raise EditError(f"{os.fspath(path)!r} has a copy with another label.")
        return self.assign_images(at)

    def assign_images(
        self, labels: Mapping[int, str], names: Mapping[str, str] | None = None
    ) -> list[str]:
        """Assign as `assign` does, by image ids; ``names`` are new ones of groups, by their ids."""
        with self._naming() as state:
            return assign(self.db, state, labels, names or {})

    def not_here(self, pictures: Iterable[Picture], group: str | None = None) -> list[str]:
        """Say that pictures are not of a group: of the one that they are in, unless told.

        They are in none then, until a regrouping finds where they belong.

        Returns
        -------
        list of str
            The ids of the groups that they are no longer in.
        """
        return self.not_here_images(self._images(pictures), group)

    def not_here_images(self, images: Sequence[int], group: str | None = None) -> list[str]:
        """Say what `not_here` says, by image ids."""
        with self._editing() as state:
            meant = None if group is None else state.find(group).cluster_id
            here = [state.cluster_of.get(image, NOWHERE) for image in images]
            if NOWHERE in here or (meant and {*here} != {meant}):
                raise EditError("A picture is in no group, or not in that one.")
            ids = list(dict.fromkeys(here))
            self._add("not-here", {"ids": ids}, images, [ids.index(c) for c in here])
            return ids

    def pin(self, group: str, *, on: bool = True) -> str:
        """Keep exactly this group as it is in every regrouping; with ``on=False``, no longer."""
        return self._switch("pin", group, on=on)

    def hide(self, group: str, *, on: bool = True) -> str:
        """Leave a group out of what is shown; with ``on=False``, show it again."""
        return self._switch("hide", group, on=on)

    # Back and forth

    def undo(self, n_steps: int = 1) -> list[Entry]:
        """Take back the last steps, corrections and regroupings alike.

        Returns
        -------
        list of Entry
            What was taken back, the latest first.

        Raises
        ------
        EditError
            If there are not so many.
        """
        return self._go(UNDO, n_steps)

    def redo(self, n_steps: int = 1) -> list[Entry]:
        """Do again what was taken back last."""
        return self._go(REDO, n_steps)

    # Inside

    def _add(
        self, action: str, told: Json, found: Sequence[int] = (), labels: Sequence[int] = ()
    ) -> str:
        journal.append(self.db, action, told, found, labels)
        return str(told.get("id"))

    def _switch(self, action: str, group: str, *, on: bool) -> str:
        with self._naming() as state:
            return self._add(action, {"id": state.find(group).cluster_id, "on": on})

    def _split(
        self, state: State, here: LastingGroup, parts: Sequence[Sequence[int]], by_name: bool
    ) -> list[str]:
        members = state.members[here.cluster_id]
        named = [image for part in parts for image in part]
        if not all(parts) or not parts:
            raise EditError("To split takes at least one picture for each new group.")
        if len(set(named)) < len(named):
            raise EditError("A picture is named twice.")
        if not members.issuperset(named):
            raise EditError(f"Not all of these pictures are in {here.cluster_id}.")
        if len(members) == len(named):
            raise EditError("That would leave nothing in the group. Leave some pictures unnamed.")
        new = founded_groups(state, [lookup.hashes_of(self.db, part) for part in parts])
        labels = [label for label, part in enumerate(parts) for _ in part]
        groups = [group._asdict() for group in new]
        told = {"id": here.cluster_id, "groups": groups, "by_name": by_name}
        self._add("split", told, named, labels)
        return [group.cluster_id for group in new]

    def _go(self, action: str, n_steps: int) -> list[Entry]:
        gone = []
        with transaction(self.db, self.folder):
            self._check_glance()
            for _ in range(n_steps):
                done, undone = journal.steps(self.db)
                where = done if action == UNDO else undone
                if not where:
                    raise EditError(NOTHING.format(action))
                (entry,) = journal.entries(self.db, where[-1], where[-1])
                gone.append(entry)
                journal.append(self.db, action, {"entry": entry.entry_id})
        return gone

    def _images(self, pictures: Iterable[Picture]) -> list[int]:
        """Give the ids of pictures, each once."""
        several = [pictures] if isinstance(pictures, str | os.PathLike) else pictures
        found = [lookup.find(self.db, self._base, os.fspath(path)) for path in several]
        if not found:
            raise EditError("Name at least one picture.")
        return list(dict.fromkeys(found))
