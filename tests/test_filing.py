"""Files are filed by a plan, and all of it can be taken back."""

import dataclasses
import hashlib
import os
import random
import shutil
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import helpers_filing
import pytest
from conftest import NOBODY, draw_folder
from hypothesis import given
from hypothesis import strategies as st

import pixkin
from pixkin.errors import PathError, SettingError, UsageError
from pixkin.filing.apply import apply, past, resume, roll_back, undo
from pixkin.filing.names import folded, safe
from pixkin.filing.organize import organize
from pixkin.filing.plan import Action, Plan, load, save
from pixkin.filing.restore import restore
from pixkin.filing.trash import empty, place_in_trash, trashed
from pixkin.library.edits import Edits
from pixkin.progress import Step
from pixkin.updating import update

N_SEEDS = 40 * int(os.environ.get("PIXKIN_KILLS", "7")) // 7
FAR = Path("/dev/shm")
"""Another disk than the temporary folder, on most Linux."""


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = draw_folder(tmp_path_factory.mktemp("filing") / "photos", 3, 3)
    for i, path in enumerate(sorted(folder.glob("[a-z]*/*.*"))):
        os.utime(path, ns=(0, 10**18 + i))
    pixkin.cluster(folder, encoder="color", layout="pca")
    return folder


@pytest.fixture
def photos(tmp_path: Path, made_once: Path) -> Path:
    return Path(shutil.copytree(made_once, tmp_path / "photos"))


@pytest.fixture
def edits(photos: Path) -> Iterator[Edits]:
    with Edits.open(photos / ".pixkin") as opened:
        opened.assign({path: path.parent.name for path in photos.glob("[a-z]*/*.*")})
        yield opened


