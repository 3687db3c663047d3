"""Pictures in numbers: what each number means, and that nothing else decides it."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFilter

from pixkin.looks.look import Look, looks_from, measure, measure_jpeg

SIZES = st.tuples(st.integers(1, 40), st.integers(1, 40))


def noise(size: tuple[int, int], mode: str = "RGB", seed: int = 0) -> Image.Image:
    rng = np.random.default_rng(seed)
    shape = size[::-1] if mode == "L" else (*size[::-1], 3)
    return Image.fromarray(rng.integers(0, 256, shape, dtype=np.uint8))


def look(image: Image.Image) -> Look:
    return looks_from([measure(image)])[0]


def test_an_even_picture_has_no_edges() -> None:
    found = look(Image.new("RGB", (160, 120), (255, 0, 0)))

    assert found == Look(0, 76 / 255, 0.0, 0.0, 0.0, 1.0, 1.0, pytest.approx(171 / 256))


def test_halves_of_black_and_white() -> None:
    image = Image.new("L", (160, 120))
    image.paste(255, (0, 0, 80, 120))
    found = look(image)

    assert (found.brightness, found.spread, found.dark, found.bright) == (0.5, 0.5, 0.5, 0.5)
    assert (found.sharpness, found.colour) == (1.0, 0.0)
    assert found.flat == pytest.approx(158 / 159)
    # Only horizontal frequencies, the odd ones: of them all, every second sign is positive.
    assert found.hash == 0b01000100 << 56


def test_what_is_blurred_is_less_sharp() -> None:
    image = noise((8, 6)).resize((160, 120), Image.Resampling.NEAREST)
    sharp, soft, blurred = (
        look(image.filter(ImageFilter.GaussianBlur(radius))).sharpness for radius in (0, 1.5, 5)
    )

    assert sharp > 0.9
    assert sharp > soft > blurred
    assert blurred == pytest.approx(0.25, abs=0.05)  # of the change over four pixels


def test_white_around_an_object_is_no_exposure() -> None:
    image = Image.new("RGB", (160, 120), "white")
    image.paste("navy", (60, 40, 100, 80))
    assert look(image).bright == 0
    image.paste("grey", (0, 0, 160, 30))
    assert look(image).bright > 0.5


@given(st.lists(st.tuples(SIZES, st.sampled_from(["RGB", "L"]), st.integers(0, 9)), max_size=6))
def test_a_look_is_the_same_in_any_company(
    drawn: list[tuple[tuple[int, int], str, int]],
) -> None:
    images = [noise(*one) for one in drawn]
    together = looks_from([measure(image) for image in images])

    assert together == [look(image) for image in images]
    for found in together:
        assert 0 <= found.hash < 2**63
        assert all(0 <= share <= 1 for share in found.row()[1:])


def test_a_thumbnail_looks_as_its_pixels() -> None:
    image = noise((160, 120)).filter(ImageFilter.GaussianBlur(4))
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=95)
    (found,), before = looks_from([measure_jpeg(stream.getvalue())]), look(image)

    assert (found.hash ^ before.hash).bit_count() <= 2
    assert found.row()[1:] == pytest.approx(before.row()[1:], abs=0.05)
