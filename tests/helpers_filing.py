"""Random trees of files, and deeds on them that are killed at random moments.

Run as a program: ``helpers_filing.py FOLDER FAR FIRST LAST`` tries each seed from FIRST to LAST;
FAR is a folder on another disk, where there is one.
"""

import contextlib
import hashlib
import os
import random
import shutil
import sqlite3
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from pixkin.filing.apply import apply, past, resume, roll_back, undo
from pixkin.filing.organize import ACTIONS, BY, organize
from pixkin.filing.plan import Action, Plan
from pixkin.filing.sidecars import write_sidecars
from pixkin.filing.trash import place_in_trash
from pixkin.filing.xmp import merged
from pixkin.library.edits import Edits

Snapshot = dict[str, tuple[bytes, int]]
EVENTS = {
    "open",
    "os.rename",
    "os.remove",
    "os.link",
    "os.symlink",
    "os.mkdir",
    "os.rmdir",
    "os.utime",
}
KILLED = 9
NAMES = [
    "a.jpg",
    "A.JPG",
    "b.png",
    "c.jpg",
    "IMG_1.jpg",
    "con.jpg",
    "x:y.jpg",
    "d.heic",
    "e.",
    "ü.jpg",
]
GROUPS = ["Rex", "rex", "The garden", "a/b", "COM1", "..", "x" * 200]


def make(folder: Path, rng: random.Random) -> Edits:
    """Write a random tree of pictures and their companions, and a library that knows it."""
    folder.mkdir(parents=True)
    edits = Edits.open(folder / ".pixkin")
    for i in range(rng.randrange(1, 12)):
        place = folder / rng.choice(["", "in", "in/deep", "other"])
        place.mkdir(parents=True, exist_ok=True)
        write(place / rng.choice(NAMES), b"picture %d" % rng.randrange(8), rng)
        if rng.random() < 0.5:
            name = f"IMG_1{rng.choice(['.xmp', '.jpg.xmp', '.jpg.xmp', '.aae', '.mov'])}"
            is_xmp = name.endswith(".xmp") and rng.random() < 0.8
            write(place / name, merged(None, f"mine {i}") if is_xmp else b"side %d" % i, rng)
    know(edits, folder, rng)
    return edits


def write(path: Path, content: bytes, rng: random.Random) -> None:
    path.write_bytes(content)
    os.utime(path, ns=(0, rng.randrange(10**18)))


def know(edits: Edits, folder: Path, rng: random.Random) -> None:
    """Let the library know the pictures in a folder, in groups by chance."""
    known: dict[bytes, int] = {}
    with contextlib.closing(sqlite3.connect(edits.folder / "library.db")) as db, db:
        db.execute("INSERT INTO roots VALUES (1, ?, 1)", [b"."])
        for path in sorted(folder.rglob("*")):
            if (
                not path.is_file()
                or ".pixkin" in path.parts
                or path.suffix in {".xmp", ".aae", ".mov"}
            ):
                continue
            sha256, status = hashlib.sha256(path.read_bytes()).digest(), path.stat()
            if sha256 not in known:
                known[sha256] = len(known) + 1
                row = [
                    known[sha256],
                    sha256,
                    status.st_size,
                    rng.choice([None, "2019-08-01T10:00:00"]),
                ]
                db.execute(
                    "INSERT INTO images (image_id, sha256, bytes, taken) VALUES (?, ?, ?, ?)", row
                )
            inside = os.fsencode(path.relative_to(folder).as_posix())
            row = [inside, status.st_size, status.st_mtime_ns, status.st_ino, known[sha256]]
            db.execute("INSERT INTO files VALUES (NULL, 1, ?, ?, ?, ?, ?, NULL)", row)
    state = edits.state()
    state.key = "a grouping"  # without one, nothing is in a group
    assert edits.regrouped(edits.state(), state, [])
    edits.assign_images({image: rng.choice(GROUPS) for image in known.values()})


def snapshot(bases: list[Path]) -> Snapshot:
    """Give content and time of every file but those of the library, and name the folders."""
    found = {}
    for path in (path for base in bases for path in sorted(base.rglob("*"))):
        if path.is_file() and ".pixkin" not in path.parts:
            found[str(path)] = path.read_bytes(), path.stat().st_mtime_ns
        elif path.is_dir() and ".pixkin" not in path.parts:
            found[str(path)] = b"", 0
    return found


def contents(bases: list[Path]) -> set[bytes]:
    """Give the contents that lie somewhere, unfinished files left out."""
    named = ((path, content) for path, (content, _) in snapshot(bases).items())
    return {content for path, content in named if not path.endswith(".part")}


