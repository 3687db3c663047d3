"""What a run takes beyond decoding and encoding; writes overhead.md.

python benchmarks/overhead.py [--runs 5]

The bare time is that of one process per core that decodes and encodes its share of the pictures,
from when all are ready to when the last is done: no scan, no hash, no thumbnails, no library. The
whole is the command line from start to end, with a new library. The two take turns.
"""

from __future__ import annotations

import argparse
import multiprocessing
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from labelled import HERE, data_folder, pictures, table

COLLECTION = "grocery-store"
FACTOR, EXTRA_S = 1.3, 4.0


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--runs", type=int, default=5)
    runs = options.parse_args().runs
    rows, beyond = [], []
    for i in range(runs):
        alone, whole = bare(pictures(COLLECTION)), command(data_folder() / COLLECTION)
        beyond.append(whole - FACTOR * alone)
        rows.append([i + 1, f"{alone:.2f}", f"{whole:.2f}", f"{beyond[-1]:.2f}"])
        print(rows[-1], flush=True)
    header = ["run", "bare s", "whole s", f"whole - {FACTOR} x bare, s"]
    verdict = f"Median of the last column: {statistics.median(beyond):.2f} s; at most {EXTRA_S:g}."
    text = (
        f"# Time beyond decoding and encoding, {COLLECTION}\n\n"
        f"Made by `python benchmarks/overhead.py` on {time.strftime('%Y-%m-%d')}, "
        f"{multiprocessing.cpu_count()} cores.\n\n{table(header, rows)}\n{verdict}\n"
    )
    print(text)
    (HERE / "overhead.md").write_text(text, encoding="utf-8")
    if statistics.median(beyond) > EXTRA_S:
        sys.exit("FAILED: above the limit")


def bare(paths: list[Path]) -> float:
    """Decode and encode ``paths``, one process per core: seconds."""
    n = multiprocessing.cpu_count()
    context = multiprocessing.get_context("spawn")
    ready = context.Barrier(n + 1)
    workers = [context.Process(target=share, args=(paths[i::n], ready)) for i in range(n)]
    for worker in workers:
        worker.start()
    ready.wait()
    start = time.perf_counter()
    ready.wait()
    seconds = time.perf_counter() - start
    for worker in workers:
        worker.join()
    return seconds


def share(paths: list[Path], ready: Any) -> None:
    from pixkin import registry
    from pixkin.decode import decode

    encoder = registry.build("encoder", "efficientnet-lite0")
    encoder.encode([decode(paths[0], encoder.min_side)[0]])
    ready.wait()
    for path in paths:
        encoder.encode([decode(path, encoder.min_side)[0]])
    ready.wait()


def command(folder: Path) -> float:
    """Run the command line on ``folder`` with a new library: seconds."""
    with tempfile.TemporaryDirectory() as scratch:
        start = time.perf_counter()
        subprocess.run(
            [
                *(sys.executable, "-m", "pixkin", str(folder), "--quiet"),
                *("--library", f"{scratch}/library", "--output", f"{scratch}/results"),
            ],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        return time.perf_counter() - start


if __name__ == "__main__":
    main()
