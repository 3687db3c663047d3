"""Another level of detail becomes the one that ids, names and corrections belong to."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import draw_folder

import pixkin
from pixkin.errors import EditError, NotGroupedError
from pixkin.leveling import at_level, levels_of, work_at
from pixkin.library import Library


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = draw_folder(tmp_path_factory.mktemp("levels") / "photos", 12, 6)
    grouped(folder)
    return folder


@pytest.fixture
def library(tmp_path: Path, made_once: Path) -> Iterator[Library]:
    import shutil

    folder = Path(shutil.copytree(made_once, tmp_path / "photos"))
    with Library(folder / ".pixkin") as opened:
        yield opened


def grouped(folder: Path, **settings: object) -> pixkin.Clustering:
    return pixkin.cluster(folder, encoder="color", layout="pca", **settings)


def sizes(library: Library) -> dict[str, int]:
    return {group.cluster_id: group.images for group in library.edit.groups().groups}


def test_the_levels_are_halves_and_doubles_of_the_groups_there_are(library: Library) -> None:
    found = levels_of(library)

    assert len(sizes(library)) in found
    assert found == sorted(found)
    assert found[0] >= 2


def test_looking_at_a_level_changes_nothing_and_shows_the_ids_it_would_have(
    library: Library,
) -> None:
    before = library.edit.state()
    looked = at_level(library, 3)
    assert library.edit.state() == before
    work_at(library, 3)

    assert library.edit.state().is_like(looked)
    assert len(sizes(library)) == 3


def test_ids_and_names_go_with_the_pictures_and_all_is_undone(library: Library) -> None:
    one = next(iter(sizes(library)))
    library.edit.rename(one, "Mine")
    before = library.edit.state()
    n = len(before.groups)
    work_at(library, 2)
    assert library.edit.state().find("Mine").cluster_id == one
    work_at(library, n)
    library.edit.undo(2)

    assert library.edit.state().is_like(before)


def test_what_was_corrected_holds_at_the_other_level(library: Library) -> None:
    one, other, *_ = sizes(library)
    image = min(library.edit.state().members[one])
    library.edit.move_images([image], other)
    work_at(library, 2)
    state = library.edit.state()

    assert state.cluster_of[image] == other
    assert image in state.held
    assert state.n_since == 1, "the next run learns from it"


def test_later_runs_stay_at_the_level_unless_another_is_asked_for(library: Library) -> None:
    folder = library.folder.parent
    n = len(sizes(library))
    work_at(library, 2)
    assert grouped(folder).n_clusters_ == 2
    assert grouped(folder).n_clusters_ == 2
    draw_folder(folder / "more", 3, 2)
    assert grouped(folder).n_clusters_ < n
    assert grouped(folder, n_clusters=5).n_clusters_ == 5
    assert grouped(folder).n_clusters_ > 2, "that was another choice"


def test_a_level_that_cannot_be_is_refused(library: Library) -> None:
    for n in (1, 10_000):
        with pytest.raises(EditError, match=f"There may be 2 to .* groups; {n} cannot be"):
            work_at(library, n)


def test_without_levels_it_is_said_that_there_are_none(library: Library, tmp_path: Path) -> None:
    grouped(library.folder.parent, clusterer="kmeans", n_clusters=3)
    with pytest.raises(EditError, match="one level"):
        levels_of(library)
    with Library(tmp_path / "new" / ".pixkin") as empty, pytest.raises(NotGroupedError):
        work_at(empty, 2)
