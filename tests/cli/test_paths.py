"""Which pictures a command line means, and which library it uses."""

import io
import json
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import environment

from cli.conftest import N_PICTURES, Said, command, picture, rows
from pixkin.library.place import MARKER

Run = Callable[..., Said]

BALLS = {"balls/0.jpg", "balls/1.png", "balls/2.jpg", "balls/3.png"}
NEEDS_LIBRARY = "Say where the library is, or should be, with --library DIR.\n"


def files_of(said: Said) -> set[str]:
    """Name the files that a run with ``--json`` put into groups."""
    assert said.code == 0
    return {row["path"] for row in rows(Path(json.loads(said.out)["output"], "clusters.csv"))}


def stdin(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


# Which pictures


def test_a_folder_is_read_to_its_depth(pixkin: Run, pics: Path) -> None:
    picture(pics / "balls" / "deep" / "deeper" / "x.png")
    found = files_of(pixkin("pics", "--json"))

    assert len(found) == N_PICTURES + 1
    assert {"balls/0.jpg", "balls/deep/deeper/x.png"} <= found


def test_several_paths_are_read_together(pixkin: Run, pics: Path) -> None:
    found = files_of(pixkin("pics/balls", "pics/grass/0.jpg", "pics/sunsets/[01].*", "--json"))

    assert found == {
        *BALLS,
        "grass/0.jpg", "sunsets/0.jpg", "sunsets/1.png",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("pattern", "n"),
    [("pics/**/*.jpg", N_PICTURES // 2), ("pics/balls/*", 4), ("pics/*/0.*", 3), ("pics/*.jpg", 0)],
)
def test_a_quoted_pattern_names_files(pattern: str, n: int, pixkin: Run, pics: Path) -> None:
    said = pixkin(pattern, "--json")

    assert said.code == (0 if n else 4)
    assert n == 0 or len(files_of(said)) == n


@pytest.mark.parametrize("separator", ["\n", "\r\n", "\0"])
@pytest.mark.parametrize("way", ["--from-file", "-"])
def test_a_list_names_files(
    separator: str, way: str, pixkin: Run, pics: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["pics/balls/0.jpg", "pics/grass/1.png", str(pics / "sunsets" / "2.jpg")]
    content = (separator.join(names) + separator).encode()
    Path("list").write_bytes(content)
    stdin(monkeypatch, content)
    said = pixkin(*(["--from-file", "list"] if way == "--from-file" else ["-"]), "--json")

    assert files_of(said) == {"balls/0.jpg", "grass/1.png", "sunsets/2.jpg"}


def test_a_name_with_a_newline_can_be_listed_with_nul(
    pixkin: Run, pics: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture(pics / "two\nlines.png")
    stdin(monkeypatch, b"pics/two\nlines.png\0pics/balls/0.jpg\0")

    assert files_of(pixkin("-", "--json")) == {"two\nlines.png", "balls/0.jpg"}


def test_a_list_that_begins_with_a_byte_order_mark_names_files(pixkin: Run, pics: Path) -> None:
    Path("list").write_text("pics/balls/0.jpg\r\npics/grass/1.png\r\n", encoding="utf-8-sig")

    assert files_of(pixkin("--from-file", "list", "--json")) == {"balls/0.jpg", "grass/1.png"}


def test_an_empty_path_makes_no_library_here(pixkin: Run, new_pics: Path, here: Path) -> None:
    for words in ([""], ["pics", ""], ["evaluate", ""]):
        assert pixkin(*words).code == 2

    assert list(here.iterdir()) == [new_pics]


@pytest.mark.parametrize("words", [["pics", "--library"], ["pics", "--output"], ["demo"]])
def test_an_empty_name_of_a_folder_writes_nothing_here(
    words: list[str], pixkin: Run, new_pics: Path, here: Path
) -> None:
    said = pixkin(*words, "")

    assert said.code == 2
    assert "It is empty, as a variable that is not set is." in said.err
    assert list(here.iterdir()) == [new_pics]


def test_a_missing_file_in_a_list_is_skipped_with_its_reason(
    pixkin: Run, pics: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stdin(monkeypatch, b"pics/balls/0.jpg\npics/gone.jpg\n")
    said = pixkin("-", "--json")
    (skipped,) = rows(Path("pixkin-results", "skipped.csv"))

    assert said.code == 0
    assert (skipped["path"], skipped["kind"]) == ("gone.jpg", "unreadable")


@pytest.mark.parametrize("words", [["-"], ["--from-file", "list"]])
def test_an_empty_list_is_wrong_use(
    words: list[str], pixkin: Run, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("list").write_bytes(b"\n\n")
    stdin(monkeypatch, b"")

    assert pixkin(*words) == Said(2, "", "error: The list names no files.\n")


@pytest.mark.parametrize(
    ("redirected", "told"),
    [
        ("<&-", "is closed"),
        ("0>list", "cannot be read (Bad file descriptor)"),
    ],
)
def test_a_list_that_cannot_be_read_from_stdin_is_wrong_use(
    redirected: str, told: str, here: Path
) -> None:
    line = f"{shlex.join(command('-'))} {redirected}"
    done = subprocess.run(
        line, shell=True, env=environment(), capture_output=True, text=True, check=False
    )

    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == (f"error: standard input: {told}; give the list with --from-file LIST.\n")


def test_a_file_reached_twice_counts_once(pixkin: Run, pics: Path) -> None:
    Path("link.jpg").symlink_to(pics / "balls" / "0.jpg")
    Path("also").symlink_to(pics)
    words = ["pics", "pics/../pics/balls", "also", pics / "balls" / "0.jpg", "pics/**/*.jpg"]
    counts = json.loads(pixkin(*words, "--json", "--library", "pics").out)["counts"]

    assert counts["files"] == N_PICTURES


def test_hidden_files_are_left_out_and_counted(pixkin: Run, pics: Path) -> None:
    before = json.loads(pixkin("pics", "--json").out)["counts"]
    for name in (".hidden.png", "._0.jpg", "@eaDir/x.png", "Thumbs.db", ".trash/x.png"):
        picture(pics / name)
    after = json.loads(pixkin("pics", "--json").out)["counts"]

    assert after["files"] == before["files"] == N_PICTURES
    assert after["left_out"] == before["left_out"] + 5


@pytest.mark.parametrize("path", ["pixkin-results", "pixkin-results/*.png"])
def test_results_are_not_taken_for_pictures(path: str, pixkin: Run, pics: Path) -> None:
    assert pixkin("pics").code == 0
    before = sorted(Path("pixkin-results").iterdir())
    said = pixkin(path)

    assert said.code == 2
    assert said.err.startswith("error: pixkin-results: was written by Pixkin itself")
    assert sorted(Path("pixkin-results").iterdir()) == before


# Which library


def test_a_new_library_lies_in_the_folder_given(pixkin: Run, new_pics: Path) -> None:
    said = pixkin("pics", "--json", "--encoder", "pixels")

    assert json.loads(said.out)["library"] == str(new_pics / ".pixkin")
    assert (new_pics / ".pixkin" / "library.db").is_file()


def test_a_new_library_lies_in_the_fixed_part_of_a_pattern(pixkin: Run, new_pics: Path) -> None:
    said = pixkin("pics/*/*.jpg", "--json", "--encoder", "pixels")

    assert json.loads(said.out)["library"] == str(new_pics / ".pixkin")


@pytest.mark.parametrize(
    "words",
    [["pics/balls"], ["pics/balls", "pics/grass"], ["pics/balls/0.jpg"], ["pics/balls/*.jpg"]],
)
def test_the_library_above_is_used(words: list[str], pixkin: Run, pics: Path) -> None:
    found = json.loads(pixkin(*words, "--json").out)

    assert found["library"] == str(pics / ".pixkin")
    assert found["counts"]["encoded"] == 0


def test_the_nearest_library_is_used(pixkin: Run, pics: Path) -> None:
    shutil.copytree(pics / ".pixkin", pics / "balls" / ".pixkin")
    found = json.loads(pixkin("pics/balls", "--json").out)

    assert found["library"] == str(pics / "balls" / ".pixkin")


def test_a_run_on_a_part_of_a_library_groups_that_part_alone(pixkin: Run, pics: Path) -> None:
    part = files_of(pixkin("pics/balls", "--json"))
    whole = json.loads(pixkin("pics", "--json").out)

    assert part == BALLS
    assert whole["counts"]["files"] == N_PICTURES
    assert whole["counts"]["encoded"] == 0


def test_without_a_path_all_that_the_library_above_knows_is_read(
    pixkin: Run, pics: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(pics / "balls")
    said = pixkin("cluster", "--json", "--output", "../../out")

    assert len(files_of(said)) == N_PICTURES
    assert json.loads(said.out)["library"] == str(pics / ".pixkin")


def test_without_a_path_and_without_a_library_it_is_wrong_use(pixkin: Run, here: Path) -> None:
    said = pixkin("cluster")

    assert said.code == 2
    assert "No folder was given, and there is no library here or in a folder above" in said.err
    assert said.err.endswith(NEEDS_LIBRARY)
    assert list(here.iterdir()) == []


@pytest.mark.parametrize(
    "words",
    [["pics/balls/0.jpg"], ["pics/balls", "pics/grass"], ["--from-file", "list"]],
)
def test_what_has_no_library_of_its_own_asks_for_one(
    words: list[str], pixkin: Run, new_pics: Path
) -> None:
    Path("list").write_text("pics/balls/0.jpg\n")
    asked = pixkin(*words)
    given = pixkin(*words, "--library", "lib", "--encoder", "pixels", "--json")

    assert asked.code == 2
    assert asked.err.endswith(NEEDS_LIBRARY)
    assert not (new_pics / ".pixkin").exists()
    assert json.loads(given.out)["library"] == str(Path("lib").absolute())


def test_paths_in_two_libraries_ask_for_one(pixkin: Run, pics: Path) -> None:
    shutil.copytree(pics, "other")
    said = pixkin("pics", "other")

    assert said.code == 2
    assert "These paths lie in different libraries" in said.err
    assert said.err.endswith(NEEDS_LIBRARY)


def test_a_library_may_be_named_by_the_folder_that_holds_it(pixkin: Run, pics: Path) -> None:
    found = json.loads(pixkin("pics/balls", "--library", "pics", "--json").out)

    assert found["library"] == str(pics / ".pixkin")


def test_no_library_is_made_in_a_folder_of_other_things(pixkin: Run, pics: Path) -> None:
    said = pixkin("pics", "--library", "pics/balls")

    assert said.code == 2
    assert "is not empty and is no library" in said.err
    assert not Path("pics", "balls", MARKER).exists()
