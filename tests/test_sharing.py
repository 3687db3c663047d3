"""Pages to give away: what is in them, what is not, and where they may be written."""

import base64
import io
import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import draw_folder
from PIL import Image

import pixkin
from pixkin.errors import NotGroupedError, PathError, SettingError, UnknownGroupError, UsageError
from pixkin.progress import Step
from pixkin.sharing.jpeg import plain
from pixkin.sharing.page import BUILT
from pixkin.web.routes.groups import Group, GroupsAnswer, LibraryAnswer

pytestmark = pytest.mark.skipif(
    not (BUILT / "page.js").is_file(), reason="the page is not built: make page"
)

MAKE, MODEL = 0x010F, 0x0110
EXIF_IFD, TAKEN, GPS_IFD = 0x8769, 0x9003, 0x8825


@pytest.fixture(scope="module")
def grouped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with a library; its pictures tell of a camera, a time and a place."""
    folder = tmp_path_factory.mktemp("share") / "Secret folder"
    draw_folder(folder, n_per_kind=6, size=(400, 300))
    for path in folder.rglob("*.jpg"):
        exif = Image.Exif()
        exif[MAKE], exif[MODEL] = "Quizzical", "Camera"
        exif.get_ifd(EXIF_IFD)[TAKEN] = "2021:03:04 05:06:07"
        exif.get_ifd(GPS_IFD).update({1: "N", 2: (52.0, 30.0, 0.0), 3: "E", 4: (13.0, 15.0, 0.0)})
        Image.open(path).save(path, exif=exif, comment="A quizzical comment")
    pixkin.cluster(folder, n_clusters=4)
    return folder


@pytest.fixture
def library(grouped: Path, tmp_path: Path) -> Iterator[pixkin.Library]:
    folder = tmp_path / "Secret folder"
    shutil.copytree(grouped, folder)
    with pixkin.open(folder) as found:
        yield found


def part(folder: Path, name: str) -> Any:
    """Read a part as the page does: it is a script that leaves it behind."""
    text = (folder / "data" / f"{name}.js").read_text(encoding="utf-8")
    found = re.fullmatch(rf'\(self.*\)\["{name}"\]=(.*);\n', text, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def numbers(text: str, kind: str = "<i4") -> list[Any]:
    return np.frombuffer(base64.b64decode(text), dtype=kind).tolist()


def small(path: Path) -> Any:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB").resize((8, 6)), dtype=int)


def everything(folder: Path) -> bytes:
    """Give all bytes of a page, and the names of its files."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return b"\n".join(str(p.relative_to(folder)).encode() + p.read_bytes() for p in files)


def test_every_group_and_picture_is_there(library: pixkin.Library, tmp_path: Path) -> None:
    library.edit.rename(library.clusters[0].cluster_id, "Balls")

    done = library.share(tmp_path / "page")

    folder = tmp_path / "page"
    told, members = part(folder, "groups-usual"), part(folder, "members-usual")
    assert done.page == folder / "index.html"
    assert [group["id"] for group in told["groups"]] == [c.cluster_id for c in library.clusters]
    assert told["groups"][0]["name"] == "Balls"
    assert done.images == len(library.images) == len(list((folder / "thumbs").rglob("*.jpg")))
    seen = [i for one in members.values() for i in numbers(one["pictures"])]
    assert sorted(seen) == list(range(done.images))
    for group in told["groups"]:
        assert group["images"] == len(numbers(members[group["id"]]["pictures"]))
        assert all((folder / "thumbs" / key[:2] / f"{key}.jpg").is_file() for key in group["cover"])


def test_the_parts_are_those_that_the_server_gives(library: pixkin.Library, tmp_path: Path) -> None:
    library.share(tmp_path / "page")

    told = part(tmp_path / "page", "groups-usual")
    glance = part(tmp_path / "page", "index")["library"]
    assert told.keys() == {field.name for field in fields(GroupsAnswer)}
    assert told["groups"][0].keys() == {field.name for field in fields(Group)}
    assert glance.keys() == {field.name for field in fields(LibraryAnswer)}


def test_a_group_has_its_pictures_in_order(library: pixkin.Library, tmp_path: Path) -> None:
    group = library.clusters[1]
    shown = library.gallery(group.cluster_id)

    library.share(tmp_path / "page")

    table = part(tmp_path / "page", "pictures")
    members = part(tmp_path / "page", "members-usual")[group.cluster_id]
    keys = re.findall(".{16}", table["keys"])
    ratios = numbers(table["ratios"], "<u2")
    of_file = {image.sha256: image.files[0] for image in library.images}
    for i, sha256 in zip(numbers(members["pictures"]), shown.images, strict=True):
        thumb = small(tmp_path / "page" / "thumbs" / keys[i][:2] / f"{keys[i]}.jpg")
        assert abs(thumb - small(of_file[sha256])).mean() < 12
        assert ratios[i] == 1333


