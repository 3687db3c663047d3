"""Which planted copies are found, and what is called a copy that is none; writes duplicates.md.

python benchmarks/duplicates.py [--imagehash PYTHON] [--scale 10000] [--keep FOLDER]

``PYTHON`` is one that has the package imagehash. ``FOLDER`` keeps the library from run to run.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import shutil
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

from copies import plant
from labelled import NAMES, data_folder, pictures, table, varied
from measuring import machine, write_page

import pixkin

Pair = frozenset[str]
SETS = ("copies", "pdq-bridge", "multiview", "views")
PLANTED = {
    "objects-caltech101": 14,
    "photos-imagenet": 12,
    "waste-trashnet": 6,
    "aerial-rsscn7": 6,
    "grocery-store": 10,
}
HASH_BITS = (4, 8, 10)
ABOUT = """
One library holds the near-duplicates and the seven labelled collections, in which no copies were
planted. A pair of `copies` counts as found if both are in one group of `pixkin duplicates`.
Thresholds were tuned on copies that `benchmarks/copies.py` makes of other pictures. Two things were
put right after a look at these: captions were not found at all, because too few places counted as
seen, and small pictures were too easily taken for crops. The labelled collections served for tuning
too, so what is falsely found there is not a count on pictures that were never seen.
"""
PUBLISHED = """
What imagededup's own page of benchmarks says of UKBench (10,200 pictures, four views of each
object, which are not copies): its network at 0.9 finds 0.127 of the pairs at precision 0.995, its
pHash at 10 bits 0.016 at 0.498, its dHash at 10 bits 0.046 at 0.018. They were not measured here.
"""
BY_EYE = """
What these pairs are was looked at by eye: README.md says what was seen, and when.
"""
VIEWS = "\nViews and multiview show a scene from elsewhere: they are no copies, and do not count.\n"
HASHER = """
import json, sys, imagehash
from PIL import Image
for path in json.load(sys.stdin):
    try:
        with Image.open(path) as image:
            print(json.dumps([path, str(imagehash.phash(image))]))
    except Exception:
        pass
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--imagehash", metavar="PYTHON")
    options.add_argument("--scale", type=int, default=0)
    options.add_argument("--keep", type=Path)
    given = options.parse_args()
    load = machine()
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.keep or Path(scratch) / "photos"
        if not folder.exists():
            gather(folder)
            pixkin.cluster(folder)
        seconds, found = timed(folder)
        known = groups_of(folder)
        body = f"{found.images:,} images in {seconds:.0f} s, hashes and flags included.\n\n"
        named = {"pixkin": pairs_of(found)}
        if given.imagehash:
            named |= hashed(given.imagehash, folder)
        body += agreement(named, known)
        body += by_relation(named["pixkin"], known)
        body += others(found, known)
        body += planted(Path(scratch) / "planted")
        if given.scale:
            body += scale(Path(scratch) / "many", given.scale)
    write_page("duplicates", "Duplicates", ABOUT, body + PUBLISHED, load)


def gather(folder: Path) -> None:
    shutil.copytree(data_folder() / "near-duplicates", folder / "near-duplicates")
    for name in NAMES:
        for path in pictures(name):
            target = folder / path.relative_to(data_folder())
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)


def timed(folder: Path) -> tuple[float, Any]:
    """Find the duplicates, with nothing computed before: seconds, and what was found."""
    with pixkin.open(folder) as library:
        library.edit.db.execute("DELETE FROM looks")
        start = time.perf_counter()
        found = library.duplicates()
        return time.perf_counter() - start, found


