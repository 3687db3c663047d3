"""What runs write in the journal: groups that were found, and where new pictures belong."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from pixkin.errors import OutdatedError
from pixkin.lasting.state import Outline, State
from pixkin.library import journal
from pixkin.library.assign import founded_groups
from pixkin.library.book import Book
from pixkin.library.schema import transaction

if TYPE_CHECKING:
    from pixkin.records import Json

__all__ = ["Glance", "Written"]


class Glance(NamedTuple):
    """What somebody saw of the groups before they corrected them.

    Attributes
    ----------
    entry : int
        The newest entry of the journal at that time.
    groups : frozenset of str or None
        The ids of the groups that the correction names; None for whatever there is.
    images : frozenset of int
        The ids of the images that it names.
    """

    entry: int
    groups: frozenset[str] | None
    images: frozenset[int]


class Written(Book):
    """The groups of a library, and what runs do to them."""

    _glance: Glance | None = None

    @contextlib.contextmanager
    def as_seen(
        self, entry: int, groups: Collection[str] | None = (), images: Collection[int] = ()
    ) -> Iterator[None]:
        """Let corrections fail if what they name was changed since somebody looked at it.

        Parameters
        ----------
        entry : int
            What `last_entry` gave at that time.
        groups : collection of str or None
            The ids of the groups that they name; None if they mean whatever was done last.
        images : collection of int
            The ids of the images that they name.

        Raises
        ------
        OutdatedError
            By the corrections, which then do nothing.
        """
        named = None if groups is None else frozenset(groups)
        self._glance = Glance(entry, named, frozenset(images))
        try:
            yield
        finally:
            self._glance = None

    def regrouped(self, before: State, after: State, events: Sequence[Json]) -> bool:
        """Write down a regrouping, unless the groups have changed since ``before`` was read.

        Returns
        -------
        bool
            Whether it is written down.
        """
        told, found, labels = after.gather()
        with self._editing() as state:
            if state.last != before.last:
                return False
            journal.append(self.db, "group", {**told, "events": list(events)}, found, labels)
            return True

    def place(
        self,
        before: State,
        joined: Sequence[tuple[int, str]],
        groups: Sequence[tuple[Sequence[int], Sequence[bytes]]],
    ) -> list[str] | None:
        """Write down where new images belong, unless the groups have changed since ``before``.

        Parameters
        ----------
        before : State
        joined : sequence of (int, str)
            Image id and cluster id.
        groups : sequence of (sequence of int, sequence of bytes)
            Image ids and hashes of each new group.

        Returns
        -------
        list of str or None
            The ids of the new groups; None if nothing was written down.
        """
        with self._editing() as state:
            if state.last != before.last:
                return None
            new = founded_groups(state, [hashes for _, hashes in groups])
            at = [*joined]
            for group, (images, _) in zip(new, groups, strict=True):
                at += [(image, group.cluster_id) for image in images]
            if at:
                ids = list(dict.fromkeys(cluster_id for _, cluster_id in at))
                number = {cluster_id: i for i, cluster_id in enumerate(ids)}
                told = {"ids": ids, "groups": [group._asdict() for group in new]}
                labels = [number[cluster_id] for _, cluster_id in at]
                journal.append(self.db, "place", told, [image for image, _ in at], labels)
            return [group.cluster_id for group in new]

    @contextlib.contextmanager
    def _editing(self) -> Iterator[State]:
        """Give the groups as they are, and let nobody else change them meanwhile."""
        with transaction(self.db, self.folder):
            self._check_glance()
            yield journal.load(self.db)

    @contextlib.contextmanager
    def _naming(self) -> Iterator[Outline]:
        """Do the same where it does not matter who is in the groups."""
        with transaction(self.db, self.folder):
            self._check_glance()
            yield journal.outline(self.db)

    def _check_glance(self) -> None:
        seen = self._glance
        if seen is None:
            return
        from pixkin.lasting.since import concerned
        from pixkin.lasting.told import in_words

        entry = concerned(journal.entries(self.db, seen.entry + 1), seen.groups, seen.images)
        if entry is not None:
            raise OutdatedError(
                f"Nothing was done, because the groups have changed meanwhile: {in_words(entry)}. "
                "Look again, and then decide."
            )
