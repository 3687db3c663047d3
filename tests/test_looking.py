"""One picture of a library: its facts, why it is where it is, and a large view of it."""

import io
import os
import shutil
from pathlib import Path

import pytest
from conftest import draw_folder
from PIL import Image
from test_finding_words import shoot

import pixkin
from pixkin.errors import BadImageError, PathError, SettingError

N = 4


@pytest.fixture(scope="module")
def drawn_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = draw_folder(tmp_path_factory.mktemp("looking") / "photos", N, 3)
    shoot(folder / "balls/0.jpg", "2019:07:21 10:20:30", "Acme One", (48.0, 11.0))
    shutil.copy(folder / "balls/1.png", folder / "copy.png")
    with Image.open(folder / "grass/0.jpg") as image:
        large = image.resize((3000, 600))
        large.save(folder / "large.tif")
    pixkin.cluster(folder, n_clusters=3)
    return folder


@pytest.fixture
def photos(tmp_path: Path, drawn_once: Path) -> Path:
    return Path(shutil.copytree(drawn_once, tmp_path / "photos"))


@pytest.fixture
def library(photos: Path):
    with pixkin.open(photos) as opened:
        yield opened


def test_a_picture_is_known_by_the_beginning_of_its_checksum(library) -> None:
    for image in library.images:
        assert library.image(image.sha256) == library.image(image.sha256[:16]) == image
    for wrong in ("", "0", "xyz", "00" * 32, "00" * 33, "../../x", "ABCD"):
        with pytest.raises(PathError, match="no picture of this library"):
            library.image(wrong)


def test_a_picture_says_of_itself_what_its_camera_wrote(library, photos: Path) -> None:
    facts = library.facts(photos / "balls/0.jpg")
    plain = library.facts(library.image(library.portrait(photos / "copy.png").image.sha256))

    assert (facts.format, facts.width, facts.height) == ("JPEG", 96, 72)
    assert (facts.taken, facts.camera) == ("2019-07-21T10:20:30", "Acme One")
    assert (facts.latitude, facts.longitude) == (48.0, 11.0)
    assert facts.bytes == (photos / "balls/0.jpg").stat().st_size
    assert [file.path for file in facts.files] == [photos / "balls/0.jpg"]
    assert [file.path for file in plain.files] == [photos / "balls/1.png", photos / "copy.png"]
    assert (plain.taken, plain.camera, plain.latitude) == (None, None, None)
    assert all(file.is_as_read(file.path.stat()) for file in plain.files)


def test_a_portrait_is_the_same_by_path_and_by_picture(library, photos: Path) -> None:
    by_path = library.portrait(photos / "grass/0.jpg")

    assert library.portrait(by_path.image) == by_path
    assert by_path.group.cluster_id == by_path.image.cluster_id
    assert by_path.image not in [near.image for near in by_path.near]
    similarities = [near.similarity for near in by_path.near]
    assert similarities == sorted(similarities, reverse=True)


def test_a_portrait_says_why(library, photos: Path) -> None:
    here = photos / "grass/0.jpg"
    assert "most like it are in the same group" in library.portrait(here).why
    other = library.portrait(photos / "balls/0.jpg").group.cluster_id
    library.edit.move([here], other)
    assert library.portrait(here).why == "it was put there by hand"
    library.edit.not_here([here])
    assert library.portrait(here).why == "it is in no group"
    library.edit.undo(3)
    assert library.portrait(here).group is None


def test_any_format_is_previewed_at_the_size_that_is_asked_for(library, photos: Path) -> None:
    with Image.open(io.BytesIO(library.preview(photos / "large.tif"))) as image:
        assert (image.format, image.size) == ("JPEG", (2560, 512))
    with Image.open(io.BytesIO(library.preview(photos / "balls/0.jpg", 48))) as image:
        assert max(image.size) == 48
        assert not image.getexif()
    with pytest.raises(SettingError, match="side"):
        library.preview(photos / "large.tif", 8)


def test_the_next_file_is_previewed_where_the_first_has_changed(library, photos: Path) -> None:
    picture = photos / "balls/1.png"
    before = library.preview(picture)
    picture.write_bytes(b"<svg onload='alert(1)'/>")

    assert library.preview(picture) == before
    (photos / "copy.png").unlink()
    with pytest.raises(PathError, match="has changed since it was read"):
        library.preview(picture)


def test_what_does_not_decode_any_more_costs_an_error_alone(library, photos: Path) -> None:
    picture = photos / "large.tif"
    status = picture.stat()
    picture.write_bytes(b"\0" * status.st_size)
    os.utime(picture, ns=(status.st_atime_ns, status.st_mtime_ns))

    with pytest.raises(BadImageError):
        library.preview(picture)
