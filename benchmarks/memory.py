"""Peak memory of a whole run, all processes together; writes memory.md.

python benchmarks/memory.py [--check]

2,000 and 20,000 pictures are made from the labelled collections: cropped, mirrored and brightened
at random, so that no two are equal. With --check only the first size is run, nothing is written,
and the exit status is 1 above the limit of 600 MB + 8 kB per picture.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import psutil
from labelled import HERE, NAMES, pictures, table
from PIL import Image

SIZES = (2_000, 20_000)
BASE_MB, PER_PICTURE_KB = 600, 8
SAMPLE_S = 0.05


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--check", action="store_true", help="only 2,000; fail above the limit")
    check = options.parse_args().check
    rows, failed = [], False
    for n in SIZES[:1] if check else SIZES:
        with tempfile.TemporaryDirectory() as text:
            folder = Path(text)
            vary(folder / "pictures", n)
            peak, seconds, told = measure(folder)
        limit = BASE_MB + n * PER_PICTURE_KB / 1000
        rows.append([f"{n:,}", f"{peak:.0f}", f"{told:.0f}", f"{limit:.0f}", f"{seconds:.1f}"])
        print(rows[-1], flush=True)
        failed |= peak > limit
    header = ["pictures", "peak MB", "peak MB in run.json", "limit MB", "seconds"]
    text = (
        "# Peak memory of a run\n\nResident memory of all processes together, sampled every "
        "0.05 s from outside. Pages that processes share count in each.\n\n"
        f"Made by `python benchmarks/memory.py` on {time.strftime('%Y-%m-%d')}.\n\n"
        + table(header, rows)
    )
    print(text)
    if not check:
        (HERE / "memory.md").write_text(text, encoding="utf-8")
    if failed:
        sys.exit("FAILED: above the limit")


def vary(folder: Path, n: int) -> None:
    """Write ``n`` different pictures."""
    folder.mkdir()
    sources = [path for name in NAMES for path in pictures(name)]
    with ProcessPoolExecutor() as processes:
        list(
            processes.map(
                vary_one,
                (sources[i % len(sources)] for i in range(n)),
                range(n),
                (folder for _ in range(n)),
                chunksize=100,
            )
        )


def vary_one(source: Path, i: int, folder: Path) -> None:
    rng = np.random.default_rng(i)
    with Image.open(source) as image:
        pixels = np.asarray(image.convert("RGB"))
    height, width = pixels.shape[:2]
    top, left = (rng.integers(0, max(1, side // 8)) for side in (height, width))
    cut = pixels[top : height - height // 12, left : width - width // 12]
    bright = np.clip(cut * rng.uniform(0.8, 1.2), 0, 255).astype(np.uint8)
    turned = bright[:, ::-1] if i % 2 else bright
    target = folder / f"{i // 1000:03}"
    target.mkdir(exist_ok=True)
    Image.fromarray(np.ascontiguousarray(turned)).save(target / f"{i:06}.jpg", quality=88)


def measure(folder: Path) -> tuple[float, float, float]:
    """Run the command line on ``folder/pictures``: peak MB, seconds, and the peak it tells."""
    start = time.perf_counter()
    command = [sys.executable, "-m", "pixkin", str(folder / "pictures"), "--quiet"]
    run = psutil.Popen([*command, "--output", str(folder / "results")], stdout=subprocess.DEVNULL)
    peak = 0
    while run.poll() is None:
        peak = max(peak, resident(run))
        time.sleep(SAMPLE_S)
    seconds = time.perf_counter() - start
    if run.returncode:
        sys.exit(f"pixkin ended with {run.returncode}")
    told = json.loads((folder / "results" / "run.json").read_text())["peak_mb"]
    return peak / 2**20, seconds, told


def resident(run: psutil.Process) -> int:
    total = 0
    try:
        family = [run, *run.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    for process in family:
        try:
            total += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total


if __name__ == "__main__":
    main()
