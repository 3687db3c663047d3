from collections.abc import Callable
from subprocess import CompletedProcess
from typing import Any

import numpy as np
import pytest
from helpers_grouping import blobs, partition
from hypothesis import given, settings
from hypothesis import strategies as st

from pixkin import registry
from pixkin.clusterers.kmeans import WARD_POINTS
from pixkin.errors import SettingError, UsageError
from pixkin.neighbors import nearest

ALL = registry.names("clusterer")
COUNTED = ["agglomerative", "graph", "kmeans"]
"""Those that can be told how many groups to give."""


def labels_of(name: str, X: np.ndarray, **settings: Any) -> np.ndarray:
    given = {"n_clusters": "auto", "detail": 1.0, "random_state": 0, **settings}
    return registry.build("clusterer", name, **given).fit_predict(X)


def check_labels(labels: np.ndarray, n: int) -> None:
    """Check what every clusterer promises of its labels."""
    assert labels.shape == (n,)
    assert labels.dtype == np.int64
    assert sorted(set(labels.tolist()) - {-1}) == list(range(labels.max(initial=-1) + 1))


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("n", [0, 1, 2, 3, 4, 5, 9, 40])
def test_labels_are_numbered_from_zero_and_each_is_used(name: str, n: int) -> None:
    check_labels(labels_of(name, blobs([20, 20])[0][:n]), n)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("n", [1, 2, 3])
def test_very_few_points_are_one_group(name: str, n: int) -> None:
    assert labels_of(name, blobs([1, 1, 1])[0][:n]).tolist() == [0] * n


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("n", [2, 5, 20, 64])
def test_equal_points_break_nothing(name: str, n: int) -> None:
    check_labels(labels_of(name, np.ones((n, 3), dtype=np.float32)), n)


@pytest.mark.parametrize("name", ALL)
def test_the_same_seed_gives_the_same_labels(name: str) -> None:
    X = np.random.default_rng(0).normal(size=(300, 8)).astype(np.float32)

    assert np.array_equal(labels_of(name, X, random_state=5), labels_of(name, X, random_state=5))


@pytest.mark.parametrize("name", ALL)
def test_neighbours_that_are_given_change_nothing(name: str) -> None:
    X = blobs([30, 40, 50])[0]
    clusterer = registry.build("clusterer", name, n_clusters="auto", detail=1.0, random_state=0)

    assert np.array_equal(clusterer.fit_predict(X, [nearest(X, 8)]), clusterer.fit_predict(X))


@pytest.mark.parametrize("name", ALL)
@settings(max_examples=8)
@given(seed=st.integers(0, 10**6))
def test_the_order_of_the_points_does_not_matter_to_clear_groups(name: str, seed: int) -> None:
    X, truth = blobs([20, 25, 30, 25, 20])
    order = np.random.default_rng(seed).permutation(len(X))

    assert partition(labels_of(name, X[order])) == partition(truth[order])


@pytest.mark.parametrize("name", ALL)
def test_five_clear_groups_are_found_untold(name: str) -> None:
    X, truth = blobs([36, 40, 38, 42, 34])

    assert partition(labels_of(name, X)) == partition(truth)


@pytest.mark.parametrize(("kinds", "each"), [(2, 4), (3, 4), (4, 4), (4, 6), (5, 5)])
def test_a_handful_of_pictures_does_not_fall_apart(kinds: int, each: int) -> None:
    X, truth = blobs([each] * kinds)

    assert partition(labels_of("graph", X)) == partition(truth)


@pytest.mark.parametrize("name", ALL)
def test_more_detail_gives_no_fewer_groups(name: str) -> None:
    X = blobs([12] * 12, spread=0.25)[0]

    few, middle, many = (labels_of(name, X, detail=detail).max() for detail in (0.3, 1, 3))

    assert few <= middle <= many
    assert few < many


@pytest.mark.parametrize("name", COUNTED)
@pytest.mark.parametrize("n_clusters", [1, 2, 7, 60])
def test_the_number_of_groups_is_met(name: str, n_clusters: int) -> None:
    labels = labels_of(name, blobs([10, 20, 30])[0], n_clusters=n_clusters)

    check_labels(labels, 60)
    assert labels.max() + 1 == n_clusters


@pytest.mark.parametrize("name", COUNTED)
@settings(max_examples=25)
@given(
    numbers=st.lists(st.integers(0, 5), min_size=1, max_size=40),
    nudge=st.sampled_from([0, 1e-45, 1e-30, 1e-7]),
    share=st.floats(0, 1),
)
def test_the_number_is_met_also_where_points_are_equal_or_nearly(
    name: str, numbers: list[int], nudge: float, share: float
) -> None:
    X = np.eye(6, dtype=np.float32)[numbers]
    X[:, 0] += (nudge * np.arange(len(X))).astype(np.float32)
    n_clusters = 1 + round(share * (len(X) - 1))

    labels = labels_of(name, X, n_clusters=n_clusters)

    check_labels(labels, len(X))
    assert labels.max() + 1 == n_clusters


