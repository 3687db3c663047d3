from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from pixkin.neighbors import BLOCK, EXACT_UP_TO, _sklearn_search, nearest, nearest_to
from pixkin.records import Neighbors

Lattice = arrays.arrays(
    np.float32,
    st.tuples(st.integers(1, 40), st.integers(1, 4)),
    elements=st.integers(-3, 3).map(np.float32),
)
"""Small whole numbers: distances are exact, and many are equal."""


def all_distances(X: np.ndarray, Y: np.ndarray) -> np.ndarray:
    return ((X[:, None].astype(float) - Y[None]) ** 2).sum(axis=2)


def check_lists(found: Neighbors, apart: np.ndarray, k: int) -> None:
    """Compare lists with all distances; of equally near points, any will do."""
    assert found.indices.shape == found.distances.shape == (len(apart), k)
    assert found.indices.dtype == np.int32
    assert found.distances.dtype == np.float32
    assert found.distances == pytest.approx(np.sort(apart, axis=1)[:, :k], abs=1e-5)
    assert np.take_along_axis(apart, found.indices.astype(int), 1) == pytest.approx(
        found.distances, abs=1e-5
    )
    assert all(len(set(row)) == k for row in found.indices.tolist())


@given(Lattice, st.integers(0, 50))
def test_nearest_finds_what_comparing_all_with_all_finds(X: np.ndarray, k: int) -> None:
    apart = all_distances(X, X)
    np.fill_diagonal(apart, np.inf)

    found = nearest(X, k)

    check_lists(found, apart, min(k, len(X) - 1))
    assert not (found.indices == np.arange(len(X))[:, None]).any()


@given(Lattice, st.integers(1, 60), st.data())
def test_nearest_to_finds_what_comparing_all_with_all_finds(
    X: np.ndarray, k: int, data: st.DataObject
) -> None:
    queries = data.draw(
        arrays.arrays(
            np.float32,
            st.tuples(st.integers(0, 5), st.just(X.shape[1])),
            elements=st.integers(-3, 3).map(np.float32),
        )
    )

    found = nearest_to(queries, X, k)

    check_lists(found, all_distances(queries, X), min(k, len(X)))


@given(Lattice, st.integers(1, 40))
def test_scikit_learn_stands_in_with_the_same_distances(X: np.ndarray, k: int) -> None:
    k = min(k, len(X))

    distances, indices = _sklearn_search(X, k)(X)

    check_lists(
        Neighbors(indices.astype(np.int32), distances.astype(np.float32)), all_distances(X, X), k
    )


def test_of_equally_near_points_the_first_comes_first() -> None:
    X = np.zeros((20, 3), dtype=np.float32)

    assert nearest(X, 3).indices.tolist() == [
        [i for i in range(4) if i != j][:3] for j in range(20)
    ]


@pytest.mark.parametrize("n", [0, 1])
def test_who_is_alone_has_no_neighbours(n: int) -> None:
    assert nearest(np.ones((n, 4), dtype=np.float32), 8).indices.shape == (n, 0)
    assert nearest_to(np.ones((3, 4)), np.ones((n, 4)), 8).indices.shape == (3, n)


def test_numbers_of_another_type_and_order_are_taken() -> None:
    X = np.asfortranarray(np.random.default_rng(0).normal(size=(30, 4)))

    found = nearest_to(X[:5], X, 3)

    check_lists(found, all_distances(X[:5], X), 3)


@pytest.mark.parametrize("n", [100, 2 * BLOCK + 50])
def test_the_number_of_threads_changes_no_bit(n: int) -> None:
    X = np.random.default_rng(0).normal(size=(n, 128)).astype(np.float32)

    one, two = nearest(X, 15, n_threads=1), nearest(X, 15, n_threads=2)

    assert np.array_equal(one.indices, two.indices)
    assert np.array_equal(one.distances, two.distances)


def test_a_query_is_answered_the_same_whatever_queries_come_with_it() -> None:
    X = np.random.default_rng(0).normal(size=(BLOCK + 50, 64)).astype(np.float32)

    together = nearest_to(X, X, 5)

    for rows in (slice(7, 8), slice(100, 119), slice(200, 300), slice(BLOCK, BLOCK + 7)):
        some = nearest_to(X[rows], X, 5)
        assert np.array_equal(together.indices[rows], some.indices)
        assert np.array_equal(together.distances[rows], some.distances)


@pytest.fixture(scope="module")
def many() -> np.ndarray:
    """Give points in loose groups, as pictures are."""
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(200, 16))[rng.integers(0, 200, EXACT_UP_TO + 1)]
    return (centres + rng.normal(scale=0.5, size=centres.shape)).astype(np.float32)


def test_of_many_points_most_neighbours_are_found(many: np.ndarray) -> None:
    rows = np.arange(0, len(many), 1000)
    true = np.argsort(all_distances(many[rows], many), axis=1)[:, 1:9].tolist()

    one, two = nearest(many, 8, n_threads=1), nearest(many, 8, n_threads=2)
    found = one.indices[rows].tolist()
    hits = [len({*a} & {*b}) for a, b in zip(found, true, strict=True)]

    assert np.array_equal(one.indices, two.indices)
    assert np.array_equal(one.distances, two.distances)
    assert np.mean(hits) / 8 >= 0.9
    assert one.indices.min() >= 0


def test_of_many_points_there_are_as_many_neighbours_as_were_asked_for(many: np.ndarray) -> None:
    found = nearest_to(many[:2], many, 9000)

    check_lists(found, all_distances(many[:2], many), 9000)


def test_faiss_is_left_with_as_many_threads_as_it_had() -> None:
    import faiss

    before = faiss.omp_get_max_threads()
    nearest(np.random.default_rng(0).normal(size=(50, 3)).astype(np.float32), 4)

    assert faiss.omp_get_max_threads() == before


WITHOUT_FAISS = """
import sys
from importlib.machinery import PathFinder
find = PathFinder.find_spec
PathFinder.find_spec = classmethod(
    lambda cls, name, *rest: None if name.partition(".")[0] == "faiss" else find(name, *rest)
)
import numpy as np
from pixkin.neighbors import nearest
found = nearest(np.load(sys.argv[1]), 6)
assert "faiss" not in sys.modules and "sklearn" in sys.modules
np.savez(sys.argv[2], indices=found.indices, distances=found.distances)
"""


def test_where_faiss_has_no_wheel_the_neighbours_are_the_same(
    tmp_path: Path, run_script: Callable[..., CompletedProcess[str]]
) -> None:
    X = np.random.default_rng(0).normal(size=(300, 8)).astype(np.float32)
    np.save(tmp_path / "X.npy", X)

    ended = run_script(WITHOUT_FAISS, tmp_path / "X.npy", tmp_path / "found.npz")
    without, found = np.load(tmp_path / "found.npz"), nearest(X, 6)

    assert ended.stderr == ""
    assert np.array_equal(without["indices"], found.indices)
    assert without["distances"] == pytest.approx(found.distances, abs=1e-4)
