import contextlib
import hashlib
import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import CRASH
from PIL import Image

from pixkin import registry
from pixkin.contents import BLOCK, NOT_AN_IMAGE
from pixkin.intake import Intake, read
from pixkin.library import Library
from pixkin.progress import OnProgress, Step, silent
from pixkin.records import File
from pixkin.scan import scan
from pixkin.settings import Settings
from pixkin.sources.folder import FolderSource
from pixkin.worker import MOST_KEPT

TINY = Settings(encoder="pixels:size=4", workers=1)

DEADLINE_S = 20
CHANGED = ("unreadable", "changed while it was being read; run again")

Take = Callable[..., Intake]


@pytest.fixture
def photos(drawn: Callable[..., Path], tmp_path: Path) -> Path:
    return drawn(tmp_path / "photos", 3, 3, (32, 24))


@pytest.fixture
def take(tmp_path: Path, no_child_left: None) -> Take:
    """Give a function that takes a folder into the library in ``tmp_path / "library"``."""

    def take_in(
        folder: Path,
        settings: Settings = TINY,
        on_progress: OnProgress = silent,
        between: Callable[[], object] = lambda: None,
        meanwhile: Callable[[], None] = lambda: None,
    ) -> Intake:
        encoder = registry.build("encoder", settings.encoder)
        with Library(tmp_path / "library") as library, library.writing():
            found = scan([FolderSource(str(folder))], [library.add_root(folder)], silent)
            between()
            with library.space(encoder) as space:
                intake = read(
                    found.files,
                    library,
                    space,
                    settings,
                    library.known_files(),
                    on_progress,
                    meanwhile,
                )

                assert len(space.read(intake.hashes)) == len(intake.files)
        assert_whole(found.files, intake)
        return intake

    return take_in


def assert_whole(files: list[File], intake: Intake) -> None:
    """Check that every file is among the taken or the skipped, once, and in order."""
    taken, skipped = iter(intake.files), iter(intake.skipped)
    for file in files:
        if file in intake.files:
            assert next(taken) == file
        else:
            assert next(skipped).path == file.path
    assert list(taken) == list(skipped) == []
    assert len(intake.hashes) == len(intake.files)
    assert intake.facts.keys() == set(intake.hashes)


def reasons(intake: Intake) -> dict[str, tuple[str, str]]:
    return {item.path: (item.kind, item.reason) for item in intake.skipped}


def test_a_second_run_encodes_nothing_and_starts_no_process(photos: Path, take: Take) -> None:
    steps: list[Step] = []
    first = take(photos)
    second = take(photos, on_progress=steps.append)

    assert first.n_encoded == 9
    assert second.n_encoded == 0
    assert second.hashes == first.hashes
    assert second.facts == first.facts
    assert steps == [Step("read", 0, 0)]


@pytest.mark.parametrize("n_bytes", [BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, MOST_KEPT + 1])
@pytest.mark.parametrize("n_others", [0, 1], ids=["as long as no other", "as long as another"])
def test_a_content_is_known_by_its_sha256_whatever_its_size(
    n_bytes: int, n_others: int, photos: Path, take: Take
) -> None:
    contents = {}
    for name in ("a.jpg", "b.jpg")[: n_others + 1]:
        path = photos / name
        Image.new("RGB", (8, 8), (1, 2, len(contents))).save(path)
        contents[name] = path.read_bytes().ljust(n_bytes, b"\0")
        path.write_bytes(contents[name])

    intake = take(photos)

    known = dict(zip([file.path for file in intake.files], intake.hashes, strict=True))
    for name, content in contents.items():
        assert known[name] == hashlib.sha256(content).digest()


def test_a_file_whose_decoder_crashes_is_remembered_by_its_content(
    photos: Path, take: Take, paint: Callable[..., Path], odd_encoder: str
) -> None:
    bad = paint("crash.png", CRASH)
    shutil.copy(bad, photos / "crash.png")
    odd = replace(TINY, encoder=odd_encoder)
    first = take(photos, odd)

    assert [item.path for item in first.skipped] == ["crash.png"]
    (photos / "crash.png").rename(photos / "moved.png")
    assert [item.reason for item in take(photos, odd).skipped] == [first.skipped[0].reason]
    assert take(photos, odd).n_encoded == 0


