"""Groups that last: matching, what a person said, and undo."""

import contextlib
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers_grouping import blobs, hashes_of, unit
from hypothesis import given, settings
from hypothesis import strategies as st

from pixkin.errors import EditError, UnknownGroupError
from pixkin.lasting.fold import fold
from pixkin.lasting.ids import founded, free_colours
from pixkin.lasting.match import match
from pixkin.lasting.regroup import regroup
from pixkin.lasting.state import NOWHERE, Entry, LastingGroup, State, live_steps
from pixkin.lasting.teach import NONE, follow
from pixkin.library.edits import Edits

N = 24
HASHES = hashes_of(N)
X = unit(np.random.default_rng(3).normal(size=(N, 6)))
"""Directions that have nothing to do with the groups: where a picture goes that may not stay."""

Partition = st.lists(st.integers(-1, 5), min_size=N, max_size=N)


def array(labels: list[int]) -> np.ndarray:
    return np.array(labels, dtype=np.int64)


def grouped(labels: list[int], state: State | None = None) -> State:
    """Group images 1 to N by labels, after what was before."""
    images = range(1, len(labels) + 1)
    n = len(labels)
    return regroup(state or State(), images, HASHES[:n], array(labels), X[:n]).state


def parts(state: State) -> dict[str, set[int]]:
    return {c: set(members) for c, members in state.members.items() if members}


# Ids


def test_an_id_depends_on_the_members_alone() -> None:
    assert founded(HASHES) == founded(reversed(HASHES))
    assert founded(HASHES) != founded(HASHES[1:])


def test_an_id_is_short_printable_and_the_same_on_every_machine() -> None:
    # printf ac | openssl sha256 -binary | base32 | head -c 10 | tr A-Z a-z
    assert founded([b"c", b"a"]) == "6ro6khg66m"


def test_two_groups_never_share_an_id_even_if_the_same_members_found_them() -> None:
    first = founded(HASHES)
    second = founded(HASHES, {first})

    assert second != first
    assert founded(HASHES, {first, second}) not in {first, second}


def test_a_new_group_gets_a_colour_that_no_other_has() -> None:
    colours = free_colours([0, 2])

    assert [next(colours) for _ in range(3)] == [1, 3, 4]


# Matching


@given(Partition)
def test_the_same_partition_matches_itself_whatever_its_numbers(labels: list[int]) -> None:
    renamed = np.where(array(labels) >= 0, 7 - array(labels), -1)

    assert match(array(labels), renamed) == {7 - label: label for label in set(labels) - {-1}}


@given(Partition, Partition)
def test_each_group_matches_at_most_once_and_shares_half_of_the_smaller(
    old: list[int], new: list[int]
) -> None:
    found = match(array(old), array(new))

    assert len(set(found.values())) == len(found)
    for n, o in found.items():
        both = [i for i in range(N) if old[i] >= 0 and new[i] >= 0]
        shared = sum(old[i] == o and new[i] == n for i in both)
        smaller = min(sum(old[i] == o for i in both), sum(new[i] == n for i in both))
        assert 2 * shared >= smaller > 0


def test_what_is_best_for_all_is_chosen_not_what_is_best_for_one() -> None:
    old = array([0] * 10 + [1] * 9)
    new = array([0] * 5 + [1] * 5 + [0] * 6 + [1] * 3)

    # To give 0 its largest piece first would be 5 + 3.
    assert match(old, new) == {1: 0, 0: 1}


# A regrouping


@given(Partition)
def test_groups_keep_their_ids_when_nothing_changes(labels: list[int]) -> None:
    first = grouped(labels)

    assert grouped(labels, first).is_like(first)


def test_the_largest_group_is_founded_first_and_has_the_first_colour() -> None:
    state = grouped([0, 1, 1, 1, 0, 2])
    sizes = {group.colour: len(state.members[c]) for c, group in state.groups.items()}

    assert sizes == {0: 3, 1: 2, 2: 1}


def test_ids_and_names_follow_the_members_through_another_partition() -> None:
    before = grouped([0] * 10 + [1] * 10)
    (one, _) = before.groups
    before.change(one, name="Cats")
    after = grouped([5] * 9 + [2] * 11, before)

    assert after.groups.keys() == before.groups.keys()
    assert after.groups[one].name == "Cats"
    assert len(after.members[one]) in {9, 11}


