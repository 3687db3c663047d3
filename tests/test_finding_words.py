"""Pictures by words, dates, cameras, folders and places."""

import shutil
from pathlib import Path

import pytest
from conftest import draw_folder
from PIL import Image

import pixkin
from pixkin.errors import PathError, SettingError

N = 4
MAKE, MODEL, TIME, EXIF, GPS = 0x010F, 0x0110, 0x9003, 0x8769, 0x8825


def shoot(path: Path, taken: str = "", camera: str = "", at: tuple[float, float] | None = None):
    """Give a picture what a camera writes into it."""
    with Image.open(path) as image:
        exif = image.getexif()
        if camera:
            exif[MAKE], exif[MODEL] = camera.split(" ", 1)
        if taken:
            exif.get_ifd(EXIF)[TIME] = taken
        if at:
            sides = ("N" if at[0] >= 0 else "S", "E" if at[1] >= 0 else "W")
            exif[GPS] = {
                1: sides[0], 2: (abs(at[0]), 0.0, 0.0), 3: sides[1], 4: (abs(at[1]), 0.0, 0.0)
            }  # fmt: skip
        image.save(path, exif=exif)


@pytest.fixture(scope="module")
def drawn_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = draw_folder(tmp_path_factory.mktemp("words") / "photos", N, 3)
    shoot(folder / "balls/0.jpg", "2019:07:21 10:20:30", "Acme One", (48.5, 11.25))
    shoot(folder / "balls/2.jpg", "2019:08:01 08:00:00", "Acme One", (-33.5, -70.25))
    shoot(folder / "grass/0.jpg", "2021:07:02 09:00:00", "Bolt 7")
    (folder / "grass/2.jpg").rename(folder / "grass/Übung im Garten.jpg")
    shutil.copy(folder / "balls/1.png", folder / "grass/copy of a ball.png")
    (folder / "broken july.jpg").write_bytes((folder / "balls/0.jpg").read_bytes()[:300])
    pixkin.cluster(folder, n_clusters=3)
    return folder


@pytest.fixture
def photos(tmp_path: Path, drawn_once: Path) -> Path:
    return Path(shutil.copytree(drawn_once, tmp_path / "photos"))


@pytest.fixture
def library(photos: Path):
    with pixkin.open(photos) as opened:
        yield opened


def names(found) -> set[str]:
    return {"/".join(image.files[0].parts[-2:]) for image in found.images}


def test_every_word_must_fit_a_file_a_date_or_a_camera(library) -> None:
    assert names(library.find_words("BALLS")) == {
        f"balls/{i}" for i in ("0.jpg", "1.png", "2.jpg", "3.png")
    }
    assert names(library.find_words("balls png")) == {"balls/1.png", "balls/3.png"}
    assert names(library.find_words("2019")) == {"balls/0.jpg", "balls/2.jpg"}
    assert names(library.find_words("july")) == {"balls/0.jpg", "grass/0.jpg"}
    assert names(library.find_words("jul 2019 acme")) == {"balls/0.jpg"}
    assert names(library.find_words("2019-08-01")) == {"balls/2.jpg"}
    assert names(library.find_words("balls bolt")) == set()


def test_letters_of_any_alphabet_are_found_large_or_small(library) -> None:
    assert names(library.find_words("übung")) == {"grass/Übung im Garten.jpg"}
    assert names(library.find_words("U\u0308BUNG garten")) == {"grass/Übung im Garten.jpg"}


def test_a_word_with_signs_of_sql_is_only_a_word(library) -> None:
    for text in ("%", "_", "'", '"', "'; DROP TABLE images; --", "\\", "*", "\x00", "(", "[a-z]"):
        assert names(library.find_words(text)) == set()
    assert len(library.images) == 3 * N + 1


