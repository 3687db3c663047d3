"""Memory and time of a whole run over very many images; writes million.md.

python benchmarks/million.py [--images 100000 1000000]

To encode a million pictures takes an hour, so the library is filled before the run: each file
holds no picture but a number, and has a vector between those of two pictures of one class of the
labelled collections.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from labelled import NAMES, pictures, table
from measuring import machine, pixkin, watched, write_page

IMAGES = (100_000, 1_000_000)
BATCH = 2_000
PER_FOLDER = 1_000
LIMIT_MB = 6_000
STAGES = ("scan", "read", "reduce", "neighbors", "cluster", "layout")
ABOUT = f"""
The command line, output folder and report included, over files that its library knows already, and
has no groups for. The files hold no pictures: their vectors lie between those of two pictures of
one class of the labelled collections, with noise, so that no two are equal. One thumbnail stands
for all.

So the processes that encode are not in it; what is kept of each file is. Peak memory is the
resident memory of all processes together, sampled from outside. At 1,000,000 it is to stay below
{LIMIT_MB:,} MB.
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--images", type=int, nargs="+", default=list(IMAGES))
    options.add_argument("--scratch", type=Path, help="where there is room: 20 kB for each image")
    given = options.parse_args()
    load, rows, seen = machine(), [], known_pictures()
    for n in given.images:
        with tempfile.TemporaryDirectory(dir=given.scratch) as text:
            rows.append(measure(Path(text), n, seen))
    header = ["images", "groups", "MB in all", *(f"{stage} MB" for stage in STAGES), "seconds"]
    header += [f"{stage} s" for stage in STAGES]
    write_page("million", "A whole run over very many images", ABOUT, table(header, rows), load)


def known_pictures() -> tuple[Any, list[Any], bytes]:
    """Give the vectors of all labelled pictures, the rows of each class, and a thumbnail."""
    import pixkin

    paths = [path for name in NAMES for path in pictures(name)]
    with tempfile.TemporaryDirectory() as text:
        found = pixkin.cluster(paths, library=Path(text) / "library")
        vectors = np.array(found.vectors_)
    classes: dict[str, list[int]] = {}
    for i, path in enumerate(found.paths):
        classes.setdefault(str(path.parent), []).append(i)
    thumbnail = next(iter(found.thumbnails.values()))
    return vectors, [np.array(rows) for rows in classes.values()], thumbnail


def measure(scratch: Path, n: int, seen: tuple[Any, list[Any], bytes]) -> list[object]:
    fill(scratch, n, *seen)
    seconds, peak, _ = watched(pixkin(scratch / "pictures", scratch))
    told = json.loads((scratch / "results" / "run.json").read_text(encoding="utf-8"))
    assert told["counts"]["encoded"] == 0
    assert told["counts"]["images"] == n
    cost = {stage["stage"]: stage for stage in told["stages"]}
    row: list[object] = [f"{n:,}", f"{told['counts']['clusters']:,}", f"{peak:,.0f}"]
    row += [f"{cost[stage]['peak_mb']:,.0f}" for stage in STAGES]
    row += [f"{seconds:,.0f}", *(f"{cost[stage]['seconds']:,.0f}" for stage in STAGES)]
    print(row, flush=True)
    return row


# A library of images that are not


def fill(scratch: Path, n: int, vectors: Any, classes: Sequence[Any], thumbnail: bytes) -> None:
    """Write ``n`` files and a library that knows them."""
    from pixkin import registry
    from pixkin.library.store import Entry, Library
    from pixkin.precision import resolve
    from pixkin.records import ImageFacts
    from pixkin.settings import default
    from pixkin.sources.folder import FolderSource

    folder = scratch / "pictures"
    write(folder, n)
    encoder = registry.build("encoder", resolve(default("encoder")))
    facts = ImageFacts(4000, 3000, "JPEG", taken="2026-05-17T12:00:00", camera="A camera")
    made = between(vectors, classes, n)
    with Library(scratch / "library") as library, library.writing():
        library.add_root(folder)
        with library.space(encoder) as space:
            files = list(FolderSource(str(folder)).entries())
            for start in range(0, n, BATCH):
                some = files[start : start + BATCH]
                hashes = [hashlib.sha256(file.full.read_bytes()).digest() for file in some]
                entries = [
                    Entry(file, sha256, facts, next(made), thumbnail)
                    for file, sha256 in zip(some, hashes, strict=True)
                ]
                library.write(entries, space, "")


def write(folder: Path, n: int) -> None:
    for i in range(n):
        if i % PER_FOLDER == 0:
            home = folder / f"{i // PER_FOLDER:04}"
            home.mkdir(parents=True)
        (home / f"DSC_{i:07}.jpg").write_text(str(i))


def between(vectors: Any, classes: Sequence[Any], n: int) -> Iterator[Any]:
    """Give rows between two of the same class, some nearer to the one, some to the other."""
    rng = np.random.default_rng(0)
    shares = rng.lognormal(0, 1, len(classes))
    for start in range(0, n, BATCH):
        size = min(BATCH, n - start)
        homes = rng.choice(len(classes), size, p=shares / shares.sum())
        pairs = np.array([rng.choice(classes[home], 2) for home in homes])
        way = rng.uniform(0, 0.5, (size, 1)).astype(np.float32)
        rows = (1 - way) * vectors[pairs[:, 0]] + way * vectors[pairs[:, 1]]
        rows += rng.normal(0, 0.1 * vectors.std(), rows.shape).astype(np.float32)
        yield from np.clip(np.rint(rows), 0, 255).astype(np.uint8)


if __name__ == "__main__":
    main()
