import csv
import dataclasses
import importlib.metadata
import json
import os
from pathlib import Path

import numpy as np
import pytest
from helpers_grouping import clustering
from hypothesis import given
from hypothesis import strategies as st

from pixkin import registry
from pixkin.clustering import Clustering, Level
from pixkin.exporters.summary import OUTLIERS_NAMED
from pixkin.meter import StageCost
from pixkin.records import Skipped
from pixkin.words import Suggestion

COLUMNS = (
    "root,path,image,cluster,cluster_id,name,typicality,x,y,width,height,bytes,words,"
    "words_confidence"
)

HOSTILE = [
    'say "hi", twice.jpg',
    "a\nb.jpg",
    "a\r\nb,\r.jpg",
    "  spaces  .jpg",
    "=1+1.jpg",
    "<script>&amp;.jpg",
    "\u202egpj.exe.jpg",
    "ein Bär \U0001f43b.jpg",
    os.fsdecode(b"caf\xe9.jpg"),
]


def write(name: str, result: Clustering, folder: Path, **options: object) -> Path:
    exporter = registry.build("exporter", name, **options)
    exporter.write(result, folder / exporter.file_name)
    return folder / exporter.file_name


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, strict=True))


def written(path: str) -> str:
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def test_the_table_has_one_row_per_file_in_path_order(tmp_path: Path) -> None:
    result = clustering([0, 1, 0, -1], [3, 0, 0, 1, 2])

    path = write("table", result, tmp_path)
    rows = rows_of(path)

    assert path.name == "clusters.csv"
    assert path.read_text(encoding="utf-8").splitlines()[0] == COLUMNS
    assert [row["path"] for row in rows] == [f"{i:04}.jpg" for i in range(5)]
    assert [row["cluster"] for row in rows] == ["-1", "0", "0", "1", "0"]


def test_a_row_says_all_of_its_file(tmp_path: Path) -> None:
    result = clustering([0, 1, 0])

    assert rows_of(write("table", result, tmp_path))[1] == {
        "root": "/pictures",
        "path": "0001.jpg",
        "image": result.hashes[1].hex(),
        "cluster": "1",
        "cluster_id": result.cluster_ids[1],
        "name": "",
        "typicality": "0.7500",
        "x": "1.5000",
        "y": "2.5000",
        "width": "641",
        "height": "480",
        "bytes": "1001",
        "words": "cat, animal",
        "words_confidence": "0.800",
    }


def test_two_files_of_the_same_bytes_are_both_in(tmp_path: Path) -> None:
    one, other, _ = rows_of(write("table", clustering([0, 0], [1, 1, 0]), tmp_path))

    assert one.pop("path") != other.pop("path")
    assert one == other


def test_what_is_in_no_group_has_no_id(tmp_path: Path) -> None:
    (row,) = rows_of(write("table", clustering([-1]), tmp_path))

    assert (row["cluster"], row["cluster_id"], row["words"]) == ("-1", "", "")


def test_the_table_has_a_column_for_each_level_that_nests(tmp_path: Path) -> None:
    finest = [0, 0, 1, 1, 2, -1]
    arrays = [np.array(one) for one in ([0] * 5 + [-1], [0, 0, 0, 0, 1, -1], finest)]
    levels = tuple(Level(one, ((),) * (one.max() + 1)) for one in arrays)
    result = dataclasses.replace(
        clustering(arrays[1].tolist(), [5, 4, 3, 2, 1, 0, 0]), make_levels=lambda: levels
    )
    plain = rows_of(write("table", result, tmp_path))
    rows = rows_of(write("table", result, tmp_path, levels=True))

    assert list(rows[0]) == [*COLUMNS.split(","), "level_1", "level_2", "level_3"]
    assert [{name: row[name] for name in plain[0]} for row in rows] == plain
    assert [row["level_1"] for row in rows] == ["-1", "0", "0", "0", "0", "0", "0"]
    assert [row["level_2"] for row in rows] == [row["cluster"] for row in rows]
    assert [row["level_3"] for row in rows] == ["-1", "2", "1", "1", "0", "0", "0"]


def test_a_group_without_words_has_none_in_the_table(tmp_path: Path) -> None:
    result = dataclasses.replace(
        clustering([0, 0, 1]), cluster_words=((), (Suggestion("hot dog", 0.7),))
    )

    rows = rows_of(write("table", result, tmp_path))
    found = [(row["words"], row["words_confidence"]) for row in rows]
    assert found == [("", ""), ("", ""), ("hot dog", "0.700")]


def test_any_file_name_comes_through_the_table(tmp_path: Path) -> None:
    result = clustering([0] * len(HOSTILE), paths=HOSTILE)

    assert [row["path"] for row in rows_of(write("table", result, tmp_path))] == [
        *HOSTILE[:-1],
        "caf\\xe9.jpg",
    ]


@given(st.lists(st.binary(min_size=1, max_size=12).filter(lambda name: b"\0" not in name)))
def test_any_bytes_come_through_as_valid_utf_8(
    tmp_path_factory: pytest.TempPathFactory, names: list[bytes]
) -> None:
    paths = [os.fsdecode(name) for name in names]
    result = clustering([0] * len(paths), paths=paths)

    rows = rows_of(write("table", result, tmp_path_factory.mktemp("table")))

    assert [row["path"] for row in rows] == list(map(written, paths))


def test_the_skipped_are_listed_with_reasons(tmp_path: Path) -> None:
    skipped = [
        Skipped("/pictures", name, "decode", "damaged", f"cannot be read: {name}")
        for name in HOSTILE
    ]

    path = write("skipped", clustering([0], skipped=skipped), tmp_path)
    rows = rows_of(path)

    assert path.name == "skipped.csv"
    assert path.read_text(encoding="utf-8").splitlines()[0] == "root,path,stage,kind,reason"
    assert [row["path"] for row in rows] == list(map(written, HOSTILE))
    assert rows[0] == {
        "root": "/pictures",
        "path": HOSTILE[0],
        "stage": "decode",
        "kind": "damaged",
        "reason": f"cannot be read: {HOSTILE[0]}",
    }


