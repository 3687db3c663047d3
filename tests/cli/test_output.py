"""What is written where: results on stdout, progress and notes on stderr."""

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import pytest
from conftest import draw_folder, environment

from cli.conftest import N_PICTURES, Said, command, picture, plug_in, rows

Run = Callable[..., Said]

ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
ROW = re.compile(r" +(\d+) +(\d+)  (.+)")


def groups_in(out: str) -> list[tuple[int, int, str]]:
    found = [ROW.fullmatch(line) for line in out.splitlines()]
    return [(int(one[1]), int(one[2]), one[3]) for one in found if one]


# The summary


def test_the_summary_counts_and_shows_the_largest_groups(pixkin: Run, pics: Path) -> None:
    document = json.loads(pixkin("pics", "--json").out)
    said = pixkin("pics")
    first, *_, report, last = said.out.splitlines()
    n = document["counts"]["clusters"]

    assert said.err == ""
    assert re.fullmatch(rf"12 files, 12 images, 0 skipped, {n} groups in \d+\.\d s", first)
    assert report == f"Report: {Path('pixkin-results', 'report.html').absolute()}"
    assert last == f"Look through them and correct them: pixkin open {pics.absolute()}"
    assert groups_in(said.out) == [
        (one["cluster"], one["images"], str(Path(one["representative"]).relative_to(pics)))
        for one in document["clusters"]
    ]


def test_the_summary_says_one_where_there_is_one(pixkin: Run, here: Path) -> None:
    picture(here / "one" / "a.png")
    picture(here / "one" / "b.png")
    first = pixkin("one", "--encoder", "pixels").out.splitlines()[0]

    assert first.startswith("2 files (1 copy), 1 image, 0 skipped, 1 group in ")


def test_the_summary_tells_copies_from_images(pixkin: Run, pics: Path) -> None:
    for name in ("x.jpg", "y.jpg"):
        (pics / name).write_bytes((pics / "balls" / "0.jpg").read_bytes())

    assert pixkin("pics").out.startswith("14 files (2 copies), 12 images, 0 skipped, ")


def test_only_the_ten_largest_groups_are_shown(pixkin: Run, pics: Path) -> None:
    said = pixkin("pics", "--clusters", "12", "--clusterer", "kmeans")

    assert [label for label, *_ in groups_in(said.out)] == list(range(10))
    assert "  and 2 more groups\n" in said.out


ENCODER = '''
"""An encoder that takes red pictures for golden retrievers, and does not know the others."""
import numpy as np
from pixkin.words import vocabulary

class Component:
    n_features = 3
    min_side = 8
    scaling = "none"
    fingerprint = {"encoder": "sure"}

    def encode(self, batch):
        return np.stack([pixels.mean(axis=(0, 1)) for pixels in batch]).astype(np.float32)

    def classes(self, vectors):
        likely = np.full((len(vectors), vocabulary().covers.shape[1]), 1e-3, dtype=np.float32)
        red = np.asarray(vectors)[:, 0] > 100
        likely[red] = 0
        likely[red, vocabulary().words.index("golden retriever")] = 1
        return likely
'''


def test_the_summary_says_what_groups_look_like(shell: Run, here: Path, tmp_path: Path) -> None:
    for i in range(5):
        picture(here / "two" / f"red {i}.png", (200 + i, 30, 30))
    for i in range(4):
        picture(here / "two" / f"blue {i}.png", (30, 30, 200 + i))
    env = plug_in(tmp_path / "plug-in", "encoder", "sure", ENCODER)
    said = shell("two", "--encoder", "sure", "--clusters", "2", env=env)
    document = json.loads(
        shell("two", "--encoder", "sure", "--clusters", "2", "--json", env=env).out
    )
    heading, red, blue = said.out.splitlines()[2:5]
    names = [one["representative"].rpartition("/")[2] for one in document["clusters"]]

    assert re.fullmatch(r" group +images  looks like +most typical", heading)
    assert re.fullmatch(rf" +0 +5  golden retriever +{names[0]}", red)
    assert re.fullmatch(rf" +1 +4 +{names[1]}", blue)
    assert {
        line.index(text) for line, text in ((heading, "most"), (red, "red"), (blue, "blue"))
    } == {heading.index("most")}
    assert [one["words"] for one in document["clusters"]] == [
        [{"word": "golden retriever", "confidence": 1.0}],
        [],
    ]
    assert {
        row["cluster"]: row["words"] for row in rows(Path("pixkin-results", "clusters.csv"))
    } == {
        "0": "golden retriever",
        "1": "",
    }


def test_where_no_group_has_words_the_summary_has_no_column_for_them(
    pixkin: Run, pics: Path
) -> None:
    assert " images  most typical\n" in pixkin("pics", "--encoder", "color").out


