"""Following the files of a library: new, changed, moved, gone and back."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import draw_folder

import pixkin
from pixkin.errors import NothingToClusterError, PathError
from pixkin.library import Library
from pixkin.updating import Update, update

N, KINDS = 8, 3


@pytest.fixture(scope="session")
def grouped_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with two pictures of each of four kinds set aside, and the rest grouped."""
    folder = tmp_path_factory.mktemp("grouped")
    drawn = draw_folder(folder / "drawn", N + 2, KINDS + 1)
    for kind in sorted(drawn.iterdir()):
        for path in sorted(kind.iterdir()):
            is_aside = path.stem in {"8", "9"} or kind.name == "rings"
            target = folder / ("aside" if is_aside else "photos") / kind.name / path.name
            target.parent.mkdir(parents=True, exist_ok=True)
            path.rename(target)
    pixkin.cluster(folder / "photos")
    return folder


@pytest.fixture
def photos(tmp_path: Path, grouped_once: Path) -> Path:
    shutil.copytree(grouped_once / "photos", tmp_path / "photos")
    shutil.copytree(grouped_once / "aside", tmp_path / "aside")
    update(tmp_path / "photos")  # a copy has other inodes
    return tmp_path / "photos"


@pytest.fixture
def aside(photos: Path) -> Path:
    return photos.parent / "aside"


@pytest.fixture
def groups(photos: Path) -> Callable[[], dict[str, str]]:
    """Give a function that tells the group of each file that is there."""

    def ask() -> dict[str, str]:
        with Library(photos / ".pixkin") as library:
            pages = [library.edit.group(g.cluster_id) for g in library.edit.groups().groups]
        return {
            Path(path).relative_to(photos.parent).as_posix(): page.group.cluster_id
            for page in pages
            for paths in page.files
            for path in paths
        }

    return ask


def names(folder: Path, paths: tuple[str, ...]) -> set[str]:
    return {Path(path).relative_to(folder).as_posix() for path in paths}


def quiet(done: Update) -> bool:
    return not done.changes and not done.joined and not done.founded and not done.waiting


def test_nothing_has_changed(photos: Path, groups) -> None:
    before = groups()

    assert quiet(update(photos))
    assert groups() == before
    assert len(before) == N * KINDS


def test_where_there_are_no_groups_yet_all_is_grouped(tmp_path: Path) -> None:
    done = update(draw_folder(tmp_path / "new", 4, 2))

    assert done.regrouped
    assert len(done.changes.new) == 8
    assert len(done.founded) == 2


def test_new_pictures_join_the_group_of_those_like_them_and_nobody_moves(
    photos: Path, aside: Path, groups
) -> None:
    before = groups()
    for kind in ("balls", "grass", "sunsets"):
        shutil.copytree(aside / kind, photos / "more" / kind)
    done = update(photos)
    after = groups()

    assert not done.regrouped
    assert names(photos, done.changes.new) == {
        f"more/{kind}/{name}"
        for kind in ("balls", "grass", "sunsets")
        for name in ("8.jpg", "9.png")
    }
    assert {name: after[name] for name in before} == before
    assert names(photos, tuple(done.joined)) <= names(photos, done.changes.new)
    assert len(done.joined) >= 4
    for path, sure in done.joined.items():
        kind = Path(path).parent.name
        assert after[f"photos/more/{kind}/{Path(path).name}"] == before[f"photos/{kind}/0.jpg"]
        assert 0.5 <= sure <= 1


def test_a_kind_that_was_never_seen_waits_and_founds_a_group_when_there_are_enough(
    photos: Path, aside: Path, groups
) -> None:
    before = groups()
    rings = sorted((aside / "rings").iterdir())
    for path in rings[:2]:
        shutil.copy(path, photos)
    first = update(photos)
    assert (first.joined, first.founded, first.waiting) == ({}, (), 2)
    for path in rings[2:]:
        shutil.copy(path, photos)
    second = update(photos)
    after = groups()

    assert second.joined == {}
    assert len(second.founded) >= 1
    assert {name: after[name] for name in before} == before
    assert set(second.founded) == set(after.values()) - set(before.values())


def test_a_moved_file_keeps_its_group_and_is_not_read_again(photos: Path, groups) -> None:
    group = groups()["photos/balls/0.jpg"]
    (photos / "elsewhere").mkdir()
    (photos / "balls/0.jpg").rename(photos / "elsewhere/new name.jpg")
    done = update(photos)

    moved = (str(photos / "balls/0.jpg"), str(photos / "elsewhere/new name.jpg"))
    assert done.changes.moved == (moved,)
    assert (done.changes.new, done.changes.gone) == ((), ())
    assert groups()["photos/elsewhere/new name.jpg"] == group
    assert "photos/balls/0.jpg" not in groups()


def test_a_correction_goes_with_a_moved_file(photos: Path, groups) -> None:
    grass = groups()["photos/grass/0.jpg"]
    with Library(photos / ".pixkin") as library:
        library.edit.move(photos / "balls/0.jpg", grass)
    (photos / "balls/0.jpg").rename(photos / "renamed.jpg")
    update(photos)
    pixkin.cluster(photos)

    assert groups()["photos/renamed.jpg"] == grass