def test_a_split_and_a_merger_are_told() -> None:
    before = grouped([0] * 8 + [1] * 6)
    a, b = before.groups
    split = regroup(before, range(1, 15), HASHES, array([0] * 5 + [1] * 3 + [2] * 6), X)
    (new,) = split.state.groups.keys() - {a, b}
    merged = regroup(split.state, range(1, 15), HASHES, array([0] * 8 + [2] * 6), X)

    assert split.events == [{"what": "split", "id": new, "with": a}]
    assert merged.events == [{"what": "merged", "id": new, "with": a}]


def test_images_that_are_away_keep_their_group() -> None:
    before = grouped([0] * 6 + [1] * 6)
    a, b = before.groups
    gone = before.members[b]
    here = sorted(before.cluster_of.keys() - gone)
    after = regroup(before, here, HASHES[: len(here)], array([0] * len(here)), X).state

    assert after.members[b] == gone
    assert after.members[a] == set(here)


def test_a_named_group_does_not_vanish_in_another() -> None:
    before = grouped([0] * 8 + [1] * 6)
    _, b = before.groups
    before.change(b, name="Dogs")
    after = grouped([0] * 14, before)

    assert after.members[b] == before.members[b]


def test_a_pinned_group_takes_nobody_in_and_lets_nobody_go() -> None:
    before = grouped([0] * 8 + [1] * 6)
    a, _ = before.groups
    before.change(a, is_pinned=True)
    after = grouped([0] * 4 + [1] * 10 + [0] * 6, before)

    assert after.members[a] == before.members[a]


def test_who_may_not_stay_goes_to_the_group_that_is_most_like_it() -> None:
    places = unit(np.array([[1, 0.1], [1, 0], [1, 0], [0, 1], [0, 1], [0.9, 0.2], [0.9, 0.2]]))
    before = regroup(State(), range(1, 8), HASHES[:7], array([0, 0, 0, 1, 1, 2, 2]), places).state
    mine, near = before.cluster_of[1], before.cluster_of[6]
    before.banned = {(1, mine)}
    after = regroup(before, range(1, 8), HASHES[:7], array([0, 0, 0, 1, 1, 2, 2]), places).state

    assert after.cluster_of[1] == near


def test_who_comes_into_a_group_that_a_person_parted_goes_to_the_part_that_is_like_it() -> None:
    places = unit(np.array([[1, 0], [1, 0.1], [0, 1], [0.1, 1], [0.1, 0.9], [0.9, 0.1]]))
    before = regroup(State(), range(1, 6), HASHES[:5], array([0] * 5), places[:5]).state
    (whole,) = before.groups
    before.groups["other"] = LastingGroup("other", 1)
    before.put([3, 4, 5], "other")
    before.held = {1, 2, 3, 4, 5}
    after = regroup(before, range(1, 7), HASHES[:6], array([0] * 6), places).state

    assert after.cluster_of[6] == whole, "most of what the regrouping put it with is in the other"


# What a correction teaches


KINDS = np.repeat([0, 1, 2], 30)
"""Pictures of three kinds; the first two are in one group."""
PLACES, _ = blobs([30, 30, 30], spread=0.1)


