"""Ctrl-C ends a run within a second, and the next run goes on from there."""

import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from conftest import draw_folder, environment

from cli.conftest import Said, command, plug_in
from pixkin.cli.interrupt import Watch, interruptible
from pixkin.library.place import MARKER
from pixkin.progress import Step, silent

Run = Callable[..., Said]

N_PICTURES = 600
IN_TIME_S = 1.5
DEADLINE_S = 60

KEPT = "Interrupted. What was read is kept: the next run goes on from there.\n"


@pytest.fixture
def many(here: Path) -> Path:
    """Give a folder of 600 pictures: 30 drawn ones, 20 files of different bytes each."""
    folder = draw_folder(here / "pics", 5, 6)
    for path in sorted(folder.rglob("*.*")):
        content = path.read_bytes()
        for i in range(N_PICTURES // 30 - 1):
            path.with_name(f"{path.stem}-{i}{path.suffix}").write_bytes(content + b"%d" % i)
    return folder


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Give a function that starts a command as a terminal would: with a process group."""
    started = []

    def call(*words: object, **env: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            command(*words),
            env={**environment(), **env},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            # A shell that runs the tests in the background has them ignore Ctrl-C.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        started.append(process)
        return process

    yield call
    for process in started:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def interrupt(process: subprocess.Popen[str]) -> tuple[Said, float]:
    """Press Ctrl-C, which all processes of the group get; give what was said and the seconds."""
    pressed = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=DEADLINE_S)
    return Said(process.returncode, out, err), time.monotonic() - pressed


def wait_until(is_so: Callable[[], object], process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not is_so():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline


def n_vectors(library: Path) -> int:
    """Count the pictures whose vectors are kept, looking on from outside."""
    with contextlib.suppress(sqlite3.OperationalError):  # not made yet
        uri = f"{(library / 'library.db').as_uri()}?mode=ro"
        with contextlib.closing(sqlite3.connect(uri, uri=True)) as database:
            return int(database.execute("SELECT count(*) FROM vectors").fetchone()[0])
    return 0


@pytest.fixture
def ctrl_c() -> Iterator[Callable[[], None]]:
    """Give a function that presses Ctrl-C for this process, from whichever thread."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    main = threading.main_thread().ident
    yield lambda: signal.pthread_kill(main, signal.SIGINT)
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("after_s", [0, 0.1])
def test_what_the_work_does_to_end_is_waited_for(
    after_s: float, ctrl_c: Callable[[], None]
) -> None:
    gone, left_early = threading.Event(), []

    def work(watched: Watch) -> None:
        report = watched(silent)
        gone.wait(after_s)
        ctrl_c()
        try:
            while True:
                report(Step("read", 0))
        finally:
            left_early.append(gone.wait(0.2))

    with pytest.raises(click.Abort):
        interruptible(work)
    gone.set()

    assert left_early == [False]


def test_what_was_read_is_kept_and_the_next_run_goes_on(
    many: Path, start: Callable, shell: Run
) -> None:
    words = ("pics", "--workers", "1", "--encoder", "efficientnet-lite0")
    process = start(*words)
    wait_until(lambda: n_vectors(many / ".pixkin"), process)
    said, took = interrupt(process)
    n_kept = n_vectors(many / ".pixkin")

    assert said == Said(130, "", KEPT)
    assert took < IN_TIME_S
    assert 0 < n_kept < N_PICTURES
    assert not Path("pixkin-results").exists()

    after = json.loads(shell(*words, "--json", "--output", "stopped").out)
    shell(*words, "--library", "other", "--output", "whole")

    assert after["counts"]["encoded"] == N_PICTURES - n_kept
    assert after["counts"]["files"] == N_PICTURES
    assert Path("stopped/clusters.csv").read_bytes() == Path("whole/clusters.csv").read_bytes()


CLUSTERER = '''
"""A clusterer that computes without end, and cannot be told to stop."""
import os, threading

class Component:
    def __init__(self, n_clusters="auto", detail=1.0, random_state=0):
        pass

    def prepare(self):
        pass

    def fit_predict(self, X, neighbors=None):
        open(os.environ["BEGUN"], "w").close()
        threading.Event().wait()
'''


@pytest.mark.parametrize("words", [["cluster"], ["evaluate"]])
def test_a_stage_that_cannot_be_told_to_stop_is_ended(
    words: list[str], pics: Path, start: Callable, pixkin: Run, tmp_path: Path
) -> None:
    env = plug_in(tmp_path / "plug-in", "clusterer", "endless", CLUSTERER)
    (tmp_path / "temporary").mkdir()
    env |= {"BEGUN": str(tmp_path / "begun"), "TMPDIR": str(tmp_path / "temporary")}
    process = start(*words, "pics", "--clusterer", "endless", "--encoder", "pixels", **env)
    wait_until((tmp_path / "begun").exists, process)
    said, took = interrupt(process)

    assert said == Said(130, "", KEPT if words == ["cluster"] else "Interrupted.\n")
    assert took < IN_TIME_S
    assert list((tmp_path / "temporary").iterdir()) == []

    after = json.loads(pixkin("pics", "--encoder", "pixels", "--json").out)

    assert after["counts"]["encoded"] == (0 if words == ["cluster"] else 12)


MATPLOTLIB = """
import threading

class Figure:
    def __init__(self, **options):
        pass

    def add_subplot(self):
        from unittest.mock import MagicMock
        return MagicMock()

    def savefig(self, stream, **options):
        stream.write(b"half a picture")
        threading.Event().wait()
"""


def test_ctrl_c_leaves_no_half_of_a_result(pics: Path, start: Callable, tmp_path: Path) -> None:
    """With a Matplotlib that writes without end."""
    package = tmp_path / "endless" / "matplotlib"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "figure.py").write_text(MATPLOTLIB)
    (package / "offsetbox.py").write_text("AnnotationBbox = OffsetImage = lambda *_, **__: None")
    path = os.pathsep.join([str(package.parent), environment()["PYTHONPATH"]])
    process = start("pics", PYTHONPATH=path)
    wait_until(lambda: list(Path().glob("pixkin-results/.map.png.*")), process)
    said, took = interrupt(process)

    assert said == Said(130, "", KEPT)
    assert took < IN_TIME_S
    assert {path.name for path in Path("pixkin-results").iterdir()} == {
        MARKER, "clusters.csv", "skipped.csv"
    }  # fmt: skip


def test_ctrl_c_while_the_workers_start_is_no_error(
    new_pics: Path, start: Callable, pixkin: Run
) -> None:
    process = start("pics", "--encoder", "pixels")
    wait_until((new_pics / ".pixkin" / "library.db").exists, process)
    said, took = interrupt(process)
    after = json.loads(pixkin("pics", "--encoder", "pixels", "--json").out)

    assert said == Said(130, "", KEPT)
    assert took < IN_TIME_S
    assert after["counts"]["files"] == 12
    assert after["counts"]["skipped"] == 0
