import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from pixkin.exif import (
    DATE_TIME,
    DATE_TIME_ORIGINAL,
    GPS_FOLDER,
    MAKE,
    MODEL,
    ORIENTATION,
    facts_from_exif,
    read_exif,
)
from pixkin.records import ImageFacts


def facts(tags: dict[int, Any]) -> ImageFacts:
    return facts_from_exif(tags, (40, 30), "JPEG")


def gps(latitude: Any, longitude: Any, north: Any = "N", east: Any = "E") -> dict[int, Any]:
    return {GPS_FOLDER: {1: north, 2: latitude, 3: east, 4: longitude}}


def test_time_camera_and_place_are_read_from_a_photo() -> None:
    exif = Image.Exif()
    exif[MAKE], exif[MODEL], exif[ORIENTATION] = "Canon", "Canon EOS 5D", 6
    exif[DATE_TIME] = "2020:01:01 00:00:00"
    exif.get_ifd(0x8769)[DATE_TIME_ORIGINAL] = "2019:08:07 06:05:04"
    exif.get_ifd(GPS_FOLDER).update({1: "S", 2: (33.0, 51.0, 30.0), 3: "W", 4: (151.0, 12.0, 0.0)})
    photo = io.BytesIO()
    Image.new("RGB", (4, 3)).save(photo, "JPEG", exif=exif)

    assert facts_from_exif(read_exif(Image.open(photo)), (3, 4), "JPEG") == ImageFacts(
        width=3,
        height=4,
        format="JPEG",
        orientation=6,
        taken="2019-08-07T06:05:04",
        camera="Canon EOS 5D",
        latitude=-33.8583333,
        longitude=-151.2,
    )


def test_a_picture_without_exif_has_size_and_format_only() -> None:
    assert facts({}) == ImageFacts(40, 30, "JPEG")


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("2019:08:07 06:05:04", "2019-08-07T06:05:04"),
        ("2019:08:07 06:05:04+02:00", "2019-08-07T06:05:04"),
        ("0000:00:00 00:00:00", None),
        ("2019:02:30 00:00:00", None),
        ("2019:13:01 00:00:00", None),
        ("2019:01:01 24:61:61", None),
        ("2019-08-07 06:05:04", None),
        ("    :  :     :  :  ", None),
        ("\u0662\u0660\u0661\u0669:08:07 06:05:04", None),
        ("", None),
        (b"2019:08:07 06:05:04", None),
        (20190807, None),
    ],
)
def test_a_time_is_kept_only_if_there_was_such_a_time(text: Any, taken: str | None) -> None:
    assert facts({DATE_TIME: text}).taken == taken


def test_the_time_of_the_shot_goes_before_that_of_the_file() -> None:
    both = {DATE_TIME: "2020:01:01 00:00:00", DATE_TIME_ORIGINAL: "2019:01:01 00:00:00"}
    broken = {**both, DATE_TIME_ORIGINAL: "0000:00:00 00:00:00"}

    assert facts(both).taken == "2019-01-01T00:00:00"
    assert facts(broken).taken == "2020-01-01T00:00:00"


@pytest.mark.parametrize(
    ("make", "model", "camera"),
    [
        ("NIKON CORPORATION", "NIKON D90", "NIKON CORPORATION NIKON D90"),
        ("Canon", "Canon EOS 5D", "Canon EOS 5D"),
        ("  Apple ", "iPhone 12\0\0", "Apple iPhone 12"),
        ("Apple", None, "Apple"),
        (None, "X100", "X100"),
        ("", "", None),
        (7, b"raw", None),
        ("x" * 500, "y", "x" * 120),
    ],
)
def test_a_camera_is_named_once_and_at_a_sensible_length(
    make: Any, model: Any, camera: str | None
) -> None:
    assert facts({MAKE: make, MODEL: model}).camera == camera


@pytest.mark.parametrize("nonsense", [0, 9, -1, "6", 6.0, None, (6,), b"\6"])
def test_an_orientation_that_is_none_counts_as_upright(nonsense: Any) -> None:
    assert facts({ORIENTATION: nonsense}).orientation == 1


@pytest.mark.parametrize(
    "nonsense",
    [
        (91, 0, 0),
        (-1, 0, 0),
        (89, 61, 7200),
        (float("nan"), 0, 0),
        (float("inf"), 0, 0),
        (IFDRational(0, 0), 0, 0),
        (10**400, 0, 0),
        (1, 2),
        (1, 2, 3, 4),
        ("a", "b", "c"),
        "1,2,3",
        None,
        7,
        b"\0\0\0",
    ],
)
def test_a_place_that_is_none_is_not_kept(nonsense: Any) -> None:
    found = facts(gps(nonsense, (7, 0, 0)))

    assert (found.latitude, found.longitude) == (None, None) or nonsense == b"\0\0\0"


def test_half_a_place_is_no_place() -> None:
    assert facts({GPS_FOLDER: {1: "N", 2: (50, 0, 0)}}).latitude is None


@given(st.floats(0, 90), st.floats(0, 180), st.booleans(), st.booleans())
def test_a_place_keeps_its_side_of_the_earth(
    latitude: float, longitude: float, south: bool, west: bool
) -> None:
    found = facts(gps((latitude, 0, 0), (longitude, 0, 0), "NS"[south], "EW"[west]))

    assert found.latitude == pytest.approx(-latitude if south else latitude, abs=1e-7)
    assert found.longitude == pytest.approx(-longitude if west else longitude, abs=1e-7)


SCALARS = st.none() | st.integers() | st.floats() | st.text() | st.binary() | st.booleans()
VALUES = SCALARS | st.tuples(SCALARS, SCALARS, SCALARS)
KNOWN = st.sampled_from([MAKE, MODEL, ORIENTATION, DATE_TIME, DATE_TIME_ORIGINAL])


@given(
    st.dictionaries(KNOWN, VALUES),
    st.dictionaries(st.integers(1, 4), VALUES),
)
def test_no_tag_however_odd_breaks_the_reading(tags: dict[int, Any], place: dict[int, Any]) -> None:
    found = facts({**tags, GPS_FOLDER: place})

    assert 1 <= found.orientation <= 8
    assert found.latitude is None or -90 <= found.latitude <= 90
    assert found.longitude is None or -180 <= found.longitude <= 180
    assert found.camera is None or found.camera.isprintable()
