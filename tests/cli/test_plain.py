"""Corrections that are done without Click do what Click's commands do."""

import contextlib
import io
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pixkin.cli.correct import opened
from pixkin.cli.entry import run
from pixkin.cli.plain import PLAIN, correction

FILES = ("balls/0.png", "rings/1.png", "nowhere.png")
OPTIONS = ("--library", "--to", "--group", "--off", "--into", "--help", "--to=GROUP", "--lib", "--")
WORDS = st.sampled_from(
    ["GROUP", "OTHER", "NAMED", "PICS", "New", "", "ä\n", "0", "2", "-1", "-", *FILES, *OPTIONS]
)
PLAINLY = [
    "hide GROUP",
    "hide --off GROUP",
    "merge GROUP OTHER NAMED",
    "merge GROUP GROUP",
    "move {0} {1} --to GROUP",
    "move --to OTHER {0}",
    "move {2} --to OTHER",
    "not-here {0}",
    "not-here {0} --group NAMED",
    "pin GROUP",
    "pin NAMED --off",
    "redo",
    "redo 2",
    "rename GROUP New",
    "rename GROUP NAMED",
    "split NAMED {0}",
    "undo",
    "undo 2",
    "undo 99",
]
"""Right or wrong, there is no doubt what is meant."""


@pytest.fixture(scope="module")
def grouped(tmp_path_factory: pytest.TempPathFactory, read_once: Path) -> Path:
    """Give pictures with a library in which there is something to undo, and to do again."""
    folder = Path(shutil.copytree(read_once, tmp_path_factory.mktemp("plain") / "pics"))
    one, two, three = ids_of(folder)
    for words in (["rename", one, "Mine"], ["rename", two, "NAMED"], ["hide", three], ["undo"]):
        assert run(["edit", *words, "--library", str(folder)]) == 0
    return folder


def ids_of(folder: Path) -> list[str]:
    with opened(str(folder)) as edits:
        return sorted(edits.state().groups)


def by_click(words: Sequence[str]) -> int:
    """Correct by Click alone: nothing is plain that has another word before what is to be done."""
    return run([words[0], "--", *words[1:]])


def outcome(how: Callable[[Sequence[str]], int], words: Sequence[str], pics: Path) -> list[Any]:
    """Correct a copy of a library, and give all that was said and all that is there now."""
    copy = pics.parent / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(pics, copy)
    said, wrong = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(wrong):
        code = how(["edit", *spelled(words, copy)])
    with opened(str(copy)) as edits:
        return [code, said.getvalue(), wrong.getvalue(), vars(edits.state())]


def spelled(words: Sequence[str], pics: Path) -> list[str]:
    stand_in = dict(zip(("GROUP", "OTHER"), ids_of(pics), strict=False)) | {"PICS": str(pics)}
    at = {name: str(pics / name) for name in FILES}
    return [(stand_in | at).get(word, word) for word in words]


@pytest.mark.parametrize("line", PLAINLY)
def test_what_is_plain_is_done_without_click_and_as_it_does(line: str, grouped: Path) -> None:
    words = [*line.format(*FILES).split(), "--library", "PICS"]

    assert correction(["edit", *spelled(words, grouped)]) is not None
    assert outcome(run, words, grouped) == outcome(by_click, words, grouped)


@pytest.mark.parametrize("name", PLAIN)
@settings(max_examples=25)
@given(words=st.lists(WORDS, max_size=5))
def test_whatever_is_said_is_done_as_by_click(name: str, words: list[str], grouped: Path) -> None:
    said = [name, "--library", "PICS", *words]

    assert outcome(run, said, grouped) == outcome(by_click, said, grouped)


def test_a_correction_does_without_what_takes_long_to_import(run_script, grouped: Path) -> None:
    name = f"rename {ids_of(grouped)[0]} New --library".split()
    said = run_script(
        "import sys; from pixkin.cli.entry import run; "
        f"code = run({['edit', *name, str(grouped)]!r}); "
        "print(code, {'click', 'inspect', 'numpy'} & sys.modules.keys())"
    )

    assert said.stdout.splitlines()[-1] == "0 set()"
