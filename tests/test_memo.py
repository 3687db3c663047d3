from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from helpers_grouping import hashes_of

from pixkin.group import Groups
from pixkin.library.store import Library
from pixkin.library.values import Entry, Space
from pixkin.memo import keep, recall, recipe_of
from pixkin.records import File, ImageFacts
from pixkin.settings import Settings

N = 6
HASHES = hashes_of(N)
VERSIONS = {"pixkin": "1"}


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
        with library.space({"encoder": "one"}, 3) as space:
            library.write(entries, space, "rules")
            yield library, space


def made(n: int = N) -> Groups:
    rng = np.random.default_rng(0)
    return Groups(
        labels=np.array([0, 0, 1, -1, 1, 0][:n]),
        typicality=np.round(rng.uniform(size=n), 4),
        places=rng.normal(size=(n, 2)).astype(np.float32),
        layout="pca",
        projection=None,
    )


def test_groups_come_back_as_they_were(opened: tuple[Library, Space]) -> None:
    library, space = opened
    groups = made()

    keep(library, "recipe", HASHES, space, Settings(), groups)
    back = recall(library, "recipe", HASHES)

    assert back is not None
    for name in ("labels", "typicality", "places"):
        before, after = getattr(groups, name), getattr(back, name)
        assert after.dtype == before.dtype
        assert np.array_equal(after, before)
    assert back.layout == "pca"


def test_what_was_never_made_is_not_recalled(opened: tuple[Library, Space]) -> None:
    library, space = opened
    keep(library, "recipe", HASHES, space, Settings(), made())

    assert recall(library, "another", HASHES) is None
    assert recall(library, "recipe", HASHES[:-1]) is None


def test_the_same_recipe_made_again_takes_the_place_of_the_first(
    opened: tuple[Library, Space],
) -> None:
    library, space = opened
    later = replace(made(), labels=np.array([1, 0, 0, 0, 0, -1]))

    keep(library, "recipe", HASHES, space, Settings(), made())
    keep(library, "recipe", HASHES, space, Settings(), later)
    back = recall(library, "recipe", HASHES)

    assert back is not None
    assert back.labels.tolist() == later.labels.tolist()


@pytest.mark.parametrize(
    "change",
    [
        {"clusterer": "kmeans"},
        {"n_clusters": 5},
        {"detail": 2},
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

    assert recipe_of(HASHES, space, Settings(**change), VERSIONS) != recipe_of(
        HASHES, space, Settings(), VERSIONS
    )


@pytest.mark.parametrize("change", [{"workers": 3}, {"max_seconds": 9}, {"max_megapixels": 9}])
def test_a_setting_that_decides_nothing_makes_no_other_recipe(
    change: dict[str, object], opened: tuple[Library, Space]
) -> None:
    space = opened[1]

    assert recipe_of(HASHES, space, Settings(**change), VERSIONS) == recipe_of(
        HASHES, space, Settings(), VERSIONS
    )


def test_other_pictures_vectors_or_versions_make_another_recipe(
    opened: tuple[Library, Space],
) -> None:
    library, space = opened
    with library.space({"encoder": "two"}, 3) as other:
        recipes = {
            recipe_of(HASHES, space, Settings(), VERSIONS),
            recipe_of(HASHES[1:], space, Settings(), VERSIONS),
            recipe_of(HASHES, other, Settings(), VERSIONS),
            recipe_of(HASHES, space, Settings(), {"pixkin": "2"}),
        }

    assert len(recipes) == 4
