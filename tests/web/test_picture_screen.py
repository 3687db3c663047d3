"""One picture, in a real browser: closer, further, and back to where one was."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

import pixkin
from pixkin.web.serve import Served

pytestmark = pytest.mark.browser

SCALE = re.compile(r"matrix\(([\d.]+), 0, 0, [\d.]+, ([-\d.]+), ([-\d.]+)\)")
SHOWN = "img.full:not(.coming)"


def at(page: Any, where: str) -> None:
    page.goto(f"{page.url.split('#')[0]}#/{where}")


def matrix(page: Any) -> tuple[float, float, float]:
    """Give the scale of the picture, and where it lies."""
    style = page.locator(SHOWN).evaluate("image => getComputedStyle(image).transform")
    found = SCALE.fullmatch(style)
    assert found is not None, style
    return float(found[1]), float(found[2]), float(found[3])


def key_in(page: Any) -> str:
    return str(page.evaluate("location.hash.split('/')[2].split('?')[0]"))


def until(page: Any, holds: Callable[[], bool]) -> None:
    """Wait in here: the page's policy lets nobody evaluate text in it."""
    for _ in range(200):
        if holds():
            return
        page.wait_for_timeout(25)
    pytest.fail("it never became so")


def is_shown(page: Any) -> bool:
    return bool(
        page.evaluate(
            "(() => { const box = document.activeElement.getBoundingClientRect();"
            "return box.top >= 0 && box.bottom <= innerHeight })()"
        )
    )


def test_arrows_walk_the_group_and_escape_leads_back_to_where_one_was(
    page: Any, library: pixkin.Library
) -> None:
    group = library.clusters[0].cluster_id
    keys = [sha256[:16] for sha256 in library.gallery(group).images]
    page.set_viewport_size({"width": 560, "height": 420})
    at(page, f"group/{group}")
    page.wait_for_selector(".cell")
    page.locator(".cell").first.focus()
    for _ in range(6):
        page.keyboard.press("ArrowRight")
    page.wait_for_selector(".cell[data-i='6']:focus")
    before = page.evaluate("scrollY")

    page.keyboard.press("Enter")
    page.wait_for_selector(SHOWN)
    assert key_in(page) == keys[6]
    page.keyboard.press("Escape")
    page.wait_for_selector(".cell[data-i='6']:focus")
    assert before > 0
    assert page.evaluate("scrollY") == before

    page.keyboard.press("Enter")
    page.wait_for_selector(SHOWN)
    for expected in (5, 4, 3, 2, 1, 0, 0):
        page.keyboard.press("ArrowLeft")
        until(page, lambda expected=expected: key_in(page) == keys[expected])
    page.keyboard.press("End")
    assert key_in(page) == keys[-1]
    page.keyboard.press("Home")
    page.wait_for_selector(SHOWN)
    page.keyboard.press("Escape")
    page.wait_for_selector(".cell[data-i='0']:focus")
    assert is_shown(page)


def test_the_browsers_way_back_leads_to_the_group_however_far_one_walked(
    page: Any, library: pixkin.Library
) -> None:
    group = library.clusters[0].cluster_id
    at(page, f"group/{group}")
    page.locator(".cell").nth(2).click()
    page.wait_for_selector(SHOWN)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.go_back()
    page.wait_for_selector(".cell[data-i='4']:focus")

    assert page.url.endswith(f"#/group/{group}")


def test_a_picture_is_looked_at_closely(page: Any, library: pixkin.Library) -> None:
    group = library.clusters[0].cluster_id
    page.set_viewport_size({"width": 700, "height": 420})
    at(page, f"group/{group}")
    page.locator(".cell").first.click()
    page.wait_for_selector(SHOWN)
    assert matrix(page)[0] == 1

    page.keyboard.press("+")
    page.keyboard.press("+")
    assert matrix(page)[0] == pytest.approx(2.25)
    page.keyboard.press("0")
    assert matrix(page)[0] == 1

    box = page.locator(".zoomable").bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(*middle)
    for _ in range(12):
        page.mouse.wheel(0, -200)
    until(page, lambda: matrix(page)[0] == 4)
    scale, x, y = matrix(page)
    page.mouse.down()
    page.mouse.move(middle[0] + 30, middle[1] + 40, steps=4)
    page.mouse.up()
    after = matrix(page)
    assert after[0] == scale
    assert after[1] - x == pytest.approx(30, abs=0.5)
    assert after[2] - y == pytest.approx(40, abs=0.5)
    page.keyboard.press("Shift+ArrowDown")
    assert matrix(page)[2] - after[2] == pytest.approx(-80, abs=0.5)
    page.mouse.dblclick(*middle)
    assert matrix(page)[0] == 1