def test_levels_and_the_map_are_there(library: pixkin.Library, tmp_path: Path) -> None:
    library.share(tmp_path / "page")

    levels = part(tmp_path / "page", "index")["library"]["levels"]
    places = part(tmp_path / "page", "map")
    n = len(numbers(places["pictures"]))
    assert levels == library.levels
    assert len(numbers(places["xy"], "<f4")) == 2 * n == 2 * len(library.images)
    for level in ["usual", *(level for level in levels if level != 4)]:
        groups = part(tmp_path / "page", f"groups-{level}")["groups"]
        labels = part(tmp_path / "page", f"labels-{level}")
        assert labels["groups"] == [group["id"] for group in groups]
        counts = np.bincount(numbers(labels["labels"]), minlength=len(groups)).tolist()
        assert counts == [group["images"] for group in groups]


def test_nothing_is_told_that_was_not_asked_for(library: pixkin.Library, tmp_path: Path) -> None:
    library.share(tmp_path / "page", larger=256)
    library.share(tmp_path / "page.html", single=True)

    shared = everything(tmp_path / "page") + (tmp_path / "page.html").read_bytes()
    hidden = ["Secret", str(tmp_path), "balls", "5.png", "2021-", "2021:", "uizzical", "52.50"]
    hidden += [image.sha256[:8] for image in library.images]
    for text in hidden:
        assert text.encode() not in shared, text
    for jpeg in (tmp_path / "page").rglob("*.jpg"):
        with Image.open(jpeg) as image:
            image.load()
            assert dict(image.getexif()) == {}
            assert "comment" not in image.info


def test_what_is_asked_for_is_told(library: pixkin.Library, tmp_path: Path) -> None:
    library.share(tmp_path / "page", include=["names", "paths", "dates", "cameras", "places"])

    facts = part(tmp_path / "page", "facts")
    i = facts["paths"].index("balls/0.jpg")
    assert facts["names"][i] == "0.jpg"
    assert facts["dates"][i] == "2021-03-04 05:06:07"
    assert facts["cameras"][i] == "Quizzical Camera"
    assert facts["places"][i] == "52.50000, 13.25000"
    assert b"Secret" not in everything(tmp_path / "page")


def test_what_is_hidden_is_on_no_level(library: pixkin.Library, tmp_path: Path) -> None:
    group = library.clusters[0]
    library.edit.hide(group.cluster_id)

    done = library.share(tmp_path / "page")

    assert done.groups == 3
    assert done.images == len(library.images) - group.images
    assert len(list((tmp_path / "page" / "thumbs").rglob("*.jpg"))) == done.images
    assert group.cluster_id.encode() not in everything(tmp_path / "page")
    for level in part(tmp_path / "page", "index")["library"]["levels"]:
        if level != 3:
            told = part(tmp_path / "page", f"groups-{level}")["groups"]
            assert len(told) == level
            assert sum(group["images"] for group in told) == done.images


def test_only_some_groups_are_shared(library: pixkin.Library, tmp_path: Path) -> None:
    group = library.clusters[1]

    done = library.share(tmp_path / "page", groups=[group.cluster_id])

    told = part(tmp_path / "page", "groups-usual")["groups"]
    assert [one["id"] for one in told] == [group.cluster_id]
    assert done.images == group.images
    with pytest.raises(UnknownGroupError):
        library.share(tmp_path / "page", groups=["nobody"])


def test_larger_pictures_are_made_of_the_files_alone_that_are_as_they_were(
    library: pixkin.Library, tmp_path: Path
) -> None:
    folder = library.folder.parent
    Image.new("RGB", (640, 480), "red").save(folder / "balls" / "0.jpg")  # another picture by now

    done = library.share(tmp_path / "page", larger=256)

    sizes = []
    for path in (tmp_path / "page" / "larger").rglob("*.jpg"):
        with Image.open(path) as image:
            sizes.append(image.size)
    assert done.only_small == 1
    assert sorted(sizes) == [(134, 100)] + [(400, 300)] * (done.images - 1)


def test_one_page_takes_the_place_of_another(library: pixkin.Library, tmp_path: Path) -> None:
    library.share(tmp_path / "page", title="One")
    library.share(tmp_path / "page", title="Two & a half")

    assert "<title>Two &amp; a half</title>" in (tmp_path / "page/index.html").read_text()
    assert [path.name for path in tmp_path.glob(".*")] == []


