"""How long listing the groups and correcting them take in a large library; writes instant.md.

python benchmarks/instant.py [--images 100000] [--groups 500] [--runs 15]

The library is made up: pictures by number, in groups. Each command is a process from start to end,
and its time is what it takes beyond Python that does nothing, started beside it.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import sqlite3
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

import numpy as np
from labelled import table
from measuring import machine, spread, timed, write_page

from pixkin.lasting.regroup import regroup
from pixkin.lasting.state import State
from pixkin.library.edits import Edits

SCRIPT = str(Path(sysconfig.get_path("scripts")) / "pixkin")
NOTHING = [sys.executable, "-c", "pass"]
MOST_MS = {"list": 300, "edit": 50}
ABOUT = f"""
Each command is a process from start to end, less `python -c pass` that ran just before it.
Wanted: `list` under {MOST_MS["list"]} ms, an edit under {MOST_MS["edit"]} ms. Below the table:
what the same takes in a Python process that has the library open.
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--images", type=int, default=100_000)
    options.add_argument("--groups", type=int, default=500)
    options.add_argument("--runs", type=int, default=15)
    given = options.parse_args()
    load = machine()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "photos"
        a, b, *_ = make(folder, given.images, given.groups)
        commands = {
            '`python -c "import click"`': [sys.executable, "-c", "import click"],
            "`pixkin list`": [SCRIPT, "list"],
            "`pixkin edit rename`": [SCRIPT, "edit", "rename", a, "Mine"],
            "`pixkin edit move`": [SCRIPT, "edit", "move", str(folder / "7.jpg"), "--to", a],
            "`pixkin edit pin`": [SCRIPT, "edit", "pin", b],
            "`pixkin edit undo`": [SCRIPT, "edit", "undo"],
        }
        rows = [[name, *beyond(command, folder, given.runs)] for name, command in commands.items()]
        python = within(folder, a, b, given.runs)
    heads = [f"{given.images:,} images in {given.groups:,} groups", "ms beyond Python's start"]
    body = table([*heads, "whole ms"], rows)
    body += "\nIn a process that has it open: " + ", ".join(
        f"{name} {spread(ms, '.1f')} ms" for name, ms in python.items()
    )
    write_page("instant", "Lists and corrections in a large library", ABOUT, body + ".\n", load)


def make(folder: Path, n: int, n_groups: int) -> list[str]:
    """Make a library of pictures that there are not, and give the ids of its groups."""
    folder.mkdir()
    with Edits.open(folder / ".pixkin") as edits:
        hashes = sorted(hashlib.sha256(b"%d" % i).digest() for i in range(n))
        with contextlib.closing(sqlite3.connect(edits.folder / "library.db")) as db, db:
            db.execute("INSERT INTO roots VALUES (1, ?, 1)", [b"."])
            rows = [(i + 1, content) for i, content in enumerate(hashes)]
            db.executemany("INSERT INTO images (image_id, sha256, bytes) VALUES (?, ?, 1)", rows)
            files = [(b"%d.jpg" % i, i + 1) for i in range(n)]
            insert = "INSERT INTO files VALUES (NULL, 1, ?, 1, 0, 0, ?, NULL)"
            db.executemany(insert, files)
        labels = np.random.default_rng(0).integers(0, n_groups, n)
        found = regroup(State(), range(1, n + 1), hashes, labels, np.zeros((n, 2)), "made up")
        edits.regrouped(edits.state(), found.state, found.events)
        return sorted(found.state.groups)


def beyond(command: list[str], folder: Path, runs: int) -> list[str]:
    """Run a command beside Python that does nothing; the first turn fills the system's cache."""
    both = []
    for _ in range(runs + 1):
        start = timed(NOTHING)
        both.append((start, took(command, folder)))
    more = [1000 * (whole - start) for start, whole in both[1:]]
    return [spread(more, ".0f"), f"{1000 * statistics.median(w for _, w in both[1:]):.0f}"]


def took(command: list[str], folder: Path) -> float:
    start = time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def within(folder: Path, a: str, b: str, runs: int) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {"list": [], "rename": [], "move": [], "merge": [], "undo": []}
    with Edits.open(folder / ".pixkin") as edits:
        doing = {
            "list": edits.groups,
            "rename": lambda: edits.rename(a, f"Mine {len(found['rename'])}"),
            "move": lambda: edits.move_images([5], a),
            "merge": lambda: edits.merge(a, b),
            "undo": edits.undo,
        }
        for _ in range(runs):
            for name, do in doing.items():
                start = time.perf_counter()
                do()
                found[name].append(1000 * (time.perf_counter() - start))
    return found


if __name__ == "__main__":
    main()
