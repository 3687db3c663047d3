import csv
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixkin.files import replacing, text_of, write_csv, write_text

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


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_a_file_gets_the_mode_that_any_new_file_gets(tmp_path: Path) -> None:
    (tmp_path / "plain").touch()
    write_text(tmp_path / "ours", "text")
    modes = {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("plain", "ours")}

    assert len(modes) == 1


def test_a_name_that_is_not_utf_8_is_written_so_that_it_can_be_read() -> None:
    assert text_of("caf\u00e9/\udcff\udcfe.jpg") == "caf\u00e9/\\xff\\xfe.jpg"
