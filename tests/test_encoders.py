import hashlib
import json
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from golden.pictures import pictures
from hypothesis import given, settings
from hypothesis import strategies as st

from pixkin import registry
from pixkin.encoders import efficientnet_lite0
from pixkin.encoders.color import ColorEncoder
from pixkin.encoders.pixels import PixelsEncoder
from pixkin.errors import PixkinError, SettingError

NAMES = registry.names("encoder")
GOLDEN = json.loads(
    Path(__file__).with_name("golden").joinpath("efficientnet-lite0.json").read_text()
)
PICTURES = pictures()
PHOTOS = {"china-left", "china-right", "flower"}
COSINE_OF_PHOTOS, COSINE_OF_DRAWINGS = 0.99, 0.95
"""The eight bits were fitted to photos: on flat colours they are farther from the reference."""


@pytest.fixture(params=NAMES, scope="module")
def encoder(request: pytest.FixtureRequest) -> Any:
    return registry.build("encoder", request.param)


def batch(*shapes: tuple[int, int]) -> list[Any]:
    rng = np.random.default_rng(0)
    return [rng.integers(0, 256, (*shape, 3), dtype=np.uint8) for shape in shapes]


# What every encoder promises


def test_a_vector_is_of_the_length_that_was_said_and_finite(encoder: Any) -> None:
    vectors = encoder.encode(batch((40, 60), (60, 40), (500, 300)))

    assert vectors.shape == (3, encoder.n_features)
    assert vectors.dtype == np.float32
    assert np.isfinite(vectors).all()
    assert np.abs(vectors).max() < np.finfo(np.float16).max


def test_a_picture_encoded_alone_gets_the_vector_that_it_gets_among_others(encoder: Any) -> None:
    images = batch((40, 60), (60, 40), (33, 33), (9, 200))
    together = encoder.encode(images)
    alone = np.concatenate([encoder.encode([image]) for image in images])
    backwards = encoder.encode(images[::-1])[::-1]

    assert (together == alone).all()
    assert (together == backwards).all()


@pytest.mark.parametrize("shape", [(1, 1), (1, 9000), (9000, 1), (2, 3), (1200, 1600)])
def test_a_picture_of_any_shape_is_encoded(encoder: Any, shape: tuple[int, int]) -> None:
    vectors = encoder.encode(batch(shape))

    assert vectors.shape == (1, encoder.n_features)
    assert np.isfinite(vectors).all()


@pytest.mark.parametrize("value", [0, 255])
def test_a_picture_of_one_colour_is_encoded(encoder: Any, value: int) -> None:
    assert np.isfinite(encoder.encode([np.full((50, 50, 3), value, dtype=np.uint8)])).all()


def test_pictures_that_differ_get_vectors_that_differ(encoder: Any) -> None:
    vectors = encoder.encode(list(PICTURES.values()))
    apart = np.abs(vectors[:, None] - vectors[None]).max(axis=2)

    assert (apart[~np.eye(len(vectors), dtype=bool)] > 0.01).all()


def test_a_read_only_picture_is_encoded_and_left_alone(encoder: Any) -> None:
    (image,) = batch((40, 60))
    before = image.copy()
    image.setflags(write=False)
    encoder.encode([image])

    assert (image == before).all()


def test_an_encoder_passes_through_pickle_also_when_it_was_used(encoder: Any) -> None:
    images = batch((40, 60))
    expected = encoder.encode(images)

    assert (pickle.loads(pickle.dumps(encoder)).encode(images) == expected).all()


def test_the_fingerprint_is_readable_and_names_the_encoder(
    encoder: Any, request: pytest.FixtureRequest
) -> None:
    fingerprint = json.loads(json.dumps(encoder.fingerprint))

    assert fingerprint == encoder.fingerprint
    assert fingerprint["encoder"] == request.node.callspec.params["encoder"]
    assert "decoder" in fingerprint


def test_the_rest_of_the_contract_is_kept(encoder: Any) -> None:
    assert encoder.scaling in {"root", "standard", "none"}
    assert encoder.min_side >= 1
    if encoder.scaling == "root":
        assert encoder.encode(list(PICTURES.values())).min() >= 0


def test_no_two_encoders_share_a_fingerprint() -> None:
    specs = [*NAMES, "pixels:size=8", "pixels:size=8,gray=true"]
    prints = [json.dumps(registry.build("encoder", spec).fingerprint) for spec in specs]

    assert len(set(prints)) == len(specs)


# EfficientNet-Lite0


