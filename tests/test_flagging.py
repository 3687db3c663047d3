"""Flags of pictures: found in the reading pass, made up for, and chosen by everywhere."""

import contextlib
import json
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import draw_folder
from PIL import Image, ImageDraw, ImageFilter

import pixkin
from pixkin import Library
from pixkin.errors import SettingError

FLAGGED = {"plain.png": ("uniform",), "night.png": ("dark", "uniform", "tiny")}
N = 4


@pytest.fixture(scope="session")
def flagged_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = draw_folder(tmp_path_factory.mktemp("flagged") / "photos", N, 3, (160, 120))
    Image.new("RGB", (160, 120), (90, 120, 90)).save(folder / "grass/plain.png")
    Image.new("RGB", (80, 60), (5, 5, 5)).save(folder / "grass/night.png")
    shutil.copy(folder / "grass/plain.png", folder / "balls/plain again.png")
    pixkin.cluster(folder, layout="pca")
    return folder


@pytest.fixture
def photos(tmp_path: Path, flagged_once: Path) -> Path:
    return Path(shutil.copytree(flagged_once, tmp_path / "photos"))


@pytest.fixture
def library(photos: Path) -> Iterator[Library]:
    with pixkin.open(photos) as opened:
        yield opened


def database(photos: Path) -> Any:
    return contextlib.closing(sqlite3.connect(photos / ".pixkin/library.db", isolation_level=None))


def flags_by_name(library: Library, *given: Any) -> dict[str, tuple[str, ...]]:
    return {file.name: flags for file, flags in library.flags(*given).items()}


def names(images: Any) -> set[str]:
    return {file.name for image in images for file in image.files}


def test_the_reading_pass_looks_at_every_picture(photos: Path) -> None:
    with database(photos) as db:
        (n_looks,), (n_images,) = (
            db.execute(f"SELECT count(*) FROM {table}").fetchone() for table in ("looks", "images")
        )

    assert n_looks == n_images == 3 * N + 2


def test_flags_of_a_picture_are_those_of_all_its_files(library: Library) -> None:
    assert flags_by_name(library) == {**FLAGGED, "plain again.png": ("uniform",)}
    assert flags_by_name(library, ["tiny"]) == {"night.png": FLAGGED["night.png"]}
    assert flags_by_name(library, ["uniform"], ["dark"]).keys() == {"plain.png", "plain again.png"}


def test_a_library_that_knows_no_flags_learns_them_once(photos: Path, library: Library) -> None:
    before = library.flags()
    with database(photos) as db:
        db.execute("UPDATE looks SET version = 1")

        assert library.flags() == before
        assert {*db.execute("SELECT DISTINCT version > 1 FROM looks")} == {(1,)}
        (photos / ".pixkin/cache/thumbnails.db").unlink()
    assert library.flags() == before


def test_a_picture_whose_thumbnail_is_lost_has_the_flags_of_its_size(
    photos: Path, library: Library
) -> None:
    with database(photos) as db:
        db.execute("DELETE FROM looks")
    (photos / ".pixkin/cache/thumbnails.db").unlink()

    assert flags_by_name(library) == {"night.png": ("tiny",)}
    assert len(library.sample(without_flags=["dark"])) == 3 * N + 2
    assert library.sample(flags=["dark"]) == []


def test_a_search_gives_only_what_is_wanted(photos: Path, library: Library) -> None:
    asked = photos / "balls/0.jpg"

    assert names(one.image for one in library.search(asked, flags=["uniform"])) == {
        *FLAGGED, "plain again.png",
    }  # fmt: skip
    assert not {*FLAGGED} & names(
        one.image for one in library.search(asked, without_flags=["dark", "uniform"])
    )
    assert names(one.image for one in library.recommend(asked, flags="tiny")) == {"night.png"}


def test_a_sample_and_outliers_have_only_what_is_wanted(library: Library) -> None:
    assert names(library.sample(flags=["dark", "tiny"])) == {"night.png"}
    assert len(library.sample(without_flags=["uniform"])) == 3 * N
    assert all(
        not {*FLAGGED} & names([one.image]) for one in library.outliers(without_flags=["uniform"])
    )