def test_with_nothing_skipped_the_list_has_its_header(tmp_path: Path) -> None:
    path = write("skipped", clustering([0]), tmp_path)

    assert path.read_text(encoding="utf-8") == "root,path,stage,kind,reason\n"


def test_the_summary_says_what_was_done_and_what_it_cost(tmp_path: Path) -> None:
    costs = (StageCost("read", 1.5, 300.0), StageCost("reduce", 0.25, 410.5))
    result = dataclasses.replace(clustering([0, 1, 0, -1], [3, 0, 0, 1, 2]), costs=costs)

    path = write("summary", result, tmp_path)
    summary = json.loads(path.read_bytes())

    assert path.name == "run.json"
    assert summary["counts"] == {
        "files": 5,
        "images": 4,
        "skipped": 0,
        "left_out": 0,
        "clusters": 2,
        "encoded": 4,
    }
    words = [{"word": "cat", "confidence": 0.8}, {"word": "animal", "confidence": 0.95}]
    assert summary["clusters"] == [
        {
            "cluster": 0,
            "cluster_id": result.cluster_ids[0],
            "name": "",
            "images": 2,
            "files": 3,
            "words": words,
            "tightness": 0.8333,
            "representative": "/pictures/0001.jpg",
            "representatives": ["/pictures/0001.jpg", "/pictures/0004.jpg"],
            "outliers": [],
            "n_outliers": 0,
            "nearest": [1],
        },
        {
            "cluster": 1,
            "cluster_id": result.cluster_ids[1],
            "name": "",
            "images": 1,
            "files": 1,
            "words": words,
            "tightness": 0.8333,
            "representative": "/pictures/0003.jpg",
            "representatives": ["/pictures/0003.jpg"],
            "outliers": [],
            "n_outliers": 0,
            "nearest": [0],
        },
        {
            "cluster": -1,
            "cluster_id": "",
            "name": "",
            "images": 1,
            "files": 1,
            "words": [],
            "tightness": 0,
            "representative": "/pictures/0000.jpg",
            "representatives": ["/pictures/0000.jpg"],
            "outliers": [],
            "n_outliers": 0,
            "nearest": [],
        },
    ]
    assert summary["levels"] == [2]
    assert summary["settings"] == result.settings.to_dict()
    assert summary["layout"] == "tsne"
    assert summary["library"] == "/pictures/.pixkin"
    assert summary["stages"] == [dataclasses.asdict(cost) for cost in costs]
    assert (summary["seconds"], summary["peak_mb"]) == (1.75, 410.5)
    assert summary["versions"]["numpy"] == importlib.metadata.version("numpy")
    assert summary == json.loads(json.dumps(result.to_dict()))


def test_the_summary_names_the_outliers_least_typical_first_and_counts_those_left_out(
    tmp_path: Path,
) -> None:
    n = 200
    result = clustering([0] * n)
    result.image_typicality[:] = 0.9
    result.image_typicality[:30] = np.linspace(0.1, 0.39, 30)

    (group,) = json.loads(write("summary", result, tmp_path).read_bytes())["clusters"]

    assert group["outliers"] == [f"/pictures/{i:04}.jpg" for i in range(OUTLIERS_NAMED)]
    assert group["n_outliers"] == 30


def test_the_summary_counts_the_groups_of_each_level(tmp_path: Path) -> None:
    arrays = [np.array(one) for one in ([0, 0, 0, 0], [0, 0, 1, 1], [0, 1, 2, 3])]
    levels = tuple(Level(one, ((),) * (one.max() + 1)) for one in arrays)
    result = dataclasses.replace(clustering([0, 0, 1, 1]), make_levels=lambda: levels)

    assert json.loads(write("summary", result, tmp_path).read_bytes())["levels"] == [1, 2, 4]


def test_the_summary_of_a_run_without_a_library_says_none(tmp_path: Path) -> None:
    result = dataclasses.replace(clustering([0]), library=None)

    assert json.loads(write("summary", result, tmp_path).read_bytes())["library"] is None


def test_the_summary_of_hostile_names_is_valid(tmp_path: Path) -> None:
    result = clustering(list(range(len(HOSTILE))), paths=HOSTILE)

    summary = json.loads(write("summary", result, tmp_path).read_bytes())

    assert [group["representative"] for group in summary["clusters"]] == [
        written(f"/pictures/{name}") for name in HOSTILE
    ]


@pytest.mark.parametrize("name", ["table", "skipped", "summary"])
def test_what_fails_half_way_leaves_the_old_file_and_nothing_else(
    name: str, tmp_path: Path
) -> None:
    bad = Skipped("/pictures", None, "decode", "damaged", "no name")  # type: ignore[arg-type]
    broken = dataclasses.replace(
        clustering([0, 0, 0]), image_facts=(), skipped=(bad,), costs=(None,)
    )
    target = tmp_path / registry.build("exporter", name).file_name
    target.write_text("old")

    with pytest.raises((AttributeError, IndexError, TypeError)):
        write(name, broken, tmp_path)

    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("name", ["table", "skipped", "summary"])
def test_writing_twice_gives_the_same_bytes(name: str, tmp_path: Path) -> None:
    result = clustering([0, 1, 0, -1], [3, 0, 0, 1, 2])

    first = write(name, result, tmp_path).read_bytes()

    assert write(name, result, tmp_path).read_bytes() == first
