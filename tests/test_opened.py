"""A library as Python users see it."""

import shutil
import threading
from pathlib import Path

import numpy as np
import pytest
from conftest import draw_folder

import pixkin
from pixkin.errors import LibraryError, NotGroupedError, PathError, UnknownGroupError

N = 5


@pytest.fixture(scope="session")
def grouped_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = draw_folder(tmp_path_factory.mktemp("opened") / "photos", N, 3)
    shutil.copy(folder / "balls/0.jpg", folder / "copy.jpg")
    pixkin.cluster(folder)
    return folder


@pytest.fixture
def photos(tmp_path: Path, grouped_once: Path) -> Path:
    return Path(shutil.copytree(grouped_once, tmp_path / "photos"))


@pytest.fixture
def library(photos: Path):
    with pixkin.open(photos) as opened:
        yield opened


def test_a_library_is_found_from_the_folder_from_below_and_from_itself(photos: Path) -> None:
    for place in (photos, photos / "balls", photos / ".pixkin", str(photos)):
        with pixkin.open(place) as library:
            assert library.folder == photos / ".pixkin"


def test_where_there_is_none_that_is_said_and_none_is_made(tmp_path: Path) -> None:
    with pytest.raises(PathError, match="holds no library"):
        pixkin.open(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_images_have_their_files_facts_and_group(library, photos: Path) -> None:
    images = {image.files[0]: image for image in library.images}
    copied = next(image for image in library.images if len(image.files) == 2)

    assert len(images) == 3 * N
    assert set(copied.files) == {photos / "balls/0.jpg", photos / "copy.jpg"}
    assert (copied.width, copied.height) == (96, 72)
    assert copied.cluster_id == images[photos / "balls/1.png"].cluster_id
    assert copied.cluster_id != images[photos / "grass/0.jpg"].cluster_id


def test_clusters_are_those_of_the_last_grouping_with_what_was_corrected(library) -> None:
    first, second, third = library.clusters
    library.edit.rename(first.cluster_id, "Ours")
    library.edit.merge("Ours", second.cluster_id)

    assert next((group.title, group.images) for group in library.clusters) == ("Ours", 2 * N)
    assert {group.cluster_id for group in library.clusters} == {first.cluster_id, third.cluster_id}
    assert len(library.cluster("Ours").files) == 2 * N
    assert [entry.action for entry in library.edits] == ["group", "rename", "merge"]
    library.edit.undo(2)
    assert library.clusters == (first, second, third)
    with pytest.raises(UnknownGroupError):
        library.cluster("Ours")


def test_vectors_are_in_the_order_of_the_images(library, photos: Path) -> None:
    vectors, images = library.vectors(), library.images
    some = library.vectors(images[3:5])
    result = pixkin.cluster(photos)
    rows = dict(zip(result.paths, result.vectors_, strict=True))

    assert np.array_equal(some, vectors[3:5])
    for image, vector in zip(images, vectors, strict=True):
        assert np.array_equal(vector, rows[image.files[0]])


def test_neighbors_are_the_pictures_that_are_most_alike(library, photos: Path) -> None:
    near = library.neighbors(photos / "grass/0.jpg", k=4)

    assert {one.image.files[0].parent.name for one in near} == {"grass"}
    assert [one.similarity for one in near] == sorted(
        (one.similarity for one in near), reverse=True
    )
    assert all(photos / "grass/0.jpg" not in one.image.files for one in near)
    assert len(library.neighbors(photos / "copy.jpg", k=100)) == 3 * N - 1
    with pytest.raises(PathError, match="no picture that the library knows"):
        library.neighbors(photos / "nothing.jpg")


def test_what_is_asked_before_a_grouping_is_refused_with_what_to_do(
    library, photos: Path, tmp_path: Path
) -> None:
    new = draw_folder(tmp_path / "more", 1, 5) / "stripes/0.jpg"
    shutil.copy(new, photos / "new.jpg")
    pixkin.update(photos)
    with pytest.raises(NotGroupedError, match="Run `pixkin cluster`"):
        library.neighbors(photos / "new.jpg")
    library.edit.undo()
    with pytest.raises(NotGroupedError, match="has no groups yet"):
        library.vectors()


def test_a_table_has_a_row_for_each_file(library, photos: Path) -> None:
    first = library.clusters[0]
    library.edit.rename(first.cluster_id, "Ours")
    table = library.to_dict()

    assert {len(column) for column in table.values()} == {3 * N + 1}
    facts = zip(table["cluster_id"], table["name"], strict=True)
    rows = dict(zip(table["path"], facts, strict=True))
    assert rows[str(photos / "copy.jpg")] == rows[str(photos / "balls/0.jpg")]
    assert sum(name == "Ours" for _, name in rows.values()) == first.files


def test_it_is_shown_in_a_notebook_with_pictures_and_hostile_names_escaped(library) -> None:
    library.edit.rename(library.clusters[0].cluster_id, "<script>alert(1)</script>")
    shown = library._repr_html_()

    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown
    assert shown.count("data:image/jpeg;base64,") == 3 * N
    assert f"{3 * N} images, 3 clusters" in repr(library)


def test_threads_may_share_it_and_see_what_others_did(library) -> None:
    group = library.clusters[0].cluster_id
    errors: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for i in range(10):
                library.edit.rename(group, f"{number} {i}")
                assert len(library.images) == 3 * N
        except BaseException as error:  # noqa: BLE001 - told in the other thread
            errors.append(error)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert errors == []
    names = [entry.told["name"] for entry in library.edits if entry.action == "rename"]
    assert sorted(names) == sorted(f"{number} {i}" for number in range(4) for i in range(10))


def test_what_is_damaged_says_so_at_once(photos: Path) -> None:
    (photos / ".pixkin/library.db").write_bytes(b"no database " * 1000)
    with pytest.raises(LibraryError, match="damaged"):
        pixkin.open(photos)


def test_after_closing_it_can_be_used_again(photos: Path, library) -> None:
    before = library.clusters
    library.close()

    assert library.clusters == before


def test_levels_tables_and_files_are_reached_from_python(photos: Path, tmp_path: Path) -> None:
    with pixkin.open(photos) as library:
        before = {group.cluster_id: group.images for group in library.clusters}
        assert len(before) in library.levels
        assert len(library.at_level(2)) == 2
        library.work_at(2)
        assert len(library.clusters) == 2
        library.edit.undo()
        assert {group.cluster_id: group.images for group in library.clusters} == before
        (picture,) = next(image.files for image in library.images if len(image.files) == 1)
        (tmp_path / "labels.csv").write_text(f"path,label\n{picture},Mine\n")
        assert library.import_table(tmp_path / "labels.csv").moved == 1
        plan = library.organize(tmp_path / "sorted", groups=["Mine"])
        assert library.apply(plan).done == 1
        assert [path.name for path in (tmp_path / "sorted/Mine").iterdir()] == [picture.name]
        assert library.undo().done == 1
        assert not (tmp_path / "sorted").exists()
