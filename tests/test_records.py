import dataclasses
from pathlib import Path

import numpy as np
import pytest

from pixkin.records import File, Neighbors, Skipped


def test_a_file_says_where_it_is() -> None:
    assert File("/photos", "a/b.jpg", 1, 2, 3).full == Path("/photos/a/b.jpg")


def test_a_record_does_not_change() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        File("/photos", "a.jpg", 1, 2, 3).path = "b.jpg"  # type: ignore[misc]


def test_a_skipped_file_is_shown_with_its_reason_on_one_line() -> None:
    skipped = Skipped("/photos", "odd\nname.jpg", "decode", "damaged", "cut short")

    assert str(skipped) == f"{Path('/photos')}/odd\\nname.jpg: cut short".replace("\\\\", "\\")


def test_the_first_neighbours_are_the_nearest() -> None:
    neighbors = Neighbors(
        np.array([[1, 2], [0, 2], [1, 0]], dtype=np.int32),
        np.array([[0.1, 0.4], [0.1, 0.2], [0.2, 0.4]], dtype=np.float32),
    )

    assert neighbors.first(1).indices.tolist() == [[1], [0], [1]]
    assert neighbors.first(1).distances.shape == (3, 1)
    assert neighbors.first(9).indices.shape == (3, 2)
