"""The results folder: checked before a run, written after it."""

import dataclasses
from pathlib import Path

import pytest
from helpers_grouping import clustering

from pixkin import registry
from pixkin.errors import NothingToClusterError, OutputFolderError, PathError
from pixkin.library.place import MARKER
from pixkin.progress import Step
from pixkin.records import Skipped
from pixkin.results import IN_TURN, check_folder, write_results, write_skipped

FILES = {registry.build("exporter", name).file_name for name in IN_TURN}


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_checking_makes_nothing(tmp_path: Path) -> None:
    check_folder(tmp_path / "a" / "b")

    assert names(tmp_path) == set()


def test_every_exporter_writes_its_file(tmp_path: Path) -> None:
    write_results(clustering([0, 0, 1]), tmp_path / "out")

    assert set(IN_TURN) == set(registry.names("exporter"))
    assert names(tmp_path / "out") == FILES | {MARKER}


@pytest.mark.parametrize("levels", [True, False])
def test_the_table_has_levels_if_they_are_asked_for(levels: bool, tmp_path: Path) -> None:
    write_results(clustering([0, 0, 1]), tmp_path / "out", levels=levels)
    header = (tmp_path / "out" / "clusters.csv").read_text(encoding="utf-8").splitlines()[0]

    assert header.endswith(",words_confidence,level_1" if levels else ",words_confidence")


def test_progress_runs_from_nothing_to_all(tmp_path: Path) -> None:
    steps: list[Step] = []
    write_results(clustering([0, 0, 1]), tmp_path / "out", steps.append)

    assert steps == [Step("write", done, len(IN_TURN)) for done in range(len(IN_TURN) + 1)]


def test_what_writing_cost_is_added_to_what_the_run_cost(tmp_path: Path) -> None:
    written = write_results(clustering([0, 0, 1]), tmp_path / "out")

    assert {cost.stage for cost in written.costs} == {f"write {name}" for name in FILES} - {
        "write run.json"  # which tells the others' cost, and cannot tell its own
    }


def inodes(folder: Path) -> dict[str, int]:
    return {name: (folder / name).stat().st_ino for name in FILES}


def test_what_would_not_change_is_not_written_again_but_for_the_summary(tmp_path: Path) -> None:
    write_results(clustering([0, 0, 1]), tmp_path / "out")
    before = inodes(tmp_path / "out")
    again = write_results(clustering([0, 0, 1]), tmp_path / "out")
    after = inodes(tmp_path / "out")

    assert {name for name in FILES if before[name] != after[name]} == {"run.json"}
    assert again.costs == ()


@pytest.mark.parametrize("change", ["gone", "longer", "cut short", "other bytes"])
def test_a_file_that_was_changed_since_is_written_again(change: str, tmp_path: Path) -> None:
    write_results(clustering([0, 0, 1]), tmp_path / "out")
    table = tmp_path / "out" / "clusters.csv"
    content = table.read_bytes()
    if change == "gone":
        table.unlink()
    else:
        changed = {
            "longer": content + b"more",
            "cut short": content[:9],
            "other bytes": content.replace(b"0", b"1"),
        }
        table.write_bytes(changed[change])
    write_results(clustering([0, 0, 1]), tmp_path / "out")

    assert table.read_bytes() == content


@pytest.mark.parametrize("other", ["labels", "levels", "words", "left out"])
def test_another_result_is_written_whole(other: str, tmp_path: Path) -> None:
    write_results(clustering([0, 0, 1]), tmp_path / "out")
    before = inodes(tmp_path / "out")
    result = clustering([0, 1, 1] if other == "labels" else [0, 0, 1])
    if other == "words":
        result = dataclasses.replace(result, cluster_words=((), ()))
    if other == "left out":  # which the page tells
        counts = dataclasses.replace(result.counts, left_out=7)
        result = dataclasses.replace(result, counts=counts)
    write_results(result, tmp_path / "out", levels=other == "levels")
    after = inodes(tmp_path / "out")

    assert {name for name in FILES if before[name] == after[name]} == set()


def test_a_folder_that_was_moved_gets_links_that_lead_somewhere(tmp_path: Path) -> None:
    write_results(clustering([0, 0, 1]), tmp_path / "out")
    (tmp_path / "deeper").mkdir()
    (tmp_path / "out").rename(tmp_path / "deeper" / "out")
    for name in ("out", "new"):
        write_results(clustering([0, 0, 1]), tmp_path / "deeper" / name)
    moved, new = ((tmp_path / "deeper" / name / "report.html") for name in ("out", "new"))

    assert moved.read_bytes() == new.read_bytes()