def test_what_is_known_of_a_picture_is_told(
    page: Any, served: Served, library: pixkin.Library
) -> None:
    image = library.image(library.gallery(library.clusters[0].cluster_id).images[0])
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    at(page, f"picture/{image.sha256[:16]}?in={image.cluster_id}")

    info = page.locator("#info")
    info.get_by_text("96 × 72").wait_for()
    info.get_by_text("most like it are in the same group").wait_for()
    assert str(image.files[0]) in info.inner_text().replace("\n", "")
    assert info.locator(".near img").count() == 24
    info.get_by_role("button", name="Copy the path").click()
    info.get_by_text("Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == str(image.files[0])


def test_a_picture_is_moved_from_where_it_is_looked_at(page: Any, library: pixkin.Library) -> None:
    first, second = library.clusters[:2]
    sha256 = library.gallery(first.cluster_id).images[0]
    at(page, f"picture/{sha256[:16]}?in={first.cluster_id}")
    page.wait_for_selector(SHOWN)
    page.get_by_text("most like it").wait_for()
    page.keyboard.press("m")
    page.get_by_role("combobox").wait_for()
    page.keyboard.type(second.cluster_id)
    page.keyboard.press("Enter")
    page.locator("#info").get_by_text("It was put there by hand").wait_for()

    assert library.image(sha256).cluster_id == second.cluster_id


def test_names_and_exif_are_never_markup(page: Any, library: pixkin.Library) -> None:
    script = "<img src=x onerror=document.title='taken'>"
    exif = Image.Exif()
    exif[0x0110] = script
    path = library.folder.parent / f"{script}.jpg"
    Image.effect_noise((90, 60), 80).convert("RGB").save(path, exif=exif)
    pixkin.update(path.parent)
    key = library.portrait(path).image.sha256[:16]
    at(page, f"picture/{key}")

    page.locator(".known dd", has_text=script).wait_for()
    assert script in page.locator(".paths code").inner_text()
    assert page.title() == "Pixkin"


def test_a_format_that_browsers_do_not_know_is_shown(page: Any, library: pixkin.Library) -> None:
    path = library.folder.parent / "scan.tif"
    Image.effect_noise((300, 200), 80).convert("RGB").save(path)
    pixkin.update(path.parent)
    at(page, f"picture/{library.portrait(path).image.sha256[:16]}")
    page.wait_for_selector(SHOWN)

    assert page.locator(SHOWN).evaluate("image => image.naturalWidth") == 300


def test_a_file_that_has_changed_is_told_of(
    browser: Any, served: Served, library: pixkin.Library
) -> None:
    image = library.images[0]
    image.files[0].write_bytes(b"something else")
    context = browser.new_context()
    page = context.new_page()
    page.goto(served.link)
    at(page, f"picture/{image.sha256[:16]}")

    page.get_by_text("has changed since Pixkin read it").wait_for(timeout=10_000)
    assert page.get_by_role("button", name="Look for new pictures").is_visible()
    context.close()


def test_more_like_this_leads_to_the_search(page: Any, library: pixkin.Library) -> None:
    image = library.images[0]
    at(page, f"picture/{image.sha256[:16]}")
    page.get_by_role("button", name="More like this").click()
    page.get_by_text("the most alike first").wait_for()
    page.locator(".cell").nth(1).click()
    page.wait_for_selector(SHOWN)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Escape")
    page.wait_for_selector(".cell[data-i='2']:focus")

    assert image.sha256[:16] in page.url
    assert page.locator(".example").count() == 1
