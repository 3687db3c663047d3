import json
from collections.abc import Callable
from subprocess import CompletedProcess

import numpy as np
import pytest
from helpers_grouping import blobs, hashes_of, partition, unit
from hypothesis import given
from hypothesis import strategies as st

from pixkin import registry
from pixkin.errors import SettingError, UnknownNameError
from pixkin.group import Groups, check, cluster_ids, group, in_order, prepare, typicality
from pixkin.meter import Meter
from pixkin.progress import Step, silent
from pixkin.settings import Settings

Labels = st.lists(st.integers(-1, 5), max_size=30).map(lambda some: np.array(some, dtype=np.int64))


def grouped(vectors: np.ndarray, **settings: object) -> Groups:
    hashes = hashes_of(len(vectors))
    return group(vectors, hashes, "none", Settings(**settings), Meter(), silent)


def shuffled(n: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).permutation(n)


@given(Labels, st.integers(0, 99))
def test_groups_are_numbered_by_size_and_then_by_smallest_hash(
    labels: np.ndarray, seed: int
) -> None:
    hashes = [hashes_of(len(labels))[i] for i in shuffled(len(labels), seed)]

    ordered = in_order(labels, hashes)
    groups = [np.flatnonzero(ordered == label) for label in range(ordered.max(initial=-1) + 1)]
    keys = [(-len(rows), min(hashes[i] for i in rows)) for rows in groups]

    assert partition(ordered) == partition(labels)
    assert np.array_equal(ordered == -1, labels == -1)
    assert keys == sorted(keys)


@given(Labels, st.integers(0, 99))
def test_an_id_depends_on_the_members_alone(labels: np.ndarray, seed: int) -> None:
    hashes = hashes_of(len(labels))
    labels = in_order(labels, hashes)
    order = shuffled(len(labels), seed)

    ids = cluster_ids(labels, hashes)

    assert cluster_ids(labels[order], [hashes[i] for i in order]) == ids
    assert len(set(ids)) == len(ids) == labels.max(initial=-1) + 1
    assert all(len(name) == 10 and name.isalnum() and name.islower() for name in ids)


def test_an_id_is_the_same_on_every_machine() -> None:
    ids = cluster_ids(np.array([0, 1, 0, -1]), [b"c", b"b", b"a", b"d"])

    # printf ac | openssl sha256 -binary | base32 | head -c 10 | tr A-Z a-z
    assert ids == ["6ro6khg66m", "hyr6qfqahf"]


def test_another_member_means_another_id() -> None:
    hashes = hashes_of(4)

    three, four = (cluster_ids(np.zeros(n, dtype=int), hashes[:n]) for n in (3, 4))

    assert three != four


@given(Labels, st.integers(0, 99))
def test_typicality_lies_between_0_and_1(labels: np.ndarray, seed: int) -> None:
    X = unit(np.random.default_rng(seed).integers(-1, 2, size=(len(labels), 3)))

    values = typicality(X, in_order(labels, hashes_of(len(labels))))

    assert values.shape == labels.shape
    assert ((values >= 0) & (values <= 1)).all()
    assert (values[labels == -1] == 0).all()


def test_the_most_typical_is_nearest_to_the_middle() -> None:
    angles = np.array([-0.4, -0.1, 0.05, 0.5, 2.0, 2.2])
    X = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)

    values = typicality(X, np.array([0, 0, 0, 0, 1, 1]))

    assert values[:4].argmax() == 2
    assert values[:4].argmin() == 3
    assert values[4] == values[5] == pytest.approx(np.cos(0.1), abs=1e-4)


def test_who_is_alone_is_as_typical_as_can_be() -> None:
    X = np.array([[1, 0], [0, 0]], dtype=np.float32)

    assert typicality(X, np.array([0, 1])).tolist() == [1, 1]


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


@pytest.mark.parametrize("clusterer", registry.names("clusterer"))
@pytest.mark.parametrize("layout", registry.names("layout"))
def test_every_clusterer_goes_with_every_layout(clusterer: str, layout: str) -> None:
    X, truth = blobs([20, 25, 30, 25])

    groups = grouped(X.astype(np.float16), clusterer=clusterer, layout=layout)

    assert partition(groups.labels) == partition(truth)
    assert np.bincount(groups.labels).tolist() == [30, 25, 25, 20]
    assert groups.places.shape == (100, 2)
    assert groups.layout == layout


def test_the_number_of_groups_counts_different_pictures() -> None:
    three = np.repeat(np.eye(3, dtype=np.float16), 4, axis=0)

    assert grouped(three, n_clusters=3).labels.max() == 2
    with pytest.raises(SettingError, match="at most 3, the number of distinct pictures; got 4"):
        grouped(three, n_clusters=4)


def test_progress_and_cost_are_told_of_each_stage() -> None:
    steps: list[Step] = []
    meter = Meter()

    group(np.eye(9, dtype=np.float16), hashes_of(9), "none", Settings(), meter, steps.append)

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
import numpy as np
from pixkin.group import group
from pixkin.meter import Meter
from pixkin.progress import silent
from pixkin.settings import Settings

rng = np.random.default_rng(0)
truth = rng.integers(0, 20, 1500)
vectors = np.abs(rng.normal(size=(20, 300))[truth] + rng.normal(size=(1500, 300)))
hashes = [b"%04d" % i for i in range(1500)]
groups = group(vectors.astype(np.float16), hashes, "root", Settings(), Meter(), silent)
for array in (groups.labels, groups.typicality, groups.places):
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
    assert len(printed.pop().split()) == 3


WITHOUT = """
import json, sys
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
    hashes = [b"%d" % i for i in range(9)]
    print(group(np.eye(9, dtype="f2"), hashes, "none", settings, Meter(), silent).layout)
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
