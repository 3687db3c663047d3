"""What is said of groups: numbers, ids, representatives, outliers, and the groups nearby."""

import numpy as np
import pytest
from helpers_grouping import blobs, hashes_of, partition, unit
from hypothesis import given
from hypothesis import strategies as st

from pixkin.describe import (
    REPRESENTATIVES,
    Portrait,
    in_order,
    portraits,
    typicality,
)

Labels = st.lists(st.integers(-1, 5), max_size=30).map(lambda some: np.array(some, dtype=np.int64))


def shuffled(n: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).permutation(n)


def described(X: np.ndarray, labels: np.ndarray) -> list[Portrait]:
    return portraits(X, labels, typicality(X, labels))


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


@given(Labels, st.integers(0, 99))
def test_every_image_is_a_member_once_and_the_most_typical_come_first(
    labels: np.ndarray, seed: int
) -> None:
    labels = in_order(labels, hashes_of(len(labels)))
    X = unit(np.random.default_rng(seed).normal(size=(len(labels), 3)))
    values = typicality(X, labels)
    found = portraits(X, labels, values)

    assert sorted(i for one in found for i in one.members) == list(range(len(labels)))
    for one in found[: labels.max(initial=-1) + 1]:
        falling = values[list(one.members)]

        assert (np.diff(falling) <= 0).all()
        assert one.tightness == pytest.approx(falling.mean(), abs=1e-4)
        assert one.representatives[0] == one.members[0]
        assert set(one.representatives) | set(one.outliers) <= set(one.members)
        assert len(set(one.representatives)) == len(one.representatives) <= REPRESENTATIVES


def test_representatives_are_varied_and_not_copies_of_one_picture() -> None:
    angles = np.array([0.0] * 30 + [0.3, -0.3, 0.2])
    X = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    copies = np.vstack([X, X[30:], X[30:], X[30:], X[30:], X[30:], X[30:], X[30:], X[30:]])
    (one,) = described(copies, np.zeros(len(copies), dtype=np.int64))

    shown = {round(float(copies[i, 1]), 3) for i in one.representatives}
    assert len(shown) == len(one.representatives) > 1


def test_an_outlier_is_told_and_what_is_typical_is_not() -> None:
    X = blobs([60], spread=0.02)[0]
    X[17] = unit(-X[:1] + 0.5)[0]
    (one,) = described(X, np.zeros(60, dtype=np.int64))

    assert one.outliers[0] == 17
    assert len(one.outliers) <= 4
    assert one.members[-1] == 17


def test_equal_pictures_have_no_outliers() -> None:
    (one,) = described(np.ones((9, 4), dtype=np.float32) / 2, np.zeros(9, dtype=np.int64))

    assert one.outliers == ()
    assert one.representatives == (0,)
    assert one.tightness == 1


def test_the_nearest_group_comes_first() -> None:
    angles = np.repeat([0.0, 0.5, 2.5, 3.0], 4)
    X = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    found = described(X, np.repeat(np.arange(4), 4))

    assert [one.nearest[0] for one in found] == [1, 0, 3, 2]
    assert found[0].nearest == (1, 2, 3)
