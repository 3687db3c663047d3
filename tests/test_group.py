import itertools
import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
import pytest
from helpers_grouping import blobs, hashes_of, partition
from sklearn.metrics import adjusted_rand_score

from pixkin import registry
from pixkin.describe import in_order, typicality
from pixkin.errors import SettingError, UnknownNameError
from pixkin.group import Groups, check, cut, group, levels, prepare
from pixkin.layouts.tsne import TsneLayout
from pixkin.library.vectors import VectorFile
from pixkin.meter import Meter
from pixkin.progress import Step, silent
from pixkin.settings import Settings

PLAIN = SimpleNamespace(scaling="none")
"""Stands for an encoder whose vectors are taken as they are."""


class Grouped(NamedTuple):
    groups: Groups
    labels: np.ndarray
    typicality: np.ndarray

    @property
    def places(self) -> np.ndarray:
        return self.groups.places


def grouped(vectors: np.ndarray, **settings: object) -> Grouped:
    chosen = Settings(**settings)
    groups = group(vectors, PLAIN, chosen, Meter(), silent)
    labels = in_order(cut(groups, chosen), hashes_of(len(vectors)))
    return Grouped(groups, labels, typicality(groups.reduced, labels))


@pytest.mark.parametrize("n", [1, 2, 3, 5, 12])
def test_equal_pictures_are_one_group(n: int) -> None:
    groups = grouped(np.ones((n, 6), dtype=np.float16))

    assert groups.labels.tolist() == [0] * n
    assert groups.typicality.tolist() == [1] * n
    assert groups.places.tolist() == [[0, 0]] * n


@pytest.mark.parametrize("clusterer", registry.names("clusterer"))
def test_twins_share_label_typicality_and_place(clusterer: str) -> None:
    X = blobs([10, 20, 15], spread=0.3)[0].astype(np.float16)
    twice = np.vstack([X, X])

    groups = grouped(twice, clusterer=clusterer)

    assert np.array_equal(groups.labels[:45], groups.labels[45:])
    assert np.array_equal(groups.typicality[:45], groups.typicality[45:])
    assert np.array_equal(groups.places[:45], groups.places[45:])


def test_vectors_in_a_file_fall_into_the_groups_that_they_fall_into_in_memory(
    tmp_path: Path,
) -> None:
    X = blobs([10, 20, 15], spread=0.3)[0].astype(np.float16)
    twice = np.vstack([X, X])
    with VectorFile(tmp_path / "vectors", X.shape[1], "float16", 0) as file:
        file.append(twice)
        in_file = grouped(file.read(np.arange(len(twice))))
    in_memory = grouped(twice)

    assert np.array_equal(in_file.labels, in_memory.labels)
    assert np.array_equal(in_file.places, in_memory.places)


