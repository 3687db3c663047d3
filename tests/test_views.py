import pickle
import weakref
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pixkin.reduce import BLOCK, fit
from pixkin.views import Reduction, fit_views


def vectors(n: int, n_features: int = 20, seed: int = 0) -> np.ndarray:
    return np.abs(np.random.default_rng(seed).normal(size=(n, n_features))).astype(np.float16)


class TwoViews:
    """An encoder whose vectors hold two things of different lengths, and a third made of both."""

    scaling = "none"
    views = ("left", "right", "sum")

    def view(self, name: str, vectors: Any) -> np.ndarray:
        values = np.asarray(vectors, dtype=np.float32)
        left, right = values[:, :8], values[:, 8:]
        return {"left": left, "right": right, "sum": left[:, :4] + right[:, :4]}[name]


def in_views(reduction: Reduction, V: np.ndarray) -> list[np.ndarray]:
    parts: list[np.ndarray] = []
    reduction.transform(V, on_view=parts.append)
    return parts


def test_each_view_is_reduced_as_if_it_were_alone() -> None:
    V, encoder = vectors(40, 20), TwoViews()

    parts = in_views(fit_views(V, encoder, 6), V)

    assert len(parts) == 3
    for name, part in zip(encoder.views, parts, strict=True):
        alone = encoder.view(name, V)
        assert np.array_equal(part, fit(alone, "none", 6).transform(alone))


def test_views_are_joined_by_reducing_them_side_by_side() -> None:
    V = vectors(BLOCK + 40, 20)
    reduction = fit_views(V, TwoViews(), 6)
    joined = np.hstack(in_views(reduction, V))

    X = reduction.transform(V)

    assert fit(joined, "none", 6).transform(joined) == pytest.approx(X, abs=1e-6)
    assert X.shape == (BLOCK + 40, 6)
    assert X.dtype == np.float32
    assert np.linalg.norm(X, axis=1) == pytest.approx(np.ones(len(V)), abs=1e-6)


def test_one_view_at_a_time_is_held() -> None:
    V, seen, alive = vectors(40, 20), list[weakref.ref[np.ndarray]](), list[int]()

    def look(part: np.ndarray) -> None:
        seen.append(weakref.ref(part))
        alive.append(sum(one() is not None for one in seen))

    fit_views(V, TwoViews(), 6).transform(V, on_view=look)

    assert alive == [1, 1, 1]


@pytest.mark.parametrize(
    "encoder", [SimpleNamespace(scaling="root"), SimpleNamespace(scaling="root", views=())]
)
def test_an_encoder_without_views_has_one_and_nothing_is_joined(encoder: Any) -> None:
    V = vectors(40)
    reduction = fit_views(V, encoder, 6)
    expected = fit(V, "root", 6).transform(V)

    assert reduction.whole is None
    assert [np.array_equal(part, expected) for part in in_views(reduction, V)] == [True]
    assert np.array_equal(reduction.transform(V), expected)


def test_the_number_of_threads_changes_no_bit_of_views() -> None:
    V, encoder = vectors(BLOCK + 9, 20), TwoViews()
    one, other = (
        fit_views(V, encoder, 6, n_threads).transform(V, n_threads) for n_threads in (1, 2)
    )

    assert np.array_equal(one, other)


@settings(max_examples=30)
@given(st.integers(0, 40), st.integers(0, 40))
def test_a_row_is_reduced_in_all_views_the_same_whatever_rows_come_with_it(
    start: int, stop: int
) -> None:
    V = vectors(40, 20)
    reduction = fit_views(V, TwoViews(), 6)

    assert np.array_equal(reduction.transform(V[start:stop]), reduction.transform(V)[start:stop])


@pytest.mark.parametrize("n", [1, 2, 3])
def test_very_few_vectors_are_reduced_in_views(n: int) -> None:
    V = vectors(n, 20)
    X = fit_views(V, TwoViews(), 6).transform(V)

    assert X.shape == (n, max(1, n - 1))
    assert np.isfinite(X).all()


def test_how_views_are_reduced_passes_through_pickle() -> None:
    V = vectors(40, 20)
    reduction = fit_views(V, TwoViews(), 6)
    again: Reduction = pickle.loads(pickle.dumps(reduction))

    assert np.array_equal(again.transform(V), reduction.transform(V))
