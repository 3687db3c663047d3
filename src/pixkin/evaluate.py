"""How well groups agree with classes that are known."""

from __future__ import annotations

import csv
import dataclasses
import itertools
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pixkin import registry
from pixkin.errors import LabelsError, printable
from pixkin.group import check
from pixkin.library import Library
from pixkin.pipeline import run_in
from pixkin.precision import resolve
from pixkin.progress import OnProgress, silent
from pixkin.threads import one_thread

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pixkin.clustering import Clustering
    from pixkin.records import Labels
    from pixkin.settings import Settings
    from pixkin.sources import Source

__all__ = ["Scores", "agreement", "evaluate", "hungarian_accuracy", "read_labels"]

SILHOUETTE_SAMPLE = 5000


@dataclass(frozen=True, slots=True)
class Scores:
    """Agreement of one run with the known classes; each is 1 at best.

    Attributes
    ----------
    encoder, clusterer : str
    images : int
        Files that have both a class and a group.
    classes, clusters : int
    unplaced : int
        Files in no group (label -1); for the scores they count as a group of their own.
    unlabelled : int
        Files without a class: no part of the agreement.
    skipped : int
        Files that could not be read.
    accuracy : float
        Share of files in the group matched to their class, one group per class, matched for the
        most agreement (Kuhn, "The Hungarian method", 1955).
    nmi, ami, v_measure : float
        Normalised (arithmetic mean) and adjusted mutual information; V-measure (equal to nmi).
    ari : float
        Adjusted Rand index (Hubert & Arabie, 1985).
    silhouette : float or None
        Of the groups in the reduced vectors, without the classes; None for fewer than 2 groups.
    seconds : float
    """

    encoder: str
    clusterer: str
    images: int
    classes: int
    clusters: int
    unplaced: int
    unlabelled: int
    skipped: int
    accuracy: float
    nmi: float
    ami: float
    ari: float
    v_measure: float
    silhouette: float | None
    seconds: float


def evaluate(
    sources: Sequence[Source],
    settings: Settings,
    *,
    encoders: Iterable[str],
    clusterers: Iterable[str],
    labels: Path | None = None,
    scratch: Path | None = None,
    on_progress: OnProgress = silent,
) -> list[Scores]:
    """Run every combination of encoder and clusterer, and score it.

    Parameters
    ----------
    sources : sequence of Source
    settings : Settings
        What is not varied.
    encoders, clusterers : iterable of str
    labels : Path, optional
        A CSV file with the columns ``path`` and ``label``; without it, the name of the folder
        that a file lies in is its class.
    scratch : Path, optional
        An empty folder for what is kept from one run to the next; without it, one that is gone
        afterwards.
    on_progress : callable

    Raises
    ------
    LabelsError
        If fewer than two classes are known, or the CSV file names none of the pictures.
    SettingError, UnknownNameError, MissingDependencyError
        If one of the runs cannot be; none is begun then.
    """
    known = None if labels is None else read_labels(labels)
    runs = [
        dataclasses.replace(settings, encoder=encoder, clusterer=clusterer)
        for encoder, clusterer in itertools.product(
            dict.fromkeys(encoders), dict.fromkeys(clusterers)
        )
    ]
    for run in runs:
        registry.build("encoder", resolve(run.encoder))
        check(run)
    with Library.temporary() if scratch is None else Library(scratch) as library:
        return [score(run_in(library, sources, run, on_progress), known) for run in runs]


def read_labels(path: Path) -> dict[str, str]:
    """Read classes by absolute path; paths in the file are relative to its folder.

    A row without a path or without a label says nothing.

    Raises
    ------
    LabelsError
        If it cannot be read, or lacks the columns ``path`` and ``label``.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.DictReader(stream, restval="")
            rows, columns = list(reader), reader.fieldnames or ["none"]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise LabelsError(f"{path} cannot be read as a CSV table: {error}.") from error
    if "path" not in columns or "label" not in columns:
        has = ", ".join(columns)
        raise LabelsError(f"{path} must have the columns path and label; it has {has}.")
    folder = os.path.realpath(path.parent)
    return {
        os.path.realpath(Path(folder, row["path"])): row["label"]
        for row in rows
        if row["path"] and row["label"]
    }


def score(result: Clustering, known: dict[str, str] | None) -> Scores:
    """Score one run against the classes (see `Scores`)."""
    if known is None:
        classes = [path.parent.name for path in result.paths]
        rows = np.arange(len(classes))
    else:
        found = [known.get(os.path.realpath(path)) for path in result.paths]
        rows = np.array([i for i, label in enumerate(found) if label is not None], dtype=int)
        classes = [label for label in found if label is not None]
    n_classes = len(set(classes))
    if n_classes < 2:
        raise _too_few(n_classes, len(result.paths), known)
    truth = np.unique(classes, return_inverse=True)[1]
    labels = result.labels_[rows]
    return Scores(
        encoder=result.settings.encoder,
        clusterer=result.settings.clusterer,
        images=len(rows),
        classes=n_classes,
        clusters=result.n_clusters_,
        unplaced=int((labels < 0).sum()),
        unlabelled=len(result.paths) - len(rows),
        skipped=result.counts.skipped,
        **agreement(truth, labels),
        silhouette=_silhouette(result),
        seconds=round(sum(cost.seconds for cost in result.costs), 2),
    )


def _too_few(n_classes: int, n_files: int, known: dict[str, str] | None) -> LabelsError:
    where = "the names of the folders" if known is None else "the table of labels"
    hint = ""
    if known and not n_classes:
        hint = (
            " Paths in the table are relative to its own folder, so its first one means "
            f"{printable(next(iter(known)))}, which is none of the files: put the table in the "
            "folder that its paths start from, or write absolute paths."
        )
    return LabelsError(
        f"At least two classes are needed to compare with; {where} gave {n_classes} "
        f"(files: {n_files}).{hint}"
    )


def agreement(truth: Labels, labels: Labels) -> dict[str, float]:
    """Compare two labellings of the same things.

    Parameters
    ----------
    truth, labels : int64 arrays of shape (n,)

    Returns
    -------
    dict
        accuracy, nmi, ami, ari and v_measure, as in `Scores`.
    """
    from sklearn import metrics

    return {
        "accuracy": hungarian_accuracy(truth, labels),
        "nmi": float(metrics.normalized_mutual_info_score(truth, labels)),
        "ami": float(metrics.adjusted_mutual_info_score(truth, labels)),
        "ari": float(metrics.adjusted_rand_score(truth, labels)),
        "v_measure": float(metrics.v_measure_score(truth, labels)),
    }


def hungarian_accuracy(truth: Labels, labels: Labels) -> float:
    """Give the share of agreement when each class is matched with at most one group."""
    from scipy.optimize import linear_sum_assignment
    from sklearn.metrics.cluster import contingency_matrix

    table: NDArray[np.int64] = contingency_matrix(truth, labels)
    rows, columns = linear_sum_assignment(table, maximize=True)
    return float(table[rows, columns].sum() / len(truth))


def _silhouette(result: Clustering) -> float | None:
    from sklearn.metrics import silhouette_score

    placed = np.flatnonzero(result.image_labels >= 0)
    rows = placed[np.linspace(0, len(placed) - 1, min(len(placed), SILHOUETTE_SAMPLE)).astype(int)]
    labels = result.image_labels[rows]
    if not 1 < len(np.unique(labels)) < len(rows):
        return None
    with one_thread():
        return float(silhouette_score(result.image_reduced[rows].astype(np.float32), labels))
