"""All that a library knows, in the formats of others."""

import csv
import json
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pyarrow as pa
import pytest
from conftest import draw_folder
from PIL import Image
from pyarrow import parquet

import pixkin
from pixkin.catalog import FORMATS, Exported
from pixkin.catalog.rows import Row
from pixkin.errors import (
    MissingDependencyError,
    NotGroupedError,
    PathError,
    UnknownNameError,
    UsageError,
)
from pixkin.exif import DATE_TIME, GPS_FOLDER, MAKE, MODEL
from pixkin.importing import Imported, import_table

N = 5
ODD = "=1+1, so.jpg" if os.name == "nt" else '=1+1, "so"\nand on.jpg'
NO_TEXT = os.fsdecode(b"bad\xff.jpg")
AS_TEXT = r"bad\xff.jpg"
RUN = {"encoder": "color", "layout": "pca"}


def row(files: list[dict[str, Any]], name: str) -> dict[str, Any]:
    (found,) = (one for one in files if one["path"].endswith(str(Path("/", name))))
    return found


@pytest.fixture(scope="session")
def known_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give pictures whose library knows of a copy, odd names, a damaged file, and a new one."""
    folder = draw_folder(tmp_path_factory.mktemp("known") / "photos", N, 3)
    shutil.copy(folder / "grass/0.jpg", folder / ODD)
    exif = Image.Exif()
    exif[MAKE], exif[MODEL], exif[DATE_TIME] = "Canon", "=EOS 5D", "2019:08:07 06:05:04"
    exif.get_ifd(GPS_FOLDER).update({1: "S", 2: (33.0, 30.0, 0.0), 3: "E", 4: (151.0, 15.0, 0.0)})
    with Image.open(folder / "grass/2.jpg") as photo:
        photo.save(folder / "grass/2.jpg", exif=exif)
    (folder / "cut.jpg").write_bytes((folder / "balls/0.jpg").read_bytes()[:500])
    if sys.platform == "linux":
        shutil.copy(folder / "balls/2.jpg", folder / NO_TEXT)
    pixkin.cluster(folder, **RUN)
    new = draw_folder(folder.parent / "more", 1, 5) / "stripes/0.jpg"
    shutil.copy(new, folder / "new.jpg")
    pixkin.update(folder)
    with pixkin.open(folder) as library:
        group = {image.files[0].parent.name: image.cluster_id for image in library.images}
        library.edit.rename(group["balls"], '=cmd, "Rex"')
        library.edit.hide(group["sunsets"])
        library.edit.pin(group["grass"])
        library.edit.move([folder / "balls/1.png"], group["sunsets"])
        library.edit.not_here([folder / "balls/3.png"])
    return folder


@pytest.fixture
def photos(tmp_path: Path, known_once: Path) -> Path:
    return Path(shutil.copytree(known_once, tmp_path / "photos"))


@pytest.fixture
def library(photos: Path):
    with pixkin.open(photos) as opened:
        yield opened


N_FILES = 3 * N + 3 + (sys.platform == "linux")


def read_csv(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def read_json(path: Path) -> list[dict[str, Any]]:
    return list(json.loads(path.read_text(encoding="utf-8"))["files"])


def read_parquet(path: Path) -> list[dict[str, Any]]:
    return list(parquet.read_table(path).to_pylist())


def as_cell(value: Any) -> str:
    text = "" if value is None else str(value)
    return text.lower() if isinstance(value, bool) else text


TABLES = {"csv": read_csv, "json": read_json, "parquet": read_parquet}


# Tables


@pytest.mark.parametrize("name", TABLES)
def test_every_table_has_the_columns_and_rows_of_to_dict(
    library, tmp_path: Path, name: str
) -> None:
    target = tmp_path / f"all.{name}"
    done = library.export(target)
    table = library.to_dict()
    files = TABLES[name](target)
    rows = [dict(zip(table, values, strict=True)) for values in zip(*table.values(), strict=True)]
    if name == "csv":
        rows = [{name: as_cell(value) for name, value in one.items()} for one in rows]

    assert done == Exported(N_FILES, 3, 0, 0)
    assert files == rows
    assert list(files[0]) == list(table) == list(Row._fields)


def test_a_row_says_all_that_is_known(library, photos: Path, tmp_path: Path) -> None:
    library.export(tmp_path / "all.json")
    files = read_json(tmp_path / "all.json")
    balls, moved = row(files, "balls/0.jpg"), row(files, "balls/1.png")
    grass, copy = row(files, "grass/0.jpg"), row(files, ODD)

    photo = row(files, "grass/2.jpg")

    assert balls["root"] == str(photos)
    assert (balls["name"], balls["status"]) == ('=cmd, "Rex"', "grouped")
    assert (balls["width"], balls["height"], balls["format"]) == (96, 72, "JPEG")
    assert balls["bytes"] == (photos / "balls/0.jpg").stat().st_size
    assert (balls["by_hand"], balls["is_hidden"], balls["is_pinned"]) == (False, False, False)
    assert (moved["by_hand"], moved["is_hidden"]) == (True, True)
    assert moved["cluster_id"] == row(files, "sunsets/0.jpg")["cluster_id"]
    assert grass["is_pinned"]
    assert (photo["taken"], photo["camera"]) == ("2019-08-07T06:05:04", "Canon =EOS 5D")
    assert (photo["latitude"], photo["longitude"]) == (-33.5, 151.25)
    assert {**copy, "path": ""} == {**grass, "path": ""}


def test_what_is_in_no_group_says_why(library, tmp_path: Path) -> None:
    library.export(tmp_path / "all.json")
    files = read_json(tmp_path / "all.json")
    cut = row(files, "cut.jpg")

    assert row(files, "new.jpg")["status"] == "new"
    assert row(files, "balls/3.png")["status"] == "none"
    assert (cut["status"], cut["kind"]) == ("failed", "damaged")
    assert "cut short" in cut["reason"]
    assert {one["cluster_id"] for one in files if one["status"] != "grouped"} == {None}
    assert all(one["cluster_id"] and one["reason"] is None for one in files if one["name"])


def test_what_failed_under_other_rules_and_was_read_since_has_not_failed(tmp_path: Path) -> None:
    folder = draw_folder(tmp_path / "photos", N, 2)
    draw_folder(folder / "large", 2, 1, (400, 300))
    seen = []
    for limit in (0.1, 150.0):
        pixkin.cluster(folder, **RUN, max_megapixels=limit)
        with pixkin.open(folder) as library:
            table = library.to_dict()
        at = table["path"].index(str(folder / "large/balls/1.png"))
        seen.append((table["status"][at], table["kind"][at]))

    assert seen == [("failed", "refused"), ("grouped", None)]


@pytest.mark.skipif(sys.platform != "linux", reason="names are text there")
@pytest.mark.parametrize("name", TABLES)
def test_a_name_that_is_not_utf_8_is_told_as_documented(library, tmp_path: Path, name: str) -> None:
    target = tmp_path / f"all.{name}"
    library.export(target)
    files = TABLES[name](target)

    assert row(files, AS_TEXT)["image"] == row(files, "balls/2.jpg")["image"]
    assert row(files, ODD)["image"] == row(files, "grass/0.jpg")["image"]


def test_json_has_the_groups_hidden_ones_too(library, photos: Path, tmp_path: Path) -> None:
    library.export(tmp_path / "all.json")
    told = json.loads((tmp_path / "all.json").read_text(encoding="utf-8"))
    groups = {group["cluster_id"]: group for group in told["groups"]}

    assert (told["format"], told["version"]) == ("pixkin-export", 1)
    assert told["library"] == str(photos / ".pixkin")
    assert [group["cluster_id"] for group in told["groups"]] == [
        group.cluster_id for group in library.clusters
    ]
    assert sorted(group["is_hidden"] for group in groups.values()) == [False, False, True]
    assert all(group["colour"].startswith("#") for group in groups.values())
    for cluster_id, group in groups.items():
        members = [one for one in told["files"] if one["cluster_id"] == cluster_id]
        assert (group["files"], group["images"]) == (
            len(members),
            len({one["image"] for one in members}),
        )


def test_parquet_has_types_and_the_groups(library, tmp_path: Path) -> None:
    library.export(tmp_path / "all.parquet")
    schema = parquet.read_schema(tmp_path / "all.parquet")
    groups = json.loads(schema.metadata[b"pixkin"])["groups"]

    assert schema.field("width").type == pa.int64()
    assert schema.field("latitude").type == pa.float64()
    assert schema.field("by_hand").type == pa.bool_()
    assert [group["name"] for group in groups].count('=cmd, "Rex"') == 1


def test_vectors_are_those_of_the_library(library, tmp_path: Path) -> None:
    library.export(tmp_path / "all.json", vectors=True)
    library.export(tmp_path / "all.parquet", vectors=True)
    images = [image for image in library.images if image.width]
    known = {image.sha256: v for image, v in zip(images, library.vectors(images), strict=True)}
    in_json, in_parquet = read_json(tmp_path / "all.json"), read_parquet(tmp_path / "all.parquet")

    assert row(in_json, "cut.jpg")["vector"] is None
    assert np.isnan(row(in_parquet, "cut.jpg")["vector"]).all()
    for one, other in zip(in_json, in_parquet, strict=True):
        if one["status"] != "failed":
            assert one["vector"] == other["vector"] == known[one["image"]].tolist()


def test_a_table_that_was_exported_can_be_taken_back(library, tmp_path: Path) -> None:
    target = tmp_path / "all.csv"
    library.export(target)
    rows = read_csv(target)

    assert import_table(library.edit, target) == Imported(0, (), (), ())
    row(rows, "balls/0.jpg")["cluster_id"] = row(rows, "grass/0.jpg")["cluster_id"]
    row(rows, "balls/0.jpg")["name"] = ""
    with target.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, Row._fields)
        writer.writeheader()
        writer.writerows(rows)
    assert import_table(library.edit, target).moved == 1


# Formats of other programs


@pytest.fixture
def exported(library, tmp_path: Path) -> Callable[[str], Path]:
    def write(name: str) -> Path:
        target = tmp_path / f"to-{name}"
        done = library.export(target, name)
        left_out = 1 + (sys.platform == "linux")
        assert done == Exported(N_FILES - left_out, 3, left_out, 0)
        return target

    return write


def labels(library) -> dict[str, str]:
    return {group.cluster_id: group.title or group.cluster_id for group in library.clusters}


def test_coco_has_a_box_around_each_picture_in_a_group(
    library, photos: Path, exported: Callable[[str], Path]
) -> None:
    coco = json.loads(exported("coco").read_text(encoding="utf-8"))
    images = {image["id"]: image for image in coco["images"]}
    names = {one["id"]: one["name"] for one in coco["categories"]}
    by_file = {
        images[one["image_id"]]["file_name"]: names[one["category_id"]]
        for one in coco["annotations"]
    }
    group = {
        file.relative_to(photos).as_posix(): image.cluster_id
        for image in library.images
        for file in image.files
    }

    taken = {image["file_name"]: image.get("date_captured") for image in images.values()}

    assert coco["info"]["folder"] == str(photos)
    assert taken.pop("grass/2.jpg") == "2019-08-07T06:05:04"
    assert set(taken.values()) == {None}
    assert set(coco) == {"info", "licenses", "categories", "images", "annotations"}
    assert all((photos / image["file_name"]).is_file() for image in images.values())
    assert by_file == {
        file: labels(library)[cluster_id]
        for file, cluster_id in group.items()
        if cluster_id and file != NO_TEXT
    }
    assert {"new.jpg", "balls/3.png"} == {i["file_name"] for i in images.values()} - by_file.keys()
    assert len({one["id"] for one in coco["annotations"]}) == len(coco["annotations"])
    for one in coco["annotations"]:
        image = images[one["image_id"]]
        assert one["bbox"] == [0, 0, image["width"], image["height"]]
        assert one["area"] == image["width"] * image["height"]


def test_fiftyone_finds_each_picture_where_it_is(
    library, photos: Path, exported: Callable[[str], Path]
) -> None:
    folder = exported("fiftyone")
    data = json.loads((folder / "data.json").read_text(encoding="utf-8"))
    told = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
    named = {
        Path(data[key]).relative_to(photos).as_posix(): None if k is None else told["classes"][k]
        for key, k in told["labels"].items()
    }

    assert {path.name for path in folder.iterdir()} == {"data.json", "flags.json", "labels.json"}
    assert data.keys() == told["labels"].keys()
    assert all("." not in key for key in data)  # it would be taken for the end of a file's name
    assert sorted(data, key=data.__getitem__) != []
    assert list(data) == sorted(data)
    assert named["balls/0.jpg"] == '=cmd, "Rex"'
    assert named["new.jpg"] is named["balls/3.png"] is None
    assert sorted(told["classes"]) == sorted(labels(library).values())


def test_label_studio_has_tasks_that_fit_its_interface(
    library, photos: Path, exported: Callable[[str], Path]
) -> None:
    folder = exported("labelstudio")
    tasks = json.loads((folder / "tasks.json").read_text(encoding="utf-8"))
    view = ET.parse(folder / "config.xml").getroot()
    choices = view.find("Choices")
    how = (folder / "how-to.txt").read_text(encoding="utf-8")
    offered = {choice.get("value") for choice in choices}
    chosen = {}
    for task in tasks:
        address = urlsplit(task["data"]["image"])
        (path,) = parse_qs(address.query)["d"]
        assert address.path == "/data/local-files/"
        assert (photos.parent / path).is_file()
        for prediction in task.get("predictions", []):
            (result,) = prediction["result"]
            assert (result["from_name"], result["to_name"]) == ("group", "image")
            assert result["type"] == "choices"
            (chosen[path],) = result["value"]["choices"]

    assert view.find("Image").attrib == {"name": "image", "value": "$image"}
    assert (choices.get("name"), choices.get("toName")) == ("group", "image")
    assert offered == set(labels(library).values())
    assert set(chosen.values()) <= offered
    assert chosen["photos/balls/0.jpg"] == '=cmd, "Rex"'
    assert "photos/new.jpg" not in chosen
    assert f"DOCUMENT_ROOT={photos.parent} " in how
    assert f"   {photos}\n" in how


def test_groups_that_look_alike_are_told_apart(library, exported: Callable[[str], Path]) -> None:
    # No words are suggested for these pictures, so the state is told as a regrouping would.
    state = library.edit.state()
    after = library.edit.state()
    for cluster_id in after.groups:
        after.change(cluster_id, looks_like="dog")
    library.edit.regrouped(state, after, [])
    coco = json.loads(exported("coco").read_text(encoding="utf-8"))
    names = [one["name"] for one in coco["categories"]]

    assert len(set(names)) == 3
    assert sum(name.startswith("dog [") for name in names) == 2


def test_files_of_several_folders_are_told_from_the_folder_around_them(
    library, photos: Path, tmp_path: Path
) -> None:
    draw_folder(tmp_path / "elsewhere", 1, 1)
    draw_folder(tmp_path / "another", 1, 1)
    folders = [photos, tmp_path / "elsewhere", tmp_path / "another"]
    pixkin.update(folders, library=photos / ".pixkin")
    library.export(tmp_path / "coco.json", "coco")
    paths = library.to_dict()["path"]
    coco = json.loads((tmp_path / "coco.json").read_text(encoding="utf-8"))
    names = {image["file_name"] for image in coco["images"]}

    assert coco["info"]["folder"] == str(tmp_path)
    assert {"another/balls/0.jpg", "elsewhere/balls/0.jpg", "photos/balls/0.jpg"} <= names
    assert paths == sorted(paths)


# Where it may go, and where not


@pytest.mark.parametrize("name", FORMATS)
def test_what_is_there_is_replaced_only_when_asked(library, tmp_path: Path, name: str) -> None:
    target = tmp_path / "target"
    library.export(target, name)
    library.edit.rename(library.clusters[0].cluster_id, "Another")
    before = snapshot(target)
    with pytest.raises(PathError, match="exists; choose another name, or replace it"):
        library.export(target, name)

    assert snapshot(target) == before
    library.export(target, name, force=True)
    assert snapshot(target) != before or name == "parquet"
    assert {path.name for path in tmp_path.iterdir()} == {"photos", "target"}


def snapshot(path: Path) -> list[bytes]:
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    return [file.read_bytes() for file in files]


def test_nothing_of_others_is_replaced_even_when_asked(library, photos: Path) -> None:
    picture, folder = photos / "balls/0.jpg", photos / "balls"
    before = picture.read_bytes()
    (photos / "text").write_text("mine")
    (photos.parent / "elsewhere.jpg").write_bytes(before)
    (photos / "link.jpg").symlink_to(photos.parent / "elsewhere.jpg")
    pixkin.update(photos)
    for target, name, said in [
        (picture, "csv", "is a picture of the library"),
        (photos / "cut.jpg", "csv", "is a picture of the library"),
        (photos / "link.jpg", "csv", "is a picture of the library"),
        (folder, "csv", "is not a file"),
        (folder, "fiftyone", "other things in it"),
        (photos / "text", "fiftyone", "is not a folder"),
        (photos / ".pixkin/all.csv", "csv", "lies in the library"),
        (photos / ".pixkin/library.db", "json", "lies in the library"),
        (photos / "nowhere/all.csv", "csv", "does not exist"),
    ]:
        with pytest.raises(PathError, match=said):
            library.export(target, name, force=True)

    assert picture.read_bytes() == (photos / "link.jpg").read_bytes() == before
    assert len(list(folder.iterdir())) == N
    assert library.clusters


def test_a_table_among_the_pictures_can_be_replaced(library, photos: Path) -> None:
    library.export(photos / "all.csv")
    pixkin.update(photos)

    assert library.export(photos / "all.csv", force=True).files == N_FILES


def test_a_place_that_cannot_be_written_is_blamed_itself(library, plain_user: Path) -> None:
    (plain_user / "closed").mkdir(mode=0o500)
    with pytest.raises(PathError, match=r"all\.csv: cannot be written \(Permission denied\)"):
        library.export(plain_user / "closed/all.csv")


def test_files_that_are_gone_are_counted(library, photos: Path, tmp_path: Path) -> None:
    (photos / "grass/1.png").unlink()
    pixkin.update(photos)

    assert library.export(tmp_path / "all.csv") == Exported(N_FILES - 1, 3, 0, 1)


# What cannot be asked


def test_what_cannot_be_is_refused_with_what_can(library, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"tells no format\. Say which: csv, json, parquet, coco"):
        library.export(tmp_path / "all.txt")
    with pytest.raises(UnknownNameError, match="Did you mean 'csv'"):
        library.export(tmp_path / "all", "cvs")
    with pytest.raises(UsageError, match=r"csv holds no vectors\. Choose json or parquet"):
        library.export(tmp_path / "all.csv", vectors=True)
    assert {path.name for path in tmp_path.iterdir()} == {"photos"}


def test_parquet_without_its_package_says_how_to_get_it(
    library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'pixkin\[parquet\]'"):
        library.export(tmp_path / "all.parquet")
    assert library.export(tmp_path / "all.csv").files == N_FILES


def test_a_library_without_groups_has_its_files_and_no_vectors(library, tmp_path: Path) -> None:
    library.edit.undo(len([entry for entry in library.edits if entry.is_step]))
    library.export(tmp_path / "all.json")
    statuses = {one["status"] for one in read_json(tmp_path / "all.json")}

    assert statuses == {"new", "failed"}
    with pytest.raises(NotGroupedError, match="Run `pixkin cluster`"):
        library.export(tmp_path / "more.json", vectors=True)


def test_an_empty_library_gives_empty_documents(tmp_path: Path) -> None:
    from pixkin.library import Library

    Library(tmp_path / ".pixkin").close()
    with pixkin.open(tmp_path) as library:
        for name in FORMATS:
            assert library.export(tmp_path / name, name) == Exported(0, 0, 0, 0)
    assert read_csv(tmp_path / "csv") == read_parquet(tmp_path / "parquet") == []
    assert json.loads((tmp_path / "json").read_text())["files"] == []
    assert json.loads((tmp_path / "coco").read_text())["images"] == []
    assert json.loads((tmp_path / "fiftyone/labels.json").read_text())["labels"] == {}
    assert json.loads((tmp_path / "labelstudio/tasks.json").read_text()) == []


def test_no_numpy_and_no_picture_is_needed(
    photos: Path, tmp_path: Path, run_script: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    for picture in [*photos.rglob("*.jpg"), *photos.rglob("*.png")]:
        picture.unlink()
    code = (
        "import sys, pixkin\n"
        "done = pixkin.open(sys.argv[1]).export(sys.argv[2])\n"
        "print(done.files, [n for n in ('numpy', 'PIL', 'onnxruntime') if n in sys.modules])"
    )

    assert run_script(code, photos, tmp_path / "all.csv").stdout == f"{N_FILES} []\n"
