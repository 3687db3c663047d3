from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import numpy as np
import psutil
import pytest
from conftest import CRASH, HANG

from pixkin import registry
from pixkin.embed import Failure, PassedOn, Request, Vector, embed
from pixkin.errors import WorkerError
from pixkin.settings import Settings


@pytest.fixture
def two(no_child_left: None) -> Settings:
    return Settings(encoder="pixels:size=4", workers=2)


def test_each_request_has_one_outcome_and_the_rest_is_carried_along(
    drawn: Callable[..., Path], tmp_path: Path, two: Settings
) -> None:
    paths = sorted(drawn(tmp_path / "photos", 2, 3).rglob("*.*"))
    (tmp_path / "text.jpg").write_text("words " * 20)
    requests = [
        *[Request(path.name + path.parent.name, path) for path in paths],
        Request("text", tmp_path / "text.jpg"),
        Failure("early", "scan", "unreadable", "gone"),
        PassedOn("known"),
    ]
    outcomes = {outcome.key: outcome for outcome in embed(requests, two, thumbnail=32)}

    assert outcomes.keys() == {request.key for request in requests}
    assert outcomes["early"] == requests[-2]
    assert outcomes["known"] == requests[-1]
    assert outcomes["text"].kind == "not-an-image"
    for request in requests[:6]:
        outcome = outcomes[request.key]

        assert isinstance(outcome, Vector)
        assert outcome.values.shape == (48,)
        assert (outcome.facts.width, outcome.facts.height) == (96, 72)
        assert outcome.thumbnail.startswith(b"\xff\xd8")


def test_a_vector_does_not_depend_on_the_number_of_workers(
    drawn: Callable[..., Path], tmp_path: Path, no_child_left: None
) -> None:
    paths = sorted(drawn(tmp_path / "photos", 4, 2).rglob("*.*"))
    found = []
    for workers in (1, 2):
        settings = Settings(encoder="efficientnet-lite0", workers=workers)
        outcomes = embed([Request(i, path) for i, path in enumerate(paths)], settings)
        found.append(np.stack([o.values for o in sorted(outcomes, key=lambda o: o.key)]))

    assert (found[0] == found[1]).all()


@pytest.mark.parametrize(
    ("encoder", "dtype"), [("pixels:size=4", "float32"), ("efficientnet-lite0", "uint8")]
)
def test_a_vector_comes_in_the_form_that_its_encoder_gives(
    encoder: str, dtype: str, paint: Callable[..., Path], no_child_left: None
) -> None:
    request = Request(0, paint("plain.png", (10, 200, 30), (40, 30)))
    (outcome,) = embed([request], Settings(encoder=encoder, workers=1))
    pixels = np.full((30, 40, 3), (10, 200, 30), dtype=np.uint8)

    assert outcome.values.dtype == dtype
    assert (outcome.values == registry.build("encoder", encoder).encode([pixels])[0]).all()


def test_no_thumbnail_is_made_unasked(
    paint: Callable[..., Path], two: Settings, no_child_left: None
) -> None:
    (outcome,) = embed([Request(0, paint("plain.png", (1, 2, 3)))], two)

    assert outcome.thumbnail == b""


def test_a_crash_is_a_failure_with_its_reason(
    odd_encoder: str, paint: Callable[..., Path], no_child_left: None
) -> None:
    requests = [Request("bad", paint("b.png", CRASH)), Request("good", paint("g.png", (1, 2, 3)))]
    outcomes = {o.key: o for o in embed(requests, Settings(encoder=odd_encoder, workers=1))}

    assert outcomes["bad"].kind == "damaged"
    assert "crashed" in outcomes["bad"].reason
    assert outcomes["good"].values.tolist() == [1, 2, 3]


def test_the_limits_of_the_settings_hold(paint: Callable[..., Path], no_child_left: None) -> None:
    request = Request(0, paint("plain.png", (1, 2, 3), (200, 100)))
    (outcome,) = embed([request], Settings(encoder="color", workers=1, max_megapixels=0.01))

    assert outcome.kind == "refused"
    assert "0.01; raise it with --max-megapixels" in outcome.reason


def test_closing_ends_the_processes(
    odd_encoder: str, paint: Callable[..., Path], no_child_left: None
) -> None:
    requests = [Request(0, paint("g.png", (1, 2, 3))), Request(1, paint("hang.png", HANG))]
    outcomes = embed(requests, Settings(encoder=odd_encoder, workers=1))
    next(outcomes)

    assert psutil.Process().children()
    outcomes.close()
    assert psutil.Process().children() == []


def test_an_encoder_that_does_not_load_stops_the_run_instead_of_failing_on_each_picture(
    odd_encoder: str, paint: Callable[..., Path], tmp_path: Path, no_child_left: None
) -> None:
    broken = tmp_path / "odd-package" / "pixkin_odd.py"
    broken.write_text(broken.read_text().replace("for mean in means", "for mean in model"))

    with pytest.raises(WorkerError, match="name 'model' is not defined"):
        list(embed([Request(0, paint("plain.png", (1, 2, 3)))], Settings(encoder=odd_encoder)))


@pytest.mark.parametrize("encoder", ["pixels:size=4", "efficientnet-lite0"])
def test_the_least_memory_that_may_be_set_is_enough_for_a_small_picture(
    paint: Callable[..., Path], encoder: str, no_child_left: None
) -> None:
    settings = Settings(encoder=encoder, workers=1, max_memory=64)
    (outcome,) = embed([Request(0, paint("plain.png", (1, 2, 3)))], settings)

    assert isinstance(outcome, Vector)


def test_the_highest_limits_that_may_be_set_are_no_hindrance(
    paint: Callable[..., Path], no_child_left: None
) -> None:
    names = ("max_megapixels", "max_memory")
    specs = [spec for spec in fields(Settings) if spec.name in names]
    limits = {spec.name: spec.metadata["high"] for spec in specs}
    settings = Settings(encoder="pixels:size=4", workers=1, **limits)
    (outcome,) = embed([Request(0, paint("plain.png", (1, 2, 3)))], settings)

    assert isinstance(outcome, Vector)