CLUSTERER = '''
"""A clusterer that finds one group, and leaves out the first three pictures."""
import numpy as np

class Component:
    def __init__(self, n_clusters="auto", detail=1.0, random_state=0):
        pass

    def prepare(self):
        pass

    def fit_predict(self, X, neighbors=None):
        return np.where(np.arange(len(X)) < 3, -1, 0)
'''


def test_pictures_in_no_group_are_told(shell: Run, pics: Path, tmp_path: Path) -> None:
    env = plug_in(tmp_path / "plug-in", "clusterer", "shy", CLUSTERER)
    said = shell("pics", "--clusterer", "shy", env=env)
    (line,) = [line for line in said.out.splitlines() if line.endswith("in no group")]

    assert line.split() == ["none", "3", "in", "no", "group"]
    assert [size for _, size, _ in groups_in(said.out)] == [N_PICTURES - 3]


# JSON and quiet


@pytest.mark.parametrize("words", [["--json"], ["--json", "--quiet"]])
def test_json_is_one_document_also_with_skipped_files(
    words: list[str], pixkin: Run, pics: Path
) -> None:
    (pics / "letter.txt").write_text("not a picture")
    said = pixkin("pics", *words)
    document = json.loads(said.out)

    assert document["counts"] == {
        "files": N_PICTURES, "images": N_PICTURES, "skipped": 1, "left_out": 1,
        "clusters": len(document["clusters"]), "encoded": 0,
    }  # fmt: skip
    assert Path(document["output"], "report.html").is_file()


def test_quiet_says_nothing(pixkin: Run, pics: Path) -> None:
    assert pixkin("pics", "--quiet") == pixkin("pics", "-q") == Said(0, "", "")
    assert Path("pixkin-results", "report.html").is_file()


def test_errors_are_told_although_quiet(pixkin: Run, here: Path) -> None:
    assert pixkin("nowhere", "--quiet") == Said(2, "", "error: nowhere: does not exist.\n")


# Progress


def test_nothing_is_drawn_where_stderr_is_no_terminal(shell: Run, pics: Path) -> None:
    said = shell("pics")

    assert said.err == ""
    assert "\x1b" not in said.out


