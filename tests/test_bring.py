"""Vectors that were made elsewhere: bringing them, and grouping by them."""

import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import draw_folder
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import pixkin
from pixkin import precision, registry
from pixkin.bring import LARGEST, Brought
from pixkin.errors import (
    LibraryNeededError,
    NotGroupedError,
    NothingToClusterError,
    PathError,
    SettingError,
)
from pixkin.library import Library
from pixkin.worker import MOST_KEPT

N, KINDS, SIZE = 6, 2, 16

Bring = Callable[..., Brought]


@pytest.fixture(scope="session")
def drawn_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return draw_folder(tmp_path_factory.mktemp("own") / "photos", N, KINDS, (48, 36))


@pytest.fixture
def photos(tmp_path: Path, drawn_once: Path) -> Path:
    return Path(shutil.copytree(drawn_once, tmp_path / "photos"))


@pytest.fixture
def paths(photos: Path) -> list[Path]:
    return sorted(path for path in photos.rglob("*.*") if path.is_file())


@pytest.fixture
def bring(photos: Path) -> Bring:
    """Give a function that brings vectors called clip into the library of the pictures."""

    def call(paths: Any, vectors: Any, **options: Any) -> Brought:
        given = {"name": "clip", "library": photos / ".pixkin", **options}
        return pixkin.import_vectors(given.pop("name"), paths, vectors, **given)

    return call