def tree(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Give content and time of all files but those of the library."""
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".pixkin" not in path.parts
    }


# Names


@given(st.text(max_size=300))
def test_a_name_is_one_that_every_system_takes(name: str) -> None:
    found = safe(name)

    assert 0 < len(os.fsencode(found.encode("utf-8", "replace").decode())) <= 255
    assert not set(found) & set('<>:"/\\|?*\0')
    assert found not in {".", ".."}
    assert found == found.rstrip(". ")
    assert safe(found) == found


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("IMG 1.jpg", "IMG 1.jpg"),
        ("12:30.jpg", "12_30.jpg"),
        ("a/b", "a_b"),
        ("con.jpg", "_con.jpg"),
        ("..", "_"),
        ("end. ", "end"),
        ("x" * 300 + ".jpeg", "x" * 234 + ".jpeg"),
    ],
)
def test_only_what_must_change_of_a_name_changes(name: str, made: str) -> None:
    assert safe(name) == made


def test_names_are_one_that_some_systems_take_for_one() -> None:
    assert folded("A/Ü.JPG") == folded("a/u\u0308.jpg")


# Plans


def test_a_plan_shows_where_each_picture_goes_and_nothing_happens(
    edits: Edits, photos: Path, tmp_path: Path
) -> None:
    before = tree(tmp_path)
    plan = organize(edits, tmp_path / "sorted")

    assert plan.tree() == [("balls", 3), ("grass", 3), ("sunsets", 3)]
    assert (plan.left, plan.renamed, plan.problems) == ((), (), ())
    assert plan.bytes == sum(len(content) for content, _ in before.values())
    assert tree(tmp_path) == before
    assert not (tmp_path / "sorted").exists()


def test_names_that_are_taken_get_a_number_and_the_same_content_is_left(
    edits: Edits, photos: Path, tmp_path: Path
) -> None:
    for name, path in (("0.jpg", photos / "grass/0.jpg"), ("1.png", photos / "balls/1.png")):
        (tmp_path / "sorted" / "balls").mkdir(parents=True, exist_ok=True)
        (tmp_path / "sorted" / "balls" / name).write_bytes(path.read_bytes())
    plan = organize(edits, tmp_path / "sorted")
    before = tree(tmp_path / "sorted")
    apply(edits, plan)

    assert plan.renamed == ((str(photos / "balls/0.jpg"), "0 (2).jpg"),)
    assert [Path(one.path).name for one in plan.left] == ["1.png"]
    assert "has the same content" in plan.left[0].reason
    assert before.items() <= tree(tmp_path / "sorted").items()
    assert (tmp_path / "sorted/balls/0 (2).jpg").read_bytes() == (
        photos / "balls/0.jpg"
    ).read_bytes()


def test_names_that_differ_in_case_alone_do_not_meet(
    edits: Edits, photos: Path, tmp_path: Path
) -> None:
    groups = edits.groups().groups
    edits.rename(groups[0].cluster_id, "Sea")
    edits.rename(groups[1].cluster_id, "sea")
    plan = organize(edits, tmp_path / "sorted", template="all/{name}")
    targets = [folded(action.target) for action in plan.actions]
    assert len(set(targets)) == 9
    folders = {folder for folder, _ in organize(edits, tmp_path / "sorted").tree()}

    assert len({folded(folder) for folder in folders}) == 3


def test_what_belongs_to_a_picture_goes_with_it(edits: Edits, photos: Path, tmp_path: Path) -> None:
    beside = ["0.xmp", "0.jpg.xmp", "0.AAE", "0.mov", "0.cr2"]
    for name in beside:
        (photos / "balls" / name).write_text(name)
    (photos / "balls" / "00.xmp").write_text("another's")
    (tmp_path / "sorted" / "balls").mkdir(parents=True)
    (tmp_path / "sorted" / "balls" / "0.mov").write_text("in the way")
    apply(edits, organize(edits, tmp_path / "sorted", action="move"))

    there = {path.name for path in (tmp_path / "sorted" / "balls").iterdir()}
    assert there >= {f"0 (2){name[1:]}" for name in [*beside, "0.jpg"]}
    assert "00.xmp" not in there
    assert (tmp_path / "sorted/balls/0.mov").read_text() == "in the way"
    undo(edits)
    assert {path.name for path in (photos / "balls").iterdir()} >= {*beside, "0.jpg", "00.xmp"}


def test_folders_and_names_are_made_of_what_is_known(edits: Edits, tmp_path: Path) -> None:
    shape = "{group}/{year}/{year}-{month}/{stem}-{id}{ext}"
    plan = organize(edits, tmp_path / "sorted", template=shape)

    assert {folder for folder, _ in plan.tree()} == {
        f"{group}/undated" for group in ("balls", "grass", "sunsets")
    }
    assert all(Path(action.target).suffix in {".jpg", ".png"} for action in plan.actions)


@pytest.mark.parametrize(
    "template",
    ["{group}", "{grop}/{name}", "{group.x}/{name}", "{name!r}", "{name:>9}", "{", "{}/{name}"],
)
def test_a_template_is_made_of_the_fields_there_are(
    edits: Edits, tmp_path: Path, template: str
) -> None:
    with pytest.raises(SettingError, match="template must be folders and a name made of"):
        organize(edits, tmp_path / "sorted", template=template)


def test_a_destination_must_be_a_folder_and_not_the_library(
    edits: Edits, photos: Path, tmp_path: Path
) -> None:
    for place in (photos / ".pixkin" / "x", photos / "balls/0.jpg"):
        with pytest.raises(PathError):
            organize(edits, place)
    for wrong in ({"by": "x"}, {"action": "delete"}):
        with pytest.raises(SettingError):
            organize(edits, tmp_path, **wrong)


def test_links_and_what_has_changed_or_is_gone_is_left(
    edits: Edits, photos: Path, tmp_path: Path
) -> None:
    (photos / "balls/0.jpg").unlink()
    (photos / "balls/1.png").write_bytes(b"other")
    (photos / "grass/0.jpg").rename(photos / "grass/real.jpg")
    (photos / "grass/0.jpg").symlink_to("real.jpg")
    plan = organize(edits, tmp_path / "sorted")

    told = {Path(one.path).relative_to(photos).as_posix(): one.reason for one in plan.left}
    assert told == {
        "balls/0.jpg": "is not there any more",
        "balls/1.png": "was changed since it was read; `pixkin update` follows it",
        "grass/0.jpg": "is a link to a picture elsewhere",
    }
    assert len(plan.actions) == 6


def test_a_plan_is_saved_and_read_again(edits: Edits, photos: Path, tmp_path: Path) -> None:
    odd = photos / os.fsdecode(b"b\xff\n.jpg")
    odd.write_bytes((photos / "balls/0.jpg").read_bytes() + b"x")
    update(photos)
    plan = organize(edits, tmp_path / "sorted")
    save(plan, tmp_path / "plan.json")

    assert load(tmp_path / "plan.json") == plan
    apply(edits, load(tmp_path / "plan.json"))
    assert os.fsencode(b"b\xff_.jpg".decode("utf-8", "surrogateescape")) in {
        os.fsencode(path.name) for path in (tmp_path / "sorted").rglob("*")
    }


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"format": 1}', '{"format": 2}', '{"format": 1, "actions": [{}]}'],
)
def test_what_is_no_plan_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "plan.json").write_text(content)
    with pytest.raises(PathError, match=r"plan"):
        load(tmp_path / "plan.json")


@pytest.mark.parametrize("place", ["relative.jpg", "/a/../b", "/a\0b"])
def test_a_plan_names_whole_places(edits: Edits, tmp_path: Path, place: str) -> None:
    plan = Plan(str(edits.folder), "x", "", (Action("move", "/x", place, 1, 1),))
    save(plan, tmp_path / "plan.json")
    with pytest.raises(PathError, match="no place for a file"):
        load(tmp_path / "plan.json")


# Applying, and the way back


@pytest.mark.parametrize("action", ["copy", "move", "link", "hardlink"])
def test_all_comes_back_as_it_was(edits: Edits, photos: Path, tmp_path: Path, action: str) -> None:
    before = tree(tmp_path)
    done = apply(edits, organize(edits, tmp_path / "sorted", action=action))
    now = tree(tmp_path)
    back = undo(edits)

    assert (done.done, done.refused) == (9, ())
    assert {content for content, _ in now.values()} == {content for content, _ in before.values()}
    assert (back.done, back.refused) == (9, ())
    assert tree(tmp_path) == before
    assert not (tmp_path / "sorted").exists()


def test_the_library_follows_and_nothing_is_read_again(
    edits: Edits, photos: Path, tmp_path: Path
) -> None:
    groups = {group.name: group.images for group in edits.groups().groups}
    apply(edits, organize(edits, tmp_path / "sorted", action="move"))
    done = update((), library=photos / ".pixkin")
    assert not done.changes
    assert not done.missing
    assert {group.name: group.images for group in edits.groups().groups} == groups
    assert (tmp_path / "sorted/balls/0.jpg").parent == Path(edits.group("balls").files[0][0]).parent
    undo(edits)

    assert not update(photos).changes


def test_one_after_another_is_taken_back_and_a_certain_one_if_told(
    edits: Edits, photos: Path, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        apply(edits, organize(edits, tmp_path / name))
    assert [filing.state for filing in past(edits)] == ["done", "done"]
    undo(edits, 1)
    assert not (tmp_path / "one").exists()
    undo(edits)
    assert not (tmp_path / "two").exists()
    with pytest.raises(UsageError, match="no filing to undo"):
        undo(edits)
    with pytest.raises(UsageError, match="no filing 7 to undo"):
        undo(edits, 7)


def test_what_changed_since_the_plan_is_left_and_told(
    edits: Edits, photos: Path, tmp_path: Path
) -> None:
    plan = organize(edits, tmp_path / "sorted", action="move")
    (photos / "balls/0.jpg").write_bytes(b"edited")
    (photos / "balls/1.png").unlink()
    (tmp_path / "sorted/balls").mkdir(parents=True)
    (tmp_path / "sorted/balls/2.jpg").write_bytes(b"came meanwhile")
    done = apply(edits, plan)

    assert {Path(one.path).name: one.reason for one in done.refused} == {
        "0.jpg": "was changed since",
        "1.png": "is not there any more",
        "2.jpg": "something else is there now",
    }
    assert (tmp_path / "sorted/balls/2.jpg").read_bytes() == b"came meanwhile"
    assert (photos / "balls/0.jpg").read_bytes() == b"edited"
    assert (photos / "balls/2.jpg").exists()


def test_what_changed_since_it_was_moved_stays_and_the_rest_comes_back(
    edits: Edits, photos: Path, tmp_path: Path
) -> None:
    before = tree(photos)
    apply(edits, organize(edits, tmp_path / "sorted", action="move"))
    there = tmp_path / "sorted/balls"
    (there / "0.jpg").write_bytes(b"edited")
    (there / "1.png").touch()
    (photos / "balls/2.jpg").write_bytes(b"another")
    done = undo(edits)

    assert {Path(one.path).name: one.reason for one in done.refused} == {
        "0.jpg": f"was changed since; it is at {there / '0.jpg'}",
        "2.jpg": f"something else is at its old place; it is at {there / '2.jpg'}",
    }
    assert (there / "0.jpg").read_bytes() == b"edited"
    assert (there / "2.jpg").exists()
    now = tree(photos)
    assert now["balls/1.png"] == before["balls/1.png"], "with the time that it had"
    assert len(now) == 8


def test_a_copy_whose_original_is_gone_stays(edits: Edits, photos: Path, tmp_path: Path) -> None:
    apply(edits, organize(edits, tmp_path / "sorted"))
    (photos / "balls/0.jpg").unlink()
    done = undo(edits)

    assert [one.reason for one in done.refused] == [
        "what it was copied from is not there any more, so the copy stays"
    ]
    assert [path.name for path in (tmp_path / "sorted").rglob("*.*")] == ["0.jpg"]


def test_stopped_between_two_files_it_is_gone_on_with_or_taken_back(
    edits: Edits, photos: Path, tmp_path: Path
) -> None:
    before, steps = tree(tmp_path), []

    def stop(step: object) -> None:
        steps.append(step)
        if len(steps) == 4:
            raise KeyboardInterrupt

    plan = organize(edits, tmp_path / "sorted", action="move")
    with pytest.raises(KeyboardInterrupt):
        apply(edits, plan, stop)
    assert len(tree(tmp_path / "sorted")) == 3
    with pytest.raises(UsageError, match=r"--resume`, or take it back with `.*--rollback"):
        apply(edits, plan)
    assert resume(edits).done == 9
    undo(edits)
    steps.clear()
    with pytest.raises(KeyboardInterrupt):
        apply(edits, organize(edits, tmp_path / "sorted", action="move"), stop)
    roll_back(edits)
    assert tree(tmp_path) == before
    with pytest.raises(UsageError, match="Nothing was cut off"):
        resume(edits)


def test_a_plan_of_another_library_or_with_problems_is_refused(
    edits: Edits, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="of another library"):
        apply(edits, Plan(str(tmp_path), "x", "", ()))
    with pytest.raises(UsageError, match="no room"):
        apply(edits, Plan(str(edits.folder), "x", "", (), problems=("no room",)))


def test_groups_that_cannot_be_called_as_they_are_get_folders_that_say_so(
    edits: Edits, tmp_path: Path
) -> None:
    first, second, *_ = edits.groups().groups
    edits.rename(first.cluster_id, "Sun: sea")
    edits.rename(second.cluster_id, "")
    plan = organize(edits, tmp_path / "out")
    folders = [folder for folder, _ in plan.tree()]

    assert "Sun_ sea" in folders
    assert sum("the folder of “Sun: sea” is called “Sun_ sea”" in note for note in plan.notes) == 1
    assert f"unnamed ({second.cluster_id[:4]})" in folders


# Folders that are empty afterwards


def folders_of(root: Path) -> dict[str, int]:
    """Give the folders below one, each with its mode."""
    return {
        path.relative_to(root).as_posix(): stat.S_IMODE(path.stat().st_mode)
        for path in root.rglob("*")
        if path.is_dir() and ".pixkin" not in path.parts
    }


@pytest.fixture
def nested(edits: Edits, photos: Path) -> Path:
    """Put one group deeper, into folders of different modes, and leave something in another."""
    (photos / "old/2019/balls").mkdir(parents=True)
    (photos / "old/2019").chmod(0o711)
    for path in sorted((photos / "balls").iterdir()):
        path.rename(photos / "old/2019/balls" / path.name)
    (photos / "balls").rmdir()
    (photos / "old/2019/balls").chmod(0o700)
    (photos / "grass/notes.txt").write_text("mine")
    (photos / "sunsets").chmod(0o750)
    update(photos)
    return photos


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_folders_that_are_empty_go_and_are_made_again(
    edits: Edits, nested: Path, tmp_path: Path
) -> None:
    before, files = folders_of(nested), tree(nested)
    plan = organize(edits, tmp_path / "sorted", action="move", remove_empty=True)
    assert folders_of(nested) == before
    going = ["old/2019/balls", "old/2019", "old", "sunsets"]
    named = ", ".join(str(nested / folder) for folder in going)
    assert plan.notes == (f"folders that are empty then and go: {named}",)
    saved = tmp_path / "plan.json"
    save(plan, saved)
    apply(edits, load(saved))
    assert folders_of(nested) == {"grass": before["grass"]}, "something else is in it"
    assert (nested / "grass/notes.txt").read_text() == "mine"
    undo(edits)

    assert folders_of(nested) == before
    assert tree(nested) == files


def test_folders_stay_unless_it_is_asked(edits: Edits, photos: Path, tmp_path: Path) -> None:
    before = folders_of(photos)
    apply(edits, organize(edits, tmp_path / "sorted", action="move"))
    assert folders_of(photos) == before
    with pytest.raises(SettingError, match="for moving alone"):
        organize(edits, tmp_path / "copies", remove_empty=True)


def test_a_folder_that_something_came_into_stays(
    edits: Edits, photos: Path, tmp_path: Path
) -> None:
    plan = organize(edits, tmp_path / "sorted", action="move", remove_empty=True)
    (photos / "balls/new.txt").write_text("came later")
    apply(edits, plan)

    assert folders_of(photos).keys() == {"balls"}
    undo(edits)
    assert (photos / "balls/0.jpg").exists()


def test_folders_that_nothing_comes_back_into_are_not_left_empty(
    edits: Edits, photos: Path, tmp_path: Path
) -> None:
    apply(edits, organize(edits, tmp_path / "sorted", action="move", remove_empty=True))
    shutil.rmtree(tmp_path / "sorted")

    assert undo(edits).done == 0
    assert folders_of(photos) == {}


def test_a_plan_that_was_written_by_hand_removes_no_other_folders(
    edits: Edits, photos: Path, tmp_path: Path
) -> None:
    (tmp_path / "mine").mkdir()
    (photos / "empty").mkdir()
    plan = organize(edits, tmp_path / "sorted", action="move", remove_empty=True)
    others = (str(tmp_path / "mine"), str(photos / "empty"), str(photos))
    apply(edits, dataclasses.replace(plan, emptied=(*plan.emptied, *others)))

    assert (tmp_path / "mine").is_dir()
    assert folders_of(photos).keys() == {"empty"}


def test_the_library_s_own_folder_and_those_that_files_go_to_stay(
    edits: Edits, photos: Path
) -> None:
    plan = organize(edits, photos / "balls/sorted", action="move", remove_empty=True)
    apply(edits, plan)

    assert sorted(folders_of(photos)) == [
        "balls", "balls/sorted", "balls/sorted/balls", "balls/sorted/grass", "balls/sorted/sunsets"
    ]  # fmt: skip
    assert photos.is_dir()


# Duplicates: trash, and hard links


def of(path: Path, kind: str, target: str) -> Action:
    status = path.stat()
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    return Action(kind, str(path), target, status.st_size, status.st_mtime_ns, sha256)


def test_the_trash_is_listed_brought_back_and_emptied(edits: Edits, photos: Path) -> None:
    before, path = tree(photos), photos / "balls/0.jpg"
    place = place_in_trash(str(path), [str(photos)], 1)
    plan = Plan(str(edits.folder), "trash", "", (of(path, "trash", place),))
    apply(edits, plan)
    assert not path.exists()
    assert [(one.path, one.place) for one in trashed(edits)] == [(str(path), place)]
    assert not update(photos).changes, "the trash is not taken for pictures, and is known"
    undo(edits)
    assert tree(photos) == before
    assert trashed(edits) == []

    apply(edits, plan)
    assert empty(edits, trashed(edits)) == 1
    assert not (photos / ".pixkin-trash").exists()
    assert undo(edits).refused == ()


@pytest.fixture
def thrown(edits: Edits, photos: Path) -> list[Path]:
    """Put two pictures into the trash, and give where they were."""
    paths = [photos / "balls/0.jpg", photos / "grass/0.jpg"]
    places = [place_in_trash(str(path), [str(photos)], 1) for path in paths]
    actions = (of(path, "trash", place) for path, place in zip(paths, places, strict=True))
    apply(edits, Plan(str(edits.folder), "trash", "", tuple(actions)))
    return paths


def test_one_file_comes_back_from_the_trash_and_the_rest_later(
    edits: Edits, photos: Path, thrown: list[Path]
) -> None:
    restored = restore(edits, trashed(edits)[:1])
    assert (restored.done, restored.refused) == (1, ())
    assert thrown[0].exists()
    assert [one.path for one in trashed(edits)] == [str(thrown[1])]
    assert not update(photos).changes, "the library knows it again"
    assert [filing.state for filing in past(edits)] == ["done"]

    assert undo(edits).done == 2
    assert thrown[1].exists()
    assert trashed(edits) == []


def test_the_last_file_that_comes_back_ends_the_filing(edits: Edits, thrown: list[Path]) -> None:
    for _ in thrown:
        restore(edits, trashed(edits)[:1])

    assert [filing.state for filing in past(edits)] == ["undone"]
    assert not (edits.folder.parent / ".pixkin-trash").exists()


def test_what_was_refused_once_is_not_told_as_brought_back(
    edits: Edits, photos: Path, thrown: list[Path]
) -> None:
    thrown[0].write_bytes(b"in the way")
    assert len(restore(edits, trashed(edits)).refused) == 1
    thrown[0].unlink()
    shutil.rmtree(photos / ".pixkin-trash")
    back = undo(edits)

    assert [one.path for one in back.refused] == [str(thrown[0])]
    assert not thrown[0].exists()


def test_a_picture_in_the_way_stays_known_when_a_restore_is_refused(
    edits: Edits, photos: Path, thrown: list[Path]
) -> None:
    thrown[0].write_bytes((photos / "sunsets/0.jpg").read_bytes() + b"another picture")
    update(photos)
    there = edits.present_images()
    assert len(restore(edits, trashed(edits)[:1]).refused) == 1

    assert edits.present_images() == there


def test_what_cannot_be_deleted_from_the_trash_is_named(edits: Edits, thrown: list[Path]) -> None:
    first, second = trashed(edits)
    Path(first.place).unlink()
    (Path(first.place) / "inside").mkdir(parents=True)  # a folder cannot be unlinked
    with pytest.raises(PathError, match=r"cannot be deleted .*; all else is gone"):
        empty(edits, [first, second])
    assert not Path(second.place).exists()
    shutil.rmtree(first.place)

    assert [one.reason for one in undo(edits).refused] == ["is not there any more"]


def test_what_lies_at_the_old_place_is_not_overwritten(edits: Edits, thrown: list[Path]) -> None:
    thrown[0].write_bytes(b"something else")
    restored = restore(edits, trashed(edits))

    assert restored.done == 1
    assert [(one.path, one.reason) for one in restored.refused] == [
        (str(thrown[0]), f"something else is at its old place; it is at {trashed(edits)[0].place}")
    ]
    assert thrown[0].read_bytes() == b"something else"
    assert [one.path for one in trashed(edits)] == [str(thrown[0])]
    thrown[0].unlink()
    assert restore(edits, trashed(edits)).done == 1


def test_copies_share_their_bytes_on_the_disk_and_part_again(edits: Edits, photos: Path) -> None:
    keeper, copy = photos / "balls/0.jpg", photos / "copy.jpg"
    copy.write_bytes(keeper.read_bytes())
    os.utime(copy, ns=(0, 10**18))
    update(photos)
    before = tree(photos)
    plan = Plan(str(edits.folder), "hardlink", "", (of(copy, "replace", str(keeper)),))
    apply(edits, plan)
    assert copy.samefile(keeper)
    assert not update(photos).changes
    undo(edits)

    assert not copy.samefile(keeper)
    assert tree(photos) == before


def test_what_is_not_the_same_any_more_is_not_replaced(edits: Edits, photos: Path) -> None:
    one, other = photos / "balls/0.jpg", photos / "balls/2.jpg"
    done = apply(edits, Plan(str(edits.folder), "x", "", (of(one, "replace", str(other)),)))

    assert [left.reason for left in done.refused] == ["the two are not the same any more"]


# Whatever happens


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
def test_killed_at_any_step_no_picture_is_lost_and_all_comes_back(
    tmp_path: Path, run_script: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    far = FAR / f"pixkin-{os.getpid()}" if os.access(FAR, os.W_OK) else ""
    code = Path(helpers_filing.__file__).read_text(encoding="utf-8")
    said = run_script(code, tmp_path / "trees", far, 0, N_SEEDS)
    if far:
        shutil.rmtree(far, ignore_errors=True)

    assert said.stdout == "all came back\n", said.stderr


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root's rights")
def test_a_place_that_may_not_be_written_loses_nothing(tmp_path: Path) -> None:
    base = tmp_path / "base"
    tmp_path.chmod(0o755)
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    with helpers_filing.make(base / "photos", random.Random(5)) as edits:
        plan = organize(edits, base / "sorted", action="move")
    (base / "sorted").mkdir()
    for path in (base / "photos", *(base / "photos").rglob("*")):
        os.chown(path, NOBODY, NOBODY)
    before = helpers_filing.snapshot([base])

    def as_nobody(edits: Edits) -> None:
        done = apply(edits, plan)
        assert done.done == 0
        assert {one.reason for one in done.refused} == {"Permission denied"}

    child = os.fork()
    if not child:
        os.setuid(NOBODY)
        try:
            with Edits.open(base / "photos" / ".pixkin") as edits:
                as_nobody(edits)
        except BaseException:  # noqa: BLE001 - told by the exit code
            os._exit(1)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert helpers_filing.snapshot([base]) == before


def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(small)], check=False
    )
    if mounted.returncode:
        pytest.skip("no small disk can be mounted here")
    try:
        rng = random.Random(5)
        with helpers_filing.make(tmp_path / "photos", rng) as edits:
            files = sorted((tmp_path / "photos").rglob("*.jpg"))[:3]
            for path in files:
                path.write_bytes(rng.randbytes(30_000))
            before = helpers_filing.snapshot([tmp_path / "photos"])
            actions = tuple(
                of(path, "move", str(small / f"{i}.jpg")) for i, path in enumerate(files)
            )
            done = apply(edits, Plan(str(edits.folder), "x", str(small), actions))
            assert {one.reason for one in done.refused} == {"No space left on device"}
            assert 0 < done.done < 3
            assert not list(small.glob(".*"))
            undo(edits)
            assert helpers_filing.snapshot([tmp_path / "photos"]) == before
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_a_folder_that_cannot_be_is_refused(edits: Edits) -> None:
    with pytest.raises(PathError, match="cannot be used"):
        organize(edits, "/" + "a" * 4000)


def test_folders_are_summed_up_where_files_come_from_and_go_to(
    edits: Edits, photos: Path, tmp_path: Path
) -> None:
    plan = organize(edits, tmp_path / "sorted", template="all/{name}", action="move")

    (folder,) = plan.folders()
    assert (folder.path, folder.files, folder.bytes) == ("all", 9, plan.bytes)
    assert [(Path(one.path).name, one.files) for one in plan.folders(is_from=True)] == [
        ("balls", 3), ("grass", 3), ("sunsets", 3)
    ]  # fmt: skip


def test_a_library_tells_what_was_done_and_ends_what_was_cut_off(
    edits: Edits, photos: Path, tmp_path: Path
) -> None:
    before = tree(photos)

    def stop(step: Step) -> None:
        if step.done == 4:
            raise KeyboardInterrupt

    with pixkin.open(photos) as library:
        for end, files in ((library.roll_back, 0), (library.resume, 9)):
            with pytest.raises(KeyboardInterrupt):
                library.apply(library.organize(tmp_path / "sorted", action="move"), stop)
            assert library.filings[-1].is_unfinished
            end()
            assert library.filings[-1].files == len(tree(tmp_path / "sorted")) == files
        library.undo()
        assert [filing.state for filing in library.filings] == ["undone", "undone"]
    assert tree(photos) == before
