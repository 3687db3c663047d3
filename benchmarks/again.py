"""What a run takes when nothing, or little, has changed; writes again.md.

python benchmarks/again.py [--files 10000] [--many 100000] [--runs 5] [--distinct]

A second run over the same files; one over ten times as many, which are hard links to them, or,
with --distinct, as many tiny PNGs of which no two are equal; and one after 100 files were added.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from labelled import NAMES, table, varied
from measuring import machine, pixkin, spread, timed, write_page
from PIL import Image

ADDED = 100
GROUPING = ("reduce", "neighbors", "cluster", "layout")
NOTHING = [sys.executable, "-c", "pass"]
LIMIT_S, MANY_LIMIT_S = 1.0, 8.0
ABOUT = f"""
Seconds are those of the command line from start to end, output folder included, less those of
`python -c pass` in the same turn. The files are made from the labelled collections: cropped,
mirrored and brightened at random, so that no two are equal.

Adding {ADDED}: that many files are new since the run before, in each turn others. Reading is the
stage `read` of that run, beside the stage `read` of a run over those {ADDED} alone with a new
library; grouping is the stages {", ".join(GROUPING)}, which see all files again.
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--files", type=int, default=10_000)
    options.add_argument("--many", type=int, default=100_000)
    options.add_argument("--runs", type=int, default=5)
    options.add_argument("--distinct", action="store_true", help="tiny PNGs in place of links")
    given = options.parse_args()
    load = machine()
    with tempfile.TemporaryDirectory() as text:
        scratch = Path(text)
        n_made = given.files + ADDED * given.runs
        made = varied(NAMES, scratch / "made", n_made)
        old, new = made[: given.files], made[given.files :]
        folder, many = scratch / "pictures", scratch / "many"
        link(old, folder)
        again = unchanged(folder, scratch, given.runs)
        added = [add(new[i * ADDED : (i + 1) * ADDED], folder, scratch) for i in range(given.runs)]
        if given.distinct:
            tiny(many, given.many)
        else:
            link([old[i % len(old)] for i in range(given.many)], many)
        lots = unchanged(many, scratch / "lots" if given.distinct else scratch, given.runs)
    kind = "tiny PNGs, all different" if given.distinct else f"links to {given.files:,} files"
    rows = [
        row(f"{given.files:,} files", again, LIMIT_S),
        row(f"{given.many:,} {kind}", lots, MANY_LIMIT_S),
    ]
    header = ["second run, nothing changed", "first s", "second s", "beyond start s", "below s"]
    body = f"{table(header, rows)}\n{told_of(added, given.files)}"
    name = "again-distinct" if given.distinct else "again"
    write_page(name, "A run when little has changed", ABOUT, body, load)


def link(paths: list[Path], folder: Path, first: int = 0) -> None:
    for i, path in enumerate(paths, first):
        target = folder / f"{i // 1000:03}" / f"{i:06}.jpg"
        target.parent.mkdir(parents=True, exist_ok=True)
        os.link(path, target)


def tiny(folder: Path, n: int) -> None:
    """Write ``n`` PNGs of 8 x 8 pixels."""
    rng = np.random.default_rng(0)
    for i in range(n):
        target = folder / f"{i // 1000:03}" / f"{i:06}.png"
        target.parent.mkdir(parents=True, exist_ok=True)
        kept = io.BytesIO()
        Image.fromarray(rng.integers(0, 256, (8, 8, 3), dtype=np.uint8)).save(kept, "PNG")
        target.write_bytes(kept.getvalue())


def unchanged(folder: Path, scratch: Path, runs: int) -> list[tuple[float, float, float]]:
    """Run once, and then again and again: the first, each other, and Python that does nothing."""
    command = pixkin(folder, scratch)
    first = timed(command)
    found = [(first, timed(command), timed(NOTHING)) for _ in range(runs)]
    print(folder.name, *(f"{second:.2f}" for _, second, _ in found), flush=True)
    return found


def add(paths: list[Path], folder: Path, scratch: Path) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as text:
        link(paths, Path(text) / "pictures")
        timed(pixkin(Path(text) / "pictures", Path(text)))
        alone = stages(Path(text))
    link(paths, folder, first=10**6 + sum(1 for _ in folder.rglob("*.jpg")))
    start = timed(NOTHING)
    whole = timed(pixkin(folder, scratch)) - start
    told = stages(scratch)
    grouping = sum(told[stage] for stage in GROUPING)
    found = {"whole": whole, "read": told["read"], "alone": alone["read"], "grouping": grouping}
    print("added", *(f"{name} {seconds:.2f}" for name, seconds in found.items()), flush=True)
    return found


def stages(scratch: Path) -> dict[str, float]:
    told = json.loads((scratch / "results" / "run.json").read_text(encoding="utf-8"))
    return {stage["stage"]: stage["seconds"] for stage in told["stages"]}


def row(label: str, found: list[tuple[float, float, float]], limit_s: float) -> list[object]:
    beyond = spread([second - start for _, second, start in found])
    second = spread([second for _, second, _ in found])
    return [label, f"{found[0][0]:.1f}", second, f"**{beyond}**", f"{limit_s:g}"]


def told_of(added: list[dict[str, float]], n: int) -> str:
    def column(give: Callable[[dict[str, float]], float]) -> str:
        return spread([give(found) for found in added])

    columns = {
        "whole s": column(lambda found: found["whole"]),
        "reading s": column(lambda found: found["read"]),
        f"reading {ADDED} alone s": column(lambda found: found["alone"]),
        "grouping s": column(lambda found: found["grouping"]),
        f"whole / ({ADDED} alone + grouping)": column(
            lambda found: found["whole"] / (found["alone"] + found["grouping"])
        ),
    }
    return table(["", *columns], [[f"{ADDED} added to {n:,}", *columns.values()]])


if __name__ == "__main__":
    main()
