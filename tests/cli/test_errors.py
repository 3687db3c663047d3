"""What goes wrong is one line and an exit code."""

import contextlib
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.conftest import Said, picture, plug_in, rows
from pixkin.library import Library

Run = Callable[..., Said]


def is_one_line(text: str) -> bool:
    return text.count("\n") == 1 and text.startswith("error: ")


# 2: wrong use


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["pics", "--bogus"], "No such option '--bogus'"),
        (["pics", "--encodr", "pixels"], "Did you mean '--encoder'?"),
        (["pics", "--encoder"], "requires an argument"),
        (["pics", "--encoder", "pixls"], "Unknown encoder 'pixls'. Did you mean 'pixels'? Known: "),
        (["pics", "--clusterer", "grph"], "Unknown clusterer 'grph'. Did you mean 'graph'?"),
        (["pics", "--layout", "x"], "Unknown layout 'x'. Known: "),
        (["pics", "--encoder", "pixels:size=0"], "size must be a whole number from 1 to 512"),
        (["pics", "--clusters", "0"], "--clusters must be 'auto' or a whole number of at least 1"),
        (["pics", "--clusters", "some"], "'some' is neither a whole number nor 'auto'"),
        (["pics", "--clusters", "99"], "--clusters must be at most 12, the number of distinct"),
        (["pics", "--detail", "nan"], "--detail must be a number from 0.01 to 100; got nan."),
        (["pics", "--seed", "-1"], "--seed must be a whole number from 0 to 4294967295; got -1."),
        (["pics", "--workers", "-1"], "--workers must be a whole number of at least 0; got -1."),
        (["pics", "--max-memory", "100000000000000"], "a whole number from 64 to 10000000; got 1"),
        (["pics", "--max-megapixels", "1e305"], "--max-megapixels must be a number from 0.001 to"),
        (["pics", "--workers", "two"], "'two' is not a valid integer"),
        (["nowhere"], "nowhere: does not exist."),
        ([""], '"": is empty, as a variable that is not set is; name a folder, a file or a'),
        (["nowhere/*.jpg"], "nowhere: does not exist."),
        (["pics", "--from-file", "nowhere"], "File 'nowhere' does not exist."),
        (["evaluate"], "Name at least one folder to evaluate on."),
        (["evaluate", "pics", "--clusterer", "grph"], "Unknown clusterer 'grph'."),
        (["evaluate", "pics", "--encoder", "pixels", "--encoder", "x"], "Unknown encoder 'x'."),
        (["evaluate", "pics", "--labels", "nowhere"], "File 'nowhere' does not exist."),
        (["components", "encoders"], "unexpected extra argument"),
    ],
)
def test_wrong_use_is_told_in_a_line(words: list[str], told: str, pixkin: Run, pics: Path) -> None:
    said = pixkin(*words)

    assert said.code == 2
    assert said.out == ""
    assert told in said.err
    assert is_one_line(said.err)


def test_an_unknown_name_is_found_out_before_any_picture_is_read(pixkin: Run, new_pics) -> None:
    said = pixkin("pics", "--clusterer", "grph")
    with Library(new_pics / ".pixkin") as library:
        known = library.known_files()

    assert said.code == 2
    assert known == {}


# 3: a package is missing


ENCODER = '''
"""An encoder that needs more than is here."""

class Component:
    needs = ("not_a_package",)
    extra = "sharp"
'''


def test_a_missing_package_is_named_with_the_line_that_installs_it(
    shell: Run, pics: Path, tmp_path: Path
) -> None:
    env = plug_in(tmp_path / "plug-in", "encoder", "keen", ENCODER)
    said = shell("pics", "--encoder", "keen", env=env)

    assert said.code == 3
    assert is_one_line(said.err)
    assert "needs not_a_package, which is not installed" in said.err
    assert "Install it with: pip install 'pixkin-keen[sharp]'" in said.err


# 4: nothing to cluster


