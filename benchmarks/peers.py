"""End to end against fastdup and clustimage, each from a cold start; writes peers.md.

python benchmarks/peers.py [--files 1200 10000] [--runs 3] [--slow]

`make bench-peers` installs the peers, each into an environment of its own. All take turns on the
same folder. With --slow clustimage also gets more files than the collection has, once.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from labelled import HERE, copies, pictures, table, varied
from measuring import Failed, TooLong, machine, spread, timed, write_page

COLLECTION, CLASSES = "objects-caltech101", 24
FEW = 120
LIMIT_S = 480.0
"""After which a program is ended."""
SILENT = {"SENTRY_OPT_OUT": "1", "FASTDUP_PRODUCTION": "1"}
OURS = "Pixkin"
ABOUT = """
Vectors and groups is what all three give. Pixkin: `pixkin.pipeline.run` with a new library, the
layout "pca" and no results folder. fastdup: `run_kmeans` told the true number of classes
({classes}): it keeps a vector of each picture and assigns each to a centre, in one call and
without the graph of near-duplicates that `fastdup.run` adds. clustimage:
`Clustimage(method="pca", embedding=None).fit_transform`, without its t-SNE map.

Apart: Pixkin's command line with map, report and table; `fastdup.run` with its defaults (vectors,
nearest neighbours, near-duplicates, connected components, statistics; no groups by looks); and
clustimage's `fit_transform` with its map.

Cold: each is a new process with an empty folder for all that it keeps, its start and imports
included. The system's cache holds the files, which were just written, and the packages: each
program ran once before, on {few} files. fastdup's reports to its makers are off (`SENTRY_OPT_OUT`),
and so is its question over the network for a newer version (`FASTDUP_PRODUCTION`); both make it
faster. Output is thrown away. Up to {size:,} files are {collection}; more are made from it,
cropped, mirrored and brightened at random, so that no two are equal. "times" is a program's
seconds divided by Pixkin's in the same table, turn by turn. What is not done after {limit:.0f} s is
ended, and its ratio is a bound.

Peers: {peers}.
"""


Result = float | TooLong | str


@dataclass(frozen=True)
class Program:
    """Python code that gets a folder of pictures and an empty folder for what it makes."""

    name: str
    code: str
    peer: str = ""
    env: dict[str, str] = field(default_factory=dict)

    @property
    def python(self) -> Path:
        if not self.peer:
            return Path(sys.executable)
        return HERE.parent / f".venv-peers-{self.peer}" / "bin" / "python"

    def run(self, folder: Path) -> Result:
        """Give seconds, or why there are none."""
        if not self.python.exists():
            return "not installed"
        with tempfile.TemporaryDirectory() as scratch:
            try:
                command = [str(self.python), "-c", self.code, str(folder), scratch]
                return timed(command, self.env, LIMIT_S)
            except TooLong as ended:
                return ended
            except Failed as failed:
                return str(failed)


FASTDUP = "import sys, fastdup; sys.exit(fastdup.{call} != 0)"
CLUSTIMAGE = """
import sys
from clustimage import Clustimage
model = Clustimage({options}, dirpath=sys.argv[2], tempdir=sys.argv[2])
sys.exit(len(model.fit_transform(sys.argv[1])["labels"]) == 0)
"""
GROUPS = (
    Program(
        OURS,
        """
import sys; from pathlib import Path
from pixkin.pipeline import run; from pixkin.settings import Settings
from pixkin.sources.folder import FolderSource
run([FolderSource(sys.argv[1])], Settings(layout="pca"), library=Path(sys.argv[2], "library"))
""",
    ),
    Program(
        "fastdup",
        FASTDUP.format(call=f"run_kmeans(sys.argv[1], sys.argv[2], num_clusters={CLASSES})"),
        "fastdup",
        SILENT,
    ),
    Program("clustimage", CLUSTIMAGE.format(options='method="pca", embedding=None'), "clustimage"),
)
ALL = (
    Program(
        OURS,
        """
