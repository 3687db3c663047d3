"""Whether groups last when pictures come, and what corrections give; writes stability.md.

python benchmarks/stability.py [--turns 5]

In each turn a tenth of a collection is held back and added again; and a person who knows the
classes makes up to 20 corrections.
"""

from __future__ import annotations

import argparse
import contextlib
import sqlite3
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from labelled import NAMES, data_folder, table
from measuring import machine, spread, write_page
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

from pixkin import registry
from pixkin.group import cut, group
from pixkin.join import Grouped
from pixkin.lasting.match import match
from pixkin.lasting.regroup import regroup
from pixkin.lasting.state import NOWHERE, State
from pixkin.library.edits import Edits
from pixkin.meter import Meter
from pixkin.pipeline import cluster
from pixkin.precision import resolve
from pixkin.progress import silent
from pixkin.records import Hints
from pixkin.settings import Settings

HELD_BACK = 10
LEAST_KEPT, MOST_LOST = 0.95, 0.02
MERGERS, CORRECTIONS, AT_ONCE = 3, 20, 10
SETTINGS = Settings(layout="pca")
ABOUT = f"""
One in {HELD_BACK} pictures is held back, chosen at random, and the others are grouped; then all
come.

`update`: the share of those held back that joins a group; NMI and ARI against the true classes, of
all that are in a group, less those of grouping all at once. The others stay where they are.

`cluster`: all are grouped anew, starting from the groups there are. Kept: the share of the old
pictures whose group has the id that it had, at least {LEAST_KEPT} on the mean; beside it, without
starting from them. ARI old: of the old pictures' groups before and after. NMI and ARI against the
true classes, less those of grouping all at once: no less than {-MOST_LOST} on the mean.

Corrections: a person, who knows the classes, makes up to {CORRECTIONS}. He merges up to {MERGERS}
pairs of groups of one class, the largest first. Then, again and again, he looks for the most
pictures of one class that are in a group of another (the class of most of a group is what it is
of), selects up to {AT_ONCE} of them, at random, and moves them in one correction to the largest
group that is of their class by more than half; where there is none, he splits them off. He ends
sooner if nothing is wrong any more. ARI against the true classes before, after, and after all are
grouped anew with what was corrected; and the same of the rest: the pictures that he did not select
and that were in no group when he merged it.
"""


@dataclass
class Collection:
    """Vectors, by rising hash, and the number of the class of each."""

    hashes: list[bytes]
    vectors: Any
    classes: Any
    encoder: Any


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--turns", type=int, default=5)
    n_turns = options.parse_args().turns
    load = machine()
    coming: dict[str, list[dict[str, float]]] = {}
    correcting: dict[str, list[dict[str, float]]] = {}
    for name in NAMES:
        given = collection(name)
        at_once = found(given, np.arange(len(given.hashes)))
        coming[name] = [come(given, at_once, turn) for turn in range(n_turns)]
        correcting[name] = [correct(given, at_once, turn) for turn in range(n_turns)]
        print(name, mean(coming[name]), mean(correcting[name]), flush=True)
    write_page("stability", "Groups that last", ABOUT, report(coming, correcting), load)
    sys.exit(failures(coming, correcting))


def collection(name: str) -> Collection:
    encoder = registry.build("encoder", resolve("auto"))
    with tempfile.TemporaryDirectory() as folder:
        made = cluster(data_folder() / name, library=Path(folder) / "library", layout="pca")
        vectors = made.image_vectors[:]
    folders = [file.full.parent.name for file in made.files]
    names = {made.hashes[i]: folders[row] for row, i in enumerate(made.image_index)}
    numbers = {one: i for i, one in enumerate(sorted(set(names.values())))}
    classes = np.array([numbers[names[sha256]] for sha256 in made.hashes])
    return Collection(list(made.hashes), vectors, classes, encoder)


def found(given: Collection, rows: Any, hints: Hints | None = None) -> Any:
    """Give the groups of some pictures."""
    groups = group(given.vectors[rows], given.encoder, SETTINGS, Meter(), silent, hints)
    return groups, cut(groups, SETTINGS)


