"""Search through the server, and what anyone may try with what they upload."""

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import pixkin
from pixkin.web.serve import Served
from web.asking import Answer, ask, post

WORDS = "/api/words"


def upload(served: Served, content: bytes) -> Answer:
    return ask(served, "/api/uploads", "POST", content, content_type="application/octet-stream")


def search(served: Served, **wanted: Any) -> Answer:
    return post(served, "/api/search", wanted)


def paths(library: pixkin.Library, answer: Answer) -> list[str]:
    files = {image.sha256[:16]: image.files[0] for image in library.images}
    return ["/".join(files[key].parts[-2:]) for key in answer.json["keys"]]


def key_of(library: pixkin.Library, name: str) -> str:
    return library.portrait(library.folder.parent / name).image.sha256[:16]


def left(served: Served) -> list[Path]:
    return [path for path in (served.here.scratch / "uploads").glob("*") if path.is_file()]


def bomb(side: int) -> bytes:
    """Give a PNG of a few kilobytes that says it is ``side`` pixels wide and high."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        told = kind + body
        return struct.pack(">I", len(body)) + told + struct.pack(">I", zlib.crc32(told))

    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 10**6, 9)
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", pixels), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def test_a_copy_of_a_picture_finds_it_first(served: Served, library: pixkin.Library) -> None:
    content = (library.folder.parent / "grass/1.png").read_bytes()

    answer = search(served, uploads=[upload(served, content).json["id"]], n=8)

    found = paths(library, answer)
    assert found[0] == "grass/1.png"
    assert {name.partition("/")[0] for name in found} == {"grass"}
    assert answer.json["given"] == [0]
    assert answer.json["scores"][0] == 1
    assert answer.json["scores"] == sorted(answer.json["scores"], reverse=True)


def test_a_changed_picture_finds_the_one_it_was_made_of(
    served: Served, library: pixkin.Library
) -> None:
    out = io.BytesIO()
    with Image.open(library.folder.parent / "rings/3.png") as image:
        image.resize((144, 108)).save(out, "JPEG", quality=80)
    asked = {"uploads": [upload(served, out.getvalue()).json["id"]], "n": 3}

    first, again = search(served, **asked), search(served, **asked)

    assert paths(library, first)[0] == "rings/3.png"
    assert first.json["given"] == []
    assert again.json == first.json


def test_more_like_these_and_less_like_those(served: Served, library: pixkin.Library) -> None:
    like = [key_of(library, "grass/0.jpg"), key_of(library, "balls/0.jpg")]
    unlike = [key_of(library, "sunsets/0.jpg")]

    found = paths(library, search(served, like=like, unlike=unlike))

    assert {name.partition("/")[0] for name in found[:14]} <= {"grass", "balls", "rings"}
    assert found[-1].startswith("sunsets")
    assert "sunsets/0.jpg" not in found


def test_one_per_group(served: Served, library: pixkin.Library) -> None:
    answer = search(served, like=[key_of(library, "grass/0.jpg")], one_per_group=True)

    assert sorted(answer.json["groups"]) == sorted(c.cluster_id for c in library.clusters)


def test_words_find_names_and_files(served: Served, library: pixkin.Library) -> None:
    group = library.portrait(library.folder.parent / "rings/0.jpg").group
    library.edit.rename(group.cluster_id, "Meadow")

    named = ask(served, f"{WORDS}?q=meadow").json
    files = ask(served, f"{WORDS}?q=GRASS%20png")

    assert set(named["groups"]) == {group.cluster_id}
    assert named["total"] == len(named["keys"]) == group.images
    assert named["scores"] == []
    assert set(paths(library, files)) == {f"grass/{i}.png" for i in (1, 3, 5, 7)}
    assert ask(served, f"{WORDS}?n=3").json["total"] == 32
    assert len(ask(served, f"{WORDS}?n=3").json["keys"]) == 3


def test_words_narrow_a_search_by_pictures(served: Served, library: pixkin.Library) -> None:
    answer = search(served, like=[key_of(library, "grass/0.jpg")], q="balls")

    assert {name.partition("/")[0] for name in paths(library, answer)} == {"balls"}


def test_folders_are_offered_and_narrow_down(served: Served, library: pixkin.Library) -> None:
    told = ask(served, "/api/facets").json
    folder = next(one["value"] for one in told["folders"] if one["value"].endswith("balls"))

    answer = search(served, like=[key_of(library, "grass/0.jpg")], folder=folder)

    assert len(answer.json["keys"]) == 8
    assert {name.partition("/")[0] for name in paths(library, answer)} == {"balls"}


def test_what_is_no_picture_is_refused_and_not_kept(served: Served) -> None:
    for content in (b"", b"words", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\0" * 9999):
        answer = upload(served, content)

        assert answer.status == 400
        assert answer.json["message"].startswith("That is no picture that Pixkin can read")
    assert left(served) == []


def test_what_only_begins_like_a_picture_costs_a_message(served: Served) -> None:
    upload_id = upload(served, b"\xff\xd8\xff" + b"\0" * 500).json["id"]

    answer = search(served, uploads=[upload_id])

    assert answer.status == 400
    assert answer.json["message"].startswith("That is no picture that Pixkin can read")
    assert str(served.here.scratch) not in answer.json["message"]
    assert left(served) == []


def test_a_bomb_costs_a_message(served: Served, library: pixkin.Library) -> None:
    upload_id = upload(served, bomb(60_000)).json["id"]

    answer = search(served, uploads=[upload_id])

    assert answer.status == 400
    assert "megapixels" in answer.json["message"]
    assert search(served, like=[key_of(library, "grass/0.jpg")]).status == 200


def test_an_upload_that_is_too_large_is_refused_before_it_is_read(served: Served) -> None:
    answer = ask(served, "/api/uploads", "POST", b"x", content_length=str(2**26 + 1))

    assert answer.status == 413
    assert left(served) == []


def test_only_the_last_uploads_are_kept(served: Served, library: pixkin.Library) -> None:
    content = library.images[0].files[0].read_bytes()
    ids = [upload(served, content).json["id"] for _ in range(20)]

    assert len(left(served)) == 16
    assert search(served, uploads=ids[-1:], n=1).status == 200
    answer = search(served, uploads=ids[:1])
    assert (answer.status, "Drop it again" in answer.json["message"]) == (400, True)


@pytest.mark.parametrize(
    "forged",
    [
        {"uploads": ["../../../etc/passwd"]},
        {"uploads": ["0" * 32]},
        {"uploads": ["/etc/passwd"]},
        {"like": ["/etc/passwd"]},
        {"like": ["0" * 16]},
        {"like": ["0" * 16] * 500},
        {"like": []},
        {"n": 10**9},
        {"q": "x" * 501},
        {"taken": "'; --"},
        {"folder": "/" + "x" * 5000},
        {"latitude": 1000, "longitude": 0},
    ],
)
def test_a_forged_search_finds_nothing(served: Served, forged: dict[str, Any]) -> None:
    answer = search(served, **forged)

    assert answer.status in {400, 404, 422}
    assert b"root:" not in answer.body


def test_uploads_need_the_token_and_the_pages_key(served: Served, library: pixkin.Library) -> None:
    content = library.images[0].files[0].read_bytes()

    assert ask(served, "/api/uploads", "POST", content, known=False).status == 401
    assert ask(served, "/api/uploads", "POST", content, writes=False).status == 403
    assert left(served) == []


def test_hostile_words_are_only_words(served: Served) -> None:
    for q in ("%25", "%27%20OR%201=1--", "%00", "%5c", "*", "_", "%F0%9F%8D%8E"):
        answer = ask(served, f"{WORDS}?q={q}")

        assert answer.status == 200
        assert answer.json["keys"] == []