def vectors_of(groups: Any, seed: int = 0) -> Any:
    """Make vectors that lie near each other within a group."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(max(groups) + 1, SIZE))
    return centres[list(groups)] + 0.05 * rng.normal(size=(len(groups), SIZE))


def by_turns(paths: list[Path]) -> list[int]:
    """Give groups that go across what the pictures look like."""
    return [int(path.stem) % 2 for path in paths]


def grouped(photos: Path, **options: Any) -> dict[Path, int]:
    result = pixkin.cluster(photos, encoder="own:clip", **options)
    return dict(zip(result.paths, result.labels_.tolist(), strict=True))


def partition(group_of: dict[Path, int]) -> set[frozenset[Path]]:
    return {
        frozenset(path for path, other in group_of.items() if other == group)
        for group in set(group_of.values())
    }


# Grouping by them


def test_groups_are_those_of_the_vectors_and_not_of_the_looks(
    bring: Bring, photos: Path, paths: list[Path]
) -> None:
    done = bring(paths, vectors_of(by_turns(paths)))
    found = grouped(photos)

    assert done == Brought(new=len(paths), replaced=0, same=0, skipped=())
    assert partition(found) == partition(dict(zip(paths, by_turns(paths), strict=True)))


def test_facts_and_thumbnails_are_those_of_any_picture(
    bring: Bring, photos: Path, paths: list[Path]
) -> None:
    bring(paths, vectors_of(by_turns(paths)))
    result = pixkin.cluster(photos, encoder="own:clip")

    assert {(facts.width, facts.height) for facts in result.image_facts} == {(48, 36)}
    assert result.thumbnails.keys() <= set(result.hashes)
    assert len(result.thumbnails) == len(paths)
    assert result.settings.encoder == "own:clip"
    assert result.counts.encoded == 0


def test_the_library_answers_as_with_an_encoder(
    bring: Bring, photos: Path, paths: list[Path]
) -> None:
    vectors = vectors_of(by_turns(paths))
    bring(paths, vectors)
    grouped(photos)

    with pixkin.open(photos) as library:
        images = library.images
        rows = [paths.index(image.files[0]) for image in images]
        there = library.vectors()
        near = library.neighbors(paths[0], k=N - 1)

        assert there.dtype == np.float32
        assert np.array_equal(there, vectors.astype(np.float32)[rows])
        assert {one.image.files[0].stem for one in near} <= {"0", "2", "4"}
        first, second = library.clusters
        library.edit.rename(first.cluster_id, "Even")
        library.edit.move([paths[0]], second.cluster_id)

    again = pixkin.cluster(photos, encoder="own:clip", detail=1.5)
    assert {first.cluster_id, second.cluster_id} <= set(again.cluster_ids)
    with pixkin.open(photos) as library:
        assert library.portrait(paths[0]).image.cluster_id == second.cluster_id
        assert "Even" in {group.title for group in library.clusters}


def test_a_library_knows_its_vectors_by_name(bring: Bring, photos: Path, paths: list[Path]) -> None:
    bring(paths, vectors_of(by_turns(paths)))
    with pixkin.open(photos) as library:
        library.import_vectors("other", paths, np.eye(len(paths)))
    with Library(photos / ".pixkin") as store:
        assert store.encoders() == ["own:clip", "own:other"]
        assert store.info().encoder == "own:clip"


def test_auto_is_a_network_also_where_own_vectors_were_first(
    bring: Bring, photos: Path, paths: list[Path]
) -> None:
    bring(paths, vectors_of(by_turns(paths)))
    with Library(photos / ".pixkin") as library:
        resolved = precision.resolve("auto", library)

    assert resolved == precision.resolve("auto")
    looks = pixkin.cluster(photos)
    assert looks.settings.encoder == resolved
    assert looks.counts.encoded == len(paths)


def test_a_picture_without_a_vector_is_skipped_and_no_process_is_started(
    bring: Bring, photos: Path, paths: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(paths[1:], vectors_of(by_turns(paths[1:])))
    monkeypatch.setattr("sys.executable", "/there/is/no/python")
    result = pixkin.cluster(photos, encoder="own:clip")
    (skipped,) = result.skipped

    assert Path(skipped.root, skipped.path) == paths[0]
    assert skipped.reason == "it has no vector in 'clip'; bring it with import-vectors"
    assert len(result.paths) == len(paths) - 1


def test_where_no_picture_has_one_that_is_said(
    bring: Bring, photos: Path, paths: list[Path], tmp_path: Path
) -> None:
    elsewhere = draw_folder(tmp_path / "elsewhere", 2, 1, (40, 36))
    bring(paths, vectors_of(by_turns(paths)))

    with pytest.raises(NothingToClusterError, match="has no vector in 'clip'"):
        pixkin.cluster(elsewhere, encoder="own:clip", library=photos / ".pixkin")


@pytest.mark.parametrize(
    ("encoder", "message"),
    [
        ("own:clipp", "the name of vectors in this library, which has own:clip; got 'own:clipp'"),
        ("own", "as in own:clip; got ''"),
        ("own:7", "a letter, then letters"),
    ],
)
def test_a_name_that_has_no_vectors_is_refused(
    bring: Bring, photos: Path, paths: list[Path], encoder: str, message: str
) -> None:
    bring(paths, vectors_of(by_turns(paths)))

    with pytest.raises(SettingError, match=message):
        pixkin.cluster(photos, encoder=encoder)


def test_a_library_without_any_says_how_to_bring_some(photos: Path) -> None:
    with pytest.raises(SettingError, match="has none: bring some with `pixkin import-vectors`"):
        pixkin.cluster(photos, encoder="own:clip")


@pytest.mark.parametrize("X", [["a.jpg"], np.zeros((2, 8, 8, 3), dtype=np.uint8)])
def test_without_a_library_there_are_no_own_vectors(X: Any) -> None:
    for estimator in (pixkin.ImageEncoder("own:clip"), pixkin.ImageClusterer(encoder="own:clip")):
        with pytest.raises(SettingError, match="own vectors are of a library"):
            estimator.fit(X).transform(X) if hasattr(estimator, "transform") else estimator.fit(X)


def test_the_example_in_the_docs_works(
    photos: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = Path(__file__).parents[1] / "docs" / "library.md"
    section = page.read_text(encoding="utf-8").split("\n## Your own vectors\n")[1]
    monkeypatch.chdir(photos.parent)
    names: dict[str, Any] = {}
    exec(section.split("```python\n")[1].split("```")[0], names)

    assert capsys.readouterr().out == f"{len(names['paths'])} 0 0 ()\n"
    assert names["result"].counts.images == len(names["paths"]) > 0


# Updates


def test_an_update_places_new_pictures_that_have_vectors(
    bring: Bring, photos: Path, paths: list[Path]
) -> None:
    late, early = paths[0], paths[1:]
    late.rename(photos.parent / "late")
    groups = by_turns(paths)
    vectors = vectors_of(groups)
    bring(early, vectors[1:])
    grouped(photos)
    (photos.parent / "late").rename(late)

    (skipped,) = pixkin.update(photos).skipped
    bring([late], vectors[:1])
    done = pixkin.update(photos)

    assert "has no vector in 'clip'" in skipped.reason
    assert done.skipped == ()
    assert list(done.joined) == [str(late)]
    with pixkin.open(photos) as library:
        kin = {image.cluster_id for image in library.images if int(image.files[0].stem) % 2 == 0}
        assert len(kin) == 1


def test_a_picture_that_moved_keeps_its_vector(
    bring: Bring, photos: Path, paths: list[Path]
) -> None:
    bring(paths, vectors_of(by_turns(paths)))
    grouped(photos)
    paths[0].rename(photos / "moved.jpg")

    done = pixkin.update(photos)

    assert done.changes.moved == ((str(paths[0]), str(photos / "moved.jpg")),)
    assert (done.skipped, done.joined, done.waiting) == ((), {}, 0)


# Bringing them again


def test_the_same_vectors_again_change_nothing(
    bring: Bring, photos: Path, paths: list[Path]
) -> None:
    vectors = vectors_of(by_turns(paths))
    bring(paths, vectors)
    size = vector_bytes(photos)

    assert bring(paths, vectors) == Brought(0, 0, len(paths), ())
    assert bring(paths, vectors, replace=True) == Brought(0, 0, len(paths), ())
    assert vector_bytes(photos) == size == len(paths) * SIZE * 4


def vector_bytes(photos: Path) -> int:
    return sum(path.stat().st_size for path in photos.glob(".pixkin/cache/vectors/*.float32"))


def test_other_vectors_take_the_place_of_the_first_only_if_that_is_said(
    bring: Bring, photos: Path, paths: list[Path]
) -> None:
    before, after = by_turns(paths), [int(path.parent.name == "balls") for path in paths]
    bring(paths, vectors_of(before))
    grouped(photos)

    with pytest.raises(SettingError, match=rf"--replace.*{len(paths)} pictures.*0\.jpg"):
        bring(paths, vectors_of(after, seed=1))
    assert partition(grouped(photos)) == partition(dict(zip(paths, before, strict=True)))

    assert bring(paths, vectors_of(after, seed=1), replace=True).replaced == len(paths)
    assert partition(grouped(photos)) == partition(dict(zip(paths, after, strict=True)))


def test_what_was_made_of_replaced_vectors_is_not_used_for_new_pictures(
    bring: Bring, photos: Path, paths: list[Path]
) -> None:
    late, early = paths[0], paths[1:]
    late.rename(photos.parent / "late")
    groups = by_turns(paths)
    bring(early, vectors_of(groups)[1:])
    grouped(photos)
    (photos.parent / "late").rename(late)

    # The same groups in another space: a vector of it fits none that was reduced before.
    other = vectors_of(groups, seed=1)
    bring(paths, other, replace=True)

    assert list(pixkin.update(photos).joined) == [str(late)]
    with pixkin.open(photos) as library:
        kin = {image.cluster_id for image in library.images if int(image.files[0].stem) % 2 == 0}
        assert len(kin) == 1


def test_after_vectors_were_replaced_neighbours_are_not_those_of_before(
    bring: Bring, photos: Path, paths: list[Path]
) -> None:
    bring(paths, vectors_of(by_turns(paths)))
    grouped(photos)
    bring(paths[:1], np.ones((1, SIZE)), replace=True)

    with pixkin.open(photos) as library, pytest.raises(NotGroupedError, match="pixkin cluster"):
        library.neighbors(paths[1])


def test_a_name_stands_for_vectors_of_one_length(
    bring: Bring, photos: Path, paths: list[Path]
) -> None:
    bring(paths, vectors_of(by_turns(paths)))

    with pytest.raises(SettingError, match=rf"of shape \(n, {SIZE}\).*'clip'.*got \(12, 3\)"):
        bring(paths, np.ones((len(paths), 3)), replace=True)


def test_vectors_that_were_lost_with_the_cache_are_brought_again(
    bring: Bring, photos: Path, paths: list[Path]
) -> None:
    bring(paths, vectors_of(by_turns(paths)))
    grouped(photos)
    shutil.rmtree(photos / ".pixkin" / "cache")
    with pytest.raises(NothingToClusterError, match="bring it with import-vectors"):
        grouped(photos)
    after = [int(path.parent.name == "balls") for path in paths]

    assert bring(paths, vectors_of(after)[:, :8]).new == len(paths)
    assert partition(grouped(photos)) == partition(dict(zip(paths, after, strict=True)))


def test_a_run_that_was_stopped_takes_no_vector_and_reads_no_picture_twice(
    bring: Bring, photos: Path, paths: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(step: Any) -> None:
        if step.stage == "read" and step.done == len(paths):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bring(paths, vectors_of(by_turns(paths)), on_progress=stop)
    with Library(photos / ".pixkin") as library:
        assert library.info().vectors == 0
    monkeypatch.setattr("sys.executable", "/there/is/no/python")  # for a worker that decodes

    assert bring(paths, np.eye(len(paths))).new == len(paths)


def test_pictures_that_another_encoder_has_read_are_not_decoded_again(
    bring: Bring, photos: Path, paths: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    pixkin.cluster(photos, encoder="color")
    monkeypatch.setattr("sys.executable", "/there/is/no/python")

    assert bring(paths, vectors_of(by_turns(paths))).new == len(paths)


def test_they_can_be_exported_also_after_some_were_replaced(
    bring: Bring, photos: Path, paths: list[Path], tmp_path: Path
) -> None:
    vectors = vectors_of(by_turns(paths)).astype(np.float32)
    bring(paths, vectors, name="other")
    bring(paths, -vectors)
    grouped(photos)
    bring(paths, -vectors, name="newest")
    bring(paths[:1], np.ones((1, SIZE)), replace=True)
    with pixkin.open(photos) as library:
        library.export(tmp_path / "all.json", vectors=True)
    files = json.loads((tmp_path / "all.json").read_text(encoding="utf-8"))["files"]
    there = {Path(file["path"]): file["vector"] for file in files}

    assert np.array_equal(there[paths[0]], np.ones(SIZE))
    assert np.allclose([there[path] for path in paths[1:]], -vectors[1:], rtol=1e-5)


def test_compacting_keeps_them(bring: Bring, photos: Path, paths: list[Path]) -> None:
    bring(paths, vectors_of(by_turns(paths)))
    bring(paths[:3], np.ones((3, SIZE)), replace=True)
    found = grouped(photos)
    with Library(photos / ".pixkin") as library:
        library.compact()

    assert vector_bytes(photos) == len(paths) * SIZE * 4
    assert grouped(photos) == found


# Files


def test_damaged_files_among_them_are_skipped(
    bring: Bring, photos: Path, paths: list[Path]
) -> None:
    cut, text = photos / "cut.jpg", photos / "text.jpg"
    cut.write_bytes(paths[0].read_bytes()[:300])
    text.write_text("no picture")
    vectors = vectors_of([*by_turns(paths), 0, 1])
    done = bring([*paths, cut, text], vectors)

    assert (done.new, sorted(item.path for item in done.skipped)) == (
        len(paths),
        ["cut.jpg", "text.jpg"],
    )
    result = pixkin.cluster(photos, encoder="own:clip")
    reasons = {item.path: item.reason for item in result.skipped}
    assert {item.path: item.reason for item in done.skipped} == reasons


def test_copies_with_the_same_vector_are_one_image(
    bring: Bring, photos: Path, paths: list[Path]
) -> None:
    copy = Path(shutil.copy(paths[0], photos / "copy.jpg"))
    vectors = vectors_of(by_turns(paths))
    done = bring([*paths, copy], np.vstack([vectors, vectors[:1]]))

    assert done.new == len(paths)
    assert len(grouped(photos)) == len(paths) + 1


def test_copies_with_different_vectors_are_both_named(
    bring: Bring, photos: Path, paths: list[Path]
) -> None:
    copy = Path(shutil.copy(paths[0], photos / "copy.jpg"))

    with pytest.raises(PathError, match=rf"copy\.jpg: has the same bytes as .*{paths[0].name}"):
        bring([*paths, copy], vectors_of([*by_turns(paths), 1]))
    with Library(photos / ".pixkin") as library:
        assert library.info().vectors == 0


def test_a_file_that_is_named_twice_counts_once(
    bring: Bring, photos: Path, paths: list[Path]
) -> None:
    (photos / "link.jpg").symlink_to(paths[0])
    vectors = vectors_of(by_turns(paths))
    named = [*paths, paths[0], photos / "link.jpg"]

    assert bring(named, np.vstack([vectors, vectors[:1], vectors[:1]])).new == len(paths)
    with pytest.raises(PathError, match="another vector"):
        bring(named, np.vstack([vectors, vectors[:1], vectors[1:2]]), name="other")


def test_files_that_are_not_there_are_named_and_nothing_is_written(
    bring: Bring, photos: Path, paths: list[Path]
) -> None:
    gone = [photos / f"gone{i}.jpg" for i in range(5)]

    with pytest.raises(PathError, match=r"gone0.*gone2\.jpg, and 2 more: do not exist"):
        bring([*paths, *gone], np.ones((len(paths) + 5, 2)))
    with pytest.raises(PathError, match="is a folder"):
        bring([photos], np.ones((1, 2)))
    assert not (photos / ".pixkin").exists()


def test_files_outside_the_folders_become_known(
    bring: Bring, photos: Path, paths: list[Path], tmp_path: Path
) -> None:
    beside = draw_folder(tmp_path / "beside", 2, 1, (40, 36))
    others = sorted(path for path in beside.rglob("*.*") if path.is_file())
    bring(paths, vectors_of(by_turns(paths)))
    grouped(photos)
    bring(others, vectors_of([0, 1]))

    result = pixkin.cluster(library=photos / ".pixkin", encoder="own:clip")

    assert set(result.paths) == {*paths, *others}


def test_relative_paths_are_from_the_current_folder_where_the_library_is_found(
    photos: Path, paths: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(photos)
    relative = [path.relative_to(photos) for path in paths]
    with pytest.raises(LibraryNeededError, match="--library"):
        pixkin.import_vectors("clip", relative, np.eye(len(paths)))

    pixkin.cluster(photos, encoder="color")

    assert pixkin.import_vectors("clip", relative, np.eye(len(paths))).new == len(paths)


def test_a_file_that_is_larger_than_what_is_kept_in_memory_is_taken(
    bring: Bring, paths: list[Path]
) -> None:
    with paths[0].open("ab") as stream:
        stream.truncate(MOST_KEPT + 1)

    assert bring(paths[:1], np.ones((1, 2))).new == 1


# What is refused


@pytest.mark.parametrize(
    ("vectors", "message"),
    [
        (np.ones(12), r"of shape \(12, n_features\), a row for each path; got \(12,\)"),
        (np.ones((11, 4)), r"got \(11, 4\)"),
        (np.ones((12, 0)), r"got \(12, 0\)"),
        (np.ones((12, 2, 2)), r"got \(12, 2, 2\)"),
        (np.ones((12, 2), dtype=complex), "an array of numbers .* got 'complex128'"),
        (np.ones((12, 2), dtype=bool), "got 'bool'"),
        (np.full((12, 2), "x"), "an array of numbers"),
        (np.full((12, 2), None), "got 'object'"),
        ([[1.0, 2.0]] * 11 + [[1.0]], "an array of numbers"),
        (None, "an array of numbers"),
        (np.vstack([np.ones((3, 2)), [[1, np.nan]], np.ones((8, 2))]), "got 'nan in row 3'"),
        (np.vstack([np.ones((11, 2)), [[1, -np.inf]]]), "got '-inf in row 11'"),
        (np.full((12, 2), 2 * LARGEST), "finite, and of a size up to"),
        (np.full((12, 2), np.iinfo(np.int64).min), "finite, and of a size up to"),
    ],
)
def test_an_array_that_does_not_fit_is_refused_before_anything_is_written(
    bring: Bring, photos: Path, paths: list[Path], vectors: Any, message: str
) -> None:
    with pytest.raises(SettingError, match=message):
        bring(paths, vectors)
    assert not (photos / ".pixkin").exists()


@pytest.mark.parametrize("name", ["", "7", "true", "a b", "a,b", "a/b", "a,n_features=9", "-a"])
def test_a_name_that_the_command_line_could_not_say_is_refused(
    bring: Bring, photos: Path, paths: list[Path], name: str
) -> None:
    with pytest.raises(SettingError):
        bring(paths, np.eye(len(paths)), name=name)
    assert not (photos / ".pixkin").exists()


@pytest.mark.parametrize("name", ["clip", "CLIP-b_32", "médaillon", "x7"])
def test_a_name_may_be_any_word(name: str) -> None:
    short, long = (registry.build("encoder", spec) for spec in (f"own:{name}", f"own:name={name}"))

    assert short.fingerprint == long.fingerprint == {"encoder": f"own:{name}"}


@pytest.fixture(scope="session")
def read_once(drawn_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a library that has read the pictures, so that none need be decoded."""
    library = tmp_path_factory.mktemp("read") / "library"
    pixkin.cluster(drawn_once, encoder="color", library=library)
    return library


