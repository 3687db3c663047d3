import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from numpy._core._multiarray_umath import __cpu_features__

import pixkin
from pixkin import registry
from pixkin.encoders.efficientnet_lite0_float import WEIGHTS_PACKAGE
from pixkin.library import Library
from pixkin.precision import EIGHT_BITS, FLOATING_POINT, resolve

WITH, WITHOUT = {"AVX2": True, "ASIMDDP": False}, {"AVX2": False, "ASIMDDP": False}

Processor = Callable[[dict[str, bool]], None]


@pytest.fixture
def processor(monkeypatch: pytest.MonkeyPatch) -> Processor:
    """Give a function that makes NumPy say that this processor has other instructions."""

    def has(features: dict[str, bool]) -> None:
        for name, present in features.items():
            monkeypatch.setitem(__cpu_features__, name, present)

    return has


@pytest.fixture
def no_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, WEIGHTS_PACKAGE, None)


def begun_with(folder: Path, *encoders: str) -> Library:
    library = Library(folder)
    with library.writing():
        for name in encoders:
            with library.space(registry.build("encoder", name)):
                pass
    return library


def test_a_processor_with_fast_eight_bit_products_gets_eight_bits(processor: Processor) -> None:
    for features in (WITH, {"ASIMDDP": True, "AVX2": False}):
        processor(features)

        assert resolve("auto") == EIGHT_BITS


def test_one_without_gets_floating_point_where_that_is_installed(processor: Processor) -> None:
    processor(WITHOUT)

    assert resolve("auto") == FLOATING_POINT


@pytest.mark.usefixtures("no_weights")
def test_one_without_gets_eight_bits_where_that_is_not_installed(processor: Processor) -> None:
    processor(WITHOUT)

    assert resolve("auto") == EIGHT_BITS


@pytest.mark.parametrize("name", ["color", EIGHT_BITS, "pixels:size=4", "unheard-of"])
def test_an_encoder_that_is_named_is_taken(name: str, processor: Processor) -> None:
    processor(WITHOUT)

    assert resolve(name) == name


@pytest.mark.parametrize("features", [WITH, WITHOUT])
@pytest.mark.parametrize("first", [EIGHT_BITS, FLOATING_POINT])
def test_a_library_stays_with_what_it_began_with(
    first: str, features: dict[str, bool], processor: Processor, tmp_path: Path
) -> None:
    processor(features)
    second = {EIGHT_BITS: FLOATING_POINT, FLOATING_POINT: EIGHT_BITS}[first]
    with begun_with(tmp_path / "library", "color", first, second) as library:
        assert library.encoders() == ["color", first, second]
        assert resolve("auto", library) == first


def test_in_a_library_that_was_used_with_others_only_the_processor_decides(
    processor: Processor, tmp_path: Path
) -> None:
    processor(WITHOUT)
    with begun_with(tmp_path / "library", "color") as library:
        assert resolve("auto", library) == FLOATING_POINT


def test_a_run_says_which_it_was_and_the_next_stays_with_it(
    processor: Processor, drawn: Callable[..., Path], tmp_path: Path
) -> None:
    pictures = drawn(tmp_path / "photos", 2, 3, (64, 48))
    options: dict[str, Any] = {"library": tmp_path / "library", "layout": "pca"}
    processor(WITHOUT)
    first = pixkin.cluster(pictures, **options)
    processor(WITH)
    second = pixkin.cluster(pictures, **options)

    assert first.settings.encoder == second.settings.encoder == FLOATING_POINT
    assert first.labels_.tolist() == second.labels_.tolist()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks Linux for comparison")
def test_the_processor_says_what_the_system_says_of_it() -> None:
    flags = Path("/proc/cpuinfo").read_text(encoding="utf-8").split()
    expected = "avx2" in flags or "asimddp" in flags

    assert resolve("auto") == (EIGHT_BITS if expected else FLOATING_POINT)