# Pictures that come


def come(given: Collection, at_once: Any, turn: int) -> dict[str, float]:
    n = len(given.hashes)
    is_new = np.zeros(n, dtype=bool)
    is_new[np.random.default_rng(turn).permutation(n)[: n // HELD_BACK]] = True
    old = np.flatnonzero(~is_new)
    groups, labels = found(given, old)
    before = np.full(n, -1)
    before[old] = labels
    grouped = Grouped(groups.reduced.astype(np.float32), labels, given.vectors[old])
    new = given.vectors[is_new]
    joined, _ = grouped.join(groups.reduction.transform(new), new)
    updated = before.copy()
    updated[is_new] = joined
    _, anew = found(given, np.arange(n), Hints(before, np.zeros(n, dtype=bool)))
    here = updated >= 0
    true, now, once = given.classes[here], updated[here], at_once[1][here]
    return {
        "joined": float((joined >= 0).mean()),
        "update NMI": nmi(true, now) - nmi(true, once),
        "update ARI": ari(true, now) - ari(true, once),
        "kept": kept(labels, anew[old]),
        "kept without": kept(labels, at_once[1][old]),
        "ARI old": ari(labels, anew[old]),
        "NMI": nmi(given.classes, anew) - nmi(given.classes, at_once[1]),
        "ARI": ari(given.classes, anew) - ari(given.classes, at_once[1]),
    }


def kept(before: Any, after: Any) -> float:
    """Give the share of pictures whose group is the one that it was."""
    same = match(before, after)
    now = np.array([same.get(label, -1) for label in after.tolist()])
    return float((now == before).mean())


# Corrections


def correct(given: Collection, at_once: Any, turn: int) -> dict[str, float]:
    """Correct through the journal of a library, as a person does."""
    n = len(given.hashes)
    images = range(1, n + 1)
    groups, labels = at_once
    with tempfile.TemporaryDirectory() as folder, Edits.open(Path(folder) / ".pixkin") as edits:
        know(edits, given.hashes)
        first = regroup(State(), images, given.hashes, labels, groups.reduced, "first")
        edits.regrouped(edits.state(), first.state, first.events)
        before = labels_of(edits.state(), images)
        person = Person(edits, given, np.random.default_rng(turn))
        person.merge()
        person.take_out()
        state = edits.state()
    after = labels_of(state, images)
    held = np.array([image in state.held for image in images])
    _, anew = found(given, np.arange(n), Hints(after, held))
    last = labels_of(regroup(state, images, given.hashes, anew, groups.reduced).state, images)
    rest = np.array([image not in person.moved | person.merged for image in images])
    return {
        "corrections": person.n_done,
        "before": ari(given.classes, before),
        "after": ari(given.classes, after),
        "anew": ari(given.classes, last),
        "rest after": ari(given.classes[rest], after[rest]) if rest.any() else 1.0,
        "rest anew": ari(given.classes[rest], last[rest]) if rest.any() else 1.0,
    }


def know(edits: Edits, hashes: Sequence[bytes]) -> None:
    """Let the library have images 1 to n."""
    with contextlib.closing(sqlite3.connect(edits.folder / "library.db")) as db, db:
        db.executemany("INSERT INTO images (sha256, bytes) VALUES (?, 1)", [(h,) for h in hashes])


class Person:
    """Knows the classes, and corrects the groups."""

    def __init__(self, edits: Edits, given: Collection, rng: np.random.Generator) -> None:
        self.edits, self.classes, self.rng = edits, given.classes, rng
        self.n_done = 0
        self.moved: set[int] = set()
        self.merged: set[int] = set()

    def merge(self) -> None:
        for _ in range(MERGERS):
            of_class: dict[int, list[tuple[int, str]]] = {}
            for cluster_id, (kind, share, size) in self.kinds().items():
                if share > 0.5:
                    of_class.setdefault(kind, []).append((size, cluster_id))
            pairs = [sorted(groups)[-2:] for groups in of_class.values() if len(groups) > 1]
            if not pairs:
                return
            largest = max(pairs, key=lambda pair: (sum(size for size, _ in pair), pair))
            (_, smaller), (_, larger) = largest
            self.edits.merge(larger, smaller)
            self.merged |= self.edits.state().members[larger]
            self.n_done += 1

    def take_out(self) -> None:
        """Take pictures of one class out of a group of another, where most are, to their own."""
        while self.n_done < CORRECTIONS:
            kinds, state = self.kinds(), self.edits.state()
            home: dict[int, tuple[int, str]] = {}
            for cluster_id, (kind, share, size) in kinds.items():
                if share > 0.5:
                    home[kind] = max(home.get(kind, (0, "")), (size, cluster_id))
            wrong: dict[tuple[str, int], list[int]] = {}
            for image, cluster_id in sorted(state.cluster_of.items()):
                kind = int(self.classes[image - 1])
                if kinds[cluster_id][0] != kind and image not in self.moved:
                    wrong.setdefault((cluster_id, kind), []).append(image)
            if not wrong:
                return
            cluster_id, kind = max(wrong, key=lambda block: (len(wrong[block]), block))
            block = wrong[cluster_id, kind]
            some = sorted(self.rng.permutation(block)[:AT_ONCE].tolist())
            if kind in home:
                self.edits.move_images(some, home[kind][1])
            else:
                self.edits.split_images(cluster_id, [some])
            self.moved.update(some)
            self.n_done += 1

    def kinds(self) -> dict[str, tuple[int, float, int]]:
        """Give for each group the class of most of it, their share, and its size."""
        found = {}
        for cluster_id, members in self.edits.state().members.items():
            if members and cluster_id != NOWHERE:
                counts = np.bincount(self.classes[[image - 1 for image in members]])
                found[cluster_id] = int(counts.argmax()), counts.max() / len(members), len(members)
        return found


def labels_of(state: State, images: Sequence[int]) -> Any:
    number = {cluster_id: i for i, cluster_id in enumerate(state.groups)} | {NOWHERE: -1}
    return np.array([number[state.cluster_of[image]] for image in images])


# The page


def nmi(one: Any, other: Any) -> float:
    return float(normalized_mutual_info_score(one, other))


def ari(one: Any, other: Any) -> float:
    return float(adjusted_rand_score(one, other))


def mean(turns: list[dict[str, float]]) -> dict[str, float]:
    return {name: round(float(np.mean([turn[name] for turn in turns])), 3) for name in turns[0]}


def overall(of: dict[str, list[dict[str, float]]]) -> dict[str, float]:
    return mean([turn for turns in of.values() for turn in turns])


def report(coming: Any, correcting: Any) -> str:
    parts = []
    for title, of in (("Pictures that come", coming), ("Corrections", correcting)):
        names = list(next(iter(of.values()))[0])
        rows: list[list[object]] = [
            [name, *(spread([turn[one] for turn in turns], ".3f") for one in names)]
            for name, turns in of.items()
        ]
        rows.append(["**mean**", *(f"**{value:.3f}**" for value in overall(of).values())])
        parts.append(f"## {title}\n\n{table(['', *names], rows)}")
    return "\n".join(parts)


def failures(coming: Any, correcting: Any) -> int:
    said, learnt = overall(coming), overall(correcting)
    lost = max(-said[name] for name in ("NMI", "ARI", "update NMI", "update ARI"))
    claims = {
        "fewer keep their group than claimed": said["kept"] < LEAST_KEPT,
        "agreement falls by more than claimed": lost > MOST_LOST,
        "grouping anew gives no more than was corrected": learnt["anew"] <= learnt["after"],
    }
    wrong = [text for text, is_wrong in claims.items() if is_wrong]
    for text in wrong:
        print(f"FAILED: {text}")
    return bool(wrong)


if __name__ == "__main__":
    main()
