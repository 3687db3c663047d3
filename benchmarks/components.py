"""Every encoder with every clusterer on the labelled collections; writes components.md.

python benchmarks/components.py
"""

from __future__ import annotations

import time

import numpy as np
from labelled import HERE, NAMES, data_folder, pictures, table

from pixkin import Settings
from pixkin.evaluate import Scores, score
from pixkin.library import Library
from pixkin.pipeline import run_in
from pixkin.sources.folder import FolderSource

ENCODERS = ("efficientnet-lite0", "color", "pixels")
UNTOLD = ("graph", "kmeans", "hdbscan")
TOLD = ("graph", "kmeans", "agglomerative")
"""With the true number of groups given."""
DETAILS = (0.25, 0.5, 1.0, 2.0, 4.0)


def main() -> None:
    rows: dict[str, list[Scores]] = {}
    details: dict[float, list[Scores]] = {detail: [] for detail in DETAILS}
    for name in NAMES:
        n_classes = len({path.parent for path in pictures(name)})
        with Library.temporary() as library:
            for encoder in ENCODERS:
                for clusterer, number in [
                    *((one, "auto") for one in UNTOLD),
                    *((one, n_classes) for one in TOLD),
                ]:
                    settings = Settings(
                        encoder=encoder, clusterer=clusterer, n_clusters=number, layout="pca"
                    )
                    label = f"{encoder}, {clusterer}" + (", number given" * (number != "auto"))
                    rows.setdefault(label, []).append(scored(library, name, settings))
            for detail in DETAILS:
                settings = Settings(detail=detail, layout="pca")
                details[detail].append(scored(library, name, settings))
        print(name, flush=True)
    text = report(rows, details)
    print(text)
    (HERE / "components.md").write_text(text, encoding="utf-8")


def scored(library: Library, name: str, settings: Settings) -> Scores:
    source = FolderSource(str(data_folder() / name))
    return score(run_in(library, [source], settings), None)


def report(rows: dict[str, list[Scores]], details: dict[float, list[Scores]]) -> str:
    when = time.strftime("%Y-%m-%d")
    return (
        "# Encoders, clusterers and detail (NMI / ARI, groups found)\n\n"
        f"Made by `python benchmarks/components.py` on {when}. Where the number is not given, it\n"
        "is found.\n\n"
        + table(["", "mean", *NAMES], [cells(label, scores) for label, scores in rows.items()])
        + "\nThe default with `--detail`:\n\n"
        + table(
            ["detail", "mean", *NAMES],
            [cells(f"{detail:g}", scores) for detail, scores in details.items()],
        )
    )


def cells(label: str, scores: list[Scores]) -> list[object]:
    nmi, ari = np.mean([(one.nmi, one.ari) for one in scores], axis=0)
    each = [f"{one.nmi:.2f} / {one.ari:.2f} ({one.clusters})" for one in scores]
    return [label, f"**{nmi:.3f} / {ari:.3f}**", *each]


if __name__ == "__main__":
    main()