def test_a_page_that_was_begun_leaves_the_earlier_one(
    library: pixkin.Library, tmp_path: Path
) -> None:
    library.share(tmp_path / "page", title="One")
    before = everything(tmp_path / "page")

    def stop(step: Step) -> None:
        if step.done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        library.share(tmp_path / "page", title="Two", on_progress=stop)

    assert everything(tmp_path / "page") == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["Secret folder", "page"]


def write_note(folder: Path) -> None:
    folder.mkdir()
    (folder / "note.txt").write_text("mine")


@pytest.mark.parametrize(
    ("prepare", "name", "single", "why"),
    [
        (write_note, "page", False, "is not empty"),
        (lambda path: path.write_text("mine"), "page", False, "is a file"),
        (lambda path: path.write_text("mine"), "page.html", True, "is there already"),
        (lambda path: path.mkdir(), "page.html", True, "is a folder"),
        (lambda _: None, "page.jpg", True, "end with .html"),
    ],
)
def test_nothing_else_is_written_over(
    library: pixkin.Library,
    tmp_path: Path,
    prepare: Callable[[Path], None],
    name: str,
    single: bool,
    why: str,
) -> None:
    prepare(tmp_path / name)
    before = everything(tmp_path)

    with pytest.raises(PathError, match=why):
        library.share(tmp_path / name, single=single)

    assert everything(tmp_path) == before


def test_what_others_put_into_a_page_is_not_lost(library: pixkin.Library, tmp_path: Path) -> None:
    library.share(tmp_path / "page")
    (tmp_path / "page" / "CNAME").write_text("example.org")

    with pytest.raises(PathError, match="CNAME"):
        library.share(tmp_path / "page")

    assert (tmp_path / "page" / "CNAME").read_text() == "example.org"


@pytest.mark.parametrize("inside", ["", "cache", "page"])
def test_the_library_is_never_written_over(library: pixkin.Library, inside: str) -> None:
    with pytest.raises(PathError, match="lies in the library"):
        library.share(library.folder / inside)
    with pytest.raises(PathError, match="is not empty"):
        library.share(library.folder.parent)


def test_a_shared_page_is_not_taken_for_pictures(library: pixkin.Library) -> None:
    n = len(library.images)
    library.share(library.folder.parent / "page", larger=256)

    pixkin.cluster(library.folder.parent, n_clusters=4)

    assert len(library.images) == n


def test_wrong_wishes_are_refused(library: pixkin.Library, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="include"):
        library.share(tmp_path / "page", include=["secrets"])
    with pytest.raises(SettingError, match="larger"):
        library.share(tmp_path / "page", larger=7)
    with pytest.raises(UsageError, match="no room"):
        library.share(tmp_path / "page.html", single=True, larger=512)
    assert [path.name for path in tmp_path.iterdir()] == ["Secret folder"]


def test_too_many_pictures_for_one_file_are_refused(
    library: pixkin.Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pixkin.sharing.make.MOST_SINGLE", 10)

    with pytest.raises(UsageError, match="up to 10 pictures"):
        library.share(tmp_path / "page.html", single=True)

    assert not (tmp_path / "page.html").exists()


def test_without_groups_there_is_nothing_to_share(library: pixkin.Library, tmp_path: Path) -> None:
    shutil.rmtree(library.folder / "cache")

    with pytest.raises(NotGroupedError):
        library.share(tmp_path / "page")

    assert not (tmp_path / "page").exists()


def test_a_jpeg_keeps_its_picture_and_nothing_else() -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (40, 60, 3), dtype=np.uint8)
    for options in ({}, {"progressive": True}, {"restart_marker_rows": 1}):
        out, exif = io.BytesIO(), Image.Exif()
        exif[MAKE] = "Quizzical"
        Image.fromarray(pixels).save(out, "JPEG", exif=exif, comment="quizzical", **options)

        small = plain(out.getvalue() + b"quizzical behind")

        assert small is not None
        assert b"uizzical" not in small
        before, after = Image.open(out), Image.open(io.BytesIO(small))
        assert np.array_equal(np.asarray(before), np.asarray(after))


@pytest.mark.parametrize("cut", [0, 1, 2, 3, 30, 300, -2])
def test_a_damaged_jpeg_is_left_out(cut: int) -> None:
    out = io.BytesIO()
    Image.new("RGB", (32, 32), "red").save(out, "JPEG")

    assert plain(out.getvalue()[:cut]) is None
