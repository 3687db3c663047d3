"""How programs are timed and watched here, and how what was found is written down."""

from __future__ import annotations

import multiprocessing
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil
from labelled import HERE

SAMPLE_S = 0.05

# What is installed has its modules compiled; a checkout may be told not to keep them.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
os.environ.setdefault("PYTHONPYCACHEPREFIX", str(Path(tempfile.gettempdir(), "pixkin-compiled")))


# Programs


class Failed(Exception):  # noqa: N818 - an outcome to be reported
    """A program ended with an error; the text is the last line that it wrote."""


class TooLong(Failed):
    """A program was ended after ``seconds``, because it was not done."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"not done after {seconds:,.0f} s")
        self.seconds = seconds


def timed(
    command: Sequence[str], env: dict[str, str] | None = None, limit_s: float | None = None
) -> float:
    """Run a program, its output thrown away: seconds from start to end.

    Raises
    ------
    Failed
        TooLong if it is not done after ``limit_s``; it is ended then.
    """
    with tempfile.TemporaryFile() as told:
        start = time.perf_counter()
        try:
            run = subprocess.run(
                command,
                check=False,
                stdout=told,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(env or {})},
                timeout=limit_s,
            )
        except subprocess.TimeoutExpired as expired:
            raise TooLong(limit_s or 0.0) from expired
        seconds = time.perf_counter() - start
        told.seek(0)
        lines = told.read().decode(errors="replace").split("\n")
    if run.returncode:
        last = next((line.strip() for line in reversed(lines) if line.strip()), "no message")
        raise Failed(f"exit status {run.returncode}: {last[-200:]}")
    return seconds


def watched(command: Sequence[str]) -> tuple[float, float, str]:
    """Run a program: seconds, peak MB of it and all its children, and what it printed."""
    with tempfile.TemporaryFile("w+") as told:  # a pipe that nobody reads would fill up
        start = time.perf_counter()
        run = psutil.Popen(command, stdout=told, text=True)
        peak = 0
        while run.poll() is None:
            peak = max(peak, resident(run))
            time.sleep(SAMPLE_S)
        seconds = time.perf_counter() - start
        if run.returncode:
            sys.exit(f"{command[1:3]} ended with {run.returncode}")
        told.seek(0)
        return seconds, peak / 2**20, told.read()


def resident(run: psutil.Process) -> int:
    """Give the resident bytes of a process and all its children."""
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


def pixkin(folder: Path, scratch: Path, *options: str) -> list[str]:
    """Give the command line that groups ``folder`` and keeps everything in ``scratch``."""
    kept = ("--library", str(scratch / "library"), "--output", str(scratch / "results"))
    return [sys.executable, "-m", "pixkin", str(folder), "--quiet", *kept, *options]


# The limit


def bare(paths: Sequence[Path]) -> float:
    """Decode and encode ``paths`` with nothing around it, one process per core: seconds.

    From when every process has its network loaded, to when the last is done. Whoever is free
    takes the next picture.
    """
    from pixkin.pool import n_cores

    n = n_cores()
    context = multiprocessing.get_context("spawn")
    ready, following = context.Barrier(n + 1), context.Value("q", 0)
    workers = [
        context.Process(target=_take_turns, args=(paths, ready, following)) for _ in range(n)
    ]
    for worker in workers:
        worker.start()
    ready.wait()
    start = time.perf_counter()
    ready.wait()
    seconds = time.perf_counter() - start
    for worker in workers:
        worker.join()
    return seconds


def _take_turns(paths: Sequence[Path], ready: Any, following: Any) -> None:
    from pixkin import registry
    from pixkin.decode import decode_image
    from pixkin.precision import resolve
    from pixkin.settings import default

    encoder = registry.build("encoder", resolve(default("encoder")))
    encoder.encode([decode_image(paths[0], encoder.min_side)[0]])
    ready.wait()
    while True:
        with following.get_lock():
            i = following.value
            following.value += 1
        if i >= len(paths):
            break
        encoder.encode([decode_image(paths[i], encoder.min_side)[0]])
    ready.wait()


# Figures


def spread(values: Sequence[float], form: str = ".2f") -> str:
    """Write the median, and the range if there are several values."""
    median = f"{statistics.median(values):{form}}"
    if len(values) == 1:
        return median
    return f"{median} ({min(values):{form}} to {max(values):{form}})"


def machine() -> str:
    """Say what the measurement ran on."""
    from pixkin.pool import n_cores

    memory = psutil.virtual_memory().total / 2**30
    busy = f"; load before: {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"{_processor()}, {n_cores()} cores, {memory:.0f} GiB of memory{busy}"


def write_page(name: str, title: str, about: str, body: str, load: str = "") -> None:
    """Write ``name``.md: what was measured, by which command, when, on what, and the figures.

    ``load`` is what `machine` gave before anything ran.
    """
    from pixkin.versions import versions

    command = " ".join(["python", f"benchmarks/{Path(sys.argv[0]).name}", *sys.argv[1:]])
    known = ", ".join(f"{package} {version}" for package, version in versions().items())
    text = (
        f"# {title}\n\n{about.strip()}\n\nMade by `{command}` on {time.strftime('%Y-%m-%d')}.\n\n"
        f"Machine: {load or machine()}.\n\nVersions: {known}.\n\n{body}"
    )
    print(text)
    (HERE / f"{name}.md").write_text(text, encoding="utf-8")


def _processor() -> str:
    facts = Path("/proc/cpuinfo")
    if facts.is_file():
        for line in facts.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
