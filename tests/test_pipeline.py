import dataclasses
import hashlib
import itertools
import os
import pickle
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from helpers_grouping import partition

import pixkin
from pixkin.clustering import Clustering
from pixkin.errors import (
    LibraryNeededError,
    NothingToClusterError,
    PathError,
    SettingError,
    UsageError,
)
from pixkin.pipeline import cluster, run
from pixkin.progress import Step
from pixkin.records import MissingRoot
from pixkin.scan import sources_for
from pixkin.settings import Settings

NAMES = ["0.jpg", "1.png", "2.jpg", "3.png", "4.jpg", "5.png"]

QUICK = {"encoder": "color", "layout": "pca", "workers": 1}


@pytest.fixture
def pictures(drawn: Callable[..., Path], tmp_path: Path) -> Path:
    """Give a folder of 4 kinds of 6 pictures each."""
    return drawn(tmp_path / "pictures")


def kinds_of(paths: list[Path]) -> np.ndarray:
    names = sorted({path.parent.name for path in paths})
    return np.array([names.index(path.parent.name) for path in paths])


def test_groups_match_the_kinds(pictures: Path) -> None:
    result = pixkin.cluster(pictures)

    assert partition(result.labels_) == partition(kinds_of(result.paths))
    assert len(result.paths) == len(result.vectors_) == len(result.embedding_) == 24
    assert (result.vectors_.shape, result.vectors_.dtype) == ((24, 6944), np.dtype(np.uint8))
    assert result.skipped == ()
    assert [cost.stage for cost in result.costs] == [
        "scan",
        "read",
        "reduce",
        "neighbors",
        "cluster",
        "layout",
    ]


def test_files_come_in_path_order_and_images_by_hash(pictures: Path) -> None:
    result = cluster(pictures, **QUICK)

    assert [file.path for file in result.files] == sorted(
        str(path.relative_to(pictures))
        for path in pictures.rglob("*.*")
        if path.is_file() and ".pixkin" not in path.parts
    )
    assert list(result.hashes) == sorted(result.hashes)
    assert [result.hashes[image] for image in result.image_index] == [
        hashlib.sha256(path.read_bytes()).digest() for path in result.paths
    ]


def test_a_second_run_encodes_nothing_and_says_the_same(pictures: Path) -> None:
    first = cluster(pictures, **QUICK)
    second = cluster(pictures, **QUICK)

    assert (first.counts.encoded, second.counts.encoded) == (24, 0)
    assert stages(second) == ["scan", "read"]
    assert second.cluster_ids == first.cluster_ids
    for name in ("labels_", "typicality_", "vectors_", "embedding_"):
        assert np.array_equal(getattr(second, name), getattr(first, name))
    assert second.thumbnails == first.thumbnails


def stages(result: Clustering) -> list[str]:
    return [cost.stage for cost in result.costs]


def is_inside(finer: np.ndarray, coarser: np.ndarray) -> bool:
    """Tell whether each group of the finer labels lies in one of the coarser."""
    return all(len(np.unique(coarser[finer == label])) == 1 for label in np.unique(finer))


@pytest.mark.parametrize("change", [{"layout": "pca"}, {"clusterer": "kmeans"}, {"n_neighbors": 3}])
def test_other_settings_group_anew_without_encoding(
    pictures: Path, change: dict[str, object]
) -> None:
    cluster(pictures, **{**QUICK, "layout": "tsne"})

    result = cluster(pictures, **{**QUICK, "layout": "tsne", **change})

    assert result.counts.encoded == 0
    assert stages(result) == ["scan", "read", "reduce", "neighbors", "cluster", "layout"]


LEVELS = [{"n_clusters": 2}, {"n_clusters": 22}, {"detail": 0.5}]


@pytest.mark.parametrize("first", [{"n_clusters": 20}, {"detail": 0.1}])
def test_another_level_groups_nothing_anew_and_is_what_it_would_have_been(
    pictures: Path, tmp_path: Path, first: dict[str, object]
) -> None:
    cluster(pictures, **first, **QUICK)
    for change in LEVELS:
        result = cluster(pictures, **change, **QUICK)
        alone = cluster(pictures, library=tmp_path / f"{change}", **change, **QUICK)

        assert stages(result) == ["scan", "read"]
        assert result.n_clusters_ == change.get("n_clusters", result.n_clusters_)
        assert np.array_equal(result.labels_, alone.labels_)
        assert np.array_equal(result.embedding_, alone.embedding_)