import sys; from pixkin.cli import main
folders = "--library", sys.argv[2] + "/library", "--output", sys.argv[2] + "/results"
main([sys.argv[1], "--quiet", *folders])
""",
    ),
    Program("fastdup.run", FASTDUP.format(call="run(sys.argv[1], sys.argv[2])"), "fastdup", SILENT),
    Program("clustimage", CLUSTIMAGE.format(options='method="pca"'), "clustimage"),
)
SMALL_CLAIMS, CLAIMS = {"fastdup": 1.5}, {"fastdup": 1.5, "clustimage": 8.0}
"""How many times Pixkin's seconds; clustimage's is for many files."""


Results = dict[str, list[Result]]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--files", type=int, nargs="+", default=[1_200, 10_000])
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--slow", action="store_true", help="clustimage on more than 1,200, once")
    given = options.parse_args()
    load, body = machine(), ""
    size = len(pictures(COLLECTION))
    for n in given.files:
        slow = "clustimage" if n > size else ""
        with tempfile.TemporaryDirectory() as text:
            folder = Path(text)
            make(folder, n)
            body += f"## {n:,} files\n\n"
            claims = CLAIMS if n > size else SMALL_CLAIMS
            for title, programs in (("vectors and groups", GROUPS), ("apart", ALL)):
                at_most = {slow: int(given.slow and programs is GROUPS)} if slow else {}
                found = turns(programs, folder, given.runs, at_most)
                body += report(title, found, claims if programs is GROUPS else {}) + "\n"
    facts = {
        "limit": LIMIT_S,
        "size": size,
        "few": FEW,
        "classes": CLASSES,
        "collection": COLLECTION,
    }
    about = ABOUT.format(**facts, peers=peer_versions())
    write_page("peers", "Pixkin and its peers, end to end", about, body.rstrip() + "\n", load)


def make(folder: Path, n: int) -> None:
    sources = pictures(COLLECTION)
    if n > len(sources):
        varied([COLLECTION], folder, n)
    else:
        copies(sources[:: len(sources) // n][:n], folder, n)


def turns(programs: Sequence[Program], folder: Path, runs: int, at_most: dict[str, int]) -> Results:
    """Run each in turn. Once before, on few files, so that its packages lie in the cache, too.

    ``at_most`` has, by peer, how many turns it gets where that is fewer than ``runs``.
    """
    found: Results = {program.name: [] for program in programs}
    with tempfile.TemporaryDirectory() as text:
        make(Path(text), FEW)
        for program in programs:
            program.run(Path(text))
    for turn in range(runs):
        for program in programs:
            if turn < at_most.get(program.peer, runs):
                found[program.name].append(result := program.run(folder))
                print(program.name, result, flush=True)
    return found


def report(title: str, found: Results, claims: dict[str, float]) -> str:
    ours, rows = found[OURS], []
    for name, results in found.items():
        failures = [f"none: {result}" for result in results if isinstance(result, str)]
        if failures or not results:
            rows.append([name, *(failures or ["left out: slow"])[:1], "", ""])
        else:
            rows.append([name, shown(results), *compared(results, ours, claims.get(name))])
    return table([title, "seconds", "times", "claim"], rows)


def shown(results: Sequence[Result]) -> str:
    if any(isinstance(result, TooLong) for result in results):
        return f"ended after {min(map(seconds_of, results)):,.0f}"
    return spread([seconds_of(result) for result in results], ".1f")


def seconds_of(result: Result) -> float:
    """Give the seconds that a program took, or, where it was ended, would at least have taken."""
    return result.seconds if isinstance(result, TooLong) else float(result)


def compared(theirs: Sequence[Result], ours: Sequence[Result], claim: float | None) -> list[str]:
    """Give how many times Pixkin's seconds a peer takes, and whether that is what is claimed."""
    if not all(isinstance(own, float) for own in ours):
        return ["", ""]
    pairs = zip(theirs, ours, strict=False)  # slow ones get fewer turns
    ratios = [seconds_of(result) / seconds_of(own) for result, own in pairs]
    is_bound = any(isinstance(result, TooLong) for result in theirs)
    ratio = f"more than {min(ratios):.1f}" if is_bound else spread(ratios)
    if claim is None:
        return [ratio, ""]
    verdict = "kept" if statistics.median(ratios) >= claim else "missed"
    return [f"**{ratio}**", f"at least {claim:g}: {verdict}"]


def peer_versions() -> str:
    """Say which versions of the peers are installed."""
    code = "import sys, importlib.metadata as m; print(sys.argv[1], m.version(sys.argv[1]))"
    there = [program for program in GROUPS if program.peer and program.python.exists()]
    commands = [[str(program.python), "-c", code, program.peer] for program in there]
    lines = [subprocess.check_output(command, text=True).strip() for command in commands]
    return ", ".join(lines) or "none is installed"


if __name__ == "__main__":
    main()
