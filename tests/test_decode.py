import io
import struct
import warnings
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageFile

from pixkin.decode import (
    Limits,
    decode,
    decode_image,
    from_array,
    looks_like_image,
    rules,
    small,
    to_jpeg,
)
from pixkin.errors import BadImageError
from pixkin.exif import ORIENTATION

Array = Any

CORNERS = np.zeros((32, 48, 3), dtype=np.uint8)
CORNERS[:16, :24], CORNERS[:16, 24:], CORNERS[16:, :24] = (
    (230, 40, 40),
    (40, 200, 40),
    (40, 40, 220),
)
"""Red, green; blue, black: every turn of it looks different."""

UPRIGHT: dict[int, Callable[[Array], Array]] = {
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.transpose(1, 0, 2),
    6: lambda a: np.rot90(a, -1),
    7: lambda a: a[::-1, ::-1].transpose(1, 0, 2),
    8: lambda a: np.rot90(a, 1),
}
"""Where EXIF 2.32 says that row 0 and column 0 of the stored picture belong."""


def encoded(image: Image.Image | Array, name: str, **options: Any) -> bytes:
    out = io.BytesIO()
    (image if isinstance(image, Image.Image) else Image.fromarray(image)).save(out, name, **options)
    return out.getvalue()


def colour(data: bytes, x: int = 0, y: int = 0) -> tuple[int, ...]:
    return tuple(decode(data)[0][y, x].tolist())


def near(first: Array, second: Array, by: int) -> bool:
    return bool((np.abs(np.asarray(first, int) - np.asarray(second, int)) <= by).all())


def failure(data: bytes | Path, **options: Any) -> BadImageError:
    with pytest.raises(BadImageError) as caught:
        decode(data, **options)
    return caught.value


# Which way is up


@pytest.mark.parametrize("orientation", UPRIGHT)
@pytest.mark.parametrize(
    ("name", "options", "tolerance"),
    [
        ("JPEG", {"quality": 100, "subsampling": 0}, 6),
        ("TIFF", {}, 0),
        ("TIFF", {"compression": "tiff_lzw"}, 0),
        ("PNG", {}, 0),
        ("WEBP", {"lossless": True}, 0),
    ],
)
def test_a_picture_is_decoded_upright(
    orientation: int, name: str, options: dict[str, Any], tolerance: int
) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    pixels, facts = decode(encoded(CORNERS, name, exif=exif, **options))
    upright = UPRIGHT[orientation](CORNERS)

    assert pixels.shape == upright.shape
    assert near(pixels, upright, tolerance)
    assert (facts.width, facts.height) == (upright.shape[1], upright.shape[0])
    assert facts.orientation == orientation
    assert facts.format == name


@pytest.mark.parametrize("orientation", UPRIGHT)
def test_a_large_sideways_photo_is_scaled_and_upright(orientation: int) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    large = CORNERS.repeat(32, axis=0).repeat(32, axis=1)
    pixels, facts = decode(encoded(large, "JPEG", exif=exif, quality=95), min_side=16)
    upright = UPRIGHT[orientation](CORNERS)
    step = pixels.shape[0] // 4

    assert 16 <= min(pixels.shape[:2]) < 64
    assert (facts.width, facts.height) == (upright.shape[1] * 32, upright.shape[0] * 32)
    assert near(pixels[step, step], upright[4, 4], 12)
    assert near(pixels[-step, step], upright[-4, 4], 12)
    assert near(pixels[step, -step], upright[4, -4], 12)


# Modes and colours


def test_ink_becomes_light() -> None:
    red_ink = Image.new("CMYK", (16, 16), (0, 255, 255, 0))

    assert near(colour(encoded(red_ink, "JPEG", quality=100)), (254, 0, 0), 12)
    assert near(colour(encoded(red_ink, "TIFF")), (254, 0, 0), 12)