def planned(edits: Edits, base: Path, to: Path, rng: random.Random) -> Plan:
    """Plan something: to organize, to write sidecars, to trash, or to replace copies by links."""
    what = rng.choice([*["organize"] * 4, "trash", "replace", "sidecars"])
    if what == "sidecars":
        return write_sidecars(edits)
    if what == "organize":
        action, by = rng.choice(["move", "move", *ACTIONS]), rng.choice(list(BY))
        goes = action == "move" and rng.random() < 0.5
        beside = rng.random() < 0.5
        return organize(edits, to, by=by, action=action, write_sidecars=beside, remove_empty=goes)
    files = sorted(path for path in (base / "photos").rglob("*.*g") if path.is_file())
    actions, keepers = [], {}
    for path in files:
        status, content = path.stat(), path.read_bytes()
        facts = (status.st_size, status.st_mtime_ns, hashlib.sha256(content).hexdigest())
        if what == "trash" and rng.random() < 0.5:
            place = place_in_trash(str(path), [str(base / "photos")], 1)
            actions.append(Action("trash", str(path), place, *facts))
        elif what == "replace" and content in keepers:
            actions.append(Action("replace", str(path), keepers[content], *facts))
        keepers.setdefault(content, str(path))
    return Plan(str(edits.folder), what, "", tuple(actions))


def killed(work: Callable[[Edits], object], library: Path, after: int) -> bool:
    """Do something in a process that ends without a word after so many steps on files."""
    child = os.fork()
    if not child:
        edits, left = Edits.open(library), [after]

        def hook(event: str, _: object) -> None:
            if event in EVENTS:
                left[0] -= 1
                if left[0] < 0:
                    os._exit(KILLED)

        try:
            sys.addaudithook(hook)
            work(edits)
        except BaseException:  # noqa: BLE001 - told by the exit code, and on stderr
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in {0, KILLED}, code
    return code == KILLED


def files_known(library: Path) -> list[tuple[object, ...]]:
    with contextlib.closing(sqlite3.connect(library / "library.db")) as db:
        query = "SELECT root_id, path, bytes, image_id, gone IS NULL FROM files ORDER BY 1, 2"
        return db.execute(query).fetchall()


def attempt(base: Path, far: Path | None, seed: int) -> None:
    """Apply, with kills; go on or take back, with kills; take back all: nothing is changed."""
    rng = random.Random(seed)
    to = far if far and rng.random() < 0.5 else base / "sorted"
    bases, library = [base, to], base / "photos" / ".pixkin"
    with make(base / "photos", rng) as edits:
        to.mkdir(parents=True)
        if rng.random() < 0.5:
            (to / "Rex").mkdir()
            write(to / "Rex" / "a.jpg", b"somebody else's", rng)
        before, known = snapshot(bases), files_known(edits.folder)
        plan = planned(edits, base, to, rng)
    precious = contents(bases)

    def cut(work: Callable[[Edits], object]) -> bool:
        is_cut = killed(work, library, rng.randrange(rng.choice([8, 80, 400])))
        assert precious <= contents(bases), "a picture is lost"
        return is_cut

    if not plan.problems:
        cut(lambda edits: apply(edits, plan))
    while (states := states_of(library)) and states[-1] in {"applying", "undoing"}:
        cut(rng.choice([resume, roll_back]))
    if states and states[-1] == "done":
        files = [row for row in files_known(library) if row[0] == 1 and row[4]]
        there = [base / "photos" / os.fsdecode(row[1]) for row in files]
        assert all(map(os.path.lexists, there)), "the library does not know where its files are"
    while (states := states_of(library)) and states[-1] != "undone":
        cut(undo if states[-1] == "done" else resume)
    after = snapshot(bases)
    names = before.keys() | after.keys()
    changed = {name for name in names if before.get(name) != after.get(name)}
    assert not changed, changed
    assert files_known(library) == known, "the library's files are not as they were"


def states_of(library: Path) -> list[str]:
    with Edits.open(library) as edits:
        return [filing.state for filing in past(edits)]


if __name__ == "__main__":
    folder, far = (Path(text) if text else None for text in sys.argv[1:3])
    for seed in range(int(sys.argv[3]), int(sys.argv[4])):
        base, away = folder / str(seed), far and far / str(seed)
        try:
            attempt(base, away, seed)
        except AssertionError as error:
            sys.exit(f"seed {seed}: {error}")
        for one in filter(None, (base, away)):
            shutil.rmtree(one, ignore_errors=True)
    sys.stdout.write("all came back\n")