@pytest.mark.parametrize("name", COUNTED)
def test_the_true_number_gives_the_true_groups(name: str) -> None:
    X, truth = blobs([40, 30, 50, 20, 60])

    assert partition(labels_of(name, X, n_clusters=5)) == partition(truth)


@pytest.mark.parametrize("name", COUNTED)
def test_one_group_fewer_joins_two_and_one_more_halves_one(name: str) -> None:
    X, truth = blobs([40, 30, 50])
    kinds = partition(truth)

    fewer = partition(labels_of(name, X, n_clusters=2))
    more = partition(labels_of(name, X, n_clusters=4))

    assert len(fewer & kinds) == 1
    assert len(more & kinds) == 2


@pytest.mark.parametrize("name", COUNTED)
@pytest.mark.parametrize(("n_clusters", "n"), [(4, 3), (1, 0), (2, 1), (0, 5), (-1, 5)])
def test_a_number_that_cannot_be_met_is_refused(name: str, n_clusters: int, n: int) -> None:
    with pytest.raises(SettingError, match="n_clusters"):
        labels_of(name, blobs([5])[0][:n], n_clusters=n_clusters)


def test_hdbscan_takes_no_number() -> None:
    with pytest.raises(SettingError, match="'auto' with the hdbscan clusterer; got 3"):
        labels_of("hdbscan", blobs([9])[0], n_clusters=3)


def test_hdbscan_leaves_strays_out() -> None:
    X, truth = blobs([30, 30])
    strays = np.vstack([X, -X.mean(axis=0, keepdims=True), -X[:1]]).astype(np.float32)

    labels = labels_of("hdbscan", strays)

    assert labels[-2:].tolist() == [-1, -1]
    assert partition(labels[:-2]) == partition(truth)


def test_agglomerative_refuses_what_would_not_fit_in_memory() -> None:
    with pytest.raises(UsageError, match="at most 30,000 pictures; there are 30,001"):
        labels_of("agglomerative", np.zeros((30_001, 1), dtype=np.float32))


def test_agglomerative_joins_as_scipy_does() -> None:
    from scipy.cluster.hierarchy import fcluster, linkage

    X = np.random.default_rng(0).normal(size=(80, 5)).astype(np.float32)
    theirs = fcluster(linkage(X, "ward"), 9, "maxclust")

    assert partition(labels_of("agglomerative", X, n_clusters=9)) == partition(theirs)


def test_kmeans_is_no_worse_than_that_of_the_recipe() -> None:
    from sklearn.cluster import KMeans

    X = np.random.default_rng(0).normal(size=(200, 2)).astype(np.float32)
    theirs = KMeans(5, random_state=0).fit(X).inertia_

    labels = labels_of("kmeans", X, n_clusters=5)
    ours = sum(((X[labels == i] - X[labels == i].mean(axis=0)) ** 2).sum() for i in range(5))

    assert ours <= theirs * 1.0001


def test_kmeans_groups_more_points_than_ward_takes() -> None:
    X, truth = blobs([WARD_POINTS // 2] * 3)

    assert partition(labels_of("kmeans", X, n_clusters=3)) == partition(truth)


QUIET = """
import sys
import numpy as np
from pixkin.clusterers.graph import GraphCommunities

X = np.random.default_rng(0).normal(size=(200, 8)).astype(np.float32)
GraphCommunities().fit_predict(X)
GraphCommunities(5).fit_predict(X)
light = "networkit.plot" not in sys.modules and "matplotlib" not in sys.modules
import networkit
whole = networkit.plot is not None and networkit.Graph(3).numberOfNodes() == 3
same = networkit.community is sys.modules["networkit.community"]
threads = networkit.getMaxNumberOfThreads()
found = (light, whole, same, threads)
sys.exit(0 if found == (True, True, True, int(sys.argv[1])) else str(found))
"""


def test_networkit_is_imported_in_part_and_quietly_and_works_in_whole_afterwards(
    run_script: Callable[..., CompletedProcess[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "3")

    ended = run_script(QUIET, 3)

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


@pytest.mark.parametrize("name", COUNTED)
def test_nothing_is_printed(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    labels_of(name, np.ones((30, 3), dtype=np.float32), n_clusters=7)
    labels_of(name, blobs([9, 9])[0])

    assert capfd.readouterr() == ("", "")


ALONE = """
import hashlib, sys
import numpy as np
from pixkin import registry

X = np.random.default_rng(0).normal(size=(3000, 24)).astype(np.float32)
clusterer = registry.load("clusterer", sys.argv[1])
for n_clusters in (40, 60):
    print(hashlib.sha256(clusterer(n_clusters).fit_predict(X).tobytes()).hexdigest())
"""


@pytest.mark.parametrize("name", ["graph", "kmeans"])
def test_the_number_of_threads_changes_no_label(
    name: str,
    run_script: Callable[..., CompletedProcess[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    printed = set()
    for n_threads in "12":
        monkeypatch.setenv("OMP_NUM_THREADS", n_threads)
        monkeypatch.setenv("OPENBLAS_NUM_THREADS", n_threads)
        printed.add(run_script(ALONE, name).stdout)

    assert len(printed) == 1
    assert len(printed.pop().split()) == 2