def test_sixteen_bits_of_grey_keep_their_range() -> None:
    grey = np.full((8, 8), 0x8040, dtype=np.uint16)
    grey[0, 0], grey[0, 1] = 0, 0xFFFF

    for name in ("PNG", "TIFF"):
        pixels, _ = decode(encoded(grey, name))

        assert pixels[0, 0].tolist() == [0, 0, 0]
        assert pixels[0, 1].tolist() == [255, 255, 255]
        assert pixels[4, 4].tolist() == [128, 128, 128]


def test_a_large_picture_of_sixteen_bits_is_made_smaller() -> None:
    pixels, facts = decode(encoded(np.full((300, 400), 0x4000, np.uint16), "PNG"), min_side=32)

    assert (facts.width, facts.height) == (400, 300)
    assert 32 <= min(pixels.shape[:2]) < 64
    assert near(pixels, 64, 1)


def test_a_palette_with_a_transparent_colour_lies_over_white() -> None:
    image = Image.new("P", (8, 8), 1)
    image.putpalette([0, 0, 200, 200, 0, 0])
    image.putpixel((0, 0), 0)
    data = encoded(image, "PNG", transparency=0)

    assert colour(data) == (255, 255, 255)
    assert colour(data, 4, 4) == (200, 0, 0)


def test_half_transparent_parts_lie_over_white() -> None:
    assert near(
        colour(encoded(Image.new("RGBA", (4, 4), (255, 0, 0, 128)), "PNG")), (255, 127, 127), 1
    )
    assert near(colour(encoded(Image.new("LA", (4, 4), (0, 128)), "PNG")), (127, 127, 127), 1)
    assert near(colour(encoded(Image.new("LA", (4, 4), (0, 0)), "PNG")), (255, 255, 255), 0)


def test_a_large_transparent_picture_lies_over_white_too() -> None:
    image = Image.new("P", (400, 400), 0)
    image.putpalette([0, 0, 200])
    pixels, _ = decode(encoded(image, "PNG", transparency=0), min_side=32)

    assert (pixels == 255).all()


def test_one_bit_is_black_and_white() -> None:
    image = Image.new("1", (8, 8), 1)
    image.putpixel((0, 0), 0)

    assert colour(encoded(image, "PNG")) == (0, 0, 0)
    assert colour(encoded(image, "PNG"), 4, 4) == (255, 255, 255)


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([0.0, 0.5, 1.0], [0, 128, 255]),
        ([0.0, 100.0, 255.0], [0, 100, 255]),
        ([-10.0, 0.0, 10.0], [0, 128, 255]),
        ([0.0, float("nan"), 1.0], [0, 0, 255]),
        ([7000.0, 7000.0, 7000.0], [0, 0, 0]),
    ],
)
def test_floating_point_is_brought_into_range(values: list[float], shown: list[int]) -> None:
    image = Image.fromarray(np.array([values], dtype=np.float32))
    pixels, _ = decode(encoded(image, "TIFF"))

    assert near(pixels[0, :, 0], shown, 1)


def test_an_animation_gives_its_first_frame() -> None:
    frames = [Image.new("RGB", (8, 8), name) for name in ("red", "green", "blue")]
    for name in ("GIF", "PNG", "WEBP"):
        data = encoded(frames[0], name, save_all=True, append_images=frames[1:])

        assert near(colour(data), (255, 0, 0), 3)


def swapped_profile() -> bytes:
    """Make a colour profile in which red and blue change places."""
    data = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = data.replace("sRGB".encode("utf-16-be"), "swap".encode("utf-16-be"))
    for first, second in ((b"rXYZ", b"bXYZ"), (b"rTRC", b"bTRC")):
        data = data.replace(first, b"????").replace(second, first).replace(b"????", second)
    return data


@pytest.mark.parametrize("name", ["JPEG", "PNG", "TIFF", "WEBP"])
def test_an_embedded_colour_profile_is_applied(name: str) -> None:
    red = Image.new("RGB", (16, 16), (250, 10, 10))

    assert near(colour(encoded(red, name)), (250, 10, 10), 12)
    assert near(colour(encoded(red, name, icc_profile=swapped_profile())), (10, 10, 250), 12)


