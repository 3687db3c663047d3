"""`pixkin import-vectors`."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest


@pytest.fixture
def listed(pics: Path, here: Path) -> Path:
    """Give a list of the pictures."""
    names = sorted(
        path for kind in ("balls", "sunsets", "grass") for path in (pics / kind).iterdir()
    )
    path = here / "list.txt"
    path.write_text("\n".join(str(name.relative_to(here)) for name in names), encoding="utf-8")
    return path


@pytest.fixture
def array(listed: Path, here: Path) -> Path:
    """Give an array with a row for each, in which every other picture is alike."""
    n = len(listed.read_text(encoding="utf-8").splitlines())
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(2, 16))
    np.save(here / "clip.npy", centres[np.arange(n) % 2] + 0.05 * rng.normal(size=(n, 16)))
    return here / "clip.npy"


def test_vectors_are_brought_and_grouped_by(pixkin, pics: Path, array: Path, listed: Path) -> None:
    said = pixkin("import-vectors", "clip", array, "--paths", listed)
    assert (said.code, said.err) == (0, "")
    assert said.out == (
        "Vectors: 12 new, 0 replaced, 0 as they were. Group by them with: --encoder own:clip\n"
    )

    document = json.loads(pixkin(pics, "--encoder", "own:clip", "--json").out)

    assert [group["files"] for group in document["clusters"]] == [6, 6]
    assert document["settings"]["encoder"] == "own:clip"


def test_an_npz_has_both(pixkin, pics: Path, array: Path, listed: Path, here: Path) -> None:
    paths = listed.read_text(encoding="utf-8").splitlines()
    np.savez(here / "clip.npz", vectors=np.load(array), paths=paths)

    said = pixkin("import-vectors", "clip", here / "clip.npz", "--json")

    assert (said.code, said.err) == (0, "")
    assert json.loads(said.out) == {"new": 12, "replaced": 0, "same": 0, "skipped": []}


def test_replacing_has_to_be_said(pixkin, array: Path, listed: Path) -> None:
    pixkin("import-vectors", "clip", array, "--paths", listed)
    np.save(array, 2 * np.load(array))

    refused = pixkin("import-vectors", "clip", array, "--paths", listed)
    done = pixkin("import-vectors", "clip", array, "--paths", listed, "--replace")

    assert (refused.code, refused.out) == (2, "")
    assert "--replace" in refused.err
    assert "0 new, 12 replaced" in done.out


def test_what_is_skipped_is_told(pixkin, pics: Path, array: Path, listed: Path) -> None:
    bad = [pics / f"bad{i}.jpg" for i in range(7)]
    for path in bad:
        path.write_text("no picture")
    with listed.open("a", encoding="utf-8") as stream:
        stream.write("".join(f"\n{path}" for path in bad))
    np.save(array, np.eye(12 + len(bad)))

    said = pixkin("import-vectors", "clip", array, "--paths", listed)

    assert said.code == 0
    assert said.err.count("skipped: ") == 5
    assert "and 2 more skipped; --json names them" in said.err
    assert "12 new" in said.out


def object_array(path: Path) -> None:
    np.save(path, np.array([{}, {}], dtype=object), allow_pickle=True)


def object_paths(path: Path) -> None:
    with path.open("wb") as stream:
        np.savez(stream, vectors=np.eye(2), paths=np.array([Path("a"), Path("b")], dtype=object))


def number_paths(path: Path) -> None:
    with path.open("wb") as stream:
        np.savez(stream, vectors=np.eye(2), paths=np.arange(2))


def no_vectors(path: Path) -> None:
    with path.open("wb") as stream:
        np.savez(stream, embeddings=np.eye(2))


def cut_short(path: Path) -> None:
    np.save(path, np.eye(12))
    path.write_bytes(path.read_bytes()[:300])


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (lambda path: path.write_bytes(b""), "cannot be read as numbers"),
        (lambda path: path.write_text("1,2,3"), "cannot be read as numbers"),
        (lambda path: path.write_bytes(b"PK\3\4 and no more"), "cannot be read as numbers"),
        (object_array, "cannot be read as numbers"),
        (object_paths, "cannot be read as numbers, and paths as text"),
        (number_paths, "has paths that are no text"),
        (no_vectors, "has no array 'vectors'"),
        (cut_short, "cannot be read as numbers"),
    ],
)
def test_a_file_that_is_no_array_is_refused(
    pixkin, array: Path, listed: Path, write: Any, message: str
) -> None:
    write(array)
    words = () if write in {object_paths, number_paths} else ("--paths", listed)
    said = pixkin("import-vectors", "clip", array, *words)

    assert (said.code, said.out) == (2, "")
    assert message in said.err
    assert said.err.startswith("error: ")
    assert said.err.count("\n") == 1


def test_an_array_alone_asks_for_the_paths(pixkin, array: Path) -> None:
    said = pixkin("import-vectors", "clip", array)

    assert said.code == 2
    assert "--paths LIST" in said.err


def test_an_unknown_name_is_refused_with_the_option(pixkin, pics: Path) -> None:
    said = pixkin(pics, "--encoder", "own:clip")

    assert said.code == 2
    assert "--encoder must be the name of vectors in this library" in said.err