def test_a_list_that_a_failed_run_left_is_replaced(tmp_path: Path) -> None:
    result = clustering([0, 0, 1], skipped=nothing("a.jpg").skipped)
    write_results(result, tmp_path / "out")
    before = (tmp_path / "out" / "skipped.csv").read_bytes()
    write_skipped(nothing("b.jpg"), tmp_path / "out")
    write_results(result, tmp_path / "out")

    assert (tmp_path / "out" / "skipped.csv").read_bytes() == before


def nothing(*names: str) -> NothingToClusterError:
    skipped = [Skipped("/pictures", name, "decode", "damaged", "cut short") for name in names]
    return NothingToClusterError(skipped, 2)


def test_with_nothing_to_group_the_skipped_are_all_that_is_written(tmp_path: Path) -> None:
    told = write_skipped(nothing("a.jpg", "b.jpg"), tmp_path / "out")

    assert names(tmp_path / "out") == {"skipped.csv", MARKER}
    assert (tmp_path / "out" / "skipped.csv").read_text(encoding="utf-8").splitlines()[1:] == [
        "/pictures,a.jpg,decode,damaged,cut short",
        "/pictures,b.jpg,decode,damaged,cut short",
    ]
    assert told.skipped == nothing("a.jpg", "b.jpg").skipped
    assert told.n_left_out == 2
    assert told.listed_in == str(tmp_path / "out" / "skipped.csv")
    assert told.older_in is None


def test_with_nothing_found_nothing_is_written(tmp_path: Path) -> None:
    told = write_skipped(nothing(), tmp_path / "out")

    assert names(tmp_path) == set()
    assert (told.listed_in, told.older_in) == (None, None)


@pytest.mark.parametrize("skipped", [(), ("a.jpg",)])
def test_results_of_an_earlier_run_stay_and_are_told(
    skipped: tuple[str, ...], tmp_path: Path
) -> None:
    write_results(clustering([0, 0, 1]), tmp_path / "out")
    before = {name: (tmp_path / "out" / name).read_bytes() for name in FILES}
    told = write_skipped(nothing(*skipped), tmp_path / "out")
    after = {name: (tmp_path / "out" / name).read_bytes() for name in FILES}

    assert {name for name in FILES if before[name] != after[name]} == (
        {"skipped.csv"} if skipped else set()
    )
    assert told.older_in == str(tmp_path / "out")


def test_a_list_of_an_earlier_run_is_replaced_by_a_list_and_told_where_there_is_none(
    tmp_path: Path,
) -> None:
    write_skipped(nothing("a.jpg"), tmp_path / "out")

    assert write_skipped(nothing("b.jpg"), tmp_path / "out").older_in is None
    assert write_skipped(nothing(), tmp_path / "out").older_in == str(tmp_path / "out")


def test_a_folder_of_somebody_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(OutputFolderError):
        check_folder(tmp_path)
    with pytest.raises(OutputFolderError):
        write_results(clustering([0]), tmp_path)
    with pytest.raises(OutputFolderError):
        write_skipped(nothing("a.jpg"), tmp_path)

    assert names(tmp_path) == {"mine.txt"}


def test_a_file_in_the_way_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    with pytest.raises(PathError, match="is a file, not a folder"):
        write_results(clustering([0]), tmp_path / "out")

    assert (tmp_path / "out").read_text() == "mine"


def test_cancelling_leaves_each_file_whole_or_as_it_was(tmp_path: Path) -> None:
    write_results(clustering([0, 0, 1]), tmp_path / "out")
    before = {name: (tmp_path / "out" / name).read_bytes() for name in FILES}

    class CancelledError(Exception):
        pass

    def cancel(step: Step) -> None:
        if step.done == 2:
            raise CancelledError

    with pytest.raises(CancelledError):
        write_results(clustering([0, 1, 1]), tmp_path / "out", cancel)
    after = {name: (tmp_path / "out" / name).read_bytes() for name in FILES}

    assert names(tmp_path / "out") == FILES | {MARKER}
    assert after["clusters.csv"] != before["clusters.csv"]
    assert after["report.html"] == before["report.html"]


def test_a_folder_that_may_not_be_written_to_is_told(plain_user: Path) -> None:
    plain_user.chmod(0o500)
    with pytest.raises(PathError, match="cannot be written"):
        check_folder(plain_user / "out")
