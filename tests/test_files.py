import csv
import os
import stat
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixkin.files import (
    remove_unfinished,
    replacing,
    replacing_folder,
    text_of,
    write_csv,
    write_text,
)

CELLS = st.text(st.characters(exclude_categories=("Cs",)).filter(lambda c: c != "\0"))


@given(st.lists(st.tuples(CELLS, CELLS)))
def test_a_table_reads_back_as_it_was(tmp_path_factory, rows: list[tuple[str, str]]) -> None:
    target = tmp_path_factory.mktemp("table") / "table.csv"
    write_csv(target, ("path", "reason"), rows)
    with target.open(encoding="utf-8", newline="") as stream:
        read = [tuple(row) for row in csv.reader(stream)]

    assert read == [("path", "reason"), *rows]


def test_lines_of_a_table_end_the_same_on_every_system(tmp_path: Path) -> None:
    write_csv(tmp_path / "table.csv", ("a", "b"), [(1, 2.5)])

    assert (tmp_path / "table.csv").read_bytes() == b"a,b\n1,2.5\n"


def test_a_table_that_fails_half_way_leaves_the_old_one_and_nothing_else(tmp_path: Path) -> None:
    def rows() -> Iterator[tuple[int]]:
        yield (1,)
        raise ZeroDivisionError

    target = tmp_path / "table.csv"
    target.write_text("old")
    with pytest.raises(ZeroDivisionError):
        write_csv(target, ("n",), rows())

    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("table.csv", "old")]


def test_a_file_is_replaced_only_when_all_is_written(tmp_path: Path) -> None:
    target = tmp_path / "page.html"
    write_text(target, "old")
    with replacing(target) as stream:
        stream.write(b"new")
        stream.flush()

        assert target.read_text() == "old"
    assert target.read_text() == "new"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_folder_is_replaced_only_when_all_is_written(tmp_path: Path) -> None:
    target = tmp_path / "made"
    for text in ("old", "new"):
        with replacing_folder(target) as folder:
            (folder / text).write_text(text)
            there = sorted(path.name for path in target.glob("*"))

            assert there == ([] if text == "old" else ["old"])
        assert [path.read_text() for path in target.iterdir()] == [text]
    assert [path.name for path in tmp_path.iterdir()] == ["made"]


def test_a_folder_that_fails_half_way_leaves_the_old_one_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "made"
    with replacing_folder(target) as folder:
        (folder / "old").touch()

    def write() -> None:
        with replacing_folder(target) as folder:
            (folder / "new").touch()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write()
    assert [path.name for path in tmp_path.rglob("*")] == ["made", "old"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_a_file_gets_the_mode_that_any_new_file_gets(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    write_text(tmp_path / "ours", "text")
    modes = {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("plain", "ours")}
    (tmp_path / "folder").mkdir()
    with replacing_folder(tmp_path / "our-folder"):
        pass
    of_folders = {stat.S_IMODE((tmp_path / n).stat().st_mode) for n in ("folder", "our-folder")}

    assert len(modes) == len(of_folders) == 1


def test_a_name_that_is_not_utf_8_is_written_so_that_it_can_be_read() -> None:
    assert text_of("caf\u00e9/\udcff\udcfe.jpg") == "caf\u00e9/\\xff\\xfe.jpg"


BEGIN = """
import os, signal, sys
from pathlib import Path
from pixkin.files import replacing

with replacing(Path(sys.argv[1])) as stream:
    stream.write(b"theirs")
    if sys.argv[2] == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    print("begun", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder that holds nothing but what a test writes there."""
    made = tmp_path / "folder"
    made.mkdir()
    return made


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
def test_what_a_killed_process_left_is_removed_by_the_next_that_writes_there(
    folder: Path, run_script: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    run_script(BEGIN, folder / "page.html", "killed")
    (left,) = folder.iterdir()
    write_text(folder / "table.csv", "ours")

    assert left.name.startswith(".page.html.")
    assert names(folder) == {"table.csv"}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
def test_it_is_removed_also_where_the_number_of_the_process_is_used_again(
    folder: Path, run_script: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    run_script(BEGIN, folder / "page.html", "killed")
    (left,) = folder.iterdir()
    again = left.rename(folder / f".page.html.{os.getpid()}-{left.name.rpartition('-')[2]}")
    os.utime(again, (1, 1))
    write_text(folder / "page.html", "ours")

    assert names(folder) == {"page.html"}


def test_what_another_process_is_writing_is_left_to_it(
    folder: Path, start_script: Callable[..., subprocess.Popen[str]]
) -> None:
    other = start_script(BEGIN, folder / "page.html", "goes on")
    other.stdout.readline()
    write_text(folder / "page.html", "ours")
    remove_unfinished(folder)
    other.communicate("\n")

    assert other.returncode == 0
    assert names(folder) == {"page.html"}
    assert (folder / "page.html").read_text() == "theirs"


def test_two_parts_of_one_program_may_write_the_same_file(folder: Path) -> None:
    with replacing(folder / "page.html") as stream:
        write_text(folder / "page.html", "first")
        stream.write(b"last")

    assert (folder / "page.html").read_text() == "last"


def test_a_file_of_somebody_else_is_not_taken_for_an_unfinished_one(folder: Path) -> None:
    theirs = {".part", ".film.part", ".page.html.12.part", "page.html.12-abcdefgh.part"}
    for name in theirs:
        (folder / name).touch()
    write_text(folder / "page.html", "ours")

    assert names(folder) == theirs | {"page.html"}
