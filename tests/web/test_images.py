"""Pictures through the server: only by key, only as they were read, never as markup."""

import io
import os
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import pixkin
from pixkin.web.serve import Served
from web.asking import Answer, ask, post
from web.waiting import done

SCRIPT = "<img src=x onerror=alert(1)>"


def key_of(library: pixkin.Library, path: Path) -> str:
    return library.portrait(path).image.sha256[:16]


@pytest.fixture
def folder(library: pixkin.Library) -> Path:
    return library.folder.parent


def added(library: pixkin.Library, path: Path, image: Image.Image, **options: Any) -> str:
    """Put a picture into the library, and give its key."""
    image.save(path, **options)
    pixkin.update(path.parent)
    return key_of(library, path)


def noise(size: tuple[int, int]) -> Image.Image:
    return Image.effect_noise(size, 80).convert("RGB")


def size_of(answer: Answer) -> tuple[int, int]:
    with Image.open(io.BytesIO(answer.body)) as image:
        return image.size


def test_what_browsers_show_is_given_as_it_is(served: Served, library: pixkin.Library) -> None:
    for image in library.images[:4]:
        answer = ask(served, f"/pictures/{image.sha256[:16]}")

        assert answer.status == 200
        assert answer.body == image.files[0].read_bytes()
        kind = "png" if image.files[0].suffix == ".png" else "jpeg"
        assert answer.headers["content-type"] == f"image/{kind}"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "immutable" in answer.headers["cache-control"]


def test_other_formats_are_decoded_and_kept(
    served: Served, library: pixkin.Library, folder: Path
) -> None:
    key = added(library, folder / "scan.tif", noise((3000, 300)))

    first = ask(served, f"/pictures/{key}")
    (folder / "scan.tif").unlink()
    again = ask(served, f"/pictures/{key}")

    assert (first.status, first.headers["content-type"]) == (200, "image/jpeg")
    assert size_of(first) == (2560, 256)
    assert again.body == first.body


def test_the_format_is_that_of_the_content_whatever_the_name(
    served: Served, library: pixkin.Library, folder: Path
) -> None:
    key = added(library, folder / "page.html", noise((90, 60)), format="PNG")

    assert ask(served, f"/pictures/{key}").headers["content-type"] == "image/png"


def test_a_png_that_is_turned_comes_upright(
    served: Served, library: pixkin.Library, folder: Path
) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    key = added(library, folder / "turned.png", noise((90, 60)), exif=exif)

    assert size_of(ask(served, f"/pictures/{key}")) == (60, 90)


@pytest.mark.parametrize("content", [b"<svg onload='alert(1)'/>", b"<script>alert(1)</script>"])
def test_a_file_that_has_changed_is_not_given(
    served: Served, library: pixkin.Library, content: bytes
) -> None:
    image = library.images[0]
    image.files[0].write_bytes(content)

    answer = ask(served, f"/pictures/{image.sha256[:16]}")

    assert answer.status == 410
    assert "has changed since Pixkin read it" in answer.json["message"]
    assert answer.headers["cache-control"] == "no-store"
    assert content not in answer.body


def test_a_link_to_another_file_is_not_followed_out_of_the_library(
    served: Served, library: pixkin.Library, tmp_path: Path
) -> None:
    image = library.images[0]
    (tmp_path / "secret").write_text("secret")
    image.files[0].unlink()
    image.files[0].symlink_to(tmp_path / "secret")

    assert ask(served, f"/pictures/{image.sha256[:16]}").status == 410


def test_a_pipe_in_the_place_of_a_picture_is_not_waited_for(
    served: Served, library: pixkin.Library
) -> None:
    image = library.images[0]
    image.files[0].unlink()
    os.mkfifo(image.files[0])

    assert ask(served, f"/pictures/{image.sha256[:16]}").status == 410


def test_the_next_file_is_given_where_the_first_is_gone(
    served: Served, library: pixkin.Library, folder: Path
) -> None:
    image = library.images[0]
    content = image.files[0].read_bytes()
    (folder / "zz copy").write_bytes(content)
    pixkin.update(folder)
    image.files[0].write_bytes(b"other")

    assert ask(served, f"/pictures/{image.sha256[:16]}").body == content


