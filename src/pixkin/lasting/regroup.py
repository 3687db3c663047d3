"""A new grouping becomes the groups that there were, as far as it can, corrections kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pixkin.describe import members_of
from pixkin.lasting.ids import founded, free_colours
from pixkin.lasting.match import match, shares
from pixkin.lasting.state import NOWHERE, LastingGroup, State
from pixkin.lasting.teach import FEWEST, NONE, follow
from pixkin.records import Json

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pixkin.records import Labels

__all__ = ["Regrouped", "regroup"]


@dataclass(frozen=True, slots=True)
class Regrouped:
    """The groups after a regrouping.

    Attributes
    ----------
    state : State
    events : list of dict
        What became of groups: ``{"what": "born" | "gone" | "split" | "merged", "id": ...}``; with
        "split" comes the group that it was part of, with "merged" that it is part of, as "with".
    """

    state: State
    events: list[Json]


def regroup(
    state: State,
    images: Sequence[int],
    hashes: Sequence[bytes],
    labels: Labels,
    X: Any,
    key: str = "",
) -> Regrouped:
    """Give groups of a new partition the ids, names and colours that they had.

    A new group is the old one with which it shares most, all groups taken together (`match`).
    What a person said holds: who was put somewhere stays there, a picture does not go where it
    was said not to belong, a pinned group stays exactly as it is, and a named group does not
    vanish. What is like pictures that a person took out of its group follows them. Images that
    are not here now keep their groups.

    Parameters
    ----------
    state : State
        The groups until now.
    images : sequence of int
        Image ids.
    hashes : sequence of bytes
        SHA-256 of each.
    labels : int64 array of shape (n,)
        The new partition; -1 for none.
    X : array of shape (n, n_components)
        Rows of length 1, which tell where a picture goes that may not stay.
    key : str
        What decided the partition.
    """
    work = _Work(state, images, labels, X)
    work.keep_named()
    work.keep_corrected()
    work.part_what_is_held_apart()
    work.let_follow()
    work.keep_out()
    return work.result(hashes, key)


class _Work:
    """``final`` has for each image a number: of an old group, or, above those, of a new one.

    ``named`` is the same before anything that a person said is looked at.
    """

    def __init__(self, state: State, images: Sequence[int], labels: Labels, X: Any) -> None:
        self.before, self.images, self.labels, self.X = state, images, labels, X
        self.ids = list(state.groups)
        number = {cluster_id: i for i, cluster_id in enumerate(self.ids)} | {NOWHERE: NONE}
        self.old = np.array(
            [number[state.cluster_of.get(image, NOWHERE)] for image in images], dtype=np.int64
        )
        pinned = [i for i, group in enumerate(state.groups.values()) if group.is_pinned]
        self.pinned = set(pinned)
        of_pinned = np.isin(self.old, pinned)
        put = np.array([image in state.held for image in images], dtype=bool)
        self.held = (of_pinned | put) & (self.old >= 0)
        was = np.where(of_pinned, NONE, self.old)
        is_now = np.where(of_pinned, NONE, labels)
        self.matched = match(was, is_now)
        n = int(labels.max(initial=-1)) + 1
        to = np.array([self.matched.get(c, len(self.ids) + c) for c in range(n)] + [NONE])
        self.named = to[labels]
        self.final: Labels = np.where(self.held, self.old, self.named).astype(np.int64)
        self.barred = self._barred(number)

    def _barred(self, number: dict[str, int]) -> dict[int, set[int]]:
        """Give for rows the groups that a person said they are not of."""
        row = {image: i for i, image in enumerate(self.images)} if self.before.banned else {}
        barred: dict[int, set[int]] = {}
        for image, cluster_id in sorted(self.before.banned):
            if image in row and cluster_id in number:
                barred.setdefault(row[image], set()).add(number[cluster_id])
        return barred

    def keep_named(self) -> None:
        """See that no named or hidden group vanishes: what was in it stays in it."""
        alive = set(np.unique(self.final).tolist())
        for i, group in enumerate(self.before.groups.values()):
            if (group.name or group.is_hidden) and i not in alive:
                self.final[(self.old == i) & ~self.held] = i

    def keep_corrected(self) -> None:
        """See that no group that a person put some pictures into is taken apart."""
        groups, counts = np.unique(self.old[self.held], return_counts=True)
        corrected = {*groups[counts >= FEWEST].tolist()} - self.pinned
        for rows in members_of(np.where(self.final >= len(self.ids), self.final, NONE)):
            olds, counts = np.unique(self.old[rows], return_counts=True)
            most = int(olds[counts.argmax()])
            if most in corrected and counts.max() * 2 > len(rows):
                self.final[rows[np.isin(self.old[rows], (most, NONE))]] = most

    def part_what_is_held_apart(self) -> None:
        """Let the others of a group choose, where a person put some of its members elsewhere."""
        if not self.held.any():
            return
        apart = self.held & (self.labels >= 0) & (self.final != self.named)
        for label in np.unique(self.labels[apart]).tolist():
            inside = self.labels == label
            others = np.unique(self.final[inside & self.held]).tolist()
            free = np.flatnonzero(inside & ~self.held)
            here = set(self.final[free].tolist())
            self._choose(free, [i for i in {*others, *here} if i not in self.pinned])

    def let_follow(self) -> None:
        """Let pictures follow those like them that a person took out of their group."""
        number = {c: i for i, c in enumerate(self.ids) if i not in self.pinned}
        taken = self.before.taken
        by_name = self.held & np.array([image in taken for image in self.images], dtype=bool)
        source = np.full(len(self.images), NONE, dtype=np.int64)
        for i in np.flatnonzero(by_name).tolist():
            source[i] = number.get(taken[self.images[i]], NONE)
        source[np.isin(self.final, sorted(self.pinned))] = NONE
        self._leave_behind(source)
        after = follow(self.X, self.final, source, by_name)
        for i in np.flatnonzero(after != self.final).tolist():
            if after[i] not in self.barred.get(i, ()):
                self.final[i] = after[i]

    def _leave_behind(self, source: Labels) -> None:
        """See that nobody goes where a person took others of its group, but by what these teach."""
        n = int(self.final.max(initial=NONE)) + 1
        taken = (source != NONE) & (source != self.final)
        ways = np.isin(self.old * n + self.final, source[taken] * n + self.final[taken])
        goes = ways & ~self.held & (self.old != NONE) & (self.final != NONE)
        self.final[goes] = self.old[goes]

    def keep_out(self) -> None:
        """Take pictures out of where a person said that they are not."""
        for i, numbers in self.barred.items():
            if self.final[i] in numbers and not self.held[i]:
                left = set(np.unique(self.final).tolist()) - numbers - self.pinned - {NONE}
                self._choose(np.array([i]), sorted(left))

    def _choose(self, rows: NDArray[np.int64], groups: Sequence[int]) -> None:
        """Put each row into the group whose mean is nearest by its direction; NONE if none is."""
        if not len(groups):
            self.final[rows] = NONE
        if not len(groups) or not len(rows):
            return
        means = []
        for i in sorted(groups):
            members = self.final == i
            members[rows] &= len(rows) > 1  # one that is to go somewhere has no say
            mean = self.X[members].astype(np.float64).sum(axis=0)
            means.append(mean / max(float(np.sqrt((mean**2).sum())), 1e-12))
        likeness = np.array([(self.X[rows] * mean).sum(axis=1) for mean in means])
        self.final[rows] = np.array(sorted(groups))[likeness.argmax(axis=0)]

    def result(self, hashes: Sequence[bytes], key: str) -> Regrouped:
        """Give the new state, with ids for what is new."""
        state = self.before
        after = State(key=key, last=state.last)
        here = set(self.images)
        absent = {image: c for image, c in state.cluster_of.items() if image not in here}
        alive = set(np.unique(self.final).tolist())
        stay = {*absent.values(), *(self.ids[i] for i in alive if 0 <= i < len(self.ids))}
        after.groups = {c: group for c, group in state.groups.items() if c in stay}
        names = {NONE: NOWHERE} | dict(enumerate(self.ids)) | self._founded(after, hashes)
        ids = np.asarray(self.images)
        after.members |= {cluster_id: set() for cluster_id in after.groups}
        for rows in (np.flatnonzero(self.final < 0), *members_of(self.final)):
            if len(rows):
                after.fill(names[int(self.final[rows[0]])], ids[rows].tolist())
        for image, cluster_id in absent.items():
            after.put([image], cluster_id)
        after.held = set(state.held)
        after.taken = {i: c if c in after.groups else NOWHERE for i, c in state.taken.items()}
        after.banned = {(i, c) for i, c in state.banned if c in after.groups}
        return Regrouped(after, self._events(after, names))

    def _founded(self, after: State, hashes: Sequence[bytes]) -> dict[int, str]:
        """Found the new groups, the largest first."""
        new = np.where(self.final >= len(self.ids), self.final, NONE)
        rows = [(int(new[members[0]]), members.tolist()) for members in members_of(new)]
        founders = [(i, sorted(hashes[row] for row in members)) for i, members in rows]
        founders.sort(key=lambda one: (-len(one[1]), one[1][0]))
        colours = free_colours(group.colour for group in after.groups.values())
        names = {}
        for (i, members), colour in zip(founders, colours, strict=False):
            names[i] = founded(members, after.groups)
            after.groups[names[i]] = LastingGroup(names[i], colour)
        return names

    def _events(self, after: State, names: dict[int, str]) -> list[Json]:
        """Tell where new groups come from, and what became of those that are gone."""
        olds, news, counts = shares(self.old, self.final)
        events: list[Json] = []
        for i in sorted(i for i in names if i >= len(self.ids)):
            source = _most(olds[news == i], counts[news == i])
            events.append(_event(("born", "split"), names[i], self.ids, source))
        for i, c in enumerate(self.ids):
            if c not in after.groups:
                into = _most(news[olds == i], counts[olds == i])
                events.append(_event(("gone", "merged"), c, names, into))
        return events


def _event(what: tuple[str, str], cluster_id: str, ids: Any, other: int | None) -> Json:
    if other is None:
        return {"what": what[0], "id": cluster_id}
    return {"what": what[1], "id": cluster_id, "with": ids[other]}


def _most(groups: Labels, counts: NDArray[np.int64]) -> int | None:
    """Give the group that has half of all, if one has."""
    if not len(counts) or counts.max() * 2 < counts.sum():
        return None
    return int(groups[counts.argmax()])
