"""What is browsed: cards of groups, the pictures of one, and the map."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from conftest import draw_folder
from PIL import Image

import pixkin
from pixkin.errors import EditError, NotGroupedError, UnknownGroupError


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = draw_folder(tmp_path_factory.mktemp("browsing") / "photos", n_per_kind=8)
    pixkin.cluster(made, n_clusters=4)
    return made


@pytest.fixture
def library(folder: Path) -> pixkin.Library:
    with pixkin.open(folder) as found:
        yield found
        n = len(found.edit.steps()[0]) - 1
        if n:
            found.edit.undo(n)


def test_each_group_has_a_card_with_pictures_of_its_own(library: pixkin.Library) -> None:
    of = {image.sha256: image.cluster_id for image in library.images}

    cards = library.cards()

    assert [card.group for card in cards] == list(library.clusters)
    for card in cards:
        assert card.cover
        assert {of[sha256] for sha256 in card.cover} == {card.group.cluster_id}
        assert 0 < card.tightness <= 1
        assert len(card.nearest) == 3
        assert card.group.cluster_id not in card.nearest


def test_a_gallery_has_every_picture_of_its_group_once(library: pixkin.Library) -> None:
    for group in library.clusters:
        found = library.gallery(group.cluster_id)

        assert len(found.images) == len(set(found.images)) == group.images
        assert found.widths.tolist() == [96] * group.images
        assert found.heights.tolist() == [72] * group.images
        assert found.images[0] in {c for card in library.cards() for c in card.cover}


def test_cards_and_galleries_follow_corrections(library: pixkin.Library) -> None:
    first, second = library.clusters[:2]
    moved = library.gallery(first.cluster_id).images[0]
    path = next(image.files[0] for image in library.images if image.sha256 == moved)

    library.edit.move([path], second.cluster_id)

    assert moved in library.gallery(second.cluster_id).images
    assert moved not in library.gallery(first.cluster_id).images
    assert {c.group.cluster_id: c.group.images for c in library.cards()} == {
        group.cluster_id: group.images for group in library.clusters
    }


def test_a_picture_that_a_person_put_somewhere_is_not_doubted(library: pixkin.Library) -> None:
    first, second = library.clusters[:2]
    other = library.gallery(second.cluster_id).images[0]
    library.edit.move(library.image(other).files, first.cluster_id)
    found = library.gallery(first.cluster_id)

    assert not found.doubtful[found.images.index(other)]
    assert library.cards()[0].n_doubtful == found.doubtful.sum()


def test_what_is_of_no_group_is_browsed_too(library: pixkin.Library) -> None:
    group = library.clusters[0]
    gone = library.gallery(group.cluster_id).images[-1]
    path = next(image.files[0] for image in library.images if image.sha256 == gone)

    library.edit.not_here([path])

    assert library.gallery(None).images == [gone]


def test_another_level_can_be_looked_at_without_being_taken(library: pixkin.Library) -> None:
    before = library.clusters

    cards = library.cards(2)

    assert len(cards) == 2
    assert sum(card.group.images for card in cards) == 32
    assert len(library.gallery(cards[0].group.cluster_id, 2).images) == cards[0].group.images
    assert library.clusters == before


def test_the_map_has_each_picture_in_its_group(library: pixkin.Library) -> None:
    of = {image.sha256: image.cluster_id for image in library.images}

    found = library.places()

    assert found.xy.shape == (32, 2)
    assert np.isfinite(found.xy).all()
    assert {
        sha256: found.groups[label].cluster_id
        for sha256, label in zip(found.images, found.labels.tolist(), strict=True)
    } == of


def test_a_picture_that_is_gone_is_not_shown(tmp_path: Path) -> None:
    folder = draw_folder(tmp_path / "photos", n_per_kind=6, kinds=2)
    pixkin.cluster(folder, n_clusters=2)
    with pixkin.open(folder) as library:
        n = len(library.gallery(library.clusters[0].cluster_id).images)
        group = library.clusters[0].cluster_id
        library.cluster(group)
        Path(library.cluster(group).files[0][0]).unlink()
        pixkin.update(folder)

        assert len(library.gallery(group).images) == n - 1
        assert len(library.places().images) == 11


def test_before_a_grouping_there_is_nothing_to_browse(tmp_path: Path) -> None:
    from pixkin.library.edits import Edits

    Edits.open(tmp_path / ".pixkin").close()

    with pixkin.open(tmp_path) as library, pytest.raises(NotGroupedError, match="pixkin cluster"):
        library.cards()


def test_a_group_that_is_not_there_is_named(library: pixkin.Library) -> None:
    with pytest.raises(UnknownGroupError, match="nobody"):
        library.gallery("nobody")


def test_groups_without_levels_say_so_each_time(tmp_path: Path) -> None:
    photos = draw_folder(tmp_path / "photos", 6)
    pixkin.cluster(photos, clusterer="kmeans", n_clusters=3)
    with pixkin.open(photos) as library:
        for _ in range(2):
            with pytest.raises(EditError, match="one level"):
                _ = library.levels
        pixkin.cluster(photos)
        assert library.levels


def first_shown(library: pixkin.Library) -> list[object]:
    return [library.glance(), library.cards(), library.levels]


@pytest.fixture
def own(folder: Path, tmp_path: Path) -> Path:
    """Give a copy of the pictures with their library, to change."""
    copy = Path(shutil.copytree(folder, tmp_path / "photos"))
    pixkin.update(copy)
    return copy


def test_what_is_shown_first_is_there_at_once_the_next_time(own: Path) -> None:
    with pixkin.open(own) as library:
        made = first_shown(library)
        library.keep_overview()
    shutil.rmtree(own / ".pixkin/cache/clusterings")  # so that nothing can be made of it

    with pixkin.open(own) as library:
        assert first_shown(library) == made
        with pytest.raises(NotGroupedError):
            library.gallery(None)


def corrected(folder: Path, how: str, *words: str) -> None:
    with pixkin.open(folder) as library:
        first, second = sorted(group.cluster_id for group in library.clusters)[:2]
        if how == "rename":
            library.edit.rename(first, *words)
        elif how == "move":
            sha256 = library.gallery(first).images[0]
            library.edit.move(library.image(sha256).files, second)
        else:
            library.edit.undo()


def swapped(own: Path) -> None:
    """Let as many files be there as before, others."""
    (own.parent / "away.jpg").rename(own / "balls/2.jpg")
    (own / "grass/0.jpg").unlink()


def replaced(own: Path) -> None:
    """Put known bytes into the place of others, at the same time."""
    time = (own / "balls/0.jpg").stat().st_mtime_ns
    shutil.copy(own / "grass/0.jpg", own / "balls/0.jpg")
    os.utime(own / "balls/0.jpg", ns=(time, time))


CHANGES: dict[str, Callable[[Path], object]] = {
    "a name": lambda own: corrected(own, "rename", "Yours"),
    "a picture in another group": lambda own: corrected(own, "move"),
    "a step back": lambda own: corrected(own, "undo"),
    "a file that is gone": lambda own: (own / "balls/0.jpg").unlink(),
    "a file that is back": lambda own: (own.parent / "away.jpg").rename(own / "balls/2.jpg"),
    "a copy": lambda own: shutil.copy(own / "rings/0.jpg", own / "copy.jpg"),
    "one file back and another away": lambda own: swapped(own),
    "known bytes in another's place": lambda own: replaced(own),
    "a new picture": lambda own: Image.new("RGB", (40, 30), "red").save(own / "red.png"),
    "other groups": lambda own: pixkin.cluster(own, n_clusters=3),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_shown_first_is_never_that_of_before(own: Path, change: str) -> None:
    (own / "balls/2.jpg").rename(own.parent / "away.jpg")
    pixkin.update(own)
    corrected(own, "rename", "Mine")
    with pixkin.open(own) as library:
        library.keep_overview()
        before = first_shown(library)
    CHANGES[change](own)
    pixkin.update(own)

    with pixkin.open(own) as library:
        shown = first_shown(library)
    (own / ".pixkin/cache/overview.json").unlink()
    with pixkin.open(own) as library:
        assert shown == first_shown(library) != before


def test_a_run_leaves_what_is_shown_first(tmp_path: Path) -> None:
    photos = draw_folder(tmp_path / "photos", n_per_kind=8)
    pixkin.cluster(photos)
    left = photos / ".pixkin/cache/overview.json"
    told = json.loads(left.read_bytes())
    left.unlink()

    with pixkin.open(photos) as library:
        assert [*told["cards"]] == [card.group.cluster_id for card in library.cards()]
        assert told["levels"] == library.levels


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'{"pixkin": "0"}'])
def test_an_overview_that_cannot_be_read_is_made_anew(own: Path, content: bytes) -> None:
    with pixkin.open(own) as library:
        made = first_shown(library)
        library.keep_overview()
    (own / ".pixkin/cache/overview.json").write_bytes(content)

    with pixkin.open(own) as library:
        assert first_shown(library) == made
