"""A library survives being killed at any moment; `make kills` tries 200 times."""

import contextlib
import hashlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import draw_folder

import pixkin
from pixkin.library import Library
from pixkin.library.schema import MIGRATIONS, connect, migrate
from pixkin.updating import update

N_KILLS = int(os.environ.get("PIXKIN_KILLS", "7"))
"""Of each of the four."""

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")

Start = Callable[..., subprocess.Popen[str]]


def killed(process: subprocess.Popen[str], after_s: float) -> list[str]:
    """Kill a process some time after it said that it is ready; give what else it said."""
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(after_s)
    process.send_signal(signal.SIGKILL)
    said, _ = process.communicate()
    assert process.returncode == -signal.SIGKILL, said
    return [line for line in said.splitlines(keepends=True) if line.endswith("\n")]


def bad(folder: Path) -> list[str]:
    """Tell what a check of a library finds."""
    with Library(folder) as library:
        return [
            f"{one.kind} {one.where}: {one.reason}" for one in library.check(None) if one.is_bad
        ]


@pytest.fixture(scope="session")
def grouped_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = draw_folder(tmp_path_factory.mktemp("kills") / "photos", 8, 4)
    pixkin.cluster(folder, encoder="color", layout="pca")
    return folder


@pytest.fixture
def photos(tmp_path: Path, grouped_once: Path) -> Path:
    return Path(shutil.copytree(grouped_once, tmp_path / "photos"))


EDIT = """
import random, sys
from pathlib import Path
from pixkin.errors import EditError
from pixkin.library.edits import Edits

rng = random.Random(int(sys.argv[2]))
with Edits.open(Path(sys.argv[1])) as edits:
    images = sorted(edits.state().cluster_of)
    print("ready", flush=True)
    while True:
        state = edits.state()
        full = sorted(c for c in state.groups if len(state.members[c]) > 1)
        if len(full) < 3:
            edits.undo()
            print(edits.last().entry_id, flush=True)
            continue
        a, b = rng.choice(full), rng.choice(full)
        what = rng.choice(["rename", "merge", "split", "move", "not-here", "pin", "undo", "redo"])
        try:
            if what == "rename":
                edits.rename(a, f"Name {rng.random()}")
            elif what == "merge" and len(full) > 2:
                edits.merge(a, b)
            elif what == "split":
                edits.split_images(a, [sorted(state.members[a])[:1]])
            elif what == "move":
                edits.move_images([rng.choice(images)], a)
            elif what == "not-here":
                edits.not_here_images([rng.choice(images)])
            elif what == "pin":
                edits.pin(a, on=rng.random() < 0.5)
            elif what == "undo" and len(edits.entries()) > 5:
                edits.undo()
            elif what == "redo":
                edits.redo()
        except EditError:
            continue
        print(edits.last().entry_id, flush=True)
"""


def test_an_edit_that_is_killed_is_done_or_is_not(photos: Path, start_script: Start) -> None:
    n_before = 0
    for turn in range(N_KILLS):
        said = killed(
            start_script(EDIT, photos / ".pixkin", turn), random.Random(turn).uniform(0, 0.4)
        )
        done = int(said[-1]) if said else n_before
        assert bad(photos / ".pixkin") == []
        with Library(photos / ".pixkin") as library:
            entries, state = library.edit.entries(), library.edit.state()
        assert [entry.entry_id for entry in entries] == list(range(1, len(entries) + 1))
        assert done <= len(entries) <= done + 1, "at most the step in hand is lost, or not told of"
        assert sum(map(len, state.members.values())) == 32
        n_before = len(entries)


UPDATE = """
import random, sys
from pathlib import Path
from pixkin.updating import update

folder, rng = Path(sys.argv[1]), random.Random(int(sys.argv[2]))

def main():
    print("ready", flush=True)
    while True:
        files = sorted(path for path in folder.rglob("*.*") if path.suffix in (".jpg", ".png"))
        here = rng.choice(files)
        what = rng.choice(["move", "copy", "touch", "change"])
        there = folder / f"{rng.random()}{here.suffix}"
        if what == "move":
            here.rename(there)
        elif what == "touch":
            here.touch()
        else:  # a kill is to meet Pixkin, and no picture that is half written
            more = bytes([rng.randrange(256)]) if what == "change" else b""
            (folder / ".new").write_bytes(here.read_bytes() + more)
            (folder / ".new").rename(there)
        update(folder)
        print("done", flush=True)

if __name__ == "__main__":
    main()
"""


def test_an_update_that_is_killed_is_gone_on_with(photos: Path, start_script: Start) -> None:
    with Library(photos / ".pixkin") as library:
        one, other, *_ = (group.cluster_id for group in library.edit.groups().groups)
        library.edit.rename(one, "Mine")
        (moved, *_) = library.edit.state().members[other]
        library.edit.move_images([moved], one)
        before = library.edit.state()
    for turn in range(N_KILLS):
        killed(start_script(UPDATE, photos, turn), random.Random(turn).uniform(0, 1.5))
        assert bad(photos / ".pixkin") == []
        done = update(photos)
        assert not done.skipped
        assert not update(photos).changes, "all has been followed"
        with Library(photos / ".pixkin") as library:
            state, n_there = library.edit.state(), library.edit.present_images()
        assert state.groups[one].name == "Mine"
        assert state.cluster_of[moved] == one
        kept = {image: state.cluster_of[image] for image in before.cluster_of}
        assert kept == before.cluster_of
        assert len(n_there - state.cluster_of.keys()) == done.waiting