def test_a_profile_leaves_what_is_transparent_white() -> None:
    image = Image.new("RGBA", (4, 4), (250, 10, 10, 255))
    image.putpixel((0, 0), (0, 0, 0, 0))
    data = encoded(image, "PNG", icc_profile=swapped_profile())

    assert colour(data) == (255, 255, 255)
    assert near(colour(data, 2, 2), (10, 10, 250), 12)


@pytest.mark.parametrize("profile", [b"no profile", swapped_profile()[:200]])
def test_a_broken_profile_leaves_the_colours_as_they_are(profile: bytes) -> None:
    data = encoded(Image.new("RGB", (4, 4), (250, 10, 10)), "PNG", icc_profile=profile)

    assert colour(data) == (250, 10, 10)


# Sizes and limits


@given(st.integers(1, 40), st.integers(1, 300), st.integers(1, 20))
def test_enough_of_a_picture_is_kept(height: int, width: int, min_side: int) -> None:
    pixels, facts = decode(encoded(np.zeros((height, width, 3), np.uint8), "PNG"), min_side)

    assert (facts.width, facts.height) == (width, height)
    assert min(pixels.shape[:2]) >= min(height, width, min_side)
    assert min(pixels.shape[:2]) < max(2 * min_side + 1, 2)
    assert pixels.dtype == np.uint8
    assert pixels.flags.c_contiguous


def huge_png(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        checksum = zlib.crc32(name + body)
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", checksum)

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    signature = b"\x89PNG\r\n\x1a\n"
    return signature + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 999))


def huge_gif(width: int, height: int) -> bytes:
    small = bytearray(encoded(Image.new("P", (1, 1)), "GIF"))
    small[6:10] = struct.pack("<HH", width, height)
    return bytes(small)


@pytest.mark.parametrize(
    "data", [huge_png(100_000, 100_000), huge_gif(65_000, 65_000)], ids=["png", "gif"]
)
def test_a_picture_that_claims_to_be_huge_is_refused_before_it_is_decoded(data: bytes) -> None:
    error = failure(data)

    assert error.kind == "refused"
    assert "megapixels, above the limit of 150; raise it with --max-megapixels" in error.reason


def test_the_limit_counts_the_pixels_after_scaled_decoding() -> None:
    large = np.zeros((1500, 2000, 3), dtype=np.uint8)
    limits = Limits(max_pixels=1_000_000)
    pixels, facts = decode(encoded(large, "JPEG"), 64, limits)

    assert min(pixels.shape[:2]) >= 64
    assert (facts.width, facts.height) == (2000, 1500)
    assert failure(encoded(large, "PNG"), min_side=64, limits=limits).kind == "refused"
    assert decode(encoded(large, "PNG"), 64, Limits(max_pixels=3_000_000))


def test_pillows_own_limit_does_not_count() -> None:
    image = Image.new("L", (18_000, 10_000))
    more = Limits(max_pixels=200_000_000)

    assert decode(encoded(image, "PNG", compress_level=1), 64, more)[1].width == 18_000


# What is no picture, or not a whole one


@pytest.mark.parametrize("name", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "PPM", "JPEG2000"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_file_cut_short_is_damaged_for_a_reason_that_can_be_read(name: str, share: float) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (80, 100, 3), dtype=np.uint8)
    data = encoded(noise, name)
    error = failure(data[: int(len(data) * share)])

    assert error.kind == "damaged"
    assert "cut short" in error.reason
    assert error.reason.isprintable()
    assert len(error.reason) < 250


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"just text\n" * 50,
        b"<!DOCTYPE html><html></html>",
        b"%PDF-1.7\n",
        b"PK\3\4" * 20,
        b"\0" * 99,
    ],
)
def test_what_is_no_picture_is_told_from_a_damaged_one(data: bytes) -> None:
    assert failure(data).kind == "not-an-image"
    assert not looks_like_image(io.BytesIO(data))


