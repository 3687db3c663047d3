"""Duplicates by kind, what to keep, companions, and flags, on pictures that are drawn."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageOps

import pixkin
from pixkin.duplicates import KINDS, Duplicate, DuplicateGroup, Duplicates, decide, what_is_there
from pixkin.duplicates.bursts import between
from pixkin.duplicates.companions import companions
from pixkin.duplicates.crew import Crew
from pixkin.duplicates.hashes import near_pairs, oriented, turned
from pixkin.duplicates.work import matches_of, pairs_task
from pixkin.errors import SettingError, UsageError
from pixkin.looks.look import looks_from, measure_jpeg

N_OTHERS = 8
SIZE = (420, 300)
EDITS: dict[str, tuple[Callable[[Image.Image], Image.Image], str, str]] = {
    "small": (lambda p: p.resize((84, 60)), "same", "84 x 60"),
    "bright": (lambda p: p.point(lambda v: min(255, int(v * 1.25))), "same", "brighter"),
    "crop": (lambda p: p.crop((60, 30, 375, 255)), "edited", "cropped to 5"),
    "mirror": (ImageOps.mirror, "edited", "mirrored left to right"),
    "right": (lambda p: p.rotate(-90, expand=True), "edited", "turned by 90 degrees to the right"),
    "grey": (lambda p: p.convert("L"), "edited", "grey"),
    "border": (lambda p: ImageOps.expand(p, 30, "white"), "edited", "in a border"),
    "caption": (lambda p: captioned(p), "edited", "something else at the bottom"),
}


def scene(seed: int, size: tuple[int, int] = SIZE) -> Image.Image:
    """Draw something with detail everywhere, different for each seed."""
    rng = np.random.default_rng(seed)
    small = rng.integers(0, 255, (6, 8, 3)).astype(np.uint8)
    image = Image.fromarray(small).resize(size, Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(image)
    for _ in range(140):
        x, y = rng.integers(0, size[0]), rng.integers(0, size[1])
        w, h = rng.integers(6, 50, 2)
        colour = tuple(int(v) for v in rng.integers(0, 255, 3))
        shape = (draw.ellipse, draw.rectangle)[int(rng.integers(0, 2))]
        shape((x, y, x + w, y + h), fill=colour)
    return image.filter(ImageFilter.GaussianBlur(0.7))


def captioned(picture: Image.Image) -> Image.Image:
    made = picture.copy()
    draw = ImageDraw.Draw(made)
    draw.rectangle((0, 265, 420, 300), fill="black")
    draw.text((10, 270), "a day at the sea " * 4, fill="white", font_size=18)
    return made


def jpeg(picture: Image.Image, path: Path, quality: int = 90, taken: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    exif = Image.Exif()
    if taken:
        exif[0x0132] = taken
        exif[0x0110] = "A camera"
    picture.save(path, "JPEG", quality=quality, exif=exif)
    return path


@pytest.fixture(scope="session")
def planted_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("planted") / "photos"
    original = scene(0)
    jpeg(original, folder / "original.jpg", 95)
    shutil.copy(folder / "original.jpg", folder / "original copy.jpg")
    for name, (make, *_) in EDITS.items():
        jpeg(make(original), folder / "edits" / f"{name}.jpg", 85)
    for i in range(1, N_OTHERS + 1):
        jpeg(scene(i), folder / "others" / f"{i}.jpg")
    pixkin.cluster(folder)
    return folder


@pytest.fixture
def photos(tmp_path: Path, planted_once: Path) -> Path:
    return Path(shutil.copytree(planted_once, tmp_path / "photos"))


def found(folder: Path, *paths: Path, **options: Any) -> Any:
    with pixkin.open(folder) as library:
        return library.duplicates(paths, **options)


def test_every_copy_is_found_with_its_kind_and_how_it_was_made(photos: Path) -> None:
    (group,) = found(photos).groups
    members = {member.path.stem: member for member in group.members}

    assert group.keeper == photos / "original.jpg"
    assert members.keys() == {"original copy", *EDITS}
    assert members["original copy"].kind == "identical"
    for name, (_, kind, words) in EDITS.items():
        assert (name, members[name].kind) == (name, kind)
        assert words in members[name].why


def test_pictures_that_are_merely_similar_are_no_duplicates(photos: Path) -> None:
    named = {path.name for group in found(photos).groups for path in paths_of(group)}

    assert not named & {f"{i}.jpg" for i in range(1, N_OTHERS + 1)}


def paths_of(group: Any) -> list[Path]:
    return [group.keeper, *(member.path for member in group.members)]


def test_only_the_kinds_that_are_asked_for_are_given(photos: Path) -> None:
    shutil.copy(photos / "edits/crop.jpg", photos / "crop again.jpg")
    pixkin.update(photos)
    groups = found(photos, kinds=["identical"]).groups

    assert {frozenset(path.name for path in paths_of(group)) for group in groups} == {
        frozenset({"original.jpg", "original copy.jpg"}),
        frozenset({"crop.jpg", "crop again.jpg"}),
    }
    (group,) = found(photos, kinds=["same"]).groups
    assert {path.stem for path in paths_of(group)} == {"original", "small", "bright"}
    with pytest.raises(SettingError, match="kind"):
        found(photos, kinds=["similar"])


def test_the_result_is_the_same_with_any_number_of_threads(photos: Path) -> None:
    one = found(photos, n_threads=1)

    assert found(photos, n_threads=3) == one


def test_only_groups_that_touch_a_path_are_given(photos: Path) -> None:
    assert found(photos, photos / "others").groups == ()
    assert len(found(photos, photos / "edits/grey.jpg").groups) == 1


def test_files_in_protected_folders_are_marked(photos: Path) -> None:
    (group,) = found(photos, protect=[photos / "edits"]).groups

    safe = {member.path.stem for member in group.members if member.is_protected}
    assert safe == set(EDITS)


def test_the_same_drawing_in_other_colours_is_edited(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    red, green, blue = scene(4).split()
    jpeg(
        Image.merge("RGB", (red, green.point(lambda v: v // 2), blue.point(lambda v: v // 3))),
        folder / "red.jpg",
    )
    jpeg(
        Image.merge("RGB", (red.point(lambda v: v // 2), green.point(lambda v: v // 2), red)),
        folder / "blue.jpg",
    )
    jpeg(scene(6), folder / "other.jpg")
    pixkin.cluster(folder)
    (group,) = found(folder).groups

    assert [(one.kind, one.why) for one in group.members] == [("edited", "in other colours")]


def test_an_enlarged_copy_does_not_win(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    jpeg(scene(1), folder / "a.jpg", 90)
    jpeg(scene(1).resize((840, 600), Image.Resampling.BICUBIC), folder / "large.jpg", 95)
    jpeg(scene(2).resize((840, 600)), folder / "b large.jpg", 90)
    jpeg(scene(3, (840, 600)), folder / "c.jpg", 90)
    jpeg(scene(3, (840, 600)).resize(SIZE), folder / "c small.jpg", 95)
    pixkin.cluster(folder)
    keepers = {group.keeper.name: group.reason for group in found(folder).groups}

    assert keepers.keys() == {"a.jpg", "c.jpg"}
    assert "most detail (840 x 600)" in keepers["c.jpg"]


def test_the_rules_for_what_to_keep_can_be_ordered(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    jpeg(scene(1), folder / "fine.jpg", 95)
    jpeg(scene(1), folder / "told.jpg", 60, taken="2020:05:01 10:00:00")
    jpeg(scene(2), folder / "other.jpg")
    pixkin.cluster(folder)
    (usual,) = found(folder).groups
    (other,) = found(folder, keep=["metadata", "path"]).groups

    assert (usual.keeper.name, other.keeper.name) == ("fine.jpg", "told.jpg")
    assert "least compressed" in usual.reason
    assert "time" in other.reason
    with pytest.raises(SettingError, match="keep must be some of detail"):
        found(folder, keep=["beauty"])


def test_shots_seconds_apart_are_a_burst_and_not_copies(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    whole = scene(5, (460, 330))
    for i in range(3):
        shot = whole.crop((i * 4, i * 3, i * 4 + 420, i * 3 + 300))
        jpeg(shot, folder / f"{i}.jpg", taken=f"2021:07:01 12:00:0{2 * i}")
    jpeg(scene(6), folder / "soon.jpg", taken="2021:07:01 12:00:05")
    jpeg(whole.crop((30, 20, 450, 320)), folder / "late.jpg", taken="2021:07:01 18:00:00")
    pixkin.cluster(folder)
    bursts = [group for group in found(folder).groups if group.kind == "burst"]

    assert [{path.name for path in paths_of(group)} for group in bursts] == [
        {"0.jpg", "1.jpg", "2.jpg"}
    ]
    assert all("seconds" in member.why for member in bursts[0].members)


def test_how_far_apart_shots_are_is_said() -> None:
    assert between("2021-07-01T12:00:00", "2021-07-01T12:00:01") == "taken 1 second later"
    assert between("2021-07-01T12:00:05", "2021-07-01T12:00:00") == "taken 5 seconds before"


def test_companions_are_no_duplicates(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    jpeg(scene(1), folder / "IMG_1.JPG")
    scene(1).save(folder / "IMG_1.heic", "PNG")  # what it is, its content says
    jpeg(scene(2), folder / "IMG_2.jpg")
    jpeg(scene(2), folder / "elsewhere" / "IMG_2.heic", 70)
    (folder / "IMG_2.MOV").write_bytes(b"a video")
    (folder / "IMG_3.MOV").write_bytes(b"another")
    pixkin.cluster(folder)
    done = found(folder)

    assert done.companions == (
        (folder / "IMG_1.JPG", folder / "IMG_1.heic"),
        (folder / "IMG_2.MOV", folder / "IMG_2.jpg"),
    )
    assert [{path.name for path in paths_of(group)} for group in done.groups] == [
        {"IMG_2.jpg", "IMG_2.heic"}
    ]


def test_raw_beside_jpeg_is_a_companion(tmp_path: Path) -> None:
    for name in ("a.CR2", "a.jpg", "a.xmp", "b.nef", "c.jpg", "c (1).jpg"):
        (tmp_path / name).touch()

    assert companions(tmp_path.glob("*.jpg")) == [(tmp_path / "a.CR2", tmp_path / "a.jpg")]


def test_one_hash_holds_all_orientations() -> None:
    pixels = np.asarray(scene(3, (200, 200)))

    def hashed(picture: Any) -> int:
        import io

        stream = io.BytesIO()
        Image.fromarray(np.ascontiguousarray(picture)).save(stream, "JPEG", quality=95)
        return looks_from([measure_jpeg(stream.getvalue())])[0].hash

    own = np.array([hashed(pixels)], dtype=np.uint64)
    for orientation in range(8):
        there = hashed(turned(pixels, orientation))
        assert int(oriented(own, orientation)[0] ^ np.uint64(there)).bit_count() <= 3


def test_near_hashes_are_all_found_among_many() -> None:
    rng = np.random.default_rng(0)
    hashes = rng.integers(0, 2**63, 400, dtype=np.uint64)
    for i in range(40):
        flips = rng.choice(63, 7, replace=False)
        hashes[200 + i] = hashes[i] ^ np.uint64(sum(1 << int(bit) for bit in flips))
    hashes[300] = hashes[301] = hashes[302]
    first, second, turn = near_pairs(hashes, 7)
    pairs = set(zip(first.tolist(), second.tolist(), strict=True))
    every = {
        (i, j)
        for j in range(400)
        for i in range(j)
        for k in range(8)
        if int(hashes[i] ^ oriented(hashes[j : j + 1], k)[0]).bit_count() <= 7
    }

    assert {(i, 200 + i) for i in range(40)} <= pairs
    assert pairs == every
    for i, j, k in zip(first, second, turn, strict=True):
        assert int(hashes[i] ^ oriented(hashes[j : j + 1], int(k))[0]).bit_count() <= 7


def test_flags_say_what_may_be_wrong(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    jpeg(scene(1), folder / "good.jpg")
    jpeg(scene(1).filter(ImageFilter.GaussianBlur(14)), folder / "blurred.jpg")
    jpeg(scene(2).point(lambda v: v // 14), folder / "dark.jpg")
    jpeg(scene(3).point(lambda v: min(255, 150 + 2 * v)), folder / "over-exposed.jpg")
    jpeg(Image.new("RGB", (300, 200), (90, 120, 90)), folder / "uniform.jpg")
    jpeg(scene(4, (80, 60)), folder / "tiny.jpg")
    jpeg(scene(5, (900, 200)), folder / "odd-shape.jpg")
    screen = Image.new("RGB", (1080, 1920), "white")
    ImageDraw.Draw(screen).text((60, 90), "A message\n" * 20, fill="black", font_size=48)
    screen.save(folder / "screenshot.png")
    pixkin.cluster(folder)
    with pixkin.open(folder) as library:
        flags = {file.stem: own for file, own in library.flags().items()}
        only = library.flags(["tiny"])

    assert "good" not in flags
    for name in ("blurred", "dark", "over-exposed", "uniform", "tiny", "odd-shape", "screenshot"):
        assert name in flags[name]
    assert {file.stem for file in only} == {"tiny"}


def test_looks_are_kept_and_missing_thumbnails_cost_only_their_pictures(photos: Path) -> None:
    first = found(photos)
    for part in (photos / ".pixkin/cache").glob("thumbnails.db*"):
        part.unlink()

    assert {group.kind for group in found(photos).groups} == {"identical"}
    assert found(photos).images == first.images


def test_processes_answer_as_this_one_does_even_if_one_dies(tmp_path: Path) -> None:
    pictures = [scene(1), scene(1).crop((40, 30, 380, 270)), scene(2)]
    jpegs = [jpeg(one, tmp_path / f"{i}.jpg").read_bytes() for i, one in enumerate(pictures)]
    asked = [(0, 1, None), (0, 2, None), (0, 0, 0), (1, 3, None)]
    tasks = [pairs_task(asked, [*jpegs, b"damaged"], (0, 1))] * 6
    alone, two = Crew(1), Crew(2)
    before = set(psutil.Process().children())
    try:
        here = list(alone.each(tasks, len(tasks)))
        there = list(two.each(tasks, len(tasks)))
        started = set(psutil.Process().children()) - before
        for process in started:
            process.kill()
        again = list(two.each(tasks, len(tasks)))
    finally:
        alone.close()
        two.close()
    crop, other, same, damaged = matches_of(here[0])
    told = [[matches_of(one) for one in answers] for answers in (here, there, again)]

    assert told[0] == told[1] == told[2]
    assert len(started) == 2
    assert not any(process.is_running() for process in started)
    assert crop is not None
    assert crop.covered == pytest.approx(340 * 240 / (420 * 300), abs=0.02)
    assert same is not None
    assert other is damaged is None


# Decisions


def group_in(folder: Path) -> DuplicateGroup:
    """Give a group of four files: one kept, a copy of it, a small one and its copy."""
    folder.mkdir(parents=True)

    def member(name: str, sha256: str, kind: Any, why: str, safe: bool = False) -> Duplicate:
        path = folder / name
        path.write_bytes(sha256.encode())
        return Duplicate(path, sha256, kind, 0.9, why, safe, 10, 4, 3)

    kept = member("a.jpg", "aa", "identical", "")
    members = (
        member("a copy.jpg", "aa", "identical", "the same bytes"),
        member("b.jpg", "bb", "same", "2 x 1 instead of 4 x 3"),
        member("b copy.jpg", "bb", "same", "2 x 1 instead of 4 x 3", safe=True),
    )
    return DuplicateGroup("same", kept.path, "aa", "most detail", members, True, 10, 4, 3)


def test_another_file_is_kept_and_the_kinds_are_as_loose_as_they_may_be(tmp_path: Path) -> None:
    group = group_in(tmp_path / "photos")

    decided = decide(group, tmp_path / "photos/b.jpg")

    kinds = {one.path.name: (one.kind, one.is_protected) for one in decided.members}
    assert (decided.keeper.name, decided.sha256) == ("b.jpg", "bb")
    assert kinds == {
        "b copy.jpg": ("identical", True),
        "a.jpg": ("same", True),
        "a copy.jpg": ("same", False),
    }
    assert decide(group) == group


def test_what_stays_is_no_member(tmp_path: Path) -> None:
    group = group_in(tmp_path / "photos")

    decided = decide(group, stay=[tmp_path / "photos/b.jpg", tmp_path / "photos/b copy.jpg"])

    assert [one.path.name for one in decided.members] == ["a copy.jpg"]
    assert decided.kind == "identical"
    with pytest.raises(UsageError, match=r"not in the group of a\.jpg"):
        decide(group, tmp_path / "photos/c.jpg")


def test_what_is_gone_or_shares_its_bytes_needs_no_decision(tmp_path: Path) -> None:
    group = group_in(tmp_path / "photos")
    (tmp_path / "photos/b.jpg").unlink()
    (tmp_path / "photos/a copy.jpg").unlink()
    (tmp_path / "photos/a copy.jpg").hardlink_to(group.keeper)

    left = what_is_there(group)
    assert left is not None
    assert [one.path.name for one in left.members] == ["b copy.jpg"]
    (tmp_path / "photos/b copy.jpg").unlink()
    assert what_is_there(group) is None


def test_a_file_that_is_kept_for_others_never_goes(photos: Path) -> None:
    first = replace(group_in(photos / "in"), is_protected=False)
    shot = Duplicate(first.keeper, "aa", "burst", 0.8, "2 s apart", False, 10, 4, 3)
    best = photos / "original.jpg"
    burst = DuplicateGroup("burst", best, "cc", "most detail", (shot,), False, 10, 4, 3)

    with pixkin.open(photos) as library:
        both = library.clear(Duplicates((first, burst), (), 4, 0), kinds=KINDS)
        one = library.clear(Duplicates((burst,), (), 4, 0), kinds=KINDS)

    assert str(first.keeper) not in {action.source for action in both.actions}
    assert (str(first.keeper), "is kept in the place of others") in {
        (left.path, left.reason) for left in both.left
    }
    assert [action.source for action in one.actions] == [str(first.keeper)]