def test_where_nothing_may_be_a_picture_no_process_starts(
    tmp_path: Path, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    for i in range(3):
        (folder / f"{i}.txt").write_text("words " * (i + 20))
    monkeypatch.setattr(subprocess, "Popen", None)

    assert {kind for kind, _ in reasons(take(folder)).values()} == {"not-an-image"}


def test_what_only_has_the_name_of_a_picture_is_no_image(photos: Path, take: Take) -> None:
    (photos / "words.jpg").write_text("words " * 1000)
    (photos / "nothing.jpg").touch()

    assert reasons(take(photos)) == {
        "nothing.jpg": ("not-an-image", "the file is empty"),
        "words.jpg": ("not-an-image", NOT_AN_IMAGE),
    }


def test_progress_counts_every_file_that_needs_reading(photos: Path, take: Take) -> None:
    steps: list[Step] = []
    take(photos, on_progress=steps.append)

    assert {step.total for step in steps} == {9}
    assert sorted({step.done for step in steps}) == list(range(10))
    assert [step.done for step in steps] == sorted(step.done for step in steps)


def test_only_a_file_that_changed_is_encoded_again(photos: Path, take: Take) -> None:
    before = take(photos)
    (photos / "balls" / "0.jpg").write_bytes((photos / "balls" / "1.png").read_bytes())
    shutil.copy(photos / "balls" / "2.jpg", photos / "balls" / "2-edited.jpg")
    with (photos / "balls" / "2-edited.jpg").open("ab") as stream:
        stream.write(b"\0")
    after = take(photos)
    hashes = dict(zip([file.path for file in after.files], after.hashes, strict=True))

    assert after.n_encoded == 1
    assert hashes["balls/0.jpg"] == hashes["balls/1.png"]
    assert hashes["balls/2-edited.jpg"] not in before.hashes


def test_a_file_that_was_only_touched_or_moved_is_not_encoded_again(
    photos: Path, take: Take
) -> None:
    take(photos)
    os.utime(photos / "balls" / "0.jpg", (1, 1))
    (photos / "balls").rename(photos / "spheres")
    steps: list[Step] = []
    moved, again = take(photos), take(photos, on_progress=steps.append)

    assert moved.n_encoded == again.n_encoded == 0
    assert len(moved.files) == 9
    assert steps == [Step("read", 0, 0)]


def test_two_files_with_the_same_bytes_are_encoded_once(photos: Path, take: Take) -> None:
    for i in range(5):
        shutil.copy(photos / "balls" / "0.jpg", photos / f"copy-{i}.jpg")
    intake = take(photos)

    assert intake.n_encoded == 9
    assert len(intake.files) == 14
    assert len(set(intake.hashes)) == 9


def test_bad_files_are_told_with_their_reason_and_remembered(photos: Path, take: Take) -> None:
    whole = (photos / "balls" / "0.jpg").read_bytes()
    (photos / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    shutil.copy(photos / "cut.jpg", photos / "cut-too.jpg")
    (photos / "text.jpg").write_text("words " * 20)
    (photos / "empty.jpg").touch()
    steps: list[Step] = []
    first, second = take(photos), take(photos, on_progress=steps.append)

    assert reasons(first) == reasons(second)
    assert {path: kind for path, (kind, _) in reasons(first).items()} == {
        "cut.jpg": "damaged",
        "cut-too.jpg": "damaged",
        "text.jpg": "not-an-image",
        "empty.jpg": "not-an-image",
    }
    assert steps[0] == Step("read", 0, 2), "those that are no pictures are looked at again"


def test_a_file_that_went_away_is_tried_again_next_time(photos: Path, take: Take) -> None:
    path = photos / "balls" / "0.jpg"
    content = path.read_bytes()
    gone = take(photos, between=path.unlink)
    path.write_bytes(content)
    back = take(photos)

    assert reasons(gone) == {"balls/0.jpg": ("unreadable", "No such file or directory")}
    assert (gone.n_encoded, back.n_encoded) == (8, 1)
    assert len(back.files) == 9


def touch(*paths: Path) -> None:
    for path in paths:
        os.utime(path, (1, 1))


def copies_of(path: Path, n: int, place: str) -> list[Path]:
    """Copy a file to such names that it comes first, and the copies next or last."""
    folder = path.parent if place == "next" else path.parents[1] / "z"
    folder.mkdir(exist_ok=True)
    return [Path(shutil.copy(path, folder / f"{path.name}.{i:03}.jpg")) for i in range(n)]


# In the tests that follow, what is done meanwhile begins when the first file has been hashed, and
# is over long before the worker that is to decode it has started.


@pytest.mark.parametrize("n_copies", [1, 300])
@pytest.mark.parametrize("place", ["next", "last"])
def test_a_file_that_changes_while_it_is_read_costs_none_of_its_copies(
    photos: Path, take: Take, place: str, n_copies: int
) -> None:
    first = photos / "balls" / "0.jpg"
    copies_of(first, n_copies, place)
    intake = take(photos, meanwhile=lambda: touch(first))
    again = take(photos)

    assert reasons(intake) == {"balls/0.jpg": CHANGED}
    assert len(intake.files) == 8 + n_copies
    assert intake.n_encoded == 9
    assert reasons(again) == {}
    assert again.n_encoded == 0


def test_progress_goes_on_when_a_copy_is_read_in_place_of_a_file(photos: Path, take: Take) -> None:
    first = photos / "balls" / "0.jpg"
    copies_of(first, 2, "next")
    steps: list[Step] = []
    take(photos, on_progress=steps.append, meanwhile=lambda: touch(first))

    assert [step.done for step in steps] == sorted(step.done for step in steps)
    assert steps[0] == Step("read", 0, 11)
    assert steps[-1] == Step("read", 13, 13)


def test_copies_that_change_as_well_are_told_one_by_one(photos: Path, take: Take) -> None:
    first = photos / "balls" / "0.jpg"
    copies = copies_of(first, 300, "next")
    intake = take(photos, meanwhile=lambda: touch(first, *copies[:-1]))

    assert len(intake.skipped) == 300
    assert set(reasons(intake).values()) == {CHANGED}
    assert str(copies[-1].relative_to(photos)) in {file.path for file in intake.files}


def test_a_file_that_changed_before_it_was_hashed_costs_none_of_its_copies(
    photos: Path, take: Take
) -> None:
    first = photos / "balls" / "0.jpg"
    copy, *_ = copies_of(first, 3, "next")
    intake = take(photos, between=lambda: touch(first, copy))

    assert reasons(intake) == {"balls/0.jpg": CHANGED, "balls/0.jpg.000.jpg": CHANGED}
    assert intake.n_encoded == 9


def test_a_copy_that_is_gone_when_it_is_asked_for_is_told_too(photos: Path, take: Take) -> None:
    first = photos / "balls" / "0.jpg"
    (copy,) = copies_of(first, 1, "next")

    def remove(step: Step) -> None:
        if step.done == 1:
            copy.unlink(missing_ok=True)

    intake = take(photos, on_progress=remove, meanwhile=lambda: touch(first))

    assert reasons(intake) == {
        "balls/0.jpg": CHANGED,
        "balls/0.jpg.000.jpg": ("unreadable", "No such file or directory"),
    }


def test_a_picture_refused_under_one_limit_is_tried_under_another(photos: Path, take: Take) -> None:
    tight = Settings(encoder=TINY.encoder, workers=1, max_megapixels=0.001)
    Image.new("RGB", (100, 100)).save(photos / "large.png")
    small, fine = take(photos, tight), take(photos)

    assert reasons(small)["large.png"][0] == "refused"
    assert "large.png" not in reasons(fine)


def test_a_picture_that_one_encoder_fails_on_is_tried_by_another(
    odd_encoder: str, paint: Callable[..., Path], take: Take
) -> None:
    folder = paint("crash.png", CRASH).parent
    odd = Settings(encoder=odd_encoder, workers=1)
    failed, fine, again = take(folder, odd), take(folder), take(folder)

    assert "crashed" in reasons(failed)["crash.png"][1]
    assert (fine.n_encoded, again.n_encoded) == (1, 0)
    assert len(fine.files) == 1


def test_another_encoder_means_other_vectors_and_the_first_stay(photos: Path, take: Take) -> None:
    other = Settings(encoder="pixels:size=5", workers=1)
    counts = [take(photos, settings).n_encoded for settings in (TINY, other, TINY, other)]

    assert counts == [9, 9, 0, 0]


def test_what_was_done_before_a_cancel_is_kept(photos: Path, take: Take) -> None:
    def cancel(step: Step) -> None:
        if step.done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take(photos, on_progress=cancel)
    rest = take(photos)

    assert rest.n_encoded == 9 - 4
    assert len(rest.files) == 9


def test_something_else_is_done_meanwhile_only_if_there_is_something_to_wait_for(
    photos: Path, take: Take
) -> None:
    calls: list[int] = []
    for _ in range(2):
        take(photos, meanwhile=lambda: calls.append(1))

    assert calls == [1]


RUN = """
import os, signal, sys
import pixkin

def kill(step):
    if step.stage == "read" and step.done == int(sys.argv[4]):
        os.kill(os.getpid(), signal.SIGKILL)

result = pixkin.cluster(
    sys.argv[1], library=sys.argv[2], on_progress=kill, encoder="pixels:size=4", workers=2
)
result.to_csv(sys.argv[3])
print(result.counts.encoded)
"""


def n_kept(library: Path) -> int:
    with contextlib.closing(sqlite3.connect(library / "library.db")) as db:
        count: int = db.execute("SELECT count(*) FROM vectors").fetchone()[0]
        return count


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
def test_a_run_that_was_killed_goes_on_as_if_it_had_not_been(
    drawn: Callable[..., Path], tmp_path: Path, run_script: Any
) -> None:
    photos = drawn(tmp_path / "photos", 75, 4, (16, 12))
    broken, whole = tmp_path / "broken", tmp_path / "whole"
    killed = run_script(RUN, photos, broken, tmp_path / "broken.csv", 280)
    kept = n_kept(broken)
    resumed = run_script(RUN, photos, broken, tmp_path / "broken.csv", -1)
    straight = run_script(RUN, photos, whole, tmp_path / "whole.csv", -1)

    assert killed.returncode == -9
    assert (resumed.stderr, straight.stderr) == ("", "")
    assert 0 < kept < int(straight.stdout)
    assert int(resumed.stdout) == int(straight.stdout) - kept
    assert (tmp_path / "broken.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()


SLOW = pytest.mark.parametrize(
    ("name", "n_read"), [("z-slow.jpg", 9), ("z-slow", 8)], ids=["for a worker", "for the run"]
)
"""A slow file, and how many of the 9 others are read meanwhile. Where the run itself waits for the
file to tell whether it may be a picture, the answer to the ninth waits in the pipe."""


@SLOW
@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
def test_what_was_read_is_kept_while_a_file_is_slow(
    name: str, n_read: int, photos: Path, take: Take, tmp_path: Path
) -> None:
    slow, deadline = photos / name, time.monotonic() + DEADLINE_S
    slow.write_bytes(b"any")

    def watch(step: Step) -> None:
        if step.done == n_read and n_kept(tmp_path / "library") == n_read:
            os.close(os.open(slow, os.O_WRONLY | os.O_NONBLOCK))
        assert time.monotonic() < deadline

    intake = take(photos, on_progress=watch, between=lambda: without_end(slow))

    assert intake.n_encoded == 9


def without_end(path: Path) -> None:
    """Put in the place of a file one whose reader waits until somebody writes."""
    path.unlink()
    os.mkfifo(path)


INTERRUPT = """
import os, signal, sys
from pathlib import Path
import click
import pixkin
from pixkin.cli.interrupt import interruptible

photos, slow, n_read = Path(sys.argv[1]), Path(sys.argv[1], sys.argv[3]), int(sys.argv[4])
signal.signal(signal.SIGINT, signal.default_int_handler)

def watch(step):
    if step.stage == "read" and step.done == 0 and not slow.is_fifo():
        slow.unlink()
        os.mkfifo(slow)
    if step.stage == "read" and step.done == n_read:
        os.kill(os.getpid(), signal.SIGINT)

def work(watched):
    settings = {"encoder": "pixels:size=4", "workers": 1}
    pixkin.cluster(photos, library=sys.argv[2], on_progress=watched(watch), **settings)

try:
    interruptible(work)
except click.Abort:
    os._exit(130)
"""


@SLOW
@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
def test_what_was_read_is_kept_after_ctrl_c_while_a_file_is_slow(
    name: str, n_read: int, photos: Path, tmp_path: Path, run_script: Any
) -> None:
    (photos / name).write_bytes(b"any")
    done = run_script(INTERRUPT, photos, tmp_path / "library", name, str(n_read))

    assert (done.returncode, done.stderr) == (130, "")
    assert n_kept(tmp_path / "library") == n_read


def test_a_script_without_a_main_guard_works(photos: Path, tmp_path: Path, run_script: Any) -> None:
    code = (
        "import sys, pixkin\n"
        "print('once')\n"
        "print(len(pixkin.cluster(sys.argv[1], library=sys.argv[2], encoder='color')))\n"
    )
    done = run_script(code, photos, tmp_path / "library")

    assert (done.stdout, done.stderr) == ("once\n9\n", "")