def test_an_empty_file_is_called_empty() -> None:
    assert failure(b"").reason == "the file is empty"


@pytest.mark.parametrize("suffix", ["txt", "jpg", "html", ""])
def test_the_content_decides_and_not_the_suffix(tmp_path: Path, suffix: str) -> None:
    picture, page = tmp_path / f"picture.{suffix}", tmp_path / f"page.{suffix}"
    picture.write_bytes(encoded(CORNERS, "PNG"))
    page.write_text("<html>" * 20)

    assert decode(picture)[1].format == "PNG"
    assert failure(page).kind == "not-an-image"


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    gone, folder = failure(tmp_path / "gone.jpg"), failure(tmp_path)

    assert (gone.kind, gone.reason) == ("unreadable", "No such file or directory")
    assert folder.kind == "unreadable"


FORMATS = {
    name: encoded(Image.fromarray(CORNERS), name)
    for name in (
        "JPEG",
        "PNG",
        "WEBP",
        "GIF",
        "TIFF",
        "BMP",
        "PPM",
        "AVIF",
        "JPEG2000",
        "ICO",
        "TGA",
    )
}


@pytest.mark.parametrize("name", FORMATS)
def test_each_usual_format_is_read(name: str) -> None:
    assert looks_like_image(io.BytesIO(FORMATS[name]))
    assert near(colour(FORMATS[name], 4, 4), CORNERS[4, 4], 20)


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=400)
@given(st.sampled_from(sorted(FORMATS)), st.data())
def test_hostile_bytes_raise_nothing_but_a_bad_image(name: str, data: st.DataObject) -> None:
    content = bytearray(FORMATS[name])
    for _ in range(data.draw(st.integers(0, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    end = data.draw(st.just(len(content)) | st.integers(0, len(content)))
    try:
        pixels, facts = decode(bytes(content[:end]), limits=Limits(max_pixels=1_000_000))
    except BadImageError as error:
        fine = error.kind in {"damaged", "refused", "not-an-image"} and error.reason.isprintable()
    else:
        fine = pixels.shape == (facts.height, facts.width, 3)

    assert fine


# What decoding leaves alone, and what it says of itself


def test_pillow_is_left_as_it_was() -> None:
    Image.init()

    def state() -> list[Any]:
        switches = [Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES]
        return [
            *switches,
            list(Image.ID),
            dict(Image.OPEN),
            dict(Image.EXTENSION),
            warnings.filters[:],
        ]

    before = state()
    for data in (*FORMATS.values(), b"text", FORMATS["PNG"][:90], huge_png(99_999, 99_999)):
        try:
            decode(data)
        except BadImageError:
            continue

    assert state() == before
    assert "HEIF" not in Image.OPEN


def test_the_rules_name_what_decides() -> None:
    assert rules(Limits()) != rules(Limits(max_pixels=1))
    assert "pillow" in rules(Limits())


# Arrays


@pytest.mark.parametrize(
    ("dtype", "low", "high"),
    [
        (np.uint8, 0, 255),
        (np.uint16, 0, 0xFFFF),
        (">u2", 0, 0xFFFF),
        ("<u2", 0, 0xFFFF),
        (bool, False, True),
        (np.float16, 0, 1),
        (np.float32, 0, 1),
        (np.float64, 0, 1),
        (np.int64, 0, 255),
    ],
)
@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 1), (2, 3, 3), (2, 3, 4)])
def test_arrays_of_every_usual_form_become_pixels(
    dtype: Any, low: Any, high: Any, shape: tuple[int, ...]
) -> None:
    array = np.full(shape, high, dtype=dtype)
    np.atleast_3d(array)[0, 0, :3] = low
    pixels = from_array(array)

    assert pixels.shape == (2, 3, 3)
    assert pixels.dtype == np.uint8
    assert pixels.flags.c_contiguous
    assert pixels[0, 0].tolist() == [0, 0, 0]
    assert (pixels[1:] == 255).all()


