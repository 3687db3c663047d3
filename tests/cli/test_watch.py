"""`pixkin watch`: it stays, and updates when files appear."""

import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import environment

from .conftest import command

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")

SETTLE = "0.4"


@pytest.fixture
def watching(pics: Path) -> Iterator[subprocess.Popen[str]]:
    """Give a process that watches the pictures, and has updated once."""
    process = subprocess.Popen(
        command("watch", pics, "--settle", SETTLE),
        env={**environment(), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    watchdog = threading.Timer(60, process.kill)  # it would be waited for without end
    watchdog.start()
    read_update(process)
    yield process
    watchdog.cancel()
    process.kill()
    process.communicate()


def read_update(process: subprocess.Popen[str]) -> list[str]:
    """Wait for the next update, and give its lines."""
    lines = []
    while not lines or not lines[-1].startswith("Groups:"):
        lines.append(process.stdout.readline().rstrip("\n"))
        assert lines[-1], process.stderr.read()
    return lines


def read_change(process: subprocess.Popen[str]) -> list[str]:
    """Wait for the next update that found something.

    The one after the first looks again at once, and on a busy machine it may find nothing yet.
    """
    while (lines := read_update(process))[0] == "Files: nothing has changed":
        pass
    return lines


def test_new_and_moved_files_are_followed_until_it_is_interrupted(
    watching: subprocess.Popen[str], pics: Path
) -> None:
    shutil.copy(pics / "balls/0.jpg", pics / "copy.jpg")
    assert read_change(watching)[0] == "Files: 1 new"
    (pics / "grass/0.jpg").rename(pics / "renamed.jpg")
    assert read_change(watching)[:2] == [
        "Files: 1 moved",
        f"  moved  {pics / 'grass/0.jpg'} -> {pics / 'renamed.jpg'}",
    ]
    watching.send_signal(signal.SIGINT)
    said, noted = watching.communicate(timeout=30)

    assert watching.returncode == 0
    assert said == ""
    assert noted == "Watching. Ctrl-C ends it.\n"


def test_a_file_that_is_being_copied_is_not_read_half(
    watching: subprocess.Popen[str], pics: Path
) -> None:
    content = (pics / "balls/0.jpg").read_bytes() + b"another content"
    with (pics / "slow.jpg").open("wb") as stream:
        for start in range(0, len(content), 64):  # longer than the time to settle, bit by bit
            stream.write(content[start : start + 64])
            stream.flush()
            watching.poll()
    told = read_change(watching)

    assert told[0] == "Files: 1 new"


def test_what_is_hidden_or_ours_wakes_nobody(watching: subprocess.Popen[str], pics: Path) -> None:
    (pics / ".hidden.jpg").write_bytes(b"hidden")
    (pics / ".pixkin" / "note.txt").write_text("ours")
    shutil.copy(pics / "balls/0.jpg", pics / "copy.jpg")

    assert read_change(watching)[0] == "Files: 1 new"