def test_levels_that_are_asked_for_nest(pictures: Path) -> None:
    asked = [cluster(pictures, n_clusters=n, **QUICK).labels_ for n in range(1, 9)]
    fewer, plain, more = (cluster(pictures, detail=d, **QUICK).labels_ for d in (0.5, 1, 2))

    assert [labels.max() + 1 for labels in asked] == list(range(1, 9))
    for coarser, finer in itertools.pairwise(asked):
        assert is_inside(finer, coarser)
    assert is_inside(more, plain)
    assert is_inside(plain, fewer)


def test_a_clusterer_that_finds_one_level_groups_anew_at_another(pictures: Path) -> None:
    settings = {**QUICK, "clusterer": "kmeans"}
    cluster(pictures, n_clusters=2, **settings)

    other, again = (cluster(pictures, n_clusters=n, **settings) for n in (3, 2))

    assert "cluster" in stages(other)
    assert stages(again) == ["scan", "read"]
    assert (other.n_clusters_, again.n_clusters_) == (3, 2)


@pytest.mark.parametrize("settings", [{}, {"n_clusters": 2}, {"n_clusters": 5}, {"detail": 4}])
def test_a_result_has_nested_levels_its_own_among_them(
    pictures: Path, settings: dict[str, object]
) -> None:
    result = cluster(pictures, **settings, **QUICK)
    numbers = [level.n_clusters for level in result.levels]

    assert len(numbers) > 1
    assert numbers == sorted(set(numbers))
    assert [np.array_equal(level.labels, result.image_labels) for level in result.levels] == [
        n == result.n_clusters_ for n in numbers
    ]
    for coarser, finer in itertools.pairwise(result.levels):
        assert is_inside(finer.labels, coarser.labels)
    for level in result.levels:
        sizes = np.bincount(level.labels)
        assert sizes.tolist() == sorted(sizes, reverse=True)
        assert len(level.words) == level.n_clusters


@pytest.mark.parametrize("settings", [{"clusterer": "kmeans"}, {"n_clusters": 24}])
def test_where_no_other_level_was_found_there_is_one(
    pictures: Path, settings: dict[str, object]
) -> None:
    result = cluster(pictures, **{**QUICK, **settings})
    (level,) = result.levels

    assert np.array_equal(level.labels, result.image_labels)


def test_a_clustering_whose_cache_is_lost_is_found_anew(pictures: Path) -> None:
    first = cluster(pictures, **QUICK)
    shutil.rmtree(pictures / ".pixkin" / "cache" / "clusterings")

    lost, kept = cluster(pictures, **QUICK), cluster(pictures, **QUICK)

    assert (lost.counts.encoded, kept.counts.encoded) == (0, 0)
    assert "cluster" in stages(lost)
    assert stages(kept) == ["scan", "read"]
    assert np.array_equal(lost.labels_, first.labels_)
    assert np.array_equal(kept.embedding_, first.embedding_)


def test_only_what_is_new_is_encoded(pictures: Path) -> None:
    cluster(pictures, **QUICK)
    shutil.copy(pictures / "balls" / "0.jpg", pictures / "grass" / "a copy.jpg")
    (pictures / "balls" / "1.png").rename(pictures / "moved.png")
    (pictures / "new.png").write_bytes((pictures / "grass" / "1.png").read_bytes() + b"end")

    result = cluster(pictures, **QUICK)

    assert result.counts.encoded == 1
    assert (result.counts.files, result.counts.images) == (26, 25)


def test_files_of_the_same_bytes_share_everything_but_their_path(pictures: Path) -> None:
    shutil.copy(pictures / "balls" / "0.jpg", pictures / "grass" / "twin.jpg")

    result = cluster(pictures, **QUICK)
    a, b = (result.paths.index(pictures / name) for name in ("balls/0.jpg", "grass/twin.jpg"))

    assert (result.counts.files, result.counts.images) == (25, 24)
    assert result.labels_[a] == result.labels_[b]
    assert np.array_equal(result.vectors_[a], result.vectors_[b])
    assert np.array_equal(result.embedding_[a], result.embedding_[b])


def test_the_number_of_workers_changes_nothing(pictures: Path, tmp_path: Path) -> None:
    results = [
        cluster(pictures, library=tmp_path / f"library {n}", **{**QUICK, "workers": n})
        for n in (1, 2)
    ]
    for i, result in enumerate(results):
        result.to_csv(tmp_path / f"{i}.csv")

    assert (tmp_path / "0.csv").read_bytes() == (tmp_path / "1.csv").read_bytes()