def test_a_layout_that_wants_no_neighbours_of_so_many_gives_the_same_map(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    X = blobs([10, 20, 15], spread=0.3)[0].astype(np.float16)
    given = grouped(X)
    monkeypatch.setattr(TsneLayout, "most_neighbors_of", 44)

    assert np.array_equal(grouped(X).places, given.places)


@pytest.mark.parametrize("clusterer", registry.names("clusterer"))
@pytest.mark.parametrize("layout", registry.names("layout"))
def test_every_clusterer_goes_with_every_layout(clusterer: str, layout: str) -> None:
    X, truth = blobs([20, 25, 30, 25])

    groups = grouped(X.astype(np.float16), clusterer=clusterer, layout=layout)

    assert partition(groups.labels) == partition(truth)
    assert np.bincount(groups.labels).tolist() == [30, 25, 25, 20]
    assert groups.places.shape == (100, 2)
    assert groups.groups.layout == layout


def test_the_number_of_groups_counts_different_pictures() -> None:
    three = np.repeat(np.eye(3, dtype=np.float16), 4, axis=0)

    assert grouped(three, n_clusters=3).labels.max() == 2
    with pytest.raises(SettingError, match="at most 3, the number of distinct pictures; got 4"):
        grouped(three, n_clusters=4)


def test_another_cut_needs_no_other_grouping() -> None:
    X, truth = blobs([20, 25, 30, 25])
    groups = grouped(X.astype(np.float16)).groups

    assert partition(cut(groups, Settings(n_clusters=4))) == partition(truth)
    for number in (1, 2, 7, 100):
        assert len(np.unique(cut(groups, Settings(n_clusters=number)))) == number
    few, many = (len(np.unique(cut(groups, Settings(detail=detail)))) for detail in (0.5, 2))
    assert (few, many) == (2, 8)


def test_levels_are_halves_and_doubles_and_lie_inside_each_other() -> None:
    groups = grouped(blobs([30] * 8)[0].astype(np.float16)).groups
    found = [cut(groups, Settings()) if one is None else one for one in levels(groups, 8)]
    numbers = [len(np.unique(labels)) for labels in found]

    assert numbers == [2, 4, 8, 16, 32]
    for coarse, fine in itertools.pairwise(found):
        assert len(np.unique(np.stack([coarse, fine]), axis=1).T) == len(np.unique(fine))


def test_a_clusterer_without_levels_has_one() -> None:
    groups = grouped(blobs([9, 9])[0].astype(np.float16), clusterer="kmeans").groups

    assert groups.tree is None
    assert levels(groups, 2) == [None]


class Seeing:
    """An encoder whose vectors hold two views and say how likely two classes are."""

    scaling = "length"
    views = ("left", "right")

    def view(self, name: str, vectors: np.ndarray) -> np.ndarray:
        return vectors[:, :16] if name == "left" else vectors[:, 16:]

    def classes(self, vectors: np.ndarray) -> np.ndarray:
        first = (vectors[:, 0] > 0).astype(np.float32)
        return np.stack([first, 1 - first], axis=1)


def test_two_views_tell_more_apart_than_either() -> None:
    rng = np.random.default_rng(0)
    truth = np.repeat(np.arange(5), 50)
    left, right = (np.eye(5, 16)[truth] + rng.normal(scale=0.33, size=(250, 16)) for _ in "lr")
    five = Settings(n_clusters=5)

    def agreement(*views: np.ndarray) -> float:
        vectors = np.hstack(views).astype(np.float16)
        groups = group(vectors, Seeing(), five, Meter(), silent)
        return float(adjusted_rand_score(truth, cut(groups, five)))

    both, one, other = agreement(left, right), agreement(left, left), agreement(right, right)

    assert both > max(one, other) + 0.05


def test_how_likely_each_class_is_is_summed_by_leaf() -> None:
    vectors = np.hstack([blobs([20, 30])[0], blobs([50])[0]]).astype(np.float16)
    groups = group(vectors, Seeing(), Settings(), Meter(), silent)

    counts = np.bincount(groups.leaves).astype(float)
    assert groups.likely.sum(axis=1) == pytest.approx(counts)
    assert groups.likely[:, 0].sum() == (vectors[:, 0] > 0).sum()


def test_progress_and_cost_are_told_of_each_stage() -> None:
    steps: list[Step] = []
    meter = Meter()

    group(np.eye(9, dtype=np.float16), PLAIN, Settings(), meter, steps.append)

    stages = ["reduce", "neighbors", "cluster", "layout"]
    assert list(dict.fromkeys(step.stage for step in steps)) == stages
    assert [cost.stage for cost in meter.costs] == stages
    assert steps[-1] == Step("layout", 1, 1)


def test_wrong_settings_are_found_before_anything_is_done() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'graph'"):
        check(Settings(clusterer="graf"))
    with pytest.raises(UnknownNameError, match="Unknown layout"):
        check(Settings(layout="umap"))
    with pytest.raises(SettingError, match="hdbscan"):
        check(Settings(clusterer="hdbscan", n_clusters=4))


@pytest.mark.parametrize("clusterer", registry.names("clusterer"))
def test_what_will_be_needed_can_be_imported_ahead(clusterer: str) -> None:
    prepare(Settings(clusterer=clusterer))


HASHED = """
import hashlib
from types import SimpleNamespace
import numpy as np
from pixkin.group import group
from pixkin.meter import Meter
from pixkin.progress import silent
from pixkin.settings import Settings

rng = np.random.default_rng(0)
truth = rng.integers(0, 20, 1500)
vectors = np.abs(rng.normal(size=(20, 300))[truth] + rng.normal(size=(1500, 300)))
encoder = SimpleNamespace(scaling="root")
groups = group(vectors.astype(np.float16), encoder, Settings(), Meter(), silent)
for array in (groups.leaves, groups.tree.unions, groups.reduced, groups.places):
    print(hashlib.sha256(array.tobytes()).hexdigest())
"""


def test_the_number_of_threads_changes_no_bit(
    run_script: Callable[..., CompletedProcess[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    printed = set()
    for n_threads in "12":
        monkeypatch.setenv("OMP_NUM_THREADS", n_threads)
        monkeypatch.setenv("OPENBLAS_NUM_THREADS", n_threads)
        printed.add(run_script(HASHED).stdout)

    assert len(printed) == 1
    assert len(printed.pop().split()) == 4


WITHOUT = """
import json, sys
from types import SimpleNamespace
from importlib.machinery import PathFinder
find = PathFinder.find_spec
PathFinder.find_spec = classmethod(
    lambda cls, name, *rest: None if name.partition(".")[0] == sys.argv[1] else find(name, *rest)
)
import numpy as np
from pixkin.errors import MissingDependencyError
from pixkin.group import check, group, prepare
from pixkin.meter import Meter
from pixkin.progress import silent
from pixkin.settings import Settings

settings = Settings(**json.loads(sys.argv[2]))
try:
    check(settings)
    prepare(settings)
    encoder = SimpleNamespace(scaling="none")
    print(group(np.eye(9, dtype="f2"), encoder, settings, Meter(), silent).layout)
except MissingDependencyError as error:
    print(error)
"""


@pytest.mark.parametrize(
    ("package", "settings", "expected"),
    [
        ("openTSNE", {}, "pca"),
        ("openTSNE", {"layout": "pca"}, "pca"),
        ("networkit", {}, "pip install 'networkit'"),
        ("networkit", {"clusterer": "kmeans"}, "tsne"),
    ],
)
def test_without_a_package_the_map_falls_back_and_the_rest_says_what_to_install(
    package: str,
    settings: dict[str, str],
    expected: str,
    run_script: Callable[..., CompletedProcess[str]],
) -> None:
    ended = run_script(WITHOUT, package, json.dumps(settings))

    assert ended.stderr == ""
    assert ended.stdout.strip().endswith(expected)
