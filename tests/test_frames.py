import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pixkin.frames import read_frame, write_frame

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
KEYS = st.text().filter(lambda key: key != "sizes")
HEADERS = st.dictionaries(KEYS, JSON, max_size=4)


class Trickle(io.RawIOBase):
    """A pipe that gives a byte at a time, as pipes may."""

    def __init__(self, content: bytes) -> None:
        self.content = io.BytesIO(content)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        return self.content.readinto(memoryview(buffer)[:1])


@given(st.lists(st.tuples(HEADERS, st.lists(st.binary(), max_size=4)), max_size=4))
def test_frames_arrive_as_they_were_sent_and_in_order(frames: list) -> None:
    pipe = io.BytesIO()
    for header, blobs in frames:
        write_frame(pipe, header, *blobs)
    arrived = io.BufferedReader(Trickle(pipe.getvalue()))

    assert [read_frame(arrived) for _ in frames] == frames
    assert read_frame(arrived) is None


def test_a_name_that_is_not_utf_8_arrives() -> None:
    pipe = io.BytesIO()
    write_frame(pipe, {"path": "/photos/\udcff.jpg"})

    assert read_frame(io.BytesIO(pipe.getvalue())) == ({"path": "/photos/\udcff.jpg"}, [])


@pytest.mark.parametrize("n_left", [0, 1, 7, 8, 12, 40])
def test_a_frame_cut_short_is_the_end(n_left: int) -> None:
    pipe = io.BytesIO()
    write_frame(pipe, {"facts": {"width": 3}}, b"vector", b"thumbnail")

    assert n_left < len(pipe.getvalue())
    assert read_frame(io.BytesIO(pipe.getvalue()[:n_left])) is None
