"""How long it takes to find the duplicates among very many pictures; writes duplicates-scale.md.

python benchmarks/duplicates_scale.py [--images 10000 100000] [--scratch FOLDER] [--keep]

No two of the pictures are copies but for those planted, and each is a file of its own. Nothing is
encoded: a picture's vector lies between those of the two that it was made from.
"""

from __future__ import annotations

import argparse
import functools
import hashlib
import io
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from copies import EDITED, SAME
from labelled import NAMES, pictures, table
from measuring import machine, watched, write_page
from PIL import Image

IMAGES = (10_000, 100_000)
SHARE = 0.05
BATCH = 1_000
PER_FOLDER = 1_000
SIDE = 320
SMALLEST = 80
"""A source smaller than this, on its shorter side, is not used: nothing is to be seen in it."""
LIMIT_S = 300
ABOUT = f"""
How long `library.duplicates()` takes from an open library of which no more is known than reading
and grouping give: vectors, thumbnails, looks (hashes, and what flags go by), and groups. Nineteen
pictures in twenty are made of two of one class of the labelled collections: a piece of each, of any
size from 60 % and mirrored or not, one showing through the other in soft patches, so that no two
are copies. The others are copies of them, made in the ways of `copies.py`, one each; those of the
same bytes count as one image. The longer side is {SIDE} pixels. A picture's vector lies between
those of the two that it was made from, with noise, and a copy's near its original's, with more.

At 100,000 pictures it is to take less than {LIMIT_S} s on two cores. Peak memory is the resident
memory of all processes together, sampled from outside. A file's details are read where copies are
of different sizes: files of a camera's size take longer.
"""

Sources = Sequence[Path]