def test_a_new_library_is_made_in_the_folder_given(pictures: Path) -> None:
    result = cluster(pictures, **QUICK)

    assert result.library == pictures / ".pixkin"
    assert (pictures / ".pixkin" / "library.db").is_file()


def test_a_library_is_counted_as_left_out_if_it_was_there_before_the_run(pictures: Path) -> None:
    first, second = cluster(pictures, **QUICK), cluster(pictures, **QUICK)

    assert (first.counts.left_out, second.counts.left_out) == (0, 1)


def test_a_part_of_a_library_is_grouped_with_that_library(pictures: Path) -> None:
    whole = cluster(pictures, **QUICK)

    part = cluster(pictures / "balls", **QUICK)
    again = cluster(pictures, **QUICK)

    assert part.library == pictures / ".pixkin"
    assert not (pictures / "balls" / ".pixkin").exists()
    assert part.counts.encoded == 0
    assert [file.path for file in part.files] == [f"balls/{name}" for name in NAMES]
    assert np.array_equal(again.labels_, whole.labels_)
    assert again.cluster_ids == whole.cluster_ids


def test_a_pattern_makes_its_library_in_its_fixed_part(pictures: Path) -> None:
    result = cluster(str(pictures / "**" / "*.jpg"), **QUICK)

    assert result.library == pictures / ".pixkin"
    assert result.counts.files == 12


def test_several_folders_use_the_library_above_them_or_need_one_named(
    pictures: Path, tmp_path: Path
) -> None:
    two = [pictures / "balls", pictures / "grass"]

    with pytest.raises(LibraryNeededError):
        cluster(two, **QUICK)
    named = cluster(two, library=tmp_path / "elsewhere", **QUICK)

    assert named.library == tmp_path / "elsewhere"
    assert named.counts.files == 12
    assert not (pictures / ".pixkin").exists()
    cluster(pictures, **QUICK)
    assert cluster(two, **QUICK).library == pictures / ".pixkin"


def test_single_files_need_a_library_named(pictures: Path, tmp_path: Path) -> None:
    files = sorted((pictures / "balls").iterdir())

    with pytest.raises(LibraryNeededError):
        cluster(files, **QUICK)
    result = cluster(files, library=tmp_path / "elsewhere", **QUICK)

    assert result.paths == files


