"""The groups as the journal's entries leave them."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from pixkin.errors import UnknownGroupError

if TYPE_CHECKING:
    from pixkin.records import Json

__all__ = ["DECIDED", "NOWHERE", "Entry", "LastingGroup", "Outline", "State", "live_steps"]

NOWHERE = ""
"""In the place of a cluster's id: looked at, and in no group."""
UNDO, REDO, PLACE = "undo", "redo", "place"
DECIDED = ("key", "contents", "plain", "recipe", "settings")


class Entry(NamedTuple):
    """A row of the journal.

    ``images`` are image ids; ``labels`` has a number for each, by what ``action`` says.
    """

    entry_id: int
    made: str
    action: str
    told: Json
    images: Sequence[int] = ()
    labels: Sequence[int] = ()

    @property
    def is_step(self) -> bool:
        """Tell whether it can be undone: what came is a fact."""
        return self.action not in {UNDO, REDO, PLACE}


class LastingGroup(NamedTuple):
    """What lasts of a group besides its members.

    Attributes
    ----------
    cluster_id : str
    colour : int
        A number for `colors.color_of`.
    name : str
        What a person calls it; empty for none.
    looks_like : str
        The words that were suggested at the last regrouping.
    is_pinned, is_hidden : bool
    """

    cluster_id: str
    colour: int
    name: str = ""
    looks_like: str = ""
    is_pinned: bool = False
    is_hidden: bool = False


class State:
    """The groups, who is in which, and what a person said that later groupings must keep.

    Attributes
    ----------
    groups : dict of str to LastingGroup
        By cluster id.
    cluster_of : dict of int to str
        By image id: a cluster id, or `NOWHERE`. Images that are missing are new.
    members : dict of str to set of int
        The same the other way round: image ids by cluster id.
    held : set of int
        Images that a person put where they are: by moving, merging or splitting.
    taken : dict of int to str
        Images that a person put somewhere picture by picture, and the clusters that they were in
        before; `NOWHERE` for none. What they are like follows them (`teach`).
    banned : set of (int, str)
        Images, and clusters that a person said they are not of.
    key : str
        What decided the last regrouping; empty before the first.
    contents : str
        Checksum of the images of the last regrouping.
    plain : str
        What decided it, but for the level and the groups until then.
    recipe : str
        What decided it but for the level: under this the library keeps the tree of its groups.
    settings : dict
        Those of the last regrouping (`Settings.to_dict`).
    n_since : int
        Corrections since then that a regrouping must keep.
    last : int
        The entry that was folded last; 0 if none.
    """

    def __init__(self, key: str = "", last: int = 0) -> None:
        self.groups: dict[str, LastingGroup] = {}
        self.cluster_of: dict[int, str] = {}
        self.members: dict[str, set[int]] = {NOWHERE: set()}
        self.held: set[int] = set()
        self.taken: dict[int, str] = {}
        self.banned: set[tuple[int, str]] = set()
        self.key, self.contents, self.plain, self.recipe = key, "", "", ""
        self.settings: Json = {}
        self.n_since, self.last = 0, last

    def __eq__(self, other: object) -> bool:
        return isinstance(other, State) and vars(self) == vars(other)

    @property
    def is_corrected(self) -> bool:
        """Tell whether a person has said anything that a grouping must keep."""
        pinned = any(group.is_pinned for group in self.groups.values())
        return bool(self.held or self.banned or pinned)

    def is_like(self, other: State) -> bool:
        """Tell whether the groups and who is in which are the same."""
        return self.groups == other.groups and self.cluster_of == other.cluster_of

    def find(self, text: str) -> LastingGroup:
        """Give the group of an id, a name, or the beginning of an id that no other has.

        Raises
        ------
        UnknownGroupError
        """
        if text in self.groups:
            return self.groups[text]
        named = [group for group in self.groups.values() if text and group.name == text]
        begun = [
            group for group in self.groups.values() if text and group.cluster_id.startswith(text)
        ]
        for found in (named, begun):
            if len(found) == 1:
                return found[0]
        raise UnknownGroupError(text, sorted(group.cluster_id for group in begun))

    def change(self, cluster_id: str, **facts: Any) -> None:
        """Give a group another name, or whatever else lasts of it."""
        self.groups[cluster_id] = self.groups[cluster_id]._replace(**facts)

    def put(self, images: Iterable[int], cluster_id: str) -> None:
        """Put images into a cluster, wherever they were."""
        here = self.members.setdefault(cluster_id, set())
        for image in images:
            before = self.cluster_of.get(image)
            if before is not None:
                self.members[before].discard(image)
            self.cluster_of[image] = cluster_id
            here.add(image)

    def fill(self, cluster_id: str, images: Sequence[int]) -> None:
        """Put images that are nowhere yet into a cluster that is empty."""
        self.members[cluster_id] = set(images)
        self.cluster_of.update(dict.fromkeys(images, cluster_id))

    def forget(self, images: Iterable[int]) -> None:
        """Let go of images that are no more."""
        gone = set(images)
        for image in gone:
            self.members[self.cluster_of.pop(image)].discard(image)
            self.taken.pop(image, None)
        self.held -= gone
        self.banned = {(image, c) for image, c in self.banned if image not in gone}

    def gather(self) -> tuple[Json, array[int], array[int]]:
        """Write the whole state down, as the entry of a regrouping has it (`_group`)."""
        images, sizes = array("i"), []
        for cluster_id in (*self.groups, NOWHERE):
            members = sorted(self.members.get(cluster_id, ()))
            images.extend(members)
            sizes.append(len(members))
        told: Json = {
            **{name: getattr(self, name) for name in DECIDED},
            "groups": [group._asdict() for group in self.groups.values()],
            "sizes": sizes,
            "taken": sorted(self.taken.items()),
            "banned": sorted(self.banned),
            "n_since": self.n_since,
        }
        return told, images, array("i", sorted(self.held))


class Outline(State):
    """The groups without who is in them: most corrections need no more, and it takes no time."""

    def put(self, images: Iterable[int], cluster_id: str) -> None:
        self.members.setdefault(cluster_id, set())

    def fill(self, cluster_id: str, images: Sequence[int]) -> None:
        self.members[cluster_id] = set()


def live_steps(actions: Iterable[tuple[int, str]]) -> tuple[list[int], list[int]]:
    """Tell which entries count, and which are undone and can be redone.

    Parameters
    ----------
    actions : iterable of (int, str)
        Entry id and action of every entry but placements, which are facts and no steps.

    Returns
    -------
    done, undone : list of int
        Entry ids; the last of each is the next to be undone or redone.
    """
    done: list[int] = []
    undone: list[int] = []
    for entry_id, action in actions:
        if action == UNDO:
            undone.append(done.pop())
        elif action == REDO:
            done.append(undone.pop())
        else:
            done.append(entry_id)
            undone.clear()
    return done, undone