def test_a_fourth_channel_is_transparency() -> None:
    assert from_array(np.array([[[200, 0, 0, 0]]], dtype=np.uint8)).tolist() == [[[255, 255, 255]]]
    assert from_array(np.array([[[200, 0, 0, 255]]], dtype=np.uint8)).tolist() == [[[200, 0, 0]]]


def test_a_picture_read_from_an_array_is_the_one_read_from_a_file() -> None:
    assert (from_array(CORNERS) == decode(encoded(CORNERS, "PNG"))[0]).all()


@pytest.mark.parametrize(
    "array",
    [
        np.zeros(5),
        np.zeros((2, 2, 2)),
        np.zeros((2, 2, 5)),
        np.zeros((1, 2, 2, 3)),
        np.zeros((0, 5)),
        np.zeros((3, 3), dtype=complex),
        np.full((2, 2), -1),
        np.full((2, 2), 256),
        np.full((2, 2), 1.5),
        np.full((2, 2), -0.1),
        np.full((2, 2), np.nan),
        np.full((2, 2), "a"),
        np.full((2, 2), None),
        [[1, 2], [3]],
        "photo.jpg",
        None,
        7,
    ],
)
def test_what_is_no_picture_in_an_array_is_refused(array: Any) -> None:
    with pytest.raises(BadImageError) as caught:
        from_array(array)

    assert caught.value.kind == "not-an-image"


# Thumbnails


def thumbnail(image: Image.Image, side: int) -> bytes:
    return to_jpeg(small(image, side))


@given(st.integers(1, 200), st.integers(1, 200), st.integers(1, 64))
def test_a_thumbnail_is_a_jpeg_of_about_the_size_asked_for(
    height: int, width: int, side: int
) -> None:
    image = Image.open(io.BytesIO(thumbnail(Image.new("RGB", (width, height), (77, 77, 77)), side)))

    assert image.format == "JPEG"
    assert min(side, max(height, width)) <= max(image.size) < 2 * side
    assert abs(image.width * height - image.height * width) <= max(width, height)
    assert near(np.asarray(image), 77, 2)


def test_a_thumbnail_says_nothing_that_its_picture_says_beside_the_pixels(
    tmp_path: Path,
) -> None:
    path, tags = tmp_path / "a.jpg", Image.Exif()
    tags[0x010E] = "described"
    Image.new("RGB", (64, 48)).save(path, comment="a comment", exif=tags, dpi=(300, 300))

    picture, _ = decode_image(path)
    found = Image.open(io.BytesIO(thumbnail(picture, 160)))

    assert picture.info["comment"] == b"a comment"
    assert set(found.info) == {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_making_a_thumbnail_leaves_the_picture_as_it_is() -> None:
    picture = Image.new("RGB", (640, 480), (9, 8, 7))

    thumbnail(picture, 160)

    assert picture.size == (640, 480)


def test_a_thumbnail_of_a_line_is_a_line() -> None:
    image = Image.open(io.BytesIO(thumbnail(Image.new("RGB", (9000, 1)), 192)))

    assert image.size == (196, 1)


@pytest.mark.parametrize(
    ("array", "why"),
    [
        (
            np.array([[0.0, 16]]),
            "from 0 to 16, where 0 to 1 is allowed; bring all pictures to 0 to 1 alike, with X / X",
        ),
        (np.array([[0, 4095]]), "int64 values from 0 to 4095, where 0 to 255 is allowed"),
        (np.array([[-1.0, 1]]), "with (X - X.min()) / (X.max() - X.min())"),
        (np.array([[0, np.inf]]), "infinite or not a number"),
    ],
)
def test_values_out_of_range_are_refused_with_what_to_do(array: Any, why: str) -> None:
    with pytest.raises(BadImageError) as caught:
        from_array(array)

    assert why in caught.value.reason