@pytest.fixture
def terminal() -> Iterator[Callable[..., tuple[str, str]]]:
    """Give a function that runs a command with a terminal for stderr: (stdout, stderr)."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 90, 0, 0))

    def call(*words: object) -> tuple[str, str]:
        nonlocal theirs
        with subprocess.Popen(
            command(*words),
            env={**environment(), "TERM": "xterm", "NO_COLOR": ""},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=theirs,
        ) as process:
            os.close(theirs)
            theirs = -1
            drawn = b"".join(iter(lambda: _read(ours), b""))
            out = process.stdout.read().decode()
        return out, drawn.decode()

    yield call
    os.close(ours)
    if theirs >= 0:
        os.close(theirs)


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # the other side was closed
        return b""


def test_a_bar_per_stage_is_drawn_on_a_terminal(terminal: Callable, here: Path) -> None:
    draw_folder(here / "pics", 15, 6)
    out, drawn = terminal("pics", "--workers", "1")
    lines = ESCAPES.sub("", drawn).replace("\r", "\n").splitlines()
    last = [line.rstrip() for line in lines if "\u2501" in line][-7:]

    assert [line.partition("  ")[0] for line in last] == [
        "Looking for pictures",
        "Reading pictures",
        "Reducing vectors",
        "Finding neighbours",
        "Grouping",
        "Drawing the map",
        "Writing results",
    ]
    assert re.search(r"90/90 +[\d,]+/s +\d+\.\d s$", last[1])
    assert all(re.search(r"\d+\.\d s$", line) for line in last)
    assert any(
        re.search(r"Reading pictures .*/90 .*[\d,]+/s.* \d:\d\d left", line) for line in lines
    )
    assert max(map(len, lines)) <= 90
    assert "\x1b" not in out
    assert out.startswith("90 files")


def test_nothing_is_drawn_on_a_terminal_when_quiet(terminal: Callable, pics: Path) -> None:
    assert terminal("pics", "--quiet") == ("", "")


# Hostile names


NAMES = [
    b"new\nline.png",
    b"quotes \" and ' and , and ;.png",
    b"not utf-8 \xff\xfe.png",
    b"\x1b[31mred\x1b]0;title\x07.png",
    b"-rf.png",
    b"--json.png",
    b"=cmd|'x'.png",
    b"<script>alert(1)</script>.png",
    "é\N{RIGHT-TO-LEFT OVERRIDE}gnp.png".encode(),
    b"x" * 250 + b".png",
]


@pytest.fixture
def hostile(here: Path) -> Path:
    """Give a folder of pictures of all the same size with names that attack."""
    if sys.platform == "darwin":
        pytest.skip("this system keeps no such names")
    folder = here / "hostile \x1b[32m"
    folder.mkdir()
    for i, name in enumerate(NAMES):
        picture(Path(os.fsdecode(os.fsencode(folder) + b"/" + name)), (25 * i, 255 - 25 * i, 90))
        with Path(os.fsdecode(os.fsencode(folder) + b"/" + name + b".txt"[: 255 - len(name)])).open(
            "ab"
        ) as stream:
            stream.write(b"no picture")
    return folder


def test_no_file_name_reaches_the_terminal_raw(pixkin: Run, hostile: Path) -> None:
    words = [hostile, "--encoder", "pixels", "--clusters", len(NAMES), "--clusterer", "kmeans"]
    said = pixkin(*words, "--output", hostile / "results")

    assert said.code == 0
    assert all(c.isprintable() or c == "\n" for c in said.out + said.err)
    assert len(groups_in(said.out)) == len(NAMES)
    assert r"new\nline.png" in said.out
    assert r"not utf-8 \xff\xfe.png" in said.out
    assert r"\x1b[31mred" in said.out


def test_no_file_name_in_an_error_reaches_the_terminal_raw(pixkin: Run, here: Path) -> None:
    name = os.fsdecode(b"no\n\x1b]0;title\x07\xff")
    for words in ([name], ["--from-file", name], [f"--{name}"], ["--encoder", name, "."]):
        said = pixkin(*words)

        assert said.code == 2
        assert said.err.count("\n") == 1
        assert all(c.isprintable() for c in said.err.rstrip("\n"))


def test_json_is_valid_whatever_the_names(pixkin: Run, hostile: Path) -> None:
    said = pixkin(hostile, "--encoder", "pixels", "--json", "--output", hostile / "results")
    document = json.loads(said.out)
    said.out.encode("ascii")

    assert document["counts"]["files"] == len(NAMES)
    assert "\\ud" not in said.out
    assert document["output"] == str(hostile / "results")


def test_a_name_that_stdout_cannot_spell_is_escaped(shell: Run, here: Path) -> None:
    picture(here / "one" / "日本.png")
    said = shell(
        "one", "--encoder", "pixels", env={"PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"}
    )

    assert said.code == 0
    assert r"\u65e5\u672c.png" in said.out


# Pipes


@pytest.mark.parametrize("words", [["components"], ["pics"], ["pics", "--json"]])
def test_a_reader_that_leaves_is_no_error(words: list[str], pics: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        command(*words),
        env=environment(),
        stdout=writer,
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    os.close(writer)

    assert done.stderr == b""
    assert done.returncode == 0


def test_a_closed_stdout_is_no_error(pics: Path) -> None:
    line = " ".join(command("pics")) + " >&- 2>&-"

    assert subprocess.run(line, shell=True, env=environment(), check=False).returncode == 0


@pytest.fixture
def full() -> Iterator[IO[bytes]]:
    """Give a disk that is full."""
    if not Path("/dev/full").exists():
        pytest.skip("this system has no device that is always full")
    with Path("/dev/full").open("wb") as stream:
        yield stream


@pytest.mark.parametrize(
    "words",
    [
        ["pics"],
        ["pics", "--json"],
        ["components"],
        ["edit", "undo", "--library", "pics"],
        ["--help"],
        ["--version"],
    ],
)
def test_a_stdout_that_is_full_is_no_bug(
    words: list[str], shell: Run, pics: Path, full: IO[bytes]
) -> None:
    said = shell(*words, stdout=full)

    assert said.code == 2
    assert said.err == "error: standard output: cannot be written (No space left on device).\n"
    assert Path("pixkin-results", "report.html").exists() is (words[0] == "pics")


def test_a_stderr_that_is_full_changes_no_exit_code(
    shell: Run, pics: Path, full: IO[bytes]
) -> None:
    (pics / "letter.txt").write_text("not a picture")

    assert shell("nowhere", stderr=full).code == 2
    assert shell("pics", stderr=full).code == 0


# The browser


@pytest.fixture
def browser(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Set up a browser that writes down what it is to open; give that file."""
    script, opened = tmp_path / "browser", tmp_path / "opened"
    script.write_text(f'#!/bin/sh\nprintf "%s\\n" "$1" >> "{opened}"\n')
    script.chmod(0o755)
    monkeypatch.setenv("BROWSER", f"{script} %s")
    return opened


def test_open_shows_the_report(shell: Run, pics: Path, browser: Path) -> None:
    said = shell("pics", "--open", "--output", "out put")

    assert said.code == 0
    assert browser.read_text() == f"{Path('out put', 'report.html').absolute().as_uri()}\n"


def test_the_report_is_not_opened_unasked(shell: Run, pics: Path, browser: Path) -> None:
    shell("pics")

    assert not browser.exists()


def test_without_a_browser_open_says_so(
    shell: Run, pics: Path, monkeypatch: pytest.MonkeyPatch, here: Path
) -> None:
    monkeypatch.setenv("PATH", str(here))
    monkeypatch.delenv("BROWSER", raising=False)
    said = shell("pics", "--open")

    assert said.code == 0
    assert said.err == "There is no browser to open the report with.\n"
