import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixkin.resize import squash

SIDES = st.integers(1, 60)


@given(SIDES, SIDES, SIDES, SIDES, st.integers(0, 255))
def test_any_picture_gets_the_size_asked_for_and_keeps_its_colour(
    height: int, width: int, new_width: int, new_height: int, value: int
) -> None:
    small = squash(np.full((height, width, 3), value, dtype=np.uint8), new_width, new_height)

    assert small.shape == (new_height, new_width, 3)
    assert small.dtype == np.uint8
    assert (small == value).all()


def test_what_is_made_smaller_is_averaged() -> None:
    chequers = np.indices((64, 64)).sum(axis=0) % 2 * 255
    small = squash(np.repeat(chequers[..., None], 3, axis=2).astype(np.uint8), 8, 8)

    assert small.astype(int).min() > 100
    assert small.astype(int).max() < 155


@pytest.mark.parametrize("shape", [(1, 20000, 3), (20000, 1, 3)])
def test_a_picture_that_is_one_line_is_resized_too(shape: tuple[int, int, int]) -> None:
    assert squash(np.zeros(shape, dtype=np.uint8), 32, 32).shape == (32, 32, 3)
