"""How long a search takes in a large library, and what it misses; writes search.md.

python benchmarks/search.py [--sizes 100000 1000000] [--runs 30]

The library is made up: pictures by number, with planted vectors, in the groups that were planted.
What is timed is `library.search` and the others as a Python user calls them, files looked up too.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from labelled import table
from made import make
from measuring import machine, spread, write_page
from planted import COARSE

import pixkin

SIZES = (100_000, 1_000_000)
N, CHECKED, MOST_MS = 20, 50, 150
ABOUT = f"""
A library of made-up pictures in {COARSE} groups, whose vectors (128 numbers) are planted as for
[scale.md](scale.md). Each time is of one call from Python in a process that has the library open,
from paths to results with their files, the query pictures chosen at random. Wanted: a search of
1,000,000 under {MOST_MS} ms. "Opened" is the first search, which reads the vectors. Recall is of
the {N} nearest, against all compared with all in float64, for {CHECKED} pictures.
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    options.add_argument("--runs", type=int, default=30)
    given = options.parse_args()
    load, rows = machine(), {}
    for n in given.sizes:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "photos"
            X = make(folder, n)
            for name, text in measure(folder, X, given.runs).items():
                rows.setdefault(name, [name]).append(text)
    body = table(["", *(f"{n:,}" for n in given.sizes)], list(rows.values()))
    write_page("search", "Searching a large library", ABOUT, body, load)


def measure(folder: Path, reduced: Any, runs: int) -> dict[str, str]:
    rng = np.random.default_rng(1)
    n = len(reduced)

    def some(k: int) -> list[Path]:
        return [folder / f"{i}.jpg" for i in rng.choice(n, k, replace=False)]

    with pixkin.open(folder) as library:
        first = ms(lambda: library.search(some(1)))
        ask: dict[str, Callable[[], object]] = {
            "one picture": lambda: library.search(some(1), n=N),
            "the best 1,000": lambda: library.search(some(1), n=1000),
            "one per group": lambda: library.search(some(1), n=N, one_per_group=True),
            "3 liked, 3 disliked": lambda: library.search(some(3), unlike=some(3), n=N),
            "recommend, diverse": lambda: library.recommend(some(3), some(3), n=N),
        }
        found = {name: [ms(one) for _ in range(runs)] for name, one in ask.items()}
        told = {f"{name}, ms": spread(times, ".0f") for name, times in found.items()}
        hits = recall(library, folder, reduced, rng.choice(n, CHECKED, replace=False))
        few, many = (sampled(library, k) for k in (200, 5000))
        far = [ms(library.outliers) / 1000 for _ in range(3)]
    return {
        "opened, s": f"{first / 1000:.1f}",
        **told,
        "recall": f"{hits:.3f}",
        "sample of 200, balanced, s": spread(few, ".1f"),
        "sample of 5,000, balanced, s": spread(many, ".1f"),
        "outliers, s": spread(far, ".1f"),
    }


def sampled(library: pixkin.Library, n: int) -> list[float]:
    return [ms(lambda: library.sample(n, balanced=True)) / 1000 for _ in range(3)]


def ms(do: Callable[[], object]) -> float:
    start = time.perf_counter()
    do()
    return 1000 * (time.perf_counter() - start)


def recall(library: pixkin.Library, folder: Path, reduced: Any, rows: Any) -> float:
    """Give the share of the true nearest that are found."""
    X = reduced.astype(np.float32)
    X /= np.linalg.norm(X, axis=1, keepdims=True)
    shares = []
    for row in rows:
        alike = np.concatenate(
            [part.astype(np.float64) @ X[row].astype(np.float64) for part in np.array_split(X, 50)]
        )
        true = {folder / f"{i}.jpg" for i in np.argsort(-alike, kind="stable")[:N]}
        found = {one.image.files[0] for one in library.search(folder / f"{row}.jpg", n=N)}
        shares.append(len(true & found) / N)
    return float(np.mean(shares))


if __name__ == "__main__":
    main()