def test_bytes_that_lie_about_themselves_are_not_shown(
    served: Served, library: pixkin.Library, folder: Path
) -> None:
    """Of the same size and time as what was read, but nothing that decodes."""
    key = added(library, folder / "scan.tif", noise((90, 60)))
    status = (folder / "scan.tif").stat()
    (folder / "scan.tif").write_bytes(b"\0" * status.st_size)
    os.utime(folder / "scan.tif", ns=(status.st_atime_ns, status.st_mtime_ns))

    answer = ask(served, f"/pictures/{key}")

    assert answer.status == 422
    assert answer.json["message"].startswith("This picture cannot be shown")


@pytest.mark.parametrize(
    "key",
    ["0" * 16, "..%2f..%2fetc", "%2fetc%2fpasswd", "A" * 16, "0" * 15, "0" * 64, "balls%2f0.jpg"],
)
@pytest.mark.parametrize("where", ["/pictures/{}", "/api/images/{}", "/api/images/{}/near"])
def test_a_forged_key_gets_nothing(served: Served, key: str, where: str) -> None:
    answer = ask(served, where.format(key))

    assert answer.status in {404, 422}
    assert b"root:" not in answer.body


def test_nothing_is_told_of_pictures_without_the_token(
    served: Served, library: pixkin.Library
) -> None:
    key = library.images[0].sha256[:16]
    for path in (f"/pictures/{key}", f"/api/images/{key}", f"/api/images/{key}/near"):
        assert ask(served, path, known=False).status == 401


def test_facts_of_a_picture(served: Served, library: pixkin.Library) -> None:
    image = library.images[0]

    told = ask(served, f"/api/images/{image.sha256[:16]}").json

    assert (told["width"], told["height"], told["format"]) == (96, 72, "JPEG")
    assert told["files"] == [str(image.files[0])]
    assert told["group"] == image.cluster_id
    assert told["why"] == library.portrait(image).why
    assert told["flags"] == ["tiny"]
    assert (told["camera"], told["taken"], told["latitude"], told["twins"]) == ("", "", None, [])


def test_hostile_exif_and_names_come_as_plain_text(
    served: Served, library: pixkin.Library, folder: Path
) -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Acme\x1b[31m", f"One {SCRIPT}\u202e"
    name = f"{SCRIPT}\u202e\n.jpg".replace("/", "")
    key = added(library, folder / name, noise((90, 60)), format="JPEG", exif=exif)

    told = ask(served, f"/api/images/{key}").json

    assert told["camera"].isprintable()
    assert told["files"][0].isprintable()
    assert "\\n" in told["files"][0]
    assert ask(served, f"/pictures/{key}").headers["content-type"] == "image/jpeg"


def test_the_nearest_come_with_their_groups_the_most_similar_first(
    served: Served, library: pixkin.Library
) -> None:
    image = library.images[0]

    told = ask(served, f"/api/images/{image.sha256[:16]}/near?n=5").json

    assert len(told["keys"]) == len(told["ratios"]) == len(told["groups"]) == 5
    assert image.sha256[:16] not in told["keys"]
    assert told["scores"] == sorted(told["scores"], reverse=True)
    assert ask(served, f"/api/images/{image.sha256[:16]}/near?n=101").status == 422


def test_a_file_that_could_not_be_read_is_told_of(
    served: Served, library: pixkin.Library, folder: Path
) -> None:
    whole = io.BytesIO()
    noise((90, 60)).save(whole, "PNG")
    (folder / "cut.png").write_bytes(whole.getvalue()[:500])
    pixkin.update(folder)
    key = key_of(library, folder / "cut.png")

    assert ask(served, f"/api/images/{key}").json["format"] == ""
    assert ask(served, f"/pictures/{key}").status == 422


def test_duplicates_are_told_once_they_were_looked_for(
    served: Served, library: pixkin.Library, folder: Path
) -> None:
    first = library.images[0]
    with Image.open(first.files[0]) as image:
        key = added(library, folder / "smaller.jpg", image.resize((80, 60)), quality=95)
    done(served, post(served, "/api/jobs", {"kind": "duplicates"}))

    told = ask(served, f"/api/images/{key}").json
    other = ask(served, f"/api/images/{first.sha256[:16]}").json

    assert [(twin["key"], twin["is_keeper"]) for twin in told["twins"]] == [
        (first.sha256[:16], True)
    ]
    assert [(twin["key"], twin["kind"]) for twin in other["twins"]] == [(key, "same")]


def test_pictures_are_read_only(served: Served, library: pixkin.Library) -> None:
    assert post(served, f"/pictures/{library.images[0].sha256[:16]}", {}).status == 405
