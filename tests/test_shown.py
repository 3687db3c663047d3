"""Which images a page shows: some of every group, at every level, and never too many."""

from dataclasses import replace

import numpy as np
from helpers_grouping import clustering
from hypothesis import given
from hypothesis import strategies as st

from pixkin.clustering import Clustering, Level
from pixkin.shown import (
    FEWEST_SHOWN,
    SHOWN_IN_ALL,
    SHOWN_PER_CLUSTER,
    SHOWN_PER_FINER,
    shown_hashes,
    shown_images,
    shown_members,
)


@given(st.integers(0, 3000), st.integers(0, 6000))
def test_of_a_group_a_bounded_sample_is_shown_from_most_to_least_typical(
    n: int, n_clusters: int
) -> None:
    members = list(range(100, 100 + n))

    shown = shown_members(members, n_clusters)

    assert len(shown) <= SHOWN_PER_CLUSTER
    assert len(shown) == n or len(shown) * n_clusters <= SHOWN_IN_ALL or len(shown) <= 12
    assert shown == sorted(set(shown))
    assert shown[:1] == members[:1]
    assert shown[-1:] == members[-1:]


def test_a_small_group_is_shown_whole() -> None:
    assert shown_members((5, 3, 9), 1000) == [5, 3, 9]


def test_thumbnails_are_wanted_of_what_is_shown() -> None:
    result = clustering([0] * 300 + [1] * 5)

    hashes = shown_hashes(result)

    assert len(hashes) == len(set(hashes)) == SHOWN_PER_CLUSTER + 5
    assert set(result.hashes[300:]) <= set(hashes)


def with_levels(labels: list[int], *beside: list[int]) -> Clustering:
    """Give a clustering with other levels beside its own, from coarse to fine."""
    result = clustering(labels)
    arrays = [np.array(one, dtype=np.int64) for one in [labels, *beside]]
    levels = [Level(one, ((),) * (max(one) + 1)) for one in arrays]
    levels.sort(key=lambda level: level.n_clusters)
    return replace(result, make_levels=lambda: tuple(levels))


def halved(labels: list[int]) -> list[int]:
    """Cut each group in two: the odd members of group g become group 2 g + 1."""
    return [2 * label + i % 2 if label >= 0 else -1 for i, label in enumerate(labels)]


def test_without_other_levels_the_shown_are_those_of_each_group() -> None:
    result = clustering([0] * 300 + [1] * 5 + [-1] * 3)

    assert shown_images(result) == tuple(
        tuple(shown_members(cluster.members, 2)) for cluster in result.clusters
    )


def test_some_of_each_group_of_a_finer_level_are_shown() -> None:
    labels = [0] * 2000
    finer = [i // 10 for i in range(2000)]
    result = with_levels(labels, finer)
    (shown,) = shown_images(result)
    plain = set(shown_members(result.clusters[0].members, 1))
    n_shown = np.bincount(np.array(finer)[list(shown)], minlength=200)

    assert plain < set(shown)
    assert n_shown.min() >= SHOWN_PER_FINER
    assert len(shown) <= SHOWN_PER_CLUSTER + 200 * SHOWN_PER_FINER


def test_levels_too_fine_to_be_shown_add_nothing() -> None:
    n = SHOWN_IN_ALL // SHOWN_PER_FINER + 1
    result = with_levels([0] * n, list(range(n)))

    assert shown_images(result) == (tuple(shown_members(result.clusters[0].members, 1)),)


@given(st.lists(st.integers(-1, 4), min_size=1, max_size=120), st.integers(0, 2))
def test_no_group_of_any_level_is_without_a_picture(numbers: list[int], n_finer: int) -> None:
    found = sorted({number for number in numbers if number >= 0})
    labels = [found.index(number) if number >= 0 else -1 for number in numbers]
    beside = [labels]
    for _ in range(n_finer):
        numbered = halved(beside[-1])
        known = sorted({number for number in numbered if number >= 0})
        beside.append([known.index(number) if number >= 0 else -1 for number in numbered])
    result = with_levels(labels, *beside[1:])
    by_cluster = shown_images(result)
    shown = [image for images in by_cluster for image in images]

    assert len(shown) == len(set(shown))
    for images, cluster in zip(by_cluster, result.clusters, strict=True):
        assert list(images) == [member for member in cluster.members if member in images]
        assert len(images) >= min(len(cluster.members), FEWEST_SHOWN)
    for level in beside:
        assert {level[image] for image in shown} == set(level)


def test_thumbnails_are_wanted_of_what_is_shown_at_any_level() -> None:
    result = with_levels([0] * 900, [i % 90 for i in range(900)])

    assert shown_hashes(result) == [
        result.hashes[image] for images in shown_images(result) for image in images
    ]