@dataclass(frozen=True)
class Plan:
    """What picture ``i`` is made of: two sources, and for a copy in which way it is copied.

    Attributes
    ----------
    number : int
        Of the picture itself.
    seed : int
        Of what is seen in it; a copy has its original's.
    sources : (int, int)
    way : str
        Empty for an original.
    """

    number: int
    seed: int
    sources: tuple[int, int]
    way: str = ""

    @property
    def name(self) -> str:
        home = f"{self.number // PER_FOLDER:04}"
        return f"{home}/{self.seed:07}{'-' + self.way if self.way else ''}.jpg"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--images", type=int, nargs="+", default=list(IMAGES))
    options.add_argument("--scratch", type=Path, help="where there is room: 60 kB for each image")
    options.add_argument("--keep", action="store_true", help="keep the libraries, and use them")
    options.add_argument("--find", type=Path, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.find:
        find(given.find)
        return
    load, rows = machine(), []
    with tempfile.TemporaryDirectory(dir=given.scratch) as text:
        home = given.scratch if given.keep and given.scratch else Path(text)
        for n in given.images:
            folder = home / f"pictures-{n}"
            if not (folder / "done").exists():
                fill(folder, n)
            rows.append(measure(folder))
    header = ["images", "copies", "seconds", "MB in all", "found", "false pairs", "of them"]
    write_page("duplicates-scale", "Duplicates among very many", ABOUT, table(header, rows), load)


def measure(folder: Path) -> list[object]:
    seconds, peak, printed = watched([sys.executable, __file__, "--find", str(folder)])
    told = json.loads(printed.splitlines()[-1])
    seconds, groups = told["seconds"], told["groups"]
    pairs = {
        frozenset(Path(name).stem for name in pair)
        for names in groups
        for pair in combinations(names, 2)
    }
    planted = [path.stem for path in folder.glob("*/*-*.jpg")]
    hits = sum(frozenset({name, name.partition("-")[0]}) in pairs for name in planted)
    false = sorted(
        " and ".join(sorted(pair))
        for pair in pairs
        if len({name.partition("-")[0] for name in pair}) > 1
    )
    row: list[object] = [f"{told['images']:,}", f"{len(planted):,}", f"{seconds:,.0f}"]
    row += [f"{peak:,.0f}", f"{hits / max(1, len(planted)):.3f}", f"{len(false):,}"]
    row += ["; ".join(false[:3])]
    print(row, flush=True)
    return row


def find(folder: Path) -> None:
    """Find the duplicates, and print them as JSON."""
    import pixkin

    with pixkin.open(folder) as library:
        start = time.perf_counter()
        found = library.duplicates()
        seconds = time.perf_counter() - start
    groups = [[str(g.keeper), *(str(one.path) for one in g.members)] for g in found.groups]
    print(json.dumps({"seconds": seconds, "images": found.images, "groups": groups}))


# A library that was not encoded


def fill(folder: Path, n: int) -> None:
    """Write ``n`` pictures and a library that knows them, and group them."""
    import pixkin

    sources, vectors, classes = known_pictures()
    plans = planned(n, classes)
    write(folder, plans, sources, vectors)
    found = pixkin.cluster(folder)
    assert len(found.paths) == n
    (folder / "done").touch()


def known_pictures() -> tuple[Sources, Any, list[Any]]:
    """Give the labelled pictures that are large enough, their vectors, and each class's rows."""
    import pixkin

    paths = [path for name in NAMES for path in pictures(name)]
    with tempfile.TemporaryDirectory() as text:
        found = pixkin.cluster(paths, library=Path(text) / "library")
        vectors = np.array(found.vectors_)
    classes: dict[str, list[int]] = {}
    for i, path in enumerate(found.paths):
        with Image.open(path) as image:
            if min(image.size) >= SMALLEST:
                classes.setdefault(str(path.parent), []).append(i)
    return found.paths, vectors, [np.array(rows) for rows in classes.values() if len(rows) > 1]


def planned(n: int, classes: Sequence[Any]) -> list[Plan]:
    rng = np.random.default_rng(0)
    n_copies = round(SHARE * n)
    shares = rng.lognormal(0, 1, len(classes))
    homes = rng.choice(len(classes), n - n_copies, p=shares / shares.sum())
    made = []
    for i, home in enumerate(homes):
        a, b = rng.choice(classes[home], 2, replace=False)
        made.append(Plan(i, i, (int(a), int(b))))
    ways = list({**SAME, **EDITED})
    for k, row in enumerate(rng.choice(n - n_copies, n_copies, replace=False)):
        own = made[row]
        way = ways[k % len(ways)]
        made.append(Plan(n - n_copies + k, own.seed, own.sources, way))
    return made


def write(folder: Path, plans: Sequence[Plan], sources: Sources, vectors: Any) -> None:
    from pixkin import registry
    from pixkin.library.store import Entry, Library
    from pixkin.precision import resolve
    from pixkin.records import File, ImageFacts
    from pixkin.settings import default
    from pixkin.sources.folder import FolderSource

    encoder = registry.build("encoder", resolve(default("encoder")))
    made: dict[str, tuple[Any, ...]] = {}
    with ProcessPoolExecutor() as processes:
        work = functools.partial(_write, folder, tuple(sources))
        for start in range(0, len(plans), BATCH):
            (folder / plans[start].name).parent.mkdir(parents=True, exist_ok=True)
            some = plans[start : start + BATCH]
            # A copy is made of the same picture again, so no process waits for another.
            done = processes.map(work, some, chunksize=25)
            rows = between(some, vectors)
            for plan, told, row in zip(some, done, rows, strict=True):
                made[str(Path(plan.name))] = (*told, row)
    library_at = folder / ".pixkin"
    with Library(library_at) as library, library.writing():
        library.add_root(folder)
        with library.space(encoder) as space:
            entries_of = FolderSource(str(folder)).entries()
            files = [file for file in entries_of if isinstance(file, File)]
            for start in range(0, len(files), BATCH):
                entries = []
                for file in files[start : start + BATCH]:
                    path = str(file.full.relative_to(folder))
                    sha256, size, jpeg, measured, row = made.pop(path)
                    facts = ImageFacts(*size, "JPEG")
                    entries.append(Entry(file, sha256, facts, row, jpeg, measured))
                library.write(entries, space, "")


def between(plans: Sequence[Plan], vectors: Any) -> Iterator[Any]:
    spread = vectors.std()
    for plan in plans:
        a, b = vectors[list(plan.sources)].astype(np.float32)
        rng = np.random.default_rng([plan.seed, 1])
        way = rng.uniform(0.3, 0.7)
        row = (1 - way) * a + way * b + rng.normal(0, 0.1 * spread, len(a))
        if plan.way:
            rng = np.random.default_rng([plan.number, 2])
            row = row + rng.normal(0, 0.2 * spread, len(a))
        yield np.clip(np.rint(row), 0, 255).astype(np.uint8)


def _write(
    folder: Path, sources: Sources, plan: Plan
) -> tuple[bytes, tuple[int, int], bytes, bytes]:
    from pixkin.decode import small, to_jpeg
    from pixkin.intake import THUMBNAIL_PX
    from pixkin.looks.look import measure

    picture = drawn(sources, plan)
    if plan.way:
        make = {**SAME, **EDITED}[plan.way]
        picture = make(picture, np.random.default_rng([plan.number, 3]))
    stream = io.BytesIO()
    quality = {"jpeg-25": 25, "jpeg-60": 60}.get(plan.way, 88)
    picture.save(stream, "JPEG", quality=quality)
    bytes_ = stream.getvalue()
    (folder / plan.name).write_bytes(bytes_)
    with Image.open(io.BytesIO(bytes_)) as again:
        tiny = small(again.convert("RGB"), THUMBNAIL_PX)
    return hashlib.sha256(bytes_).digest(), picture.size, to_jpeg(tiny), measure(tiny)


def drawn(sources: Sources, plan: Plan) -> Image.Image:
    """Let a piece of one picture show through a piece of another, in soft patches."""
    rng = np.random.default_rng([plan.seed, 0])
    size = (SIDE, int(rng.choice([180, 213, 240, 256, 320])))
    if rng.random() < 0.3:
        size = size[::-1]
    one, other = (_piece(_opened(sources[i]), size, rng) for i in plan.sources)
    grid = rng.uniform(-1, 1, (4, 5))
    soft = Image.fromarray(grid.astype(np.float32)).resize(size, Image.Resampling.BICUBIC)
    mask = np.clip(127.5 + 400 * np.asarray(soft), 0, 255).astype(np.uint8)
    return Image.composite(one, other, Image.fromarray(mask))


def _piece(picture: Image.Image, size: tuple[int, int], rng: np.random.Generator) -> Image.Image:
    share = rng.uniform(0.6, 1.0, 2)
    width, height = picture.width * share[0], picture.height * share[1]
    left, top = rng.uniform(0, picture.width - width), rng.uniform(0, picture.height - height)
    box = (left, top, left + width, top + height)
    piece = picture.resize(size, Image.Resampling.BILINEAR, box=box)
    return piece.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if rng.random() < 0.5 else piece


@functools.lru_cache(maxsize=6_000)
def _opened(path: Path) -> Image.Image:
    with Image.open(path) as image:
        image.draft("RGB", (2 * SIDE, 2 * SIDE))
        picture = image.convert("RGB")
    picture.thumbnail((int(1.5 * SIDE), int(1.5 * SIDE)), Image.Resampling.BOX)
    return picture


if __name__ == "__main__":
    main()