def test_an_empty_folder_is_nothing_to_cluster(pixkin: Run, here: Path) -> None:
    (here / "empty").mkdir()
    new = pixkin("empty", "--json")
    again = pixkin("empty")

    assert new == Said(4, "", "error: There is nothing to group: no files were found.\n")
    assert again.err == (
        "error: There is nothing to group: no files were found "
        "(1 hidden or system entry was left out).\n"
    )


def test_a_folder_of_text_is_nothing_to_cluster(pixkin: Run, here: Path) -> None:
    (here / "texts").mkdir()
    (here / "texts" / "a.txt").write_text("one")
    (here / "texts" / "b.jpg").write_text("two")
    said = pixkin("texts")

    assert said.code == 4
    assert "none of the 2 files found could be read as a picture" in said.err
    assert f"{here / 'texts' / 'a.txt'}: its content is no picture in a format" in said.err
    assert said.err.endswith("; and 1 more. Each is in pixkin-results/skipped.csv.\n")
    assert is_one_line(said.err)


def test_a_folder_of_one_broken_picture_says_what_is_wrong_with_it(pixkin: Run, here: Path) -> None:
    broken = picture(here / "one" / "broken.jpg")
    broken.write_bytes(broken.read_bytes()[:40])
    said = pixkin("one")
    (listed,) = rows(Path("pixkin-results", "skipped.csv"))

    assert (said.code, said.out) == (4, "")
    assert said.err == (
        "error: There is nothing to group: what was found could not be read as a picture: "
        f"{broken}: {listed['reason']}. It is in pixkin-results/skipped.csv.\n"
    )
    assert (listed["path"], listed["kind"]) == ("broken.jpg", "damaged")


def test_results_of_an_earlier_run_are_not_taken_for_those_of_one_that_found_nothing(
    pixkin: Run, pics: Path, here: Path
) -> None:
    for name in ("empty", "texts"):
        (here / name).mkdir()
    (here / "texts" / "a.txt").write_text("one")
    pixkin("pics")
    before = Path("pixkin-results", "clusters.csv").read_bytes()
    found, empty = pixkin("texts"), pixkin("empty")

    assert found.code == empty.code == 4
    assert found.err.endswith(
        " It is in pixkin-results/skipped.csv; the other files there are of an earlier run.\n"
    )
    assert empty.err.endswith(" What is in pixkin-results is of an earlier run.\n")
    assert is_one_line(found.err)
    assert Path("pixkin-results", "clusters.csv").read_bytes() == before
    assert [row["path"] for row in rows(Path("pixkin-results", "skipped.csv"))] == ["a.txt"]


def test_a_folder_that_cannot_be_listed_is_told(pixkin: Run, plain_user: Path) -> None:
    closed, results = plain_user / "closed", plain_user / "results"
    closed.mkdir(mode=0o300)
    said = pixkin(closed, "--library", plain_user / "library", "--output", results)
    (listed,) = rows(results / "skipped.csv")

    assert said.code == 4
    assert f": {closed}: the folder cannot be listed (Permission denied). It is in" in said.err
    assert (listed["root"], listed["path"]) == (str(closed), ".")


def test_a_folder_named_in_a_list_is_told(pixkin: Run, pics: Path) -> None:
    Path("list").write_text("../here/pics/balls\n")
    said = pixkin("--from-file", "list")
    (listed,) = rows(Path("pixkin-results", "skipped.csv"))

    assert said.code == 4
    assert f": {pics / 'balls'}: a folder. It is in pixkin-results/skipped.csv.\n" in said.err
    assert (listed["path"], listed["reason"]) == ("balls", "a folder")


# 5: the library


def test_a_library_in_use_is_told_after_ten_seconds(
    pixkin: Run, pics: Path, start_script: Callable
) -> None:
    code = (
        "import sys; from pathlib import Path; from pixkin.library import Library\n"
        "with Library(Path(sys.argv[1])) as library, library.writing():\n"
        "    print('held', flush=True); sys.stdin.read()\n"
    )
    other = start_script(code, pics / ".pixkin")

    assert other.stdout.readline() == "held\n"

    said = pixkin("pics")

    assert said.code == 5
    assert is_one_line(said.err)
    assert "Another run is using the library" in said.err
    assert "waited 10 s" in said.err