MIGRATE = """
import sys
from pathlib import Path
from pixkin.library.edits import Edits

print("ready", flush=True)
with Edits.open(Path(sys.argv[1])) as edits:
    edits.state()
sys.stdin.read()
"""


def test_a_migration_that_is_killed_is_done_the_next_time(
    tmp_path: Path, start_script: Start
) -> None:
    for turn in range(N_KILLS):
        folder = tmp_path / f"{turn}" / ".pixkin"
        folder.mkdir(parents=True)
        with contextlib.closing(connect(folder / "library.db")) as db:
            migrate(db, folder / "library.db", MIGRATIONS[:1])
            hashes = [(hashlib.sha256(b"%d" % i).digest(),) for i in range(2000)]
            with db:
                db.executemany("INSERT INTO images (sha256, bytes) VALUES (?, 1)", hashes)
        killed(start_script(MIGRATE, folder), random.Random(turn).uniform(0, 0.03))
        assert bad(folder) == []
        with Library(folder) as library:
            assert len(library.edit.all_hashes()) == 2000
            assert library.info().format == len(MIGRATIONS)
            assert library.edit.state().groups == {}


COMPACT = """
import random, shutil, sys
from pathlib import Path
from pixkin.library import Library
from pixkin.updating import update

folder, rng = Path(sys.argv[1]), random.Random(int(sys.argv[2]))

def main():
    with Library(folder / ".pixkin") as library:
        print("ready", flush=True)
        while True:
            library.compact()
            there = folder / f"{rng.random()}.jpg"
            there.write_bytes((folder / "balls/0.jpg").read_bytes() + rng.randbytes(3))
            update(folder)
            there.unlink()
            update(folder, prune=True)  # leaves a gap among the vectors

if __name__ == "__main__":
    main()
"""


def test_a_compacting_that_is_killed_loses_nothing(photos: Path, start_script: Start) -> None:
    with pixkin.open(photos) as library:
        library.edit.rename(library.clusters[0].cluster_id, "Mine")
        known = dict(zip(library.images, map(bytes, library.vectors()), strict=True))
    for turn in range(N_KILLS):
        killed(start_script(COMPACT, photos, turn), random.Random(turn).uniform(0, 1))
        assert bad(photos / ".pixkin") == []
        for path in photos.glob("0.*.jpg"):
            path.unlink()
        assert not update(photos, prune=True).skipped
        with pixkin.open(photos) as library:
            now = dict(zip(library.images, map(bytes, library.vectors()), strict=True))
            assert library.cluster("Mine").group.images
        assert now == known


def test_two_processes_that_edit_at_once_lose_nothing(photos: Path, start_script: Start) -> None:
    both = [start_script(TOGETHER, photos / ".pixkin", number) for number in range(2)]
    said = [process.communicate()[0] for process in both]
    with Library(photos / ".pixkin") as library:
        entries = library.edit.entries()

    assert [process.returncode for process in both] == [0, 0]
    assert said == ["done\n", "done\n"]
    names = [entry.told["name"] for entry in entries if entry.action == "rename"]
    assert sorted(names) == sorted(f"{number} {i}" for number in range(2) for i in range(25))


TOGETHER = """
import sys
from pathlib import Path
from pixkin.library.edits import Edits

with Edits.open(Path(sys.argv[1])) as edits:
    groups = sorted(edits.state().groups)
    for i in range(25):
        edits.rename(groups[int(sys.argv[2])], f"{sys.argv[2]} {i}")
print("done")
"""


def test_an_edit_made_while_another_process_groups_is_kept(
    photos: Path, start_script: Start
) -> None:
    running = start_script(GROUP, photos)
    assert running.stdout.readline() == "ready\n"
    with Library(photos / ".pixkin") as library:
        groups = sorted(library.edit.state().groups)
        for i in range(20):
            library.edit.rename(groups[i % len(groups)], f"Name {i}")
        (image, *_) = library.edit.state().members[groups[0]]
        library.edit.move_images([image], groups[1])
    said, _ = running.communicate()
    with Library(photos / ".pixkin") as library:
        state = library.edit.state()

    assert (running.returncode, said) == (0, "done\n")
    assert {group.name for group in state.groups.values()} == {f"Name {i}" for i in range(16, 20)}
    assert state.cluster_of[image] == groups[1]


GROUP = """
import sys
import pixkin

def main():
    print("ready", flush=True)
    for seed in range(3):
        pixkin.cluster(sys.argv[1], encoder="color", layout="pca", random_state=seed)
    print("done")

if __name__ == "__main__":
    main()
"""


def test_the_database_is_not_changed_by_looking(photos: Path) -> None:
    database = photos / ".pixkin" / "library.db"
    with Library(photos / ".pixkin") as library:
        library.edit.groups()
        library.edit.state()
    with contextlib.closing(sqlite3.connect(database)) as db:
        assert db.execute("SELECT count(*) FROM journal").fetchone() == (1,)
