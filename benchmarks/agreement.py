"""Agreement with the true classes on seven labelled collections; writes agreement.md.

python benchmarks/agreement.py [--check]

With --check nothing is written, and the exit status is 1 if a mean is below its floor.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from labelled import HERE, NAMES, data_folder, pictures, table
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from pixkin import ImageReader, Settings
from pixkin.evaluate import Scores, score
from pixkin.library import Library
from pixkin.pipeline import run_in
from pixkin.sources.folder import FolderSource

AUTO, TOLD = "Pixkin, number of groups not given", "k-means on the same vectors, true number given"
FLOORS = {AUTO: (0.74, 0.60), TOLD: (0.66, 0.0)}
"""The least mean NMI and ARI."""
NEAR, LEAST_NEAR = 1.5, 6
"""In so many collections the number of groups lies within this factor of that of the classes."""
BELOW_TOLD = 0.02
"""What the NMI of any collection may be below that of k-means that is told the number."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--check", action="store_true", help="write nothing; fail below a floor")
    check = options.parse_args().check
    found: dict[str, list[tuple[float, float, int]]] = {AUTO: [], TOLD: []}
    n_classes = []
    for name in NAMES:
        classes = len({path.parent for path in pictures(name)})
        n_classes.append(classes)
        with Library.temporary() as library:
            for label, settings in (
                (AUTO, Settings()),
                (TOLD, Settings(clusterer="kmeans", n_clusters=classes)),
            ):
                found[label].append(_facts(_score(library, data_folder() / name, settings)))
        if not check:
            for label, n_components in RECIPES.items():
                found.setdefault(label, []).append(_recipe(name, classes, n_components))
        print(
            name, *(f"{rows[-1][0]:.3f}/{rows[-1][1]:.3f}" for rows in found.values()), flush=True
        )
    text = _report(found, n_classes)
    print(text)
    if not check:
        (HERE / "agreement.md").write_text(text, encoding="utf-8")
    sys.exit(_below_floor(found) | _off(found, n_classes) if check else 0)


RECIPES = {
    "the tutorial recipe: pixels, PCA 2, k-means, true number given": 2,
    "the same with PCA 50": 50,
}


def _score(library: Library, folder: Path, settings: Settings) -> Scores:
    return score(run_in(library, [FolderSource(str(folder))], settings), None)


def _facts(scores: Scores) -> tuple[float, float, int]:
    return scores.nmi, scores.ari, scores.clusters


def _recipe(name: str, n_clusters: int, n_components: int) -> tuple[float, float, int]:
    paths = pictures(name)
    truth = [path.parent.name for path in paths]
    recipe = make_pipeline(
        ImageReader(size=64),
        StandardScaler(),
        PCA(n_components, random_state=0),
        KMeans(n_clusters, random_state=0),
    )
    labels = recipe.fit_predict(paths)
    agreement: list[Callable[..., float]] = [normalized_mutual_info_score, adjusted_rand_score]
    nmi, ari = (float(measure(truth, labels)) for measure in agreement)
    return nmi, ari, n_clusters


def _report(found: dict[str, list[tuple[float, float, int]]], n_classes: list[int]) -> str:
    rows = []
    for label, results in found.items():
        nmi, ari = np.mean([result[:2] for result in results], axis=0)
        cells = [f"{a:.3f} / {b:.3f}" for a, b, _ in results]
        rows.append([label, f"**{nmi:.3f} / {ari:.3f}**", *cells])
    counts = [f"{k} of {n}" for (*_, k), n in zip(found[AUTO], n_classes, strict=True)]
    rows.append(["groups found, of true classes", "", *counts])
    when = time.strftime("%Y-%m-%d")
    return (
        "# Agreement with the true classes (NMI / ARI)\n\n"
        f"Made by `python benchmarks/agreement.py` on {when}.\n\n"
        + table(["", "mean", *NAMES], rows)
    )


def _below_floor(found: dict[str, list[tuple[float, float, int]]]) -> int:
    failed = 0
    for label, floor in FLOORS.items():
        means = np.mean([result[:2] for result in found[label]], axis=0)
        for measure, mean, least in zip(("NMI", "ARI"), means, floor, strict=True):
            if mean < least:
                print(f"FAILED: {label}: mean {measure} {mean:.3f} is below {least:.2f}")
                failed = 1
    return failed


def _off(found: dict[str, list[tuple[float, float, int]]], n_classes: list[int]) -> int:
    """Check the number of groups, and each collection against k-means."""
    failed = 0
    near = sum(max(k / n, n / k) <= NEAR for (*_, k), n in zip(found[AUTO], n_classes, strict=True))
    if near < LEAST_NEAR:
        print(f"FAILED: the number of groups is near that of the classes in only {near}")
        failed = 1
    for name, ours, told in zip(NAMES, found[AUTO], found[TOLD], strict=True):
        if ours[0] < told[0] - BELOW_TOLD:
            print(f"FAILED: {name}: NMI {ours[0]:.3f} is below that of k-means, {told[0]:.3f}")
            failed = 1
    return failed


if __name__ == "__main__":
    main()
