"""--flag and --no-flag, wherever pictures are listed."""

import csv
import io
import json
from pathlib import Path

import pytest
from PIL import Image


@pytest.fixture
def pics_with_plain(pixkin, pics: Path) -> Path:
    for i in range(3):
        Image.new("RGB", (200, 150), (80 + i, 80, 80)).save(pics / f"balls/plain {i}.png")
    assert pixkin("update", pics, "--quiet").code == 0
    plain = sorted(pics.glob("balls/plain*"))
    moved = pixkin("edit", "move", *plain, "--to", first(pixkin, pics), "--library", pics)
    assert moved.code == 0
    return pics


def first(pixkin, pics: Path) -> str:
    groups = json.loads(pixkin("list", "--library", pics, "--json").out)["groups"]
    return groups[0]["cluster_id"]


def test_the_list_counts_only_what_is_wanted(pixkin, pics_with_plain: Path) -> None:
    def counts(*options: str) -> dict[str, int]:
        said = pixkin("list", "--library", pics_with_plain, "--json", *options)
        return {group["cluster_id"]: group["images"] for group in json.loads(said.out)["groups"]}

    every = counts()
    plain, others = counts("--flag", "uniform"), counts("--no-flag", "uniform")

    assert list(plain.values()) == [3]
    assert {c: others.get(c, 0) + plain.get(c, 0) for c in every} == every


def test_a_group_shows_only_what_is_wanted(pixkin, pics_with_plain: Path) -> None:
    group = first(pixkin, pics_with_plain)
    said = pixkin("show", group, "--library", pics_with_plain, "--flag", "uniform", "--json")
    told = json.loads(said.out)

    assert told["images"] == told["files"] == 3
    assert {Path(path).stem for paths in told["members"] for path in paths} == {
        "plain 0", "plain 1", "plain 2",
    }  # fmt: skip


@pytest.mark.parametrize(
    "words", [("search", "balls/0.jpg"), ("sample",), ("duplicates",), ("outliers",)], ids=str
)
def test_every_list_goes_by_flag(
    pixkin, pics_with_plain: Path, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(pics_with_plain)
    said = pixkin(*words, "--no-flag", "uniform")
    some = pixkin(*words, "--flag", "uniform")

    assert said.code == some.code == 0
    assert "plain" not in said.out
    assert "balls/0.jpg" not in some.out
    assert words[0] == "outliers" or said.out


def test_exports_and_folders_go_by_flag(pixkin, pics_with_plain: Path, tmp_path: Path) -> None:
    place = ("--library", pics_with_plain, "--flag", "uniform")
    table = pixkin("export", "-", "--format", "csv", *place)
    plan = json.loads(pixkin("organize", tmp_path / "bad", "--json", *place).out)

    assert [row["flags"] for row in csv.DictReader(io.StringIO(table.out))] == ["uniform"] * 3
    assert {Path(one["source"]).parent.name for one in plan["actions"]} == {"balls"}
    assert len(plan["actions"]) == 3


def test_a_picture_tells_its_flags(pixkin, pics_with_plain: Path) -> None:
    said = pixkin("info", pics_with_plain / "balls/plain 0.png", "--library", pics_with_plain)

    assert "Flags    uniform\n" in said.out
    other = pixkin("info", pics_with_plain / "balls/0.jpg", "--library", pics_with_plain)
    assert "uniform" not in other.out


def test_a_flag_that_is_not_known_is_refused_with_those_that_are(pixkin, pics: Path) -> None:
    said = pixkin("list", "--library", pics, "--no-flag", "ugly")

    assert said.code == 2
    assert "'ugly' is not one of 'blurred'" in said.err


def test_to_list_by_flag_loads_nothing_heavy(pics: Path, run_script) -> None:
    code = (
        "import sys; from pixkin.cli.entry import run\n"
        "code = run(['list', '--library', sys.argv[1], '--flag', 'dark'])\n"
        "print(code, [n for n in ('numpy', 'PIL', 'scipy') if n in sys.modules])"
    )

    assert run_script(code, pics).stdout.splitlines()[-1] == "0 []"
