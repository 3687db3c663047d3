import dataclasses
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from pixkin.errors import LabelsError
from pixkin.evaluate import Scores, evaluate
from pixkin.scan import sources_for
from pixkin.settings import Settings

QUICK = Settings(encoder="color", layout="pca", workers=1)


@pytest.fixture
def pictures(drawn: Callable[..., Path], tmp_path: Path) -> Path:
    """Give a folder of 3 kinds of 4 pictures each."""
    return drawn(tmp_path / "pictures", 4, 3)


def scores(folder: Path, *encoders: str, labels: Path | None = None) -> list[Scores]:
    return evaluate(
        sources_for([str(folder)]),
        QUICK,
        encoders=encoders or ["color"],
        clusterers=["graph"],
        labels=labels,
    )


def table(path: Path, *rows: tuple[object, str]) -> Path:
    lines = ["path,label", *(f"{name},{label}" for name, label in rows)]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def named(pictures: Path, start: Path | None = None) -> list[tuple[object, str]]:
    """Give the pictures, relative to ``start`` or absolute, with their kinds."""
    paths = sorted(pictures.glob("*/*"))
    return [(path.relative_to(start) if start else path, path.parent.name) for path in paths]


def test_paths_in_a_table_are_relative_to_its_own_folder(pictures: Path, tmp_path: Path) -> None:
    inside = table(pictures / "labels.csv", *named(pictures, pictures))
    beside = table(tmp_path / "labels.csv", *named(pictures, tmp_path))
    absolute = table(tmp_path / "absolute.csv", *named(pictures))

    for labels in (inside, beside, absolute):
        (found,) = scores(pictures, labels=labels)

        assert (found.images, found.classes, found.unlabelled) == (12, 3, 0)


def test_a_table_that_lies_elsewhere_than_its_paths_is_told_what_they_mean(
    pictures: Path, tmp_path: Path
) -> None:
    labels = table(tmp_path / "labels.csv", *named(pictures, pictures))
    with pytest.raises(LabelsError, match="relative to its own folder") as caught:
        scores(pictures, labels=labels)

    assert f"means {tmp_path.resolve() / 'balls' / '0.jpg'}, which is none of" in str(caught.value)
    assert str(caught.value).endswith(
        "put the table in the folder that its paths start from, or write absolute paths."
    )


def test_a_table_of_one_class_is_no_matter_of_its_place(pictures: Path) -> None:
    labels = table(pictures / "labels.csv", ("balls/0.jpg", "ball"))
    with pytest.raises(LabelsError, match=r"the table of labels gave 1 \(files: 12\)\.$"):
        scores(pictures, labels=labels)


def test_a_table_without_rows_is_no_matter_of_its_place(pictures: Path) -> None:
    with pytest.raises(LabelsError, match=r"the table of labels gave 0 \(files: 12\)\.$"):
        scores(pictures, labels=table(pictures / "labels.csv"))


def test_two_ways_to_write_one_encoder_score_the_same(pictures: Path) -> None:
    shutil.copy(pictures / "balls" / "0.jpg", pictures / "twin.jpg")
    Image.open(pictures / "balls" / "1.png").save(pictures / "same pixels.png", compress_level=0)
    one, other = scores(pictures, "pixels", "pixels:size=32")

    assert one.silhouette is not None
    assert dataclasses.replace(other, encoder=one.encoder, seconds=one.seconds) == one
