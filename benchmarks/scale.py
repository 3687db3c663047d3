"""Grouping at size: neighbours, groups and map of planted vectors; writes scale.md, its chart.

python benchmarks/scale.py [--sizes 60000 250000] [--full] [--runs 1]

--full adds 1,000,000 vectors. Each size is a process of its own, whose memory is watched.
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from labelled import HERE, table
from measuring import machine, spread, watched, write_page
from planted import CHECKED, COARSE, DIMENSIONS, FINE, NEAREST, planted, recall

SIZES, FULL = (60_000, 250_000), 1_000_000
STAGES = ("neighbors", "groups", "map")
CUTS = {
    f"automatic, against {FINE:,}": (0, FINE),
    f"automatic, against {COARSE}": (0, COARSE),
    f"cut to {FINE:,}": (FINE, FINE),
    f"cut to {COARSE}": (COARSE, COARSE),
}
"""The number of groups to cut to, 0 for the automatic one, and of those planted."""
MEASURED = (*STAGES, "all", "peak")
ABOUT = f"""
Vectors of {DIMENSIONS} dimensions, rows of length 1, with a planted tree: {COARSE} centres, {FINE}
centres around them, groups of log-normal size (the largest about 30 times the median). Members
spread along 24 directions of their coarse group and a little along all; a third lie up to half of
the way to the centre of some other group. The seed is fixed.

Neighbours are searched for as a run does for an encoder of one view: those of the groups' graph
and, where not a sample is laid out, those of the map. Groups are the graph, its tree of
communities and a cut. NMI and ARI compare the cuts of the tree with what was planted. Recall is
of the {NEAREST} nearest, against all compared with all, for {CHECKED:,} points. Peak memory is of
the whole process, vectors included.
The exponent between two sizes is log(ratio of the seconds) / log(ratio of n).
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    options.add_argument("--full", action="store_true", help="1,000,000, too")
    options.add_argument("--runs", type=int, default=1)
    options.add_argument("--one", type=int, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.one:
        print(json.dumps(measure(given.one)))
        return
    load, found = machine(), {}
    for n in [*given.sizes, FULL] if given.full else given.sizes:
        found[n] = [watch(n) for _ in range(given.runs)]
    draw(found, HERE / "images" / "scale.png")
    body = f"{report(found)}\n{exponents(found)}\n![Seconds against n](images/scale.png)\n"
    write_page("scale", "Grouping at size", ABOUT, body, load)


def watch(n: int) -> dict[str, float]:
    _, peak, text = watched([sys.executable, __file__, "--one", str(n)])
    told: dict[str, float] = json.loads(text)
    told["peak"] = peak
    told["all"] = sum(told[stage] for stage in STAGES)
    print(n, *(f"{name} {value:.3g}" for name, value in told.items()), flush=True)
    return told


# One size, in a process of its own


def measure(n: int) -> dict[str, float]:
    """Do what `pixkin.group.group` does after the reduction, and check it."""
    from pixkin import registry
    from pixkin.communities import Graph, grow
    from pixkin.meter import Meter
    from pixkin.neighbors import n_neighbors_of, nearest
    from pixkin.settings import default

    X, labels, home = planted(n)
    meter = Meter()
    layout: Any = registry.build("layout", default("layout"), random_state=0)
    with meter.stage("neighbors"):
        views = [nearest(X, n_neighbors_of(n, default("n_neighbors")))]
        whole = nearest(X, layout.n_neighbors) if n <= layout.most_neighbors_of else None
    with meter.stage("groups"):
        tree = grow(Graph.of(views), 0)
        tree.cut(tree.best)
    with meter.stage("map"):
        layout.fit_transform(X, whole)
    facts = {cost.stage: cost.seconds for cost in meter.costs}
    facts |= {"recall": recall(X, views[0].indices), "found": tree.best, "leaves": tree.n_leaves}
    for name, (level, truth) in CUTS.items():
        wanted = labels if truth == FINE else home[labels]
        facts[f"nmi {name}"], facts[f"ari {name}"] = agreement(wanted, tree.cut(level or tree.best))
    return facts


def agreement(truth: Any, labels: Any) -> tuple[float, float]:
    from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score

    nmi, ari = normalized_mutual_info_score(truth, labels), adjusted_rand_score(truth, labels)
    return float(nmi), float(ari)


# What is told of them


def report(found: dict[int, list[dict[str, float]]]) -> str:
    def of(runs: Sequence[dict[str, float]], name: str, form: str = ".1f") -> str:
        return spread([run[name] for run in runs], form)

    speed, quality = [], []
    for n, runs in found.items():
        seconds = [of(runs, stage) for stage in (*STAGES, "all")]
        speed.append([f"{n:,}", *seconds, of(runs, "peak", ",.0f"), of(runs, "recall", ".3f")])
        levels = [f"{runs[0][f'nmi {cut}']:.3f} / {runs[0][f'ari {cut}']:.3f}" for cut in CUTS]
        quality.append([f"{n:,}", *(f"{runs[0][name]:,.0f}" for name in ("found", "leaves"))])
        quality[-1] += levels
    header = ["n", "neighbours s", "groups s", "map s", "all s", "peak MB", f"recall@{NEAREST}"]
    against = ["n", "groups found", "leaves", *(f"NMI / ARI: {cut}" for cut in CUTS)]
    return f"{table(header, speed)}\n{table(against, quality)}"


def exponents(found: dict[int, list[dict[str, float]]]) -> str:
    sizes, rows = sorted(found), []
    for one, other in itertools.pairwise(sizes):
        ratios = [median(found[other], name) / median(found[one], name) for name in MEASURED]
        powers = np.log(ratios) / np.log(other / one)
        rows.append([f"{one:,} to {other:,}", *(f"{power:.2f}" for power in powers)])
    return table(["exponent", "neighbours", "groups", "map", "all", "memory"], rows)


def median(runs: Sequence[dict[str, float]], name: str) -> float:
    return statistics.median(run[name] for run in runs)


def draw(found: dict[int, list[dict[str, float]]], target: Path) -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4.5), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    for name in (*STAGES, "all"):
        axes.plot(list(found), [median(runs, name) for runs in found.values()], "o-", label=name)
    first = min(found)
    guide = [median(found[first], "all") * (n / first) ** 1.4 for n in found]
    axes.plot(list(found), guide, ":", color="gray", label="n to the power 1.4")
    axes.set(xscale="log", yscale="log", xlabel="vectors", ylabel="seconds")
    axes.legend()
    target.parent.mkdir(exist_ok=True)
    figure.savefig(target, dpi=120)


if __name__ == "__main__":
    main()
