"""The duplicates that were found last, as far as they are still there."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from pixkin.duplicates.records import KINDS
from pixkin.errors import OutdatedError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from pixkin.duplicates import DuplicateGroup, Duplicates
    from pixkin.duplicates.records import Kind
    from pixkin.opened import Library
    from pixkin.web.jobs import Jobs

__all__ = ["Count", "Findings", "Found", "Now"]

GONE = "The duplicates were looked for anew meanwhile, or files were moved. Look at them again."


class Count(NamedTuple):
    """How much there is of a kind."""

    groups: int
    files: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Found:
    """What a search gave, and the folders that were protected in it."""

    duplicates: Duplicates
    protected: tuple[str, ...]


@dataclass(frozen=True)
class Now:
    """What is there now.

    Attributes
    ----------
    number : int
        Of the search.
    as_of : int
        Another whenever something has gone or come back.
    found : Found
        As it was found.
    groups : dict of int to DuplicateGroup
        Those with something to decide, by their place among all that were found.
    """

    number: int
    as_of: int
    found: Found
    groups: Mapping[int, DuplicateGroup]

    @cached_property
    def counts(self) -> Mapping[Kind, Count]:
        """Groups of each kind, files that would go as proposed, and their bytes."""
        counts = dict.fromkeys(KINDS, Count(0, 0, 0))
        for group in self.groups.values():
            going = [one.bytes for one in group.members if not one.is_protected]
            groups, files, size = counts[group.kind]
            counts[group.kind] = Count(groups + 1, files + len(going), size + sum(going))
        return counts

    @cached_property
    def places(self) -> Mapping[Kind, Sequence[int]]:
        """The places of the groups of each kind."""
        found: dict[Kind, list[int]] = {kind: [] for kind in KINDS}
        for place, group in self.groups.items():
            found[group.kind].append(place)
        return found

    @cached_property
    def images(self) -> Mapping[Kind, frozenset[str]]:
        """The pictures (SHA-256, hexadecimal) of each kind, those to be kept too."""
        found: dict[Kind, set[str]] = {kind: set() for kind in KINDS}
        for group in self.groups.values():
            for one in group.members:
                found[one.kind] |= {group.sha256, one.sha256}
        return {kind: frozenset(hashes) for kind, hashes in found.items()}

    def group(self, place: int) -> DuplicateGroup:
        """Give a group by its place.

        Raises
        ------
        OutdatedError
            If there is nothing left of it.
        """
        if place not in self.groups:
            raise OutdatedError(GONE)
        return self.groups[place]

    def files(self, place: int) -> list[Path]:
        """Give the files of a group as it was found."""
        group = self.found.duplicates.groups[place]
        return [group.keeper, *(one.path for one in group.members)]

    def chosen(self, groups: list[DuplicateGroup]) -> Duplicates:
        """Give what was found with these groups alone."""
        return replace(self.found.duplicates, groups=tuple(groups))


class Findings:
    """Gives the last search, looked at again whenever files were moved by us.

    Parameters
    ----------
    library : Library
    jobs : Jobs
    """

    def __init__(self, library: Library, jobs: Jobs) -> None:
        self.library, self.jobs = library, jobs
        self._lock = threading.Lock()
        self._seen: tuple[object, Now] | None = None

    def now(self) -> Now | None:
        """Give what is there now; None before anything was looked for."""
        from pixkin.duplicates import what_is_there

        job = self.jobs.last("duplicates")
        if job is None:
            return None
        filings = self.library.filings
        mark = (job.job_id, [(one.filing_id, one.state, one.files) for one in filings])
        with self._lock:
            if self._seen is None or self._seen[0] != mark:
                found: Found = job.result
                left = enumerate(map(what_is_there, found.duplicates.groups))
                groups = {place: group for place, group in left if group is not None}
                self._seen = (mark, Now(job.job_id, self._as_of(groups), found, groups))
            return self._seen[1]

    def _as_of(self, groups: Mapping[int, DuplicateGroup]) -> int:
        if self._seen is None:
            return 1
        before = self._seen[1]
        return before.as_of + (before.groups != groups)

    def as_seen(self, number: int) -> Now:
        """Give what is there now of a certain search.

        Raises
        ------
        OutdatedError
            If it is not the last one.
        """
        now = self.now()
        if now is None or now.number != number:
            raise OutdatedError(GONE)
        return now