def taught(n: int, to: int | None = None, **more: Any) -> tuple[State, str, str]:
    """Take ``n`` pictures of the second kind out of the group; to the third's, or a new one."""
    before = regroup(State(), range(1, 91), hashes_of(90), KINDS // 2, PLACES).state
    mixed, other = before.groups
    goal = LastingGroup("new", 5) if to is None else before.groups[other]
    before.groups[goal.cluster_id] = goal
    moved = list(range(31, 31 + n))
    before.put(moved, goal.cluster_id)
    before.held |= {*moved, *more.get("held", ())}
    before.taken |= dict.fromkeys(moved, mixed)
    return before, mixed, goal.cluster_id


def anew(state: State) -> State:
    return regroup(state, range(1, 91), hashes_of(90), KINDS // 2, PLACES).state


@pytest.mark.parametrize("to", [None, 2])
def test_pictures_like_those_that_were_taken_out_of_a_group_follow_them(to: int | None) -> None:
    before, mixed, goal = taught(8, to)
    after = anew(before)

    assert {i for i, c in after.cluster_of.items() if c == mixed} == set(range(1, 31))
    assert after.members[goal] >= set(range(31, 61))


def test_a_few_pictures_teach_nothing() -> None:
    before, _, goal = taught(4)

    assert anew(before).members[goal] == {31, 32, 33, 34}


def test_where_all_of_the_kind_were_taken_out_nobody_follows() -> None:
    before, mixed, goal = taught(30)
    after = anew(before)

    assert after.members[goal] == set(range(31, 61))
    assert after.members[mixed] == set(range(1, 31))


@pytest.mark.parametrize("n", [10, 20, 30])
def test_pictures_that_are_like_all_others_of_the_group_teach_nothing(n: int) -> None:
    places, kinds = blobs([60, 30, 30])
    for seed in range(12):
        moved = np.random.default_rng(seed).permutation(60)[:n]
        labels, source = kinds.copy(), np.full(120, NONE)
        labels[moved], source[moved] = 3, 0

        assert follow(places, labels, source, source != NONE).tolist() == labels.tolist()


def test_pictures_of_both_kinds_teach_nothing() -> None:
    before, mixed, goal = taught(0)
    some = [1, 2, 3, 4, 31, 32, 33, 34]
    before.put(some, goal)
    before.held |= {*some}
    before.taken |= dict.fromkeys(some, mixed)

    assert anew(before).members[goal] == {*some}


def test_a_group_that_all_would_leave_stays() -> None:
    places, kinds = blobs([30, 30, 30, 30])
    labels, source = kinds // 3, np.full(120, NONE)
    for kind in range(3):
        moved = np.flatnonzero(kinds == kind)[:10]
        labels[moved], source[moved] = 2 + kind, 0

    assert follow(places, labels, source, source != NONE).tolist() == labels.tolist()


def test_what_a_person_put_where_it_is_follows_nobody() -> None:
    before, mixed, _ = taught(8)
    before.held |= {59, 60}
    before.taken |= {59: NOWHERE, 60: NOWHERE}

    assert {59, 60} < anew(before).members[mixed]


def test_nobody_follows_out_of_a_pinned_group_or_into_one_or_where_it_does_not_belong() -> None:
    before, mixed, goal = taught(8)
    before.change(mixed, is_pinned=True)
    assert anew(before).members[mixed] == before.members[mixed]
    before.change(mixed, is_pinned=False)
    before.change(goal, is_pinned=True)
    assert anew(before).members[goal] == before.members[goal]
    before.change(goal, is_pinned=False)
    before.banned = {(i, goal) for i in range(51, 61)}
    after = anew(before)

    assert after.members[goal] == set(range(31, 51))
    assert after.members[mixed] == {*range(1, 31), *range(51, 61)}


def test_who_followed_stays_when_groups_are_found_again() -> None:
    before, _, _ = taught(8)
    after = anew(before)

    assert anew(after).is_like(after)


def test_a_group_does_not_vanish_in_one_to_which_most_of_it_was_moved() -> None:
    before, mixed, _ = taught(0)
    rng = np.random.default_rng(0)
    moved = (1 + rng.permutation(60)[:40]).tolist()
    before.groups["new"] = LastingGroup("new", 5)
    before.put(moved, "new")
    before.held |= {*moved}
    before.taken |= dict.fromkeys(moved, mixed)

    assert anew(before).members["new"] == {*moved}


def test_a_group_that_a_person_put_pictures_into_is_not_taken_apart() -> None:
    before = regroup(State(), range(1, 61), hashes_of(60), KINDS[:60] * 0, PLACES[:60]).state
    (whole,) = before.groups
    before.held = {1, 2, 3, 4, 5}
    after = regroup(before, range(1, 61), hashes_of(60), KINDS[:60], PLACES[:60]).state

    assert after.members[whole] == set(range(1, 61))


# The journal


def test_undone_steps_are_done_again_in_order_until_something_new_is_done() -> None:
    steps = [(1, "group"), (2, "move"), (3, "pin"), (4, "undo"), (5, "undo"), (6, "redo")]

    assert live_steps(steps) == ([1, 2], [3])
    assert live_steps([*steps, (7, "hide")]) == ([1, 2, 7], [])


@given(Partition)
def test_a_state_that_is_written_down_reads_as_it_was(labels: list[int]) -> None:
    state = grouped(labels)
    first = next(iter(state.groups), None)
    if first is not None:
        state.groups[first] = LastingGroup(first, 7, "Ä", "cat", is_pinned=True, is_hidden=True)
        state.held = set(list(state.members[first])[:2])
        state.taken = dict.fromkeys(state.held, first)
        state.banned = {(1, first)}
    state.key, state.settings = "what decided", {"encoder": "color"}
    told, images, values = state.gather()
    read = fold([Entry(0, "", "group", told, images, values)], State())

    assert vars_of(read) == vars_of(state)


def vars_of(state: State) -> dict[str, Any]:
    members = {c: images for c, images in state.members.items() if images}
    return {**vars(state), "members": members}


def test_a_group_is_found_by_id_by_name_and_by_the_beginning_of_its_id() -> None:
    state = State()
    state.groups = {c: LastingGroup(c, 0) for c in ("abcd", "abxy", "q234")}
    state.change("abxy", name="Cats")

    assert state.find("abcd").cluster_id == "abcd"
    assert state.find("Cats").cluster_id == "abxy"
    assert state.find("q").cluster_id == "q234"
    with pytest.raises(UnknownGroupError, match="It may be abcd, abxy"):
        state.find("ab")
    for text in ("", "cats", "z"):
        with pytest.raises(UnknownGroupError, match="no one group"):
            state.find(text)


def test_a_picture_that_is_moved_back_is_said_to_belong_there_again() -> None:
    with editing() as edits:
        person = Person(edits)
        person.regroup([0] * N)
        (group,) = edits.state().groups
        edits.not_here_images([1])
        assert edits.state().banned == {(1, group)}
        edits.move_images([1], group)

        assert not edits.state().banned


def test_what_was_said_to_be_not_here_and_is_then_moved_was_taken_from_there() -> None:
    with editing() as edits:
        Person(edits).regroup([i % 2 for i in range(N)])
        here, other = (edits.state().cluster_of[image] for image in (1, 2))
        edits.not_here_images([1])
        edits.move_images([1], other)

        assert edits.state().taken == {1: here}


def test_only_a_split_by_name_says_of_pictures_that_they_are_of_another_kind() -> None:
    with editing() as edits:
        Person(edits).regroup([0] * N)
        (whole,) = edits.state().groups
        edits.split_images(whole, [[1, 2, 3]], by_name=False)
        assert edits.state().taken == {}
        edits.split_images(whole, [[4, 5]])

        assert edits.state().taken == {4: whole, 5: whole}
        assert edits.state().held == set(range(1, N + 1))


# Corrections and regroupings, in any order


class Person:
    """Edits a library, and remembers what must hold from then on."""

    def __init__(self, edits: Edits) -> None:
        self.edits = edits
        self.put: dict[int, str] = {}  # picture by picture
        self.stays: dict[int, str] = {}  # with a whole group
        self.ways: Counter[tuple[str, str]] = Counter()
        self.barred: set[tuple[int, str]] = set()
        self.names: dict[str, str] = {}
        self.pinned: set[str] = set()

    def regroup(self, labels: list[int]) -> None:
        state = self.edits.state()
        kept = {c: set(state.members[c]) for c in self.pinned}
        found = regroup(state, range(1, N + 1), HASHES, array(labels), X, key="key")
        assert self.edits.regrouped(state, found.state, found.events)
        for c, members in kept.items():
            assert self.edits.state().members[c] == members

    def rename(self, name: str, pick: int, _: int) -> None:
        c = self.group(pick)
        try:
            self.edits.rename(c, name)
        except EditError:
            assert name in self.names.values()
        else:
            self.names[c] = name

    def merge(self, pick: int, other: int) -> None:
        into, gone = self.group(pick), self.group(other)
        if into == gone:
            return
        self.edits.merge(into, gone)
        here = self.edits.state().members[into]
        self.put |= dict.fromkeys(here & self.put.keys(), into)
        self.stays |= dict.fromkeys(here - self.put.keys(), into)
        ways, self.ways = self.ways, Counter()
        for way, n in ways.items():
            self.ways[tuple(into if c == gone else c for c in way)] += n
        both = {(i, into if c == gone else c) for i, c in self.barred}
        self.barred = {(i, c) for i, c in both if c != into or i not in here}
        name = self.names.get(into) or self.names.pop(gone, "")
        self.names.pop(gone, None)
        if name:
            self.names[into] = name
        if gone in self.pinned:
            self.pinned = self.pinned - {gone} | {into}

    def split(self, pick: int, seed: int) -> None:
        c = self.group(pick)
        members = sorted(self.edits.state().members[c])
        if len(members) < 2:
            return
        out = members[: 1 + seed % (len(members) - 1)]
        (new,) = self.edits.split_images(c, [out])
        self.stays |= dict.fromkeys({*members} - {*out} - self.put.keys(), c)
        self.take(out, c, new)

    def move(self, pick: int, image: int) -> None:
        c, before = self.group(pick), self.edits.state().cluster_of[image]
        self.edits.move_images([image], c)
        self.take([image], before, c)
        self.barred.discard((image, c))

    def assign(self, image: int, other: int) -> None:
        """Put one picture into a group of that name, founded if there is none, one by its id."""
        name, c = f"Name {other % 3}", self.group(other)
        if image == other or self.names.get(c) == name:
            return
        before = self.edits.state().cluster_of
        named, same = self.edits.assign_images({image: name, other: c})
        assert same == c
        self.take([image], before[image], named)
        self.take([other], before[other], c)
        self.barred -= {(image, named), (other, c)}
        self.names[named] = name

    def take(self, images: list[int], before: str, to: str) -> None:
        self.ways[before, to] += len(images)
        self.put |= dict.fromkeys(images, to)
        for image in images:
            self.stays.pop(image, None)

    def not_here(self, image: int, _: int) -> None:
        c = self.edits.state().cluster_of.get(image, NOWHERE)
        if c == NOWHERE:
            return
        self.edits.not_here_images([image])
        self.put.pop(image, None)
        self.stays.pop(image, None)
        self.barred.add((image, c))

    def pin(self, pick: int, on: int) -> None:
        c = self.group(pick)
        self.edits.pin(c, on=bool(on % 2))
        self.pinned = self.pinned | {c} if on % 2 else self.pinned - {c}

    def may_be_in(self, c: str) -> set[str]:
        """Give a group, and those to which its pictures may have followed others."""
        found, new = set[str](), {c}
        while new:
            found |= new
            new = {to for (home, to), n in self.ways.items() if home in found and n >= 5} - found
        return found

    def group(self, pick: int) -> str:
        state = self.edits.state()
        full = sorted(c for c in state.groups if state.members[c])
        return full[pick % len(full)]

    def check(self) -> None:
        """Look whether all that was said holds."""
        state = self.edits.state()
        assert {image: state.cluster_of[image] for image in self.put} == self.put
        for image, c in self.stays.items():
            assert state.cluster_of[image] in self.may_be_in(c)
        assert not [(i, c) for i, c in self.barred if state.cluster_of.get(i) == c]
        alive = {c: name for c, name in self.names.items() if name}
        assert {c: state.groups[c].name for c in alive} == alive
        assert all(state.groups[c].is_pinned for c in self.pinned)
        assert state.cluster_of.keys() == set(range(1, N + 1))


def know(edits: Edits) -> None:
    """Let the library have images 1 to N."""
    with contextlib.closing(sqlite3.connect(edits.folder / "library.db")) as db, db:
        db.executemany("INSERT INTO images (sha256, bytes) VALUES (?, 1)", [(h,) for h in HASHES])


@contextmanager
def editing() -> Iterator[Edits]:
    folder = Path(tempfile.mkdtemp())
    try:
        with Edits.open(folder / ".pixkin") as edits:
            know(edits)
            yield edits
    finally:
        shutil.rmtree(folder)


Steps = st.lists(
    st.tuples(
        st.sampled_from(
            ["regroup", "merge", "split", "move", "assign", "not_here", "pin", "rename"]
        ),
        st.integers(1, N),
        st.integers(1, N),
        Partition,
    ),
    max_size=12,
)


def act(person: Person, what: str, one: int, other: int, labels: list[int]) -> None:
    if what == "regroup":
        person.regroup(labels)
    elif what == "rename":
        person.rename(f"Name {other % 3}", one, other)
    else:
        getattr(person, what)(one, other)


@settings(max_examples=60, deadline=None)
@given(Steps)
def test_after_any_edits_and_regroupings_every_correction_holds(steps: Any) -> None:
    with editing() as edits:
        person = Person(edits)
        person.regroup([i % 4 for i in range(N)])
        for step in steps:
            act(person, *step)
            person.check()


@settings(max_examples=40, deadline=None)
@given(Steps)
def test_undo_goes_back_through_everything_and_redo_forth(steps: Any) -> None:
    with editing() as edits:
        person, states = Person(edits), [edits.state()]
        person.regroup([i % 4 for i in range(N)])
        states.append(edits.state())
        for step in steps:
            n = len(edits.entries())
            act(person, *step)
            states += [edits.state()] * (len(edits.entries()) > n)
        for state in reversed(states[:-1]):
            edits.undo()
            assert told(edits.state()) == told(state)
        with pytest.raises(EditError, match="nothing to undo"):
            edits.undo()
        for state in states[1:]:
            edits.redo()
            assert told(edits.state()) == told(state)
        with pytest.raises(EditError, match="nothing to redo"):
            edits.redo()


def told(state: State) -> dict[str, Any]:
    """Give all that a state says, but for how it came to be."""
    return {**vars_of(state), "last": 0}