def test_without_paths_the_library_above_says_what_to_read(
    pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster(pictures, **QUICK)
    monkeypatch.chdir(pictures / "balls")

    result = cluster(**QUICK)

    assert result.counts.files == 24
    assert result.library == pictures / ".pixkin"


def test_without_paths_named_files_do_not_stand_for_their_folder(
    pictures: Path, tmp_path: Path
) -> None:
    library = tmp_path / "library"
    named = [pictures / "balls" / "0.jpg", pictures / "grass" / "1.png"]
    cluster(named, library=library, **QUICK)
    cluster(str(pictures / "rings" / "*.jpg"), library=library, **QUICK)
    expected = [*named, *sorted((pictures / "rings").glob("*.jpg"))]

    result = cluster(library=library, **QUICK)

    assert (sorted(result.paths), result.counts.encoded) == (expected, 0)
    expected[0].unlink()
    again = cluster(library=library, **QUICK)
    assert (sorted(again.paths), again.skipped) == (expected[1:], ())


def test_a_folder_given_after_some_of_its_files_is_read_whole_each_file_once(
    pictures: Path, tmp_path: Path
) -> None:
    library = tmp_path / "library"
    named = [pictures / "balls" / "0.jpg", pictures / "balls" / "1.png", pictures / "grass/0.jpg"]
    cluster(named, library=library, **QUICK)

    folder = cluster(pictures / "balls", library=library, **QUICK)
    everything = cluster(library=library, **QUICK)

    assert folder.counts.encoded == 4
    assert {file.root for file in folder.files} == {str(pictures / "balls")}
    assert len(everything.paths) == everything.counts.images == 7
    assert everything.counts.encoded == 0


def test_a_library_whose_files_are_all_gone_asks_what_to_read(
    pictures: Path, tmp_path: Path
) -> None:
    file = pictures / "balls" / "0.jpg"
    cluster(file, library=tmp_path / "library", **QUICK)
    file.unlink()

    with pytest.raises(PathError, match="knows of no folder and no file that is still there"):
        cluster(library=tmp_path / "library", **QUICK)


@pytest.mark.parametrize("is_empty", [False, True], ids=["not there", "an empty mount point"])
def test_without_paths_a_folder_that_is_away_is_told_of_and_not_forgotten(
    pictures: Path, tmp_path: Path, is_empty: bool
) -> None:
    library = tmp_path / "library"
    for kind in ("balls", "grass"):
        cluster(pictures / kind, library=library, **QUICK)
    (pictures / "grass").rename(tmp_path / "away")
    if is_empty:
        (pictures / "grass").mkdir()

    without = cluster(library=library, **QUICK)

    assert without.missing == (MissingRoot(str(pictures / "grass"), 6),)
    assert {path.parent.name for path in without.paths} == {"balls"}
    if is_empty:
        (pictures / "grass").rmdir()
    (tmp_path / "away").rename(pictures / "grass")
    again = cluster(library=library, **QUICK)
    assert (again.counts.files, again.counts.encoded, again.missing) == (12, 0, ())


def test_a_folder_of_which_something_is_left_is_not_away(pictures: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    cluster(pictures / "balls", library=library, **QUICK)
    for name in NAMES[1:]:
        (pictures / "balls" / name).unlink()

    assert cluster(library=library, **QUICK).missing == ()


def test_a_folder_that_was_not_asked_for_is_not_away(pictures: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    for kind in ("balls", "grass"):
        result = cluster(pictures / kind, library=library, **QUICK)

    assert result.missing == ()


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_without_paths_a_file_behind_a_link_is_found_where_it_was(
    pictures: Path, tmp_path: Path
) -> None:
    (tmp_path / "near").mkdir()
    (tmp_path / "near" / "link").symlink_to(pictures / "balls")
    pattern = str(tmp_path / "near" / "*" / "*.jpg")
    before = cluster(pattern, library=tmp_path / "library", **QUICK)

    result = cluster(library=tmp_path / "library", **QUICK)

    assert result.paths == before.paths
    assert len(result.paths) == 3


def test_without_paths_and_library_there_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    with pytest.raises(LibraryNeededError):
        cluster()


def test_a_run_that_keeps_nothing_leaves_nothing_behind(
    pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    before = sorted(pictures.rglob("*"))

    result = run(sources_for([str(pictures)]), Settings(**QUICK), keep=False)

    assert result.library is None
    assert result.counts.files == len(result.thumbnails) == 24
    assert sorted(pictures.rglob("*")) == before
    assert list((tmp_path / "temporary").iterdir()) == []


def test_a_result_has_its_vectors_when_its_library_is_gone(pictures: Path) -> None:
    kept = cluster(pictures, **QUICK)
    gone = run(sources_for([str(pictures)]), Settings(**QUICK), keep=False)

    assert np.array_equal(gone.vectors_, kept.vectors_)


def test_a_result_passes_through_pickle(pictures: Path) -> None:
    result = cluster(pictures, **QUICK)
    again = pickle.loads(pickle.dumps(result))

    assert again.cluster_ids == result.cluster_ids
    assert np.array_equal(again.vectors_, result.vectors_)
    for one, other in zip(again.levels, result.levels, strict=True):
        assert np.array_equal(one.labels, other.labels)


def test_a_run_that_keeps_nothing_leaves_nothing_behind_when_it_fails(
    pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))

    with pytest.raises(SettingError):
        run(sources_for([str(pictures)]), Settings(n_clusters=99, **QUICK), keep=False)

    assert list((tmp_path / "temporary").iterdir()) == []


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"n_cluster": 4}, "n_cluster"),
        ({"n_clusters": 0}, "n_clusters must be 'auto' or a whole number of at least 1"),
        ({"n_clusters": "five"}, "n_clusters"),
        ({"encoder": "colour"}, "Did you mean 'color'"),
        ({"clusterer": "hdbscan", "n_clusters": 3}, "hdbscan"),
    ],
)
def test_a_setting_that_cannot_be_is_an_error_before_anything_is_made(
    settings: dict[str, object], problem: str, pictures: Path
) -> None:
    with pytest.raises(UsageError, match=problem):
        cluster(pictures, **settings)

    assert not (pictures / ".pixkin").exists()


def test_more_groups_than_pictures_is_an_error_that_says_how_many_there_are(
    pictures: Path,
) -> None:
    with pytest.raises(SettingError, match="at most 24, the number of distinct pictures; got 25"):
        cluster(pictures, n_clusters=25, **QUICK)


def test_numbers_of_numpy_are_numbers(pictures: Path) -> None:
    result = cluster(pictures, n_clusters=np.int64(3), detail=np.float32(2), **QUICK)

    assert result.n_clusters_ == 3


def test_a_path_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(PathError, match="does not exist"):
        cluster(tmp_path / "nowhere")