def groups_of(folder: Path) -> dict[str, tuple[str, str, str]]:
    """Give (set, group, relation) of each near-duplicate."""
    with (data_folder() / "near-duplicates/groups.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    home = folder / "near-duplicates"
    return {
        str(home / row["path"]): (row["path"].split("/")[0], row["group"], row["relation"])
        for row in rows
    }


def pairs_of(found: Any) -> set[Pair]:
    groups = [[group.keeper, *(one.path for one in group.members)] for group in found.groups]
    return {frozenset(map(str, pair)) for group in groups for pair in combinations(group, 2)}


def hashed(python: str, folder: Path) -> dict[str, set[Pair]]:
    """Pair what imagehash's pHash, at its defaults, puts within a few bits of each other."""
    import numpy as np

    paths = [str(path) for path in sorted(folder.rglob("*.*")) if ".pixkin" not in path.parts]
    done = subprocess.run(
        [python, "-c", HASHER], input=json.dumps(paths), capture_output=True, text=True, check=True
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    names = [name for name, _ in rows]
    values = np.array([int(text, 16) for _, text in rows], dtype=np.uint64)
    found: dict[str, set[Pair]] = {f"imagehash, {bits} bits": set() for bits in HASH_BITS}
    for i in range(len(values) - 1):
        apart = np.bitwise_count(values[i + 1 :] ^ values[i])
        for bits in HASH_BITS:
            near = np.flatnonzero(apart <= bits) + i + 1
            found[f"imagehash, {bits} bits"] |= {frozenset({names[i], names[j]}) for j in near}
    return found


def is_true(pair: Pair, known: Mapping[str, tuple[str, str, str]]) -> bool:
    a, b = pair
    return a in known and b in known and known[a][:2] == known[b][:2]


def wanted(known: Mapping[str, tuple[str, str, str]], kind: str) -> set[Pair]:
    names = [name for name, (own, *_) in known.items() if own == kind]
    return {
        frozenset(pair) for pair in combinations(names, 2) if known[pair[0]][1] == known[pair[1]][1]
    }


def agreement(named: Mapping[str, set[Pair]], known: Mapping[str, tuple[str, str, str]]) -> str:
    """Recall of each set, precision where a copy is concerned, and pairs among the labelled."""
    heads = ["", *(f"{kind}: recall" for kind in SETS), "copies: precision", "labelled: pairs"]
    rows: list[list[object]] = []
    for name, pairs in named.items():
        recalls = [len(pairs & (w := wanted(known, kind))) / len(w) for kind in SETS]
        about = [pair for pair in pairs if any(known.get(one, "-")[0] == "copies" for one in pair)]
        precision = sum(is_true(pair, known) for pair in about) / max(1, len(about))
        n_labelled = sum(not any(one in known for one in pair) for pair in pairs)
        rows.append([name, *(f"{r:.3f}" for r in recalls), f"{precision:.3f}", f"{n_labelled:,}"])
    return table(heads, rows) + VIEWS


def by_relation(pairs: set[Pair], known: Mapping[str, tuple[str, str, str]]) -> str:
    """Give for each way of copying how many are grouped with their original."""
    first = {
        g: name for name, (own, g, how) in known.items() if own == "copies" and how == "original"
    }
    counts: Counter[str] = Counter()
    hits: Counter[str] = Counter()
    for name, (own, group, how) in known.items():
        if own == "copies" and how != "original":
            counts[how] += 1
            hits[how] += frozenset({name, first[group]}) in pairs
    rows: list[list[object]] = [[how, f"{hits[how]} of {n}"] for how, n in sorted(counts.items())]
    return "\n" + table(["copies that are", "found with their original"], rows)


def others(found: Any, known: Mapping[str, tuple[str, str, str]]) -> str:
    """List what is called a duplicate among the labelled collections, to be looked at by eye."""
    lines = [
        f"- {short(group.keeper)}, {short(one.path)}: {one.kind}, {one.why}"
        for group in found.groups
        for one in group.members
        if str(group.keeper) not in known and one.kind != "identical"
    ]
    return (
        f"\n## Among the labelled collections\n\n{len(lines)} pairs:\n\n"
        + "\n".join(lines)
        + "\n"
        + BY_EYE
    )


def short(path: Path) -> str:
    return "/".join(path.parts[-3:])


def planted(folder: Path) -> str:
    """Tell what is found of the copies that were tuned on: more ways, and smaller pictures."""
    chance = random.Random(5)
    sources = [path for name, n in PLANTED.items() for path in chance.sample(pictures(name), n)]
    groups = plant(sources, folder)
    pixkin.cluster(folder)
    _, found = timed(folder)
    pairs = pairs_of(found)
    wanted = {frozenset(map(str, pair)) for group in groups for pair in combinations(group, 2)}
    ways: dict[str, list[bool]] = {}
    for original, *copies in groups:
        for copy in copies:
            ways.setdefault(copy.stem, []).append(frozenset({str(original), str(copy)}) in pairs)
    rows: list[list[object]] = [[way, f"{sum(hit)} of {len(hit)}"] for way, hit in ways.items()]
    recall, precision = len(pairs & wanted) / len(wanted), len(pairs & wanted) / len(pairs)
    return (
        f"\n## Copies that were tuned on\n\n{len(sources)} pictures of 0.05 to 0.25 megapixels, "
        f"each with {len(ways)} copies: pairs' recall {recall:.3f}, precision {precision:.3f}.\n\n"
        + table(["copy", "in one group with its original"], rows)
    )


def scale(folder: Path, n: int) -> str:
    varied(NAMES, folder, n)
    pixkin.cluster(folder)
    seconds, found = timed(folder)
    return f"\n{found.images:,} made pictures: {seconds:.0f} s beyond encoding.\n"


if __name__ == "__main__":
    main()
