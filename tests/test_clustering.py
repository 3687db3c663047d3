from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from helpers_grouping import clustering

from pixkin.clustering import Level
from pixkin.words import Suggestion

LABELS = [0, 1, 0, -1, 0, 1]
INDEX = [3, 0, 0, 5, 1, 2, 4, 0]
"""Eight files of six images: image 0 lies in three of them."""


def test_each_file_gets_what_its_image_has() -> None:
    result = clustering(LABELS, INDEX)

    assert result.labels_.tolist() == [LABELS[image] for image in INDEX]
    assert result.typicality_.tolist() == [result.image_typicality[image] for image in INDEX]
    assert result.vectors_.tolist() == [result.image_vectors[image].tolist() for image in INDEX]
    assert result.embedding_.tolist() == [result.image_places[image].tolist() for image in INDEX]
    assert result.paths == [Path(f"/pictures/{i:04}.jpg") for i in range(8)]
    assert len(result) == 8


def test_vectors_and_map_keep_their_types() -> None:
    result = clustering(LABELS, INDEX)

    assert result.labels_.dtype == np.int64
    assert result.vectors_.dtype == np.float16
    assert result.embedding_.dtype == np.float32


def test_groups_come_largest_first_and_strays_last() -> None:
    result = clustering(LABELS, INDEX)

    assert [cluster.label for cluster in result.clusters] == [0, 1, -1]
    assert [cluster.n_files for cluster in result.clusters] == [5, 2, 1]
    assert [cluster.cluster_id for cluster in result.clusters] == [*result.cluster_ids, ""]
    assert result.n_clusters_ == 2


def test_members_come_most_typical_first() -> None:
    result = clustering([0] * 5)
    result.image_typicality[:] = [0.2, 0.9, 0.5, 0.9, 1.0]

    assert result.clusters[0].members == (4, 1, 3, 2, 0)


def test_an_image_knows_all_its_files() -> None:
    result = clustering(LABELS, INDEX)

    assert [[file.path for file in files] for files in result.files_of[:2]] == [
        ["0001.jpg", "0002.jpg", "0007.jpg"],
        ["0004.jpg"],
    ]
    assert sum(map(len, result.files_of)) == 8


def test_a_group_is_told_with_its_words_and_how_its_members_lie() -> None:
    result = clustering([0, 0, 0, 1, 1, 2, -1])
    largest, *_, strays = result.clusters

    assert [cluster.words for cluster in result.clusters] == [*result.cluster_words, ()]
    assert [cluster.title for cluster in result.clusters] == ["cat, animal"] * 3 + [""]
    assert largest.representatives[0] == largest.members[0]
    assert set(largest.representatives) <= set(largest.members)
    assert largest.tightness == pytest.approx(result.image_typicality[:3].mean(), abs=1e-4)
    assert sorted(largest.nearest) == [1, 2]
    assert (strays.tightness, strays.nearest, strays.outliers) == (0, (), ())


def test_a_group_without_words_has_no_name() -> None:
    result = replace(clustering([0, 0, 1]), cluster_words=((), (Suggestion("cat", 0.8),)))

    assert [cluster.title for cluster in result.clusters] == ["", "cat"]


def test_a_name_comes_before_what_a_group_looks_like() -> None:
    result = clustering([0, 0, 1])
    named = result.lasting[0]._replace(name="Rex")
    result = replace(result, lasting=(named, result.lasting[1]))

    assert [cluster.title for cluster in result.clusters] == ["Rex", "cat, animal"]
    assert [cluster.name for cluster in result.clusters] == ["Rex", ""]


@pytest.mark.parametrize(
    ("labels", "n_clusters"), [([0, 1, 0, 2], 3), ([-1, 0], 1), ([-1, -1], 0), ([], 0)]
)
def test_a_level_counts_its_groups(labels: list[int], n_clusters: int) -> None:
    assert Level(np.array(labels, dtype=np.int64), ()).n_clusters == n_clusters


def test_the_table_has_levels_if_they_are_asked_for(tmp_path: Path) -> None:
    result = clustering(LABELS)
    result.to_csv(tmp_path / "plain.csv")
    result.to_csv(tmp_path / "levels.csv", levels=True)
    plain, levels = ((tmp_path / f"{n}.csv").read_text().splitlines() for n in ("plain", "levels"))

    assert levels[0] == f"{plain[0]},level_1"
    assert [row.rpartition(",")[0] for row in levels] == plain


def test_the_exports_write_where_they_are_told(tmp_path: Path) -> None:
    clustering(LABELS).to_csv(tmp_path / "a.csv")
    clustering(LABELS).to_csv(str(tmp_path / "b.csv"))

    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "b.csv"]


def test_it_says_what_it_holds() -> None:
    text = repr(clustering(LABELS, INDEX))

    assert text == "<Clustering: 8 files, 6 images, 2 clusters, 0 skipped>"


@pytest.mark.parametrize("labels", [[0], [-1], [-1, -1, -1]])
def test_a_single_picture_and_strays_alone_are_fine(labels: list[int]) -> None:
    result = clustering(labels)

    assert result.labels_.tolist() == labels
    assert [cluster.label for cluster in result.clusters] == labels[:1]
    assert result.to_dict()["counts"]["files"] == len(labels)
