"""`pixkin duplicates` and `pixkin flags`."""

import json
import shutil
from pathlib import Path

from PIL import Image


def test_duplicates_are_listed_with_what_to_keep_and_nothing_is_touched(pixkin, pics: Path) -> None:
    shutil.copy(pics / "balls/0.jpg", pics / "balls/0 copy.jpg")
    assert pixkin("update", pics, "--quiet").code == 0
    before = sorted(pics.rglob("*.*"))
    said = pixkin("duplicates", pics, "--kind", "identical")

    assert said.code == 0
    keep, other, *_, last = said.out.splitlines()
    assert keep.startswith(f"keep       {pics / 'balls/0.jpg'}  (same bytes")
    assert other == f"identical  {pics / 'balls/0 copy.jpg'}  (the same bytes)"
    assert last == "1 duplicate in 1 group, of 12 images"
    assert sorted(pics.rglob("*.*")) == before


def test_json_has_everything(pixkin, pics: Path) -> None:
    shutil.copy(pics / "balls/0.jpg", pics / "grass/0 copy.jpg")
    pixkin("update", pics, "--quiet")
    said = pixkin("duplicates", pics / "grass", "--json", "--protect", pics / "grass")
    document = json.loads(said.out)
    group = next(g for g in document["groups"] if g["kind"] == "identical")

    assert group["keeper"] == str(pics / "balls/0.jpg")
    assert [(m["path"], m["is_protected"]) for m in group["members"]] == [
        (str(pics / "grass/0 copy.jpg"), True)
    ]
    assert document["images"] == 12


def test_rules_that_are_not_known_are_refused_with_those_that_are(pixkin, pics: Path) -> None:
    said = pixkin("duplicates", pics, "--keep", "beauty,path")

    assert said.code == 2
    assert "keep must be some of detail, compression, format, metadata, path" in said.err


def test_without_a_library_that_is_said(pixkin, here: Path) -> None:
    said = pixkin("duplicates")

    assert said.code == 2
    assert "holds no library" in said.err


def test_flags_are_listed_by_file(pixkin, pics: Path) -> None:
    Image.new("RGB", (200, 150), (80, 80, 80)).save(pics / "plain.png")
    pixkin("update", pics, "--quiet")
    said = pixkin("flags", pics, "--flag", "uniform")
    listed = json.loads(pixkin("flags", pics, "--flag", "uniform", "--json").out)

    assert said.out == f"uniform  {pics / 'plain.png'}\n"
    assert listed == [{"path": str(pics / "plain.png"), "flags": ["uniform"]}]
