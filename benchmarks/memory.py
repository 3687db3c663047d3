"""Peak memory of a whole run, all processes together; writes memory.md.

python benchmarks/memory.py [--files 2000 20000] [--check]

Pictures are made from the labelled collections: cropped, mirrored and brightened
at random, so that no two are equal. With --check only the first size is run, nothing is written,
and the exit status is 1 above the limit of 600 MB + 8 kB per picture.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from labelled import NAMES, table, varied
from measuring import machine, pixkin, watched, write_page

SIZES = (2_000, 20_000)
BASE_MB, PER_PICTURE_KB = 600, 8


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument(
        "--check", action="store_true", help="only the first size; fail above the limit"
    )
    options.add_argument("--files", type=int, nargs="+", default=list(SIZES))
    given = options.parse_args()
    check = given.check
    rows, failed, load = [], False, machine()
    for n in given.files[:1] if check else given.files:
        with tempfile.TemporaryDirectory() as text:
            folder = Path(text)
            varied(NAMES, folder / "pictures", n)
            peak, seconds, told = measure(folder)
        limit = BASE_MB + n * PER_PICTURE_KB / 1000
        rows.append([f"{n:,}", f"{peak:.0f}", f"{told:.0f}", f"{limit:.0f}", f"{seconds:.1f}"])
        print(rows[-1], flush=True)
        failed |= peak > limit
    header = ["pictures", "peak MB", "peak MB in run.json", "limit MB", "seconds"]
    if not check:
        about = (
            "Resident memory of all processes together, sampled every 0.05 s from outside. Pages "
            "that processes share count in each."
        )
        write_page("memory", "Peak memory of a run", about, table(header, rows), load)
    if failed:
        sys.exit("FAILED: above the limit")


def measure(folder: Path) -> tuple[float, float, float]:
    """Run the command line on ``folder/pictures``: peak MB, seconds, and the peak it tells."""
    seconds, peak, _ = watched(pixkin(folder / "pictures", folder))
    told = json.loads((folder / "results" / "run.json").read_text(encoding="utf-8"))["peak_mb"]
    return peak, seconds, told


if __name__ == "__main__":
    main()
