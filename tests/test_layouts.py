import numpy as np
import pytest
from helpers_grouping import blobs

from pixkin import registry
from pixkin.layouts import tsne
from pixkin.layouts.tsne import INTERPOLATED_ABOVE
from pixkin.neighbors import nearest
from pixkin.reduce import fit

ALL = registry.names("layout")


def places_of(name: str, X: np.ndarray, random_state: int = 0) -> np.ndarray:
    return registry.build("layout", name, random_state=random_state).fit_transform(X)


def check_places(places: np.ndarray, n: int) -> None:
    """Check what every layout promises."""
    assert places.shape == (n, 2)
    assert places.dtype == np.float32
    assert np.isfinite(places).all()


def purity(places: np.ndarray, truth: np.ndarray) -> float:
    """Give the share of points whose nearest on the map is of their group."""
    return float((truth[nearest(places, 1).indices[:, 0]] == truth).mean())


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("n", [1, 2, 3, 7, 8, 9, 16, 40])
def test_every_point_gets_a_place(name: str, n: int) -> None:
    check_places(places_of(name, blobs([20, 20])[0][:n]), n)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("n_features", [1, 2])
def test_points_of_few_dimensions_get_a_place(name: str, n_features: int) -> None:
    check_places(places_of(name, blobs([9, 9], n_features)[0]), 18)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("n", [2, 5, 30])
def test_equal_points_break_nothing(name: str, n: int) -> None:
    check_places(places_of(name, np.ones((n, 4), dtype=np.float32)), n)


@pytest.mark.parametrize("name", ALL)
def test_the_same_seed_gives_the_same_map(name: str) -> None:
    X = np.random.default_rng(0).normal(size=(150, 8)).astype(np.float32)

    assert np.array_equal(places_of(name, X, 4), places_of(name, X, 4))


@pytest.mark.parametrize("n", [700, INTERPOLATED_ABOVE + 1])
def test_the_number_of_threads_does_not_move_a_point(
    n: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    X = np.random.default_rng(0).normal(size=(n, 8)).astype(np.float32)
    neighbors = nearest(X, 15)
    maps = []
    for n_threads in (1, 2, 5):
        monkeypatch.setattr(tsne, "n_cores", lambda n_threads=n_threads: n_threads)
        maps.append(registry.build("layout", "tsne", random_state=0).fit_transform(X, neighbors))

    assert np.array_equal(maps[0], maps[1])
    assert np.array_equal(maps[0], maps[2])


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("k", [4, 15, 20])
def test_neighbours_that_are_given_change_nothing(name: str, k: int) -> None:
    X = blobs([30, 30])[0]
    layout = registry.build("layout", name, random_state=0)

    assert np.array_equal(layout.fit_transform(X, nearest(X, k)), layout.fit_transform(X))


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("sizes", [[4, 5], [10, 12, 8], [30, 50]])
def test_kin_lie_together(name: str, sizes: list[int]) -> None:
    V, truth = blobs(sizes, spread=0.05)
    X = fit(V, "none", 8).transform(V)

    assert purity(places_of(name, X), truth) == 1


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("n", [3, 7])
def test_a_few_places_are_apart_by_more_than_is_written_to_a_table(name: str, n: int) -> None:
    V = blobs([1] * n)[0]

    places = places_of(name, fit(V, "none", 8).transform(V))

    assert len({(f"{x:.2f}", f"{y:.2f}") for x, y in places}) == n


def test_pca_is_that_of_the_recipe() -> None:
    from sklearn.decomposition import PCA

    X = np.random.default_rng(0).normal(size=(100, 12)).astype(np.float32)

    assert places_of("pca", X) == pytest.approx(PCA(2).fit_transform(X), abs=1e-4)


def test_tsne_keeps_neighbours_where_pca_cannot() -> None:
    X, truth = blobs([30] * 12)

    assert purity(places_of("pca", X), truth) < 0.9
    assert purity(places_of("tsne", X), truth) > 0.98


def test_a_large_map_is_laid_out_the_same_each_time() -> None:
    X, truth = blobs([INTERPOLATED_ABOVE // 3] * 3 + [9])
    neighbors = nearest(X, 15)
    one, other = (
        registry.build("layout", "tsne", random_state=0).fit_transform(X, neighbors)
        for _ in range(2)
    )

    assert np.array_equal(one, other)
    assert purity(one, truth) > 0.98


def test_of_very_many_points_a_sample_is_laid_out_and_the_rest_beside_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tsne, "SAMPLED_ABOVE", 300)
    monkeypatch.setattr(tsne, "SAMPLE", 150)
    X, truth = blobs([200, 210, 190])
    places = places_of("tsne", X)

    check_places(places, 600)
    assert purity(places, truth) > 0.98
    assert len(np.unique(places, axis=0)) > 500
