from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from helpers_grouping import hashes_of, unit

from pixkin.communities import Tree
from pixkin.group import Groups, cut, levels
from pixkin.library.store import Library
from pixkin.library.values import Entry, Space
from pixkin.memo import keep, recall, recipe_of
from pixkin.records import File, ImageFacts
from pixkin.settings import Settings

N = 6
HASHES = hashes_of(N)
VERSIONS = {"pixkin": "1"}


def encoder(name: str) -> SimpleNamespace:
    """Give as much of an encoder as a library looks at."""
    return SimpleNamespace(fingerprint={"encoder": name}, n_features=3)


@pytest.fixture
def opened(tmp_path) -> Iterator[tuple[Library, Space]]:
    """Give a library that knows N pictures, and their space."""
    with Library(tmp_path / "library") as library:
        root = library.add_root(tmp_path)
        entries = [
            Entry(
                File(root, f"{i}.jpg", 9, 0, i),
                sha256,
                ImageFacts(4, 3, "JPEG"),
                np.ones(3, dtype=np.float32) * i,
                b"thumbnail",
            )
            for i, sha256 in enumerate(HASHES)
        ]
        with library.space(encoder("one")) as space:
            library.write(entries, space, "rules")
            yield library, space


def made(n: int = N, **changes: Any) -> Groups:
    rng = np.random.default_rng(0)
    leaves = np.array([0, 0, 1, 2, 1, 0][:n])
    groups = Groups(
        leaves=leaves,
        tree=Tree(leaves, np.array([[1, 2], [0, 1]]), 2),
        reduced=unit(rng.normal(size=(n, 4))).astype(np.float16),
        places=rng.normal(size=(n, 2)).astype(np.float32),
        layout="pca",
        likely=rng.uniform(size=(3, 5)).astype(np.float32),
        reduction=None,
    )
    return replace(groups, **changes)


def without_tree() -> Groups:
    return made(leaves=np.array([0, 0, 1, -1, 1, 0]), tree=None)


@pytest.mark.parametrize("groups", [made(), without_tree()], ids=["tree", "no-tree"])
def test_groups_come_back_as_they_were(groups: Groups, opened: tuple[Library, Space]) -> None:
    library, space = opened

    keep(library, "recipe", HASHES, space.space_id, Settings(), groups)
    back = recall(library, "recipe")

    assert back is not None
    for name in ("leaves", "reduced", "places", "likely"):
        before, after = getattr(groups, name), getattr(back, name)
        assert after.dtype == before.dtype
        assert np.array_equal(after, before)
    assert back.layout == "pca"
    assert back.reduction is None
    assert (back.tree is None) == (groups.tree is None)


@pytest.mark.parametrize("change", [{}, {"n_clusters": 3}, {"n_clusters": 5}, {"detail": 0.5}])
def test_groups_that_came_back_are_cut_as_before(
    change: dict[str, Any], opened: tuple[Library, Space]
) -> None:
    library, space = opened
    keep(library, "recipe", HASHES, space.space_id, Settings(), made())
    back = recall(library, "recipe")

    assert back is not None
    labels = [cut(groups, Settings(**change)) for groups in (made(), back)]
    assert np.array_equal(*labels)
    beside = [levels(groups, 2) for groups in (made(), back)]
    assert [one is None for one in beside[0]] == [one is None for one in beside[1]]


def test_what_was_never_made_is_not_recalled(opened: tuple[Library, Space]) -> None:
    library, space = opened
    keep(library, "recipe", HASHES, space.space_id, Settings(), made())

    assert recall(library, "another") is None


def test_the_same_recipe_made_again_takes_the_place_of_the_first(
    opened: tuple[Library, Space],
) -> None:
    library, space = opened
    later = made(leaves=np.array([1, 0, 0, 0, 0, -1]), tree=None)

    keep(library, "recipe", HASHES, space.space_id, Settings(), made())
    keep(library, "recipe", HASHES, space.space_id, Settings(), later)
    back = recall(library, "recipe")

    assert back is not None
    assert back.tree is None
    assert back.leaves.tolist() == later.leaves.tolist()


@pytest.mark.parametrize(
    "change",
    [
        {"clusterer": "kmeans"},
        {"layout": "pca"},
        {"random_state": 1},
        {"n_neighbors": 9},
        {"n_components": 64},
    ],
)
def test_a_setting_that_decides_groups_makes_another_recipe(
    change: dict[str, object], opened: tuple[Library, Space]
) -> None:
    space = opened[1]

    assert recipe_of(HASHES, space.space_id, Settings(**change), VERSIONS) != recipe_of(
        HASHES, space.space_id, Settings(), VERSIONS
    )


LEVELS = [{"n_clusters": 5}, {"detail": 2}, {"detail": 0.5, "n_clusters": 2}]


@pytest.mark.parametrize("change", LEVELS)
def test_a_clusterer_that_finds_every_level_has_one_recipe_for_all(
    change: dict[str, object], opened: tuple[Library, Space]
) -> None:
    space = opened[1]

    assert recipe_of(HASHES, space.space_id, Settings(**change), VERSIONS) == recipe_of(
        HASHES, space.space_id, Settings(), VERSIONS
    )


@pytest.mark.parametrize(
    ("clusterer", "change"),
    [
        ("agglomerative", {"n_clusters": 5}),
        ("agglomerative", {"detail": 2}),
        ("hdbscan", {"detail": 2}),
        ("kmeans", {"n_clusters": 5}),
        ("kmeans", {"detail": 2}),
    ],
)
def test_a_clusterer_that_finds_one_level_has_a_recipe_for_each(
    clusterer: str, change: dict[str, object], opened: tuple[Library, Space]
) -> None:
    space = opened[1]
    plain = Settings(clusterer=clusterer)

    assert recipe_of(HASHES, space.space_id, replace(plain, **change), VERSIONS) != recipe_of(
        HASHES, space.space_id, plain, VERSIONS
    )


@pytest.mark.parametrize("change", [{"workers": 3}, {"max_seconds": 9}, {"max_megapixels": 9}])
def test_a_setting_that_decides_nothing_makes_no_other_recipe(
    change: dict[str, object], opened: tuple[Library, Space]
) -> None:
    space = opened[1]

    assert recipe_of(HASHES, space.space_id, Settings(**change), VERSIONS) == recipe_of(
        HASHES, space.space_id, Settings(), VERSIONS
    )


def test_other_pictures_vectors_or_versions_make_another_recipe(
    opened: tuple[Library, Space],
) -> None:
    library, space = opened
    with library.space(encoder("two")) as other:
        recipes = {
            recipe_of(HASHES, space.space_id, Settings(), VERSIONS),
            recipe_of(HASHES[1:], space.space_id, Settings(), VERSIONS),
            recipe_of(HASHES, other.space_id, Settings(), VERSIONS),
            recipe_of(HASHES, space.space_id, Settings(), {"pixkin": "2"}),
        }

    assert len(recipes) == 4
