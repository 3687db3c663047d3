"""Duplicates go to the system's trash on request; the way back is the system's."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import draw_folder

import pixkin

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="elsewhere the real trash would be used"
)

SETUP = """
import sys
sys.modules["gi"] = None  # the desktop's own service would use the real trash
import pixkin
from pixkin.filing.clear import clear
from pixkin.filing.plan import load, save
from pathlib import Path
folder = Path(sys.argv[1])
with pixkin.open(folder) as library:
    plan = library.clear(library.duplicates(), "system-trash")
"""


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = draw_folder(tmp_path_factory.mktemp("trash") / "photos", 2, 2)
    (folder / "copies").mkdir()
    for name in ("balls/0.jpg", "sunsets/0.jpg"):
        shutil.copy(folder / name, folder / "copies" / f"copy of {name.replace('/', ' ')}")
    (folder / "copies" / "copy of balls 0.xmp").write_text("stars")
    pixkin.cluster(folder, encoder="color", layout="pca")
    return folder


@pytest.fixture
def photos(tmp_path: Path, made_once: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    # Of the home folder only the disk that it is on is asked for.
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return Path(shutil.copytree(made_once, tmp_path / "photos"))


def contents(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and ".pixkin" not in path.parts
    }


Run = Callable[..., subprocess.CompletedProcess[str]]


def test_copies_go_to_the_systems_trash_and_undo_says_whose_it_is(
    photos: Path, tmp_path: Path, run_script: Run
) -> None:
    before = contents(photos)
    code = SETUP + (
        "    print(plan.notes[0][:22])\n"
        "    done = library.apply(plan)\n"
        "    print(done.done, done.refused, done.is_undoable)\n"
        "    print(bool(library.duplicates(kinds=['identical']).groups))\n"
        "    back = library.undo()\n"
        "    print(back.done, {one.reason for one in back.refused}, len(back.refused))\n"
    )
    said = run_script(code, photos)

    assert said.stdout.splitlines() == [
        "Undo is the system's: ",
        "3 () False",
        "False",
        '0 {"is in the system\'s trash; bring it back from there"} 3',
    ], said.stderr
    gone = before.keys() - contents(photos).keys()
    assert gone == {name for name in before if name.startswith("copies/")}
    there = contents(tmp_path / "data" / "Trash" / "files")
    assert sorted(there.values()) == sorted(before[name] for name in gone)


def test_what_the_system_brought_back_is_known_again(photos: Path, run_script: Run) -> None:
    code = SETUP + (
        "    library.apply(plan)\n"
        "    trash = folder.parent / 'data/Trash/files'\n"
        "    for path in trash.iterdir():\n"
        "        path.rename(folder / 'copies' / path.name)\n"
        "    back = library.undo()\n"
        "    print(back.done, back.refused)\n"
        "    found = library.duplicates(kinds=['identical']).groups\n"
        "    print(sum(len(group.members) for group in found))\n"
    )

    assert run_script(code, photos).stdout == "3 ()\n2\n"


def test_what_changed_since_or_is_protected_is_left(photos: Path, run_script: Run) -> None:
    code = SETUP + (
        "    same = sorted(folder.glob('copies/*.jpg'))[0]\n"
        "    import os\n"
        "    facts = same.stat()\n"
        "    same.write_bytes(same.read_bytes()[:-1] + b'x')\n"
        "    os.utime(same, ns=(facts.st_atime_ns, facts.st_mtime_ns))\n"
        "    done = library.apply(plan)\n"
        "    print(done.done, [one.reason for one in done.refused], same.exists())\n"
        "    safe = library.duplicates(protect=[folder / 'copies'])\n"
        "    touched = library.clear(safe, 'system-trash').actions\n"
        "    print([one.source for one in touched if 'copies' in one.source])\n"
    )

    assert run_script(code, photos).stdout == "2 ['was changed since'] True\n[]\n"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
def test_killed_at_any_step_the_bytes_are_somewhere_and_it_is_gone_on_with(
    photos: Path, tmp_path: Path, made_once: Path, run_script: Run
) -> None:
    code = """
import sys
sys.modules["gi"] = None
import shutil
from pathlib import Path
import send2trash  # before the kills are counted
import pixkin
from helpers_filing import contents, killed, states_of
from pixkin.filing.apply import apply, resume
made, base = map(Path, sys.argv[1:3])
place, plan = base / "work", None
for after in range(100):
    for old in (place, base / "data"):
        shutil.rmtree(old, ignore_errors=True)
    shutil.copytree(made, place)
    if plan is None:
        with pixkin.open(place) as library:
            plan = library.clear(library.duplicates(), "system-trash")
    precious = contents([place])
    bases = [place, base / "data"]
    if not killed(lambda edits: apply(edits, plan), place / ".pixkin", after):
        break
    assert precious <= contents(bases)
    if "applying" in states_of(place / ".pixkin"):
        assert not killed(resume, place / ".pixkin", 10**6)
        assert not list((place / "copies").iterdir())
        assert precious <= contents(bases)
print(5 < after < 99)
"""
    tests = Path(__file__).parent
    said = run_script(
        f"import sys\nsys.path.insert(0, {str(tests)!r})\n{code}", made_once, tmp_path
    )

    assert said.stdout == "True\n", said.stderr


def test_without_the_package_it_says_what_to_install(photos: Path, run_script: Run) -> None:
    code = (
        "import sys\nsys.modules['send2trash'] = None\nfrom pixkin.cli import main\n"
        "sys.argv = ['pixkin', 'duplicates', sys.argv[1], '--apply', 'system-trash', '--yes']\n"
        "main()\n"
    )
    before = contents(photos)
    said = run_script(code, photos)

    assert said.returncode == 3
    assert "pip install 'pixkin[trash]'" in said.stderr
    assert contents(photos) == before


def test_the_command_says_that_undo_is_the_systems(photos: Path, run_script: Run) -> None:
    code = (
        "import sys\nsys.modules['gi'] = None\nfrom pixkin.cli import main\n"
        "sys.argv = ['pixkin', *sys.argv[1:]]\nmain()\n"
    )
    said = run_script(code, "duplicates", photos, "--apply", "system-trash", "--yes")
    assert "Note: Undo is the system's" in said.stdout
    assert "Done with 3 files. Bring them back from the system's trash" in said.stdout
    back = run_script(code, "undo", "--library", photos)

    assert back.stdout.startswith(
        "Taken back: 0 files of: clear identical duplicates: system-trash"
    )
    assert back.stderr.count("is in the system's trash; bring it back from there") == 3