def test_names_of_groups_come_first_and_then_the_newest(library, photos: Path) -> None:
    grass = next(i for i in library.images if i.files[0] == photos / "grass/0.jpg")
    library.edit.rename(grass.cluster_id, "Balls of grass")
    found = library.find_words("balls")

    places = [image.cluster_id == grass.cluster_id for image in found.images]
    assert places == sorted(places, reverse=True)
    assert sum(places) == library.cluster(grass.cluster_id).group.images
    assert found.images[0] == next(i for i in library.images if i.sha256 == grass.sha256)


def test_a_picture_of_two_files_is_found_once_by_either(library) -> None:
    found = library.find_words("copy ball")

    assert len(found.images) == len(found.hashes) == 1
    assert len(found.images[0].files) == 2


def test_facts_narrow_down(library, photos: Path) -> None:
    assert names(library.find_words(taken="2019-07")) == {"balls/0.jpg"}
    assert names(library.find_words(camera="Acme One", taken="2019-08")) == {"balls/2.jpg"}
    assert names(library.find_words(place=(48, 11))) == {"balls/0.jpg"}
    assert names(library.find_words(place=(-34, -71))) == {"balls/2.jpg"}
    grass = library.find_words(folder=photos / "grass")
    assert len(grass.images) == N + 1
    assert len(library.find_words(folder=photos).images) == 3 * N
    assert library.find_words(folder=photos / "gras").images == []
    assert library.find_words(folder="/").hashes == library.find_words().hashes


def test_flags_narrow_down(library) -> None:
    tiny = library.find_words(flag="tiny")  # 96 pixels

    assert len(tiny.images) == 3 * N
    assert library.find_words(flag="odd-shape").images == []
    with pytest.raises(SettingError, match="flag"):
        library.find_words(flag="ugly")


def test_pictures_with_copies_and_chosen_ones_narrow_down(library) -> None:
    (copied,) = library.find_words(copied=True).images
    some = library.find_words().hashes[:3]

    assert len(copied.files) == 2
    assert library.facets().copied == 1
    assert library.find_words(among=some).hashes == some
    assert library.find_words("copy ball", among=some).hashes in ([], [copied.sha256])
    assert library.find_words(among=()).hashes == []


def test_what_could_not_be_read_or_is_gone_is_not_found(library, photos: Path) -> None:
    assert "photos/broken july.jpg" not in names(library.find_words())
    (photos / "balls/0.jpg").unlink()
    pixkin.update(photos)

    assert names(library.find_words("jul 2019")) == set()


def test_all_are_named_and_the_first_are_given(library) -> None:
    found = library.find_words(n=2)

    assert len(found.images) == 2
    assert len(found.hashes) == 3 * N
    assert [image.sha256 for image in found.images] == found.hashes[:2]
    assert names(found) == {"grass/0.jpg", "balls/2.jpg"}  # the newest


@pytest.mark.parametrize(
    "wrong", [{"taken": "July"}, {"taken": "2019-7"}, {"place": (91, 0)}, {"n": -1}]
)
def test_what_cannot_be_is_refused(library, wrong) -> None:
    with pytest.raises(SettingError):
        library.find_words(**wrong)


def test_facets_count_what_is_there(library, photos: Path) -> None:
    found = library.facets()

    assert found.months == (("2021-07", 1), ("2019-08", 1), ("2019-07", 1))
    assert found.cameras == (("Acme One", 2), ("Bolt 7", 1))
    assert set(found.places) == {(48, 11, 1), (-34, -71, 1)}
    assert dict(found.folders)[str(photos / "grass")] == N + 1


def test_a_search_by_pictures_is_narrowed_to_what_words_find(library, photos: Path) -> None:
    among = library.find_words("balls").hashes
    found = library.search(photos / "grass/0.jpg", among=among)

    assert {one.image.sha256 for one in found} == set(among)
    assert library.search(photos / "grass/0.jpg", among=[]) == []


def test_pictures_of_the_library_are_searched_for_without_their_files(
    library, photos: Path
) -> None:
    image = library.find_words("grass").images[0]
    by_path = library.search(image.files[0], n=5)
    for file in image.files:
        file.unlink()

    assert library.search(image, n=5) == by_path
    with pytest.raises(PathError, match="both"):
        library.search(image, unlike=[image])