def test_a_group_is_measured_whole_for_its_outliers(library: Library) -> None:
    every = {one.image.sha256: one for one in library.outliers()}
    some = library.outliers(without_flags=["tiny"])

    assert [every[one.image.sha256] for one in some] == some


def test_files_go_by_flag(library: Library, tmp_path: Path) -> None:
    plan = library.organize(tmp_path / "bad", flags=["uniform"], without_flags=["tiny"])

    assert {Path(action.source).name for action in plan.actions} <= {"plain.png", "plain again.png"}
    assert {Path(action.source).name for action in plan.actions}


def test_duplicates_are_those_among_what_is_wanted(library: Library) -> None:
    (group,) = library.duplicates(flags=["uniform"], kinds=["identical"]).groups

    assert {group.keeper.name, group.members[0].path.name} == {"plain.png", "plain again.png"}
    assert library.duplicates(without_flags=["uniform"], kinds=["identical"]).groups == ()


def test_an_export_tells_flags_and_goes_by_them(library: Library, tmp_path: Path) -> None:
    told = library.to_dict()
    flags = dict(zip((Path(path).name for path in told["path"]), told["flags"], strict=True))
    done = library.export(tmp_path / "some.json", flags=["uniform"], without_flags=["tiny"])
    written = json.loads((tmp_path / "some.json").read_text(encoding="utf-8"))

    assert flags["night.png"] == "dark uniform tiny"
    assert flags["0.jpg"] == ""
    assert done.files == len(written["files"]) == 2
    assert {row["flags"] for row in written["files"]} == {"uniform"}
    assert sum(group["files"] for group in written["groups"]) <= 2


def test_other_programs_get_flags_as_they_like_them(library: Library, tmp_path: Path) -> None:
    for form in ("coco", "fiftyone", "labelstudio"):
        library.export(tmp_path / form, form, flags=["tiny"])
    coco = json.loads((tmp_path / "coco").read_text(encoding="utf-8"))
    own = json.loads((tmp_path / "fiftyone/flags.json").read_text(encoding="utf-8"))
    (task,) = json.loads((tmp_path / "labelstudio/tasks.json").read_text(encoding="utf-8"))

    assert [image["flags"] for image in coco["images"]] == [["dark", "uniform", "tiny"]]
    assert list(own.values()) == [["dark", "uniform", "tiny"]]
    assert task["data"]["flags"] == "dark uniform tiny"


def test_a_picture_tells_its_flags(photos: Path, library: Library) -> None:
    assert library.portrait(photos / "grass/night.png").flags == FLAGGED["night.png"]
    assert library.portrait(photos / "balls/0.jpg").flags == ()


def test_flags_that_are_not_known_are_refused_with_those_that_are(library: Library) -> None:
    for ask in (library.flags, library.sample, library.outliers, library.duplicates):
        with pytest.raises(SettingError, match=r"of blurred, dark, .*'ugly'"):
            ask(flags=["ugly"])
        with pytest.raises(SettingError, match="without_flags"):
            ask(without_flags=["ugly"])


def test_what_is_drawn_or_cut_out_is_no_bad_photo(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    for name, ground in (("white", "white"), ("black", "black")):
        image = Image.new("RGB", (400, 300), ground)
        draw = ImageDraw.Draw(image)
        for i in range(6):
            colour = (200 - 20 * i, 150 - 10 * i, 90)
            draw.ellipse((130 + 8 * i, 100 + 5 * i, 290 - 8 * i, 220 - 5 * i), fill=colour)
        image.save(folder / f"{name}.jpg")
        image.filter(ImageFilter.GaussianBlur(14)).save(folder / f"{name} blurred.jpg")
    box = Image.new("RGB", (400, 300), "blue")
    ImageDraw.Draw(box).rectangle((90, 80, 310, 230), fill="red")
    box.save(folder / "box.jpg")
    pixkin.cluster(folder, layout="pca")
    with pixkin.open(folder) as library:
        flags = flags_by_name(library)

    assert flags == {"white blurred.jpg": ("blurred",), "black blurred.jpg": ("blurred",)}
