"""The results folder: checked before a run, written after it."""

from pathlib import Path

import pytest
from helpers_grouping import clustering

from pixkin import registry
from pixkin.errors import OutputFolderError, PathError
from pixkin.library.place import MARKER
from pixkin.progress import Step
from pixkin.results import IN_TURN, check_folder, write_results

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


def test_progress_runs_from_nothing_to_all(tmp_path: Path) -> None:
    steps: list[Step] = []
    write_results(clustering([0, 0, 1]), tmp_path / "out", steps.append)

    assert steps == [Step("write", done, len(IN_TURN)) for done in range(len(IN_TURN) + 1)]


def test_what_writing_cost_is_added_to_what_the_run_cost(tmp_path: Path) -> None:
    written = write_results(clustering([0, 0, 1]), tmp_path / "out")

    assert {cost.stage for cost in written.costs} == {f"write {name}" for name in FILES} - {
        "write run.json"  # which tells the others' cost, and cannot tell its own
    }


def test_a_folder_of_somebody_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(OutputFolderError):
        check_folder(tmp_path)
    with pytest.raises(OutputFolderError):
        write_results(clustering([0]), tmp_path)

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
