import numpy as np
import pytest
from helpers_grouping import blobs, partition
from hypothesis import given, settings
from hypothesis import strategies as st

from pixkin.errors import SettingError
from pixkin.number import _unions, check_number, choose_number, components, exactly


def cut(X: np.ndarray, n_clusters: int) -> np.ndarray:
    from scipy.cluster.hierarchy import fcluster, linkage

    return fcluster(linkage(X, "ward"), n_clusters, "maxclust").astype(np.int64) - 1


@pytest.mark.parametrize("n_clusters", ["auto", 1, 9])
def test_a_number_up_to_that_of_the_points_is_allowed(n_clusters: object) -> None:
    check_number(n_clusters, 9)


@pytest.mark.parametrize(
    ("n_clusters", "n", "allowed"),
    [(10, 9, "at most 9, the number of distinct"), (1, 0, "at most 0"), (0, 9, "at least 1")],
)
def test_a_number_that_cannot_be_met_is_refused(n_clusters: int, n: int, allowed: str) -> None:
    with pytest.raises(SettingError, match=allowed):
        check_number(n_clusters, n)


@pytest.mark.parametrize("kinds", [2, 5, 8])
def test_the_number_of_clear_groups_is_found(kinds: int) -> None:
    X, truth = blobs([12] * kinds)

    assert partition(choose_number(X, cut, 1.0)) == partition(truth)


@pytest.mark.parametrize(("detail", "expected"), [(0.01, 1), (0.4, 2), (2, 10), (100, 60)])
def test_detail_multiplies_the_number_as_far_as_there_are_points(
    detail: float, expected: int
) -> None:
    X = blobs([12] * 5)[0]

    assert choose_number(X, cut, detail).max() + 1 == expected


@pytest.mark.parametrize("n", [0, 1, 2, 3])
def test_very_few_points_are_one_group(n: int) -> None:
    assert choose_number(blobs([3])[0][:n], cut, 1.0).tolist() == [0] * n


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=12))
def test_components_are_what_edges_join(edges: list[tuple[int, int]]) -> None:
    here, there = np.array(edges, dtype=np.int64).reshape(-1, 2).T
    expected = {frozenset([i]) for i in range(10)}
    for a, b in edges:
        joined = frozenset().union(*(part for part in expected if a in part or b in part))
        expected = {part for part in expected if not part & joined} | {joined}

    assert partition(components(here, there, 10)) == expected


@settings(max_examples=60)
@given(
    st.lists(st.integers(0, 8), min_size=1, max_size=40),
    st.integers(0, 3),
    st.integers(1, 40),
)
def test_exactly_joins_or_halves_groups_and_does_not_mix_them(
    labels: list[int], seed: int, n_clusters: int
) -> None:
    n_clusters = min(n_clusters, len(labels))
    X = np.random.default_rng(seed).integers(0, 3, size=(len(labels), 2)).astype(np.float32)
    before = partition(np.array(labels))

    after = partition(exactly(X, np.array(labels), n_clusters))

    assert len(after) == n_clusters
    fine, coarse = sorted([before, after], key=len, reverse=True)
    assert all(any(part <= whole for whole in coarse) for part in fine)


def test_the_two_groups_nearest_to_each_other_are_joined() -> None:
    X = np.array([[0], [0.2], [5], [5.1], [5.5], [9]], dtype=np.float32)

    labels = exactly(X, np.array([0, 0, 1, 1, 2, 3]), 3)

    assert partition(labels) == {frozenset({0, 1}), frozenset({2, 3, 4}), frozenset({5})}


def test_the_widest_group_is_halved_where_its_gap_is() -> None:
    X = np.array([[0], [0.2], [5], [5.1], [9], [9.1]], dtype=np.float32)

    labels = exactly(X, np.array([0, 0, 1, 1, 1, 1]), 3)

    assert partition(labels) == {frozenset({0, 1}), frozenset({2, 3}), frozenset({4, 5})}


def test_unions_of_single_points_cost_what_scipy_says() -> None:
    from scipy.cluster.hierarchy import linkage

    X = np.random.default_rng(0).normal(size=(60, 4))
    expected = linkage(X, "ward")[:, 2] ** 2 / 2

    costs = sorted(cost for cost, _ in _unions(X.copy(), np.ones(60)))

    assert costs == pytest.approx(expected)


def test_thousands_of_groups_are_joined_as_scipy_joins_their_points() -> None:
    X = np.random.default_rng(0).normal(size=(2500, 3)).astype(np.float32)

    assert partition(exactly(X, np.arange(2500), 40)) == partition(cut(X, 40))