def test_what_cannot_be_read_is_skipped_with_its_reason(pictures: Path) -> None:
    whole = (pictures / "balls" / "0.jpg").read_bytes()
    (pictures / "balls" / "0.jpg").write_bytes(whole[: len(whole) // 2])
    (pictures / "notes.txt").write_text("no picture")

    result = cluster(pictures, **QUICK)

    assert result.counts.skipped == 2
    assert [(item.path, item.kind) for item in result.skipped] == [
        ("balls/0.jpg", "damaged"),
        ("notes.txt", "not-an-image"),
    ]
    assert all(item.reason for item in result.skipped)
    assert result.counts.files == 23


@pytest.mark.parametrize("names", [[], ["notes.txt"]])
def test_with_no_picture_there_is_nothing_to_group(tmp_path: Path, names: list[str]) -> None:
    for name in names:
        (tmp_path / name).write_text("no picture")

    with pytest.raises(NothingToClusterError) as caught:
        cluster(tmp_path)

    assert [item.path for item in caught.value.skipped] == names
    assert all(item.reason in str(caught.value) for item in caught.value.skipped)


def test_what_the_scan_and_the_workers_skipped_are_told_together(tmp_path: Path) -> None:
    for name in ("b.txt", "d.txt"):
        (tmp_path / name).write_text("no picture")
    listed = [tmp_path / name for name in ("d.txt", "c.jpg", "b.txt", "a.jpg")]

    with pytest.raises(NothingToClusterError) as caught:
        run(sources_for([], map(str, listed)), Settings(), library=tmp_path / "library")

    assert [item.path for item in caught.value.skipped] == ["a.jpg", "b.txt", "c.jpg", "d.txt"]


@pytest.mark.parametrize("clusterer", ["agglomerative", "graph", "hdbscan", "kmeans"])
@pytest.mark.parametrize("n", [1, 2, 3])
def test_very_few_pictures_are_one_group(pictures: Path, clusterer: str, n: int) -> None:
    files = sorted((pictures / "balls").iterdir())[:n]

    result = cluster(files, library=pictures / "library", **{**QUICK, "clusterer": clusterer})

    assert result.labels_.tolist() == [0] * n


def test_progress_names_every_stage(pictures: Path) -> None:
    steps: list[Step] = []

    cluster(pictures, on_progress=steps.append, **QUICK)

    stages = list(dict.fromkeys(step.stage for step in steps))
    assert stages == ["scan", "read", "reduce", "neighbors", "cluster", "layout"]
    assert Step("read", 24, 24) in steps


class StoppedError(Exception):
    """Raised by a test to cancel a run."""


def test_a_run_that_is_stopped_keeps_what_was_done(pictures: Path, tmp_path: Path) -> None:
    def stop(step: Step) -> None:
        if step.stage == "read" and step.done == 10:
            raise StoppedError

    with pytest.raises(StoppedError):
        cluster(pictures, on_progress=stop, **QUICK)
    after = cluster(pictures, **QUICK)
    never = cluster(pictures, library=tmp_path / "other", **QUICK)

    assert 0 < after.counts.encoded <= 14
    assert np.array_equal(after.labels_, never.labels_)
    assert np.array_equal(after.embedding_, never.embedding_)


def test_a_clustering_moves_with_its_folder(pictures: Path, tmp_path: Path) -> None:
    before = cluster(pictures, **QUICK)
    moved = Path(shutil.move(pictures, tmp_path / "moved"))

    after = cluster(moved, **QUICK)

    assert after.counts.encoded == 0
    assert after.paths == [moved / path.relative_to(pictures) for path in before.paths]
    assert np.array_equal(after.labels_, before.labels_)


@pytest.mark.skipif(os.name == "nt", reason="names are not bytes there")
def test_names_of_any_bytes_are_read_and_written(pictures: Path, tmp_path: Path) -> None:
    odd = Path(os.fsdecode(os.fsencode(pictures) + b'/caf\xe9,\n".jpg'))
    (pictures / "balls" / "0.jpg").rename(odd)

    result = cluster(pictures, **QUICK)
    result.to_csv(tmp_path / "clusters.csv")

    assert odd in result.paths
    assert 'caf\\xe9,\n"".jpg"' in (tmp_path / "clusters.csv").read_text(encoding="utf-8")


def test_a_result_names_the_settings_it_came_from(pictures: Path) -> None:
    result = cluster(pictures, random_state=7, **QUICK)

    assert result.settings == Settings(random_state=7, **QUICK)
    assert dataclasses.replace(result.settings, random_state=0) == Settings(**QUICK)
