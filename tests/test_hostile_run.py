"""The hostile collection beside the checkout, through the command line, in one run."""

import csv
import json
import os
import subprocess
import sys
import tarfile
import time
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import psutil
import pytest
from conftest import environment

from pixkin.files import text_of
from pixkin.sources.folder import is_left_out

MOST_MB = 1500
KINDS = {"not-an-image", "damaged", "refused", "unreadable"}


@pytest.fixture(scope="module")
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    shared_data: Path = request.getfixturevalue("shared_data")
    place = tmp_path_factory.mktemp("hostile")
    with tarfile.open(shared_data / "hostile.tar") as archive:
        archive.extractall(place, filter="fully_trusted")
    command = [sys.executable, "-m", "pixkin", "hostile", "--json"]
    process = psutil.Popen(
        command, cwd=place, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    peak = 0
    while process.poll() is None:
        peak = max(peak, resident(process))
        time.sleep(0.02)
    out, err = process.communicate()
    with (shared_data / "hostile-manifest.csv").open(newline="") as stream:
        manifest = list(csv.DictReader(stream))
    return place, manifest, process.returncode, out, err.decode(), peak


def resident(process: psutil.Process) -> int:
    total = 0
    for one in (process, *process.children(recursive=True)):
        try:
            total += one.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def listed(place: Path) -> tuple[set[str], dict[str, dict[str, str]], Counter[str]]:
    grouped = [row["path"] for row in rows(place / "pixkin-results" / "clusters.csv")]
    skipped = {row["path"]: row for row in rows(place / "pixkin-results" / "skipped.csv")}
    return set(grouped), skipped, Counter([*grouped, *skipped])


def named(entry: dict[str, str]) -> str:
    return text_of(os.fsdecode(unquote_to_bytes(entry["path"])))


@pytest.mark.data
def test_it_runs_to_the_end_and_says_only_how_many_were_skipped(run: Any) -> None:
    _, _, code, out, err, _ = run

    assert code == 0
    assert json.loads(out)["counts"]["skipped"] > 57
    assert len(err.splitlines()) == 1
    assert "skipped" in err


@pytest.mark.data
def test_every_file_is_in_one_table_exactly_once(run: Any) -> None:
    place, manifest, *_ = run
    _, _, counts = listed(place)
    expected = {
        named(entry)
        for entry in manifest
        if not any(is_left_out(part) for part in named(entry).split("/"))
    }

    assert set(counts) == expected
    assert set(counts.values()) == {1}


@pytest.mark.data
def test_nearly_all_that_decode_have_a_group(run: Any) -> None:
    place, manifest, *_ = run
    grouped, _, _ = listed(place)
    good = [named(entry) for entry in manifest if entry["expected"] == "decodes"]

    assert len(good) == 371
    assert sum(name in grouped or is_left_out(name.rsplit("/")[-1]) for name in good) >= 365


@pytest.mark.data
def test_those_that_must_fail_do_so_with_a_reason(run: Any) -> None:
    place, manifest, *_ = run
    _, skipped, _ = listed(place)
    bad = [named(entry) for entry in manifest if entry["expected"] == "must fail cleanly"]
    seen = [skipped[name] for name in bad if not is_left_out(name.rsplit("/")[-1])]

    assert len(bad) == 57
    assert len(seen) == 55
    assert {row["kind"] for row in seen} <= KINDS
    assert all(len(row["reason"]) > 10 and row["reason"].isprintable() for row in seen)


@pytest.mark.data
def test_all_processes_together_stay_small(run: Any) -> None:
    assert run[-1] / 2**20 < MOST_MB
