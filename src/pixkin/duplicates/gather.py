"""Matches to groups: each member was compared with the keeper, and is like it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pixkin.duplicates.bursts import Likeness, are_shots_apart, between, bursts
from pixkin.duplicates.companions import are_companions
from pixkin.duplicates.confirm import EVERY, USUAL, confirm
from pixkin.duplicates.detail import real_pixels
from pixkin.duplicates.hues import are_recoloured
from pixkin.duplicates.keeper import best_file, best_image
from pixkin.duplicates.records import KINDS, Duplicate, DuplicateGroup
from pixkin.duplicates.where import lies_in
from pixkin.duplicates.words import COLOURED, GREY, WHOLE, told
from pixkin.progress import OnProgress
from pixkin.threads import in_blocks

if TYPE_CHECKING:
    from pixkin.duplicates.match import Match
    from pixkin.duplicates.records import Kind
    from pixkin.duplicates.seen import Seen
    from pixkin.library.looks import Shot

__all__ = ["Gatherer"]

Pair = tuple[int, int]
Member = tuple[int, "Kind", float, str]
Star = tuple[int, str, list[Member]]
"""A keeper, why it is that one, and its members."""
IDENTICAL = "the same bytes"


class Gatherer:
    """Makes groups of the pictures of a library.

    Parameters
    ----------
    seen : Seen
    kinds : sequence of str
        Which to find.
    rules : sequence of str
        What to keep, the most important first.
    safe : sequence of str
        Folders in which nothing may be touched.
    on_progress : callable
    """

    def __init__(
        self,
        seen: Seen,
        kinds: Sequence[str],
        rules: Sequence[str],
        safe: Sequence[str],
        on_progress: OnProgress,
    ) -> None:
        self.seen, self.kinds, self.rules = seen, kinds, rules
        self.safe, self.on_progress = safe, on_progress

    def groups(
        self, matches: Mapping[Pair, Match], proposed: Iterable[Pair], X: Any, rows: Any
    ) -> list[DuplicateGroup]:
        """Give all groups, by their keepers' paths."""
        edges = {pair: match for pair, match in matches.items() if self._counts(pair)}
        stars = self._stars(edges, proposed)
        if "burst" in self.kinds:
            taken = {row for _, _, members in stars for row, *_ in members}
            left = [row for row in range(len(self.seen.shots)) if row not in taken]
            likeness = Likeness(self.seen, X, rows, set(matches))
            stars = stars + [self._burst(run, likeness) for run in bursts(likeness, left)]
        if "identical" in self.kinds:
            single = {row for keeper, _, members in stars for row in (keeper, *_rows(members))}
            copied = (row for row, shot in enumerate(self.seen.shots) if len(shot.files) > 1)
            stars = stars + [(row, "", []) for row in copied if row not in single]
        made = (self._group(*star) for star in stars)
        found = [group for group in made if group.members]
        return sorted(found, key=lambda group: (str(group.keeper), group.kind))

    def _counts(self, pair: Pair) -> bool:
        """Tell whether a match makes duplicates: not of shots in turn, nor of companions."""
        a, b = (self.seen.shots[row] for row in pair)
        if are_shots_apart(a, b):
            return False
        return not any(are_companions(one, other) for one in a.files for other in b.files)

    def _stars(self, edges: dict[Pair, Match], proposed: Iterable[Pair]) -> list[Star]:
        """Take the best of what hangs together, then the best of what is not like that, and so on.

        A chain of matches only proposes: whoever was not compared with the keeper is so now. So is
        whoever was proposed with a member: two crops may match the keeper, but not each other.
        """
        near = _neighbours(proposed)
        found: list[Star] = []
        known = dict(edges)
        while edges:
            parts = _parts(edges)
            chosen = self._keepers(parts, edges)
            parts = [sorted({*part, *(row for one in part for row in near[one])}) for part in parts]
            self._complete(chosen, parts, known)
            done: set[int] = set()
            for (keeper, reason), part in zip(chosen, parts, strict=True):
                if keeper in done:
                    continue
                members = self._members(keeper, [row for row in part if row not in done], known)
                done |= {keeper, *_rows(members)}
                if members:
                    found.append((keeper, reason, members))
            edges = {pair: match for pair, match in edges.items() if not done & set(pair)}
            near = defaultdict(set, {row: rows - done for row, rows in near.items()})
        return found

    def _complete(
        self, chosen: Sequence[tuple[int, str]], parts: Sequence[Sequence[int]], known: Any
    ) -> None:
        """Compare each keeper with those of its part with which it was not compared.

        Turned parts are looked for only where something in the part is turned.
        """
        turned = {row for pair, match in known.items() if match.orientation > 1 for row in pair}
        asked: dict[tuple[int, ...], set[Pair]] = {USUAL: set(), EVERY: set()}
        for (keeper, _), part in zip(chosen, parts, strict=True):
            pairs = {(min(keeper, row), max(keeper, row)) for row in part if row != keeper}
            asked[USUAL if turned.isdisjoint(part) else EVERY] |= pairs
        for orientations, pairs in asked.items():
            new = sorted(pair for pair in pairs - known.keys() if self._counts(pair))
            known.update(confirm(self.seen, new, orientations, self.on_progress))

    def _keepers(
        self, parts: Sequence[Sequence[int]], edges: Mapping[Pair, Match]
    ) -> list[tuple[int, str]]:
        shown: dict[int, float] = defaultdict(lambda: 1.0)
        for pair, match in edges.items():
            if match.is_framed and match.covered < WHOLE:  # a border is no detail
                outer = pair[0 if match.is_outer else 1]
                shown[outer] = min(shown[outer], match.covered)

        def one(block: slice) -> list[tuple[int, str]]:
            return [self._keeper(part, shown) for part in parts[block]]

        blocks = in_blocks(one, len(parts), 1, self.seen.n_threads)
        return [keeper for block in blocks for keeper in block]

    def _keeper(self, rows: Sequence[int], shown: Mapping[int, float]) -> tuple[int, str]:
        shots = [self.seen.shots[row] for row in rows]
        row_of = {shot.image_id: row for shot, row in zip(shots, rows, strict=True)}
        pixels = real_pixels(shots)
        colours = {row: self.seen.looks[row].colour for row in rows}
        for image_id, row in row_of.items():
            pixels[image_id] *= shown[row]
            if colours[row] < GREY and max(colours.values()) > COLOURED:
                pixels[image_id] /= 2  # without its colours it shows less
        best, reason = best_image(shots, self.rules, pixels)
        return row_of[best.image_id], reason

    def _members(
        self, keeper: int, part: Sequence[int], known: Mapping[Pair, Match]
    ) -> list[Member]:
        found: list[Member] = []
        here = (self.seen.shots[keeper], self.seen.looks[keeper])
        for row in part:
            match = known.get((min(keeper, row), max(keeper, row)))
            if row == keeper or match is None:
                continue
            there = (self.seen.shots[row], self.seen.looks[row])
            kind, why = told(match, keeper < row, here, there)
            if kind == "same" and self._are_recoloured(keeper, row):
                kind, why = "edited", "in other colours"
            if kind in self.kinds:
                found.append((row, kind, match.score, why))
        return found

    def _are_recoloured(self, a: int, b: int) -> bool:
        hashes = [self.seen.shots[row].sha256 for row in (a, b)]
        jpegs = self.seen.thumbnails.read(hashes)
        return len(jpegs) == 2 and are_recoloured(*(jpegs[sha256] for sha256 in hashes))

    def _burst(self, run: Sequence[int], likeness: Likeness) -> Star:
        keeper, reason = self._keeper(run, defaultdict(lambda: 1.0))
        taken = self.seen.shots[keeper].taken
        members: list[Member] = [
            (row, "burst", round(likeness.of(keeper, row), 4), between(taken, shot.taken))
            for row in run
            for shot in [self.seen.shots[row]]
            if row != keeper and likeness.is_alike(keeper, row)
        ]
        return keeper, reason, members

    def _group(self, keeper: int, reason: str, members: Sequence[Member]) -> DuplicateGroup:
        shot = self.seen.shots[keeper]
        file, plainest = best_file(shot.files)
        found = []
        if "identical" in self.kinds:
            found = [self._duplicate(f, shot, "identical", 1.0, IDENTICAL) for f in shot.files]
        for row, kind, score, why in members:
            other = self.seen.shots[row]
            found += [self._duplicate(f, other, kind, score, why) for f in other.files]
        rest = sorted((one for one in found if one.path != file), key=lambda one: str(one.path))
        rest.sort(key=lambda one: KINDS.index(one.kind))
        loosest: Kind = max((one.kind for one in rest), key=KINDS.index, default="identical")
        return DuplicateGroup(
            loosest,
            file,
            shot.sha256.hex(),
            reason or plainest,
            tuple(rest),
            lies_in(file, self.safe),
            *_size(shot),
        )

    def _duplicate(self, file: Path, shot: Shot, kind: Kind, score: float, why: str) -> Duplicate:
        is_safe = lies_in(file, self.safe)
        return Duplicate(file, shot.sha256.hex(), kind, score, why, is_safe, *_size(shot))


def _size(shot: Shot) -> tuple[int, int, int]:
    return shot.bytes, shot.width, shot.height


def _rows(members: Iterable[Member]) -> list[int]:
    return [row for row, *_ in members]


def _neighbours(pairs: Iterable[Pair]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for a, b in pairs:
        found[a].add(b)
        found[b].add(a)
    return found


def _parts(edges: Iterable[Pair]) -> list[list[int]]:
    """Give what hangs together, each in order, by its first."""
    home: dict[int, int] = {}

    def top(row: int) -> int:
        while home.setdefault(row, row) != row:
            home[row] = home[home[row]]
            row = home[row]
        return row

    for a, b in edges:
        first, second = sorted((top(a), top(b)))
        home[second] = first
    parts: dict[int, list[int]] = defaultdict(list)
    for row in sorted(home):
        parts[top(row)].append(row)
    return list(parts.values())
