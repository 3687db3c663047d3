"""The limit that decoding and the network set, and Pixkin's share of it; writes share.md.

python benchmarks/share.py [--files 10000] [--photos 2400] [--runs 3]

Two collections are copied to many files, so that start-up does not matter, and photos as large as
a camera's are made. No two files have the same bytes. Limit and Pixkin take turns.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from labelled import copies, photos, pictures, table
from measuring import bare, machine, pixkin, spread, timed, write_page

COLLECTIONS = ("grocery-store", "objects-caltech101")
PHOTOS = "photos of 4000 x 3000"
DISTINCT_PHOTOS = 200
LEAST = 0.85
GROUPING = ("scan", "read", "reduce", "neighbors", "cluster")
ABOUT = f"""
The limit: the same files decoded at the same scale and the default encoder's network run on them,
one process per core, whoever is free taking the next file; counted from when every process has
its network loaded and was warmed up with one picture, to when the last is done. No scan, no
checksum, no thumbnail, nothing kept.

Pixkin's read: the stage `read` in the `run.json` of a whole run of the command line with a new
library. It counts the start of the worker processes with their networks, the checksum of each
file, decoding, encoding, thumbnails, and writing all to the library. The share is the limit
divided by it, run by run; at least {LEAST}.

Up to groups: the stages {", ".join(GROUPING)}. Whole: the process from start to end, map and
report included. The files of a collection are copies that differ behind the end of the JPEG: each
is read, but equal pictures are grouped once, so grouping is cheaper here than with as many
different ones. Every file was just written: all lie in the system's cache.
"""

Times = tuple[float, float, float, float]
"""Seconds: limit, read, up to groups, whole."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--files", type=int, default=10_000, help="of each collection")
    options.add_argument("--photos", type=int, default=2_400)
    options.add_argument("--runs", type=int, default=3)
    given = options.parse_args()
    load, found = machine(), {}
    for name in (*COLLECTIONS, PHOTOS):
        n = given.photos if name == PHOTOS else given.files
        with tempfile.TemporaryDirectory() as text:
            paths = make(name, Path(text), n)
            found[name] = n, [turn(paths, Path(text) / "pictures", name) for _ in range(given.runs)]
    write_page("share", "Pixkin's share of the limit", ABOUT, report(found), load)
    if min(shares(times) for _, times in found.values()) < LEAST:
        sys.exit("FAILED: a share is below the claim")


def make(name: str, folder: Path, n: int) -> list[Path]:
    if name != PHOTOS:
        return copies(pictures(name), folder / "pictures", n)
    made = photos(folder / "made", min(n, DISTINCT_PHOTOS))
    return copies(made, folder / "pictures", n)


def turn(paths: Sequence[Path], folder: Path, name: str) -> Times:
    limit = bare(paths)
    with tempfile.TemporaryDirectory() as text:
        whole = timed(pixkin(folder, Path(text)))
        told = json.loads((Path(text) / "results" / "run.json").read_text(encoding="utf-8"))
    if told["counts"]["skipped"]:
        sys.exit(f"{told['counts']['skipped']} files were skipped")
    stages = {stage["stage"]: stage["seconds"] for stage in told["stages"]}
    times = limit, stages["read"], sum(stages[stage] for stage in GROUPING), whole
    print(name, *(f"{seconds:.2f}" for seconds in times), f"{limit / times[1]:.3f}", flush=True)
    return times


def shares(times: Sequence[Times]) -> float:
    return statistics.median(limit / read for limit, read, *_ in times)


def report(found: dict[str, tuple[int, list[Times]]]) -> str:
    rows = [
        [
            name,
            f"{n:,}",
            len(times),
            *(spread([run[i] for run in times], ".1f") for i in range(4)),
            f"**{spread([limit / read for limit, read, *_ in times])}**",
            spread([limit / groups for limit, _, groups, _ in times]),
        ]
        for name, (n, times) in found.items()
    ]
    seconds = ["limit s", "Pixkin's read s", "up to groups s", "whole s"]
    header = ["", "files", "runs", *seconds, "share: limit / read", "limit / up to groups"]
    return table(header, rows)


if __name__ == "__main__":
    main()