@pytest.mark.parametrize("name", PICTURES)
def test_lite0_agrees_with_the_reference_implementation(name: str) -> None:
    golden = GOLDEN["pictures"][name]
    digest = hashlib.sha256(PICTURES[name].tobytes()).hexdigest()
    ours = registry.build("encoder", "efficientnet-lite0").encode([PICTURES[name]])[0]
    theirs = np.array(golden["vector"])
    cosine = ours @ theirs / np.linalg.norm(ours) / np.linalg.norm(theirs)

    assert digest == golden["pixels_sha256"], "the picture is not the one that was encoded"
    assert cosine >= (COSINE_OF_PHOTOS if name in PHOTOS else COSINE_OF_DRAWINGS)


def test_there_is_a_golden_vector_for_every_picture() -> None:
    assert set(GOLDEN["pictures"]) == set(PICTURES)
    assert PHOTOS.issubset(PICTURES)


def test_the_model_file_is_the_one_that_its_description_names() -> None:
    encoder = efficientnet_lite0.EfficientNetLite0()
    weights = (efficientnet_lite0.FOLDER / encoder.model["file"]).read_bytes()

    assert hashlib.sha256(weights).hexdigest() == encoder.model["sha256"]
    assert encoder.fingerprint["weights"] == encoder.model["sha256"]
    assert len(weights) < 6_000_000
    assert encoder.model["prepare"] == {"resize": "squash", "filter": "bilinear"}


def test_another_model_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(efficientnet_lite0.FOLDER, tmp_path, dirs_exist_ok=True)
    monkeypatch.setattr(efficientnet_lite0, "FOLDER", tmp_path)
    model = tmp_path / "efficientnet-lite0.onnx"
    model.write_bytes(model.read_bytes()[:-1] + b"?")

    with pytest.raises(PixkinError, match="not the one that belongs to this Pixkin"):
        efficientnet_lite0.EfficientNetLite0().encode(batch((9, 9)))


# Pixels


def test_pixels_are_the_picture_itself_when_nothing_needs_resizing() -> None:
    (image,) = batch((8, 8))

    assert (PixelsEncoder(size=8).encode([image])[0] == image.ravel()).all()


def test_grey_pixels_weigh_the_colours_as_the_eye_does() -> None:
    image = np.zeros((2, 2, 3), dtype=np.uint8)
    image[0, 0], image[0, 1], image[1, 0] = (255, 0, 0), (0, 255, 0), (0, 0, 255)
    grey = PixelsEncoder(size=2, gray=True).encode([image])[0]

    assert grey == pytest.approx([76.245, 149.685, 29.07, 0], abs=1e-3)


@pytest.mark.parametrize("size", [0, 513, 3.0, True, "8", None])
def test_pixels_of_a_size_that_cannot_be_are_refused(size: Any) -> None:
    with pytest.raises(SettingError, match="size must be a whole number from 1 to 512"):
        PixelsEncoder(size=size)


@given(st.integers(1, 512), st.booleans())
def test_pixels_say_how_many_they_are(size: int, gray: bool) -> None:
    encoder = PixelsEncoder(size, gray)

    assert encoder.n_features == size**2 * (1 if gray else 3)
    assert encoder.min_side >= 2 * size


# Colour


def colour_shares(image: Any) -> list[float]:
    """Give the sums of the three parts of the vector: colours, their places, edges."""
    vector = ColorEncoder().encode([image])[0]
    return [float(part.sum()) for part in np.split(vector, [144, 240])]


@settings(max_examples=25)
@given(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255), st.booleans())
def test_each_part_of_a_colour_vector_is_made_of_shares(
    r: int, g: int, b: int, noisy: bool
) -> None:
    image = np.full((64, 64, 3), (r, g, b), dtype=np.uint8)
    if noisy:
        image[::2] = batch((32, 64))[0]

    assert colour_shares(image) == pytest.approx([1, 1, 1], abs=1e-4)


def test_colour_tells_stripes_from_stripes_of_another_direction() -> None:
    stripes = np.zeros((64, 64, 3), dtype=np.uint8)
    stripes[::4], stripes[1::4] = 200, 200
    across, down = ColorEncoder().encode([stripes, stripes.transpose(1, 0, 2).copy()])

    assert across[:240] == pytest.approx(down[:240], abs=1e-6)
    assert np.sqrt(across[240:]) @ np.sqrt(down[240:]) < 0.1


@pytest.mark.parametrize(
    "change", [lambda a: a[::-1], lambda a: a[..., ::-1]], ids=["upside-down", "other-colours"]
)
def test_colour_tells_places_and_hues_apart(change: Callable[[Any], Any]) -> None:
    y, x = np.mgrid[:64, :64]
    image = np.stack([y * 4, x // 4 % 2 * 200, y * 0], axis=2).astype(np.uint8)
    first, second = np.sqrt(ColorEncoder().encode([image, np.ascontiguousarray(change(image))]))

    assert first @ second / (first @ first) < 0.99
