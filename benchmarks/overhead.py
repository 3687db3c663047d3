"""What a run takes beyond decoding and encoding; writes overhead.md.

python benchmarks/overhead.py [--runs 5]

The bare time is that of one process per core that decodes and encodes its share of the pictures,
from when all are ready to when the last is done: no scan, no hash, no thumbnails, no library. The
whole is the command line from start to end, with a new library. The two take turns.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

from labelled import data_folder, pictures, table
from measuring import bare, machine, pixkin, timed, write_page

COLLECTION = "grocery-store"
FACTOR, EXTRA_S = 1.3, 4.0


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--runs", type=int, default=5)
    runs = options.parse_args().runs
    rows, beyond, load = [], [], machine()
    for i in range(runs):
        alone, whole = bare(pictures(COLLECTION)), command(data_folder() / COLLECTION)
        beyond.append(whole - FACTOR * alone)
        rows.append([i + 1, f"{alone:.2f}", f"{whole:.2f}", f"{beyond[-1]:.2f}"])
        print(rows[-1], flush=True)
    header = ["run", "bare s", "whole s", f"whole - {FACTOR} x bare, s"]
    verdict = f"Median of the last column: {statistics.median(beyond):.2f} s; at most {EXTRA_S:g}."
    about = (
        "Bare: one process per core that only decodes and encodes. Whole: the command line from "
        "start to end, with a new library."
    )
    body = f"{table(header, rows)}\n{verdict}\n"
    write_page("overhead", f"Time beyond decoding and encoding, {COLLECTION}", about, body, load)
    if statistics.median(beyond) > EXTRA_S:
        sys.exit("FAILED: above the limit")


def command(folder: Path) -> float:
    """Run the command line on ``folder`` with a new library: seconds."""
    with tempfile.TemporaryDirectory() as scratch:
        return timed(pixkin(folder, Path(scratch)))


if __name__ == "__main__":
    main()
