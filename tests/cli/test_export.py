"""`pixkin export`."""

import csv
import io
import json
import subprocess
from pathlib import Path

import pytest
from conftest import environment

from cli.conftest import N_PICTURES, command


def test_a_table_is_written_as_its_name_says(pixkin, pics: Path, here: Path) -> None:
    said = pixkin("export", "--library", pics, "all.csv")
    with (here / "all.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))

    assert (said.code, said.err) == (0, "")
    assert said.out == f"Written: all.csv ({N_PICTURES} files, 3 groups)\n"
    assert {row["path"] for row in rows} == {str(path) for path in pics.glob("[!.]*/*")}


@pytest.mark.parametrize("name", ["csv", "json", "coco"])
def test_text_goes_to_standard_output(pixkin, pics: Path, here: Path, name: str) -> None:
    pixkin("export", "--library", pics, "--format", name, "file")
    said = pixkin("export", "--library", pics, "--format", name, "-")

    assert (said.code, said.err) == (0, "")
    assert said.out == (here / "file").read_text(encoding="utf-8")


def test_notes_of_what_is_left_out_are_not_among_the_results(pixkin, new_pics: Path) -> None:
    picture = new_pics / "grass/0.jpg"
    (new_pics / "cut.jpg").write_bytes(picture.read_bytes()[:500])
    pixkin(new_pics, "--quiet", "--encoder", "color")
    picture.unlink()
    pixkin("update", new_pics)
    said = pixkin("export", "--library", new_pics, "--format", "coco", "-")
    table = pixkin("export", "--library", new_pics, "--format", "csv", "-")

    assert len(json.loads(said.out)["images"]) == N_PICTURES - 1
    assert "1 file is left out: damaged" in said.err
    assert "1 file that is gone is left out" in said.err
    assert "damaged" in {row["kind"] for row in csv.DictReader(io.StringIO(table.out))}
    assert table.err == "1 file that is gone is left out.\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-"], "Say what to write to standard output, as with --format csv"),
        (["all"], "The name of all tells no format. Say which: csv, json,"),
        (["--format", "cvs", "all"], "Invalid value for '--format'"),
        (["--format", "fiftyone", "-"], "The format fiftyone is a folder"),
        (["--format", "parquet", "-"], "The format parquet is not text"),
        (["--vectors", "all.csv"], "csv holds no vectors. Choose json or parquet"),
        (["pics/.pixkin/all.csv"], "lies in the library"),
        (["old.csv"], "old.csv: exists; choose another name, or replace it with --force"),
    ],
)
def test_what_cannot_be_is_refused(
    pixkin, pics: Path, here: Path, words: list[str], said: str
) -> None:
    (here / "old.csv").write_text("mine")
    found = pixkin("export", "--library", pics, *words)

    assert found.code == 2
    assert said in found.err
    assert found.out == ""
    assert {path.name for path in here.iterdir()} == {"pics", "old.csv"}
    assert (here / "old.csv").read_text() == "mine"


def test_force_replaces_what_is_there(pixkin, pics: Path, here: Path) -> None:
    (here / "old.csv").write_text("mine")

    assert pixkin("export", "--library", pics, "old.csv", "--force").code == 0
    assert (here / "old.csv").read_text().startswith("path,root,image,")


def test_a_reader_that_had_enough_is_no_error(pics: Path) -> None:
    words = ["export", "--library", str(pics), "--format", "json", "--vectors", "-"]
    with subprocess.Popen(
        command(*words), stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()
    ) as process:
        process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read()
        code = process.wait(60)

    assert (code, said) == (0, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full disk")
def test_a_full_disk_behind_standard_output_is_told(shell, pics: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        said = shell("export", "--library", pics, "--format", "csv", "-", stdout=full)

    assert said.code == 2
    assert "standard output: cannot be written (No space left on device)" in said.err