def test_a_file_that_was_replaced_is_another_picture(photos: Path, aside: Path, groups) -> None:
    shutil.copy(aside / "grass/8.jpg", photos / "balls/0.jpg")
    done = update(photos)

    assert done.changes.changed == (str(photos / "balls/0.jpg"),)
    assert groups().get("photos/balls/0.jpg") != groups()["photos/balls/1.png"]


def test_a_copy_is_listed_with_its_picture(photos: Path, groups) -> None:
    shutil.copy(photos / "balls/0.jpg", photos / "copy.jpg")
    done = update(photos)

    assert done.changes.new == (str(photos / "copy.jpg"),)
    assert (done.joined, done.waiting) == ({}, 0)
    assert groups()["photos/copy.jpg"] == groups()["photos/balls/0.jpg"]


def test_a_file_that_is_gone_is_remembered_and_comes_back(photos: Path, groups) -> None:
    before = groups()
    path = photos / "balls/0.jpg"
    content, status = path.read_bytes(), path.stat()
    path.unlink()
    gone = update(photos)
    assert gone.changes.gone == (str(path),)
    assert "photos/balls/0.jpg" not in groups()
    assert quiet(update(photos)), "it is told once"
    pixkin.cluster(photos)  # a regrouping without it
    path.write_bytes(content)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    back = update(photos)

    assert back.changes.back == (str(path),)
    assert (back.joined, back.waiting) == ({}, 0)
    assert groups() == before


def test_a_folder_that_is_away_is_told_and_nothing_is_forgotten(
    photos: Path, aside: Path, tmp_path: Path, groups, monkeypatch: pytest.MonkeyPatch
) -> None:
    pixkin.cluster([photos, aside], library=photos / ".pixkin")
    monkeypatch.chdir(photos)
    before = groups()
    aside.rename(tmp_path / "unmounted")
    without = update()
    aside.mkdir()
    empty = update()
    aside.rmdir()
    (tmp_path / "unmounted").rename(aside)

    for done in (without, empty):
        assert [root.path for root in done.missing] == [str(aside)]
        assert not done.changes
    assert not update().missing
    assert groups() == before


def test_pruning_forgets_what_is_gone_and_folders_that_are_away(
    photos: Path, aside: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pixkin.cluster([photos, aside], library=photos / ".pixkin")
    monkeypatch.chdir(photos)
    n_aside = sum(path.is_file() for path in aside.rglob("*"))
    shutil.rmtree(aside)
    (photos / "balls/0.jpg").unlink()
    with Library(photos / ".pixkin") as library:
        n_files = library.info().files
    done = update(prune=True)

    assert done.forgotten == n_aside + 1
    with Library(photos / ".pixkin") as library:
        assert library.info().files == n_files - n_aside - 1
        assert [finding for finding in library.check(None) if finding.is_bad] == []
        assert all(Path(root, path).exists() for root, path in library.known_files())
    assert quiet(update())
    pixkin.cluster(photos)


def test_only_what_was_looked_at_can_be_gone(photos: Path, groups) -> None:
    before = groups()
    (photos / "balls/0.jpg").unlink()

    assert quiet(update(photos / "grass"))
    assert groups() == before
    assert update(photos / "balls").changes.gone == (str(photos / "balls/0.jpg"),)


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_file_that_cannot_be_looked_at_is_not_gone(photos: Path, aside: Path) -> None:
    (photos / "balls").rename(aside / "taken away")
    (photos / "balls").symlink_to(photos / "balls")
    done = update(photos)

    assert not done.changes.gone
    assert [item.path for item in done.skipped] == ["balls"]


def test_a_bad_picture_is_skipped_with_its_reason(photos: Path) -> None:
    (photos / "bad.jpg").write_bytes(b"\xff\xd8\xff\xe0 no picture")
    done = update(photos)

    assert [(item.path, item.kind) for item in done.skipped] == [("bad.jpg", "damaged")]
    assert not done.changes.new


def test_what_is_not_there_cannot_be_updated(photos: Path, tmp_path: Path) -> None:
    with pytest.raises(PathError, match="does not exist"):
        update(photos / "nowhere")
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(NothingToClusterError):
        update(empty)


def test_pinned_groups_take_nobody_in(photos: Path, aside: Path, groups) -> None:
    balls = groups()["photos/balls/0.jpg"]
    with Library(photos / ".pixkin") as library:
        library.edit.pin(balls)
    shutil.copytree(aside / "balls", photos / "more")
    done = update(photos)

    assert done.waiting == 2
    assert [name for name, group in groups().items() if group == balls and "more" in name] == []


def test_a_placement_is_no_step_that_undo_takes_back(photos: Path, aside: Path, groups) -> None:
    balls = groups()["photos/balls/0.jpg"]
    with Library(photos / ".pixkin") as library:
        library.edit.rename(balls, "Balls")
    shutil.copytree(aside / "balls", photos / "more")
    update(photos)
    placed = groups()
    with Library(photos / ".pixkin") as library:
        assert [entry.action for entry in library.edit.undo()] == ["rename"]

    assert groups() == placed
