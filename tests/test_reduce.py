from typing import Any

import numpy as np
import pytest
from helpers_grouping import unit
from hypothesis import given
from hypothesis import strategies as st
from sklearn.decomposition import PCA

from pixkin.reduce import (
    BLOCK,
    MOST_ROWS,
    NARROW,
    ROWS_IF_WIDE,
    WHITENING,
    distinct,
    fit,
)

SCALINGS = ["root", "standard", "length", "none"]


def vectors(n: int, n_features: int = 24, seed: int = 0) -> np.ndarray:
    return np.abs(np.random.default_rng(seed).normal(size=(n, n_features))).astype(np.float16)


@given(st.sampled_from(SCALINGS), st.integers(0, 60), st.integers(0, 60))
def test_a_row_is_reduced_the_same_whatever_rows_come_with_it(
    scaling: str, start: int, stop: int
) -> None:
    V = vectors(60)
    projection = fit(V, scaling, 8)

    assert np.array_equal(projection.transform(V[start:stop]), projection.transform(V)[start:stop])


@given(st.integers(0, 2 * BLOCK + 9))
def test_a_row_alone_is_as_it_is_in_a_block(i: int) -> None:
    V = vectors(2 * BLOCK + 10, 6)
    projection = fit(V[:50], "root", 3)

    assert np.array_equal(projection.transform(V[i : i + 1])[0], projection.transform(V)[i])


@pytest.mark.parametrize("scaling", SCALINGS)
def test_the_number_of_threads_changes_no_bit(scaling: str) -> None:
    V = vectors(3 * BLOCK + 1, 200)
    projection = fit(V, scaling, 64)

    assert np.array_equal(projection.transform(V, n_threads=1), projection.transform(V, 2))


def test_how_the_rows_lie_in_memory_changes_no_bit() -> None:
    V = vectors(40, 700).astype(np.float32)
    by_row, by_column = (fit(A, "root", 8) for A in (V, np.asfortranarray(V)))

    assert np.array_equal(by_row.axes, by_column.axes)
    assert np.array_equal(by_row.transform(V), by_row.transform(np.asfortranarray(V)))
    assert np.array_equal(by_row.transform(V)[:1], by_row.transform(np.asfortranarray(V)[:1]))


@pytest.mark.parametrize("scaling", SCALINGS)
def test_rows_get_length_one(scaling: str) -> None:
    V = vectors(30)

    lengths = np.linalg.norm(fit(V, scaling, 5).transform(V), axis=1)

    assert lengths == pytest.approx(np.ones(30), abs=1e-6)


def test_rows_lie_as_the_singular_values_say() -> None:
    V = vectors(50, 6).astype(np.float32)
    left, singular, _ = np.linalg.svd(V - V.mean(axis=0), full_matrices=False)
    expected = unit(left * singular / (singular**2 / 49) ** WHITENING)

    X = fit(V, "none", 6).transform(V)

    assert pytest.approx(expected @ expected.T, abs=1e-4) == X @ X.T


def test_the_axes_are_those_of_the_widest_spread() -> None:
    V = np.random.default_rng(1).normal(size=(400, 5)) * [0.1, 9, 0.1, 5, 0.1]

    axes = fit(V, "none", 2).axes

    assert np.abs(axes).argmax(axis=0).tolist() == [1, 3]


def test_root_scaling_takes_square_roots_and_then_lengths() -> None:
    V = vectors(50, 6).astype(np.float32)
    scaled = unit(np.sqrt(V))

    assert fit(V, "root", 2).mean == pytest.approx(scaled.mean(axis=0), abs=1e-6)


def test_standard_scaling_gives_each_number_the_same_weight() -> None:
    V = vectors(200, 6).astype(np.float32)
    larger = V * np.float32([1, 10, 100, 1, 1, 1000])

    X, Y = fit(V, "standard", 6).transform(V), fit(larger, "standard", 6).transform(larger)

    assert pytest.approx(X @ X.T, abs=1e-3) == Y @ Y.T


def test_a_number_that_is_the_same_in_all_vectors_does_no_harm() -> None:
    V = np.hstack([vectors(20, 4), np.full((20, 1), 7, dtype=np.float16)])

    assert np.isfinite(fit(V, "standard", 3).transform(V)).all()


@pytest.mark.parametrize(("n", "expected"), [(1, 1), (2, 1), (3, 2), (9, 8), (100, 16)])
def test_there_are_fewer_axes_where_there_are_fewer_vectors(n: int, expected: int) -> None:
    V = vectors(n)

    assert fit(V, "root", 16).transform(V).shape == (n, expected)


def test_one_vector_alone_lies_at_the_origin() -> None:
    V = vectors(1)

    assert fit(V, "root", 16).transform(V).tolist() == [[0]]