NUMBERS = st.sampled_from([np.float16, np.float32, np.float64, np.int8, np.uint16, np.int64])
ANY_VECTORS = NUMBERS.flatmap(
    lambda dtype: arrays.arrays(
        dtype,
        st.tuples(st.just(4), st.integers(1, 5)),
        elements=st.integers(-100, 100).map(abs)
        if np.dtype(dtype).kind in "iu"
        else arrays.from_dtype(
            np.dtype(dtype), allow_nan=False, allow_infinity=False, min_value=-1e4, max_value=1e4
        ),
    )
)


@settings(max_examples=15)
@given(vectors=ANY_VECTORS)
def test_any_finite_vectors_come_back_and_can_be_grouped(
    drawn_once: Path, read_once: Path, vectors: Any
) -> None:
    paths = sorted((drawn_once / "balls").iterdir())[:4]
    with tempfile.TemporaryDirectory() as folder:
        library = shutil.copytree(read_once, Path(folder, "library"))
        pixkin.import_vectors("any", paths, vectors, library=library)
        result = pixkin.cluster(paths, encoder="own:any", library=library)
        there = np.asarray(result.vectors_)

    rows = [paths.index(path) for path in result.paths]
    assert np.isfinite(result.embedding_).all()
    assert np.array_equal(there, vectors.astype(np.float32)[rows])