def test_a_damaged_library_is_told(pixkin: Run, pics: Path) -> None:
    (pics / ".pixkin" / "library.db").write_bytes(b"no database" * 1000)
    said = pixkin("pics")

    assert said.code == 5
    assert is_one_line(said.err)
    assert f"{pics / '.pixkin'} is damaged" in said.err
    assert "Your pictures are untouched" in said.err


def test_a_library_of_a_newer_version_is_refused(pixkin: Run, pics: Path) -> None:
    with contextlib.closing(sqlite3.connect(pics / ".pixkin" / "library.db")) as database:
        database.execute("PRAGMA user_version = 99")
    said = pixkin("pics")

    assert said.code == 5
    assert is_one_line(said.err)
    assert "was written by a newer Pixkin (format 99" in said.err
    assert "pip install --upgrade pixkin" in said.err


# 1: a bug


LAYOUT = '''
"""A layout with a bug."""

class Component:
    n_neighbors = 0

    def __init__(self, random_state=0):
        pass

    def prepare(self):
        pass

    def fit_transform(self, X, neighbors):
        raise ZeroDivisionError("on line one\\nand two")
'''


def test_a_bug_is_one_line_that_asks_for_debug(shell: Run, pics: Path, tmp_path: Path) -> None:
    env = plug_in(tmp_path / "plug-in", "layout", "buggy", LAYOUT)
    said = shell("pics", "--layout", "buggy", env=env)

    assert said == Said(
        1,
        "",
        "error: a bug in Pixkin: ZeroDivisionError: on line one and two. "
        "Run again with --debug to see where.\n",
    )


def test_debug_shows_where_a_bug_is(shell: Run, pics: Path, tmp_path: Path) -> None:
    env = plug_in(tmp_path / "plug-in", "layout", "buggy", LAYOUT)
    said = shell("--debug", "pics", "--layout", "buggy", env=env)

    assert said.code == 1
    assert "Traceback (most recent call last)" in said.err
    assert "in fit_transform" in said.err


@pytest.mark.parametrize(
    "words", [["--debug", "nowhere"], ["nowhere", "--debug"], ["--debug", "cluster", "nowhere"]]
)
def test_debug_shows_the_traceback_wherever_it_stands(
    words: list[str], pixkin: Run, here: Path
) -> None:
    said = pixkin(*words)

    assert said.code == 2
    assert "Traceback (most recent call last)" in said.err
    assert said.err.endswith("\nerror: nowhere: does not exist.\n")


# 0: some pictures skipped


def test_skipped_pictures_are_counted_on_stderr_and_listed(pixkin: Run, pics: Path) -> None:
    (pics / "broken.jpg").write_bytes((pics / "balls" / "0.jpg").read_bytes()[:100])
    (pics / "letter.txt").write_text("not a picture")
    (pics / "nothing.png").touch()
    said = pixkin("pics")
    listed = rows(Path("pixkin-results", "skipped.csv"))

    assert said.code == 0
    assert said.err == "3 files were skipped; each is in pixkin-results/skipped.csv\n"
    assert "3 skipped" in said.out
    assert {row["path"]: row["kind"] for row in listed} == {
        "broken.jpg": "damaged",
        "letter.txt": "not-an-image",
        "nothing.png": "not-an-image",
    }
    assert list(listed[0]) == ["root", "path", "stage", "kind", "reason"]
    assert all(row["reason"] for row in listed)


@pytest.mark.parametrize("words", [[], ["--json"], ["--quiet"]])
def test_one_skipped_file_is_told_as_one(words: list[str], pixkin: Run, pics: Path) -> None:
    (pics / "letter.txt").write_text("not a picture")
    said = pixkin("pics", *words)

    assert said.err == "1 file was skipped; it is in pixkin-results/skipped.csv\n"


def test_a_picture_of_one_colour_is_grouped_alone(pixkin: Run, here: Path) -> None:
    picture(here / "one" / "only.png")
    said = pixkin("one", "--json", "--encoder", "pixels")

    assert said.code == 0
    assert json.loads(said.out)["counts"]["clusters"] == 1