@pytest.mark.parametrize("n", [2, 5, 40])
def test_vectors_that_scaling_makes_equal_lie_together(n: int) -> None:
    V = np.outer(2.0 ** np.arange(n) / 2.0 ** (n - 1), [0, 1, 4, 9]).astype(np.float32)

    X = fit(V, "root", 3).transform(V)

    assert np.isfinite(X).all()


@pytest.mark.parametrize("n", [2, 5, 40])
def test_vectors_of_which_scaling_leaves_nothing_lie_at_the_origin(n: int) -> None:
    V = -np.outer(np.arange(1, n + 1), [1, 2, 3]).astype(np.float32)

    assert not fit(V, "root", 3).transform(V).any()


def test_no_rows_give_no_rows() -> None:
    assert fit(vectors(9), "root", 4).transform(vectors(0)).shape == (0, 4)


def test_axes_are_found_from_rows_all_over_and_not_only_the_first() -> None:
    V = np.zeros((30_000, 4), dtype=np.float16)
    V[:25_000, 0] = np.linspace(0, 1, 25_000)
    V[25_000:, 2] = np.linspace(0, 50, 5_000)

    assert np.abs(fit(V, "none", 1).axes[:, 0]).argmax() == 2


@pytest.mark.parametrize("scaling", SCALINGS)
@pytest.mark.parametrize("shape", [(90, 12), (300, 50), (12, 90), (50, 300)])
def test_the_axes_are_those_of_principal_component_analysis(
    scaling: str, shape: tuple[int, int]
) -> None:
    V, k = vectors(*shape, seed=sum(shape)).astype(np.float32), 8
    scaled = {
        "root": unit(np.sqrt(V)),
        "standard": (V - V.mean(axis=0)) / V.std(axis=0),
        "length": unit(V),
        "none": V,
    }[scaling]
    theirs = PCA(k, svd_solver="full").fit(scaled.astype(np.float64))
    signs = np.sign(theirs.components_[range(k), np.abs(theirs.components_).argmax(axis=1)])
    spread = theirs.explained_variance_**WHITENING

    projection = fit(V, scaling, k)
    found = projection.transform(V)
    expected = theirs.transform(scaled) * signs / spread

    assert projection.axes == pytest.approx((theirs.components_.T * signs) / spread, abs=2e-3)
    assert found == pytest.approx(unit(expected), abs=2e-3)


def test_length_scaling_makes_every_vector_count_the_same() -> None:
    V = vectors(50, 6).astype(np.float32)
    longer = V * np.logspace(-2, 2, 50, dtype=np.float32)[:, None]

    one, other = (fit(A, "length", 4) for A in (V, longer))

    assert one.mean == pytest.approx(unit(V).mean(axis=0), abs=1e-6)
    assert other.axes == pytest.approx(one.axes, abs=1e-4)
    assert other.transform(longer) == pytest.approx(one.transform(V), abs=1e-4)


@pytest.mark.parametrize("dtype", [np.uint8, np.float16, np.float32])
@pytest.mark.parametrize("scaling", SCALINGS)
def test_numbers_are_reduced_the_same_in_whatever_form_they_are_kept(
    dtype: type, scaling: str
) -> None:
    V = np.random.default_rng(2).integers(0, 256, (40, 9)).astype(np.float64)

    expected, found = (fit(A, scaling, 5).transform(A) for A in (V, V.astype(dtype)))

    assert np.array_equal(found, expected)


@pytest.mark.parametrize(
    ("n_features", "n_used"), [(NARROW, MOST_ROWS), (NARROW + 1, ROWS_IF_WIDE)]
)
def test_of_many_rows_the_evenly_spaced_are_used(n_features: int, n_used: int) -> None:
    n, asked = 3 * MOST_ROWS, []

    class Watched:
        def __len__(self) -> int:
            return n

        def __getitem__(self, rows: Any) -> np.ndarray:
            asked.append(rows)
            return np.zeros((len(range(n)[rows]) if isinstance(rows, slice) else len(rows), 1))

    fit(Watched(), "none", 1, lambda rows: np.zeros((len(rows), n_features), dtype=np.float32))
    (rows,) = [rows for rows in asked if not isinstance(rows, slice)]

    assert len(rows) == n_used
    assert (rows[0], rows[-1]) == (0, n - 1)
    assert set(np.diff(rows)) <= {(n - 1) // (n_used - 1), (n - 1) // (n_used - 1) + 1}


# Copies


@given(st.lists(st.integers(0, 6), max_size=40))
def test_distinct_names_each_row_by_its_first_twin(numbers: list[int]) -> None:
    V = np.array(numbers, dtype=np.float16).reshape(-1, 1) * np.ones(3, dtype=np.float16)

    first, twin = distinct(V)

    assert np.array_equal(V[first][twin], V)
    assert first.tolist() == sorted({numbers.index(number) for number in numbers})
