"""Decoding the collection of odd, broken and malicious files beside the checkout."""

import csv
import os
import tarfile
from collections import Counter
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest
from PIL import Image

from pixkin.decode import decode
from pixkin.embed import Failure, Outcome, Request, Vector, embed
from pixkin.settings import Settings

pytestmark = pytest.mark.data


@pytest.fixture(scope="module")
def hostile(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    with tarfile.open(shared_data / "hostile.tar") as tar:
        tar.extractall(folder, filter="data")
    return folder / "hostile"


@pytest.fixture(scope="module")
def expected(shared_data: Path, hostile: Path) -> dict[Path, str]:
    """Say of each file what should come of it."""
    with (shared_data / "hostile-manifest.csv").open(encoding="utf-8", newline="") as stream:
        rows = {os.fsdecode(unquote_to_bytes(row["path"])): row for row in csv.DictReader(stream)}
    return {hostile / path: row["expected"] for path, row in rows.items()}


@pytest.fixture(scope="module")
def outcomes(expected: dict[Path, str]) -> dict[Path, Outcome]:
    settings = Settings(encoder="pixels:size=8", workers=2, max_memory=700)
    requests = [Request(path, path) for path in expected]
    return {outcome.key: outcome for outcome in embed(requests, settings)}


def test_every_file_has_an_outcome(
    expected: dict[Path, str], outcomes: dict[Path, Outcome]
) -> None:
    assert outcomes.keys() == expected.keys()
    assert len(outcomes) == 492


def test_nearly_all_that_should_decode_do(
    expected: dict[Path, str], outcomes: dict[Path, Outcome]
) -> None:
    wanted = [path for path, what in expected.items() if what == "decodes"]
    failed = [outcomes[path] for path in wanted if not isinstance(outcomes[path], Vector)]

    assert len(wanted) == 371
    assert len(failed) <= 371 - 365, failed


def test_all_that_must_fail_do(expected: dict[Path, str], outcomes: dict[Path, Outcome]) -> None:
    wanted = [path for path, what in expected.items() if what == "must fail cleanly"]
    decoded = [path for path in wanted if not isinstance(outcomes[path], Failure)]

    assert len(wanted) == 57
    assert decoded == []


def test_every_failure_has_a_kind_and_a_reason_to_read(outcomes: dict[Path, Outcome]) -> None:
    failures = [outcome for outcome in outcomes.values() if isinstance(outcome, Failure)]
    kinds = Counter(failure.kind for failure in failures)

    assert kinds.keys() <= {"not-an-image", "damaged", "refused", "unreadable"}
    for failure in failures:
        assert 10 < len(failure.reason) < 300
        assert failure.reason.isprintable()
        assert "Traceback" not in failure.reason
        assert "encoder failed" not in failure.reason


def test_no_file_crashes_its_decoder(outcomes: dict[Path, Outcome]) -> None:
    reasons = [outcome.reason for outcome in outcomes.values() if isinstance(outcome, Failure)]

    assert [reason for reason in reasons if "crashed" in reason or "system ended" in reason] == []


def test_photos_of_a_phone_in_heic_are_read(
    expected: dict[Path, str], outcomes: dict[Path, Outcome]
) -> None:
    heic = [
        outcomes[path]
        for path in expected
        if path.parent.name == "exif-samples" and path.suffix.lower() in {".heic", ".heif"}
    ]

    assert len(heic) >= 2
    assert all(isinstance(outcome, Vector) for outcome in heic)
    assert {outcome.facts.format for outcome in heic} == {"HEIF"}
    assert any(outcome.facts.camera for outcome in heic)


def test_reading_heic_leaves_pillow_unable_to(hostile: Path) -> None:
    photo = hostile / "exif-samples" / "IMG_5195.HEIC"
    pixels, facts = decode(photo, min_side=64)

    assert pixels.shape[2] == 3
    assert facts.width > 1000
    with pytest.raises(Image.UnidentifiedImageError):
        Image.open(photo)
