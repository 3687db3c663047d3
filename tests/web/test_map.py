"""The map, in a real browser that draws it without a graphics card."""

import json
import shutil
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import pixkin
from pixkin.web.serve import Served
from web.asking import ask
from web.drawing import draw, drawn, is_inside, on_screen, split_in_two, still

FEW_PX = 40
needs_browser = pytest.mark.browser


def unpacked(body: bytes) -> tuple[Any, list[str], NDArray[np.float32], NDArray[np.int32]]:
    length = int.from_bytes(body[:8], "little")
    head = json.loads(body[8 : 8 + length])
    n, at = head["n"], 8 + length
    keys = [body[at + 8 * i : at + 8 * i + 8].hex() for i in range(n)]
    xy = np.frombuffer(body, "<f4", 2 * n, at + 8 * n).reshape(n, 2)
    return head, keys, xy, np.frombuffer(body, "<i4", n, at + 16 * n)


@pytest.mark.parametrize("level", [None, 2])
def test_the_places_come_as_bytes(
    served: Served, library: pixkin.Library, level: int | None
) -> None:
    answer = ask(served, "/api/places" + (f"?level={level}" if level else ""))

    head, keys, xy, labels = unpacked(answer.body)
    found = library.places(level)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert len(answer.body) % 4 == 0
    assert keys == [sha256[:16] for sha256 in found.images]
    assert np.array_equal(xy, found.xy)
    assert labels.tolist() == found.labels.tolist()
    assert head["groups"] == [group.cluster_id for group in found.groups]
    assert head["entry"] == library.edit.last_entry()


def test_an_edit_shows_in_the_places(served: Served, library: pixkin.Library) -> None:
    before = unpacked(ask(served, "/api/places").body)
    first, second = library.clusters[:2]
    library.edit.merge(first.cluster_id, second.cluster_id)

    head, keys, xy, labels = unpacked(ask(served, "/api/places").body)
    assert len(head["groups"]) == 3
    assert keys == before[1]
    assert np.array_equal(xy, before[2])
    assert np.bincount(labels).max() == first.images + second.images


@pytest.fixture
def shown(page: Any, served: Served) -> Any:
    """Give the page with the map, once its thumbnails are there."""
    page.goto(f"http://127.0.0.1:{served.port}/#/map")
    return drawn(page)


@needs_browser
def test_a_lasso_selects_what_lies_inside_and_moves_it(shown: Any, library: pixkin.Library) -> None:
    keys, points = on_screen(shown, library)
    corners = split_in_two(points, 0.3)
    inside = {keys[i] for i in np.flatnonzero(is_inside(points, corners))}
    before = {image.sha256: image.cluster_id for image in library.images}
    group = library.clusters[0].cluster_id

    draw(shown, corners, "l")
    shown.get_by_text(f"{len(inside)} pictures selected").wait_for()
    shown.keyboard.press("m")
    shown.get_by_role("combobox").wait_for()
    shown.keyboard.type(group)
    shown.keyboard.press("Enter")
    shown.get_by_role("toolbar").wait_for(state="detached")

    after = {image.sha256: image.cluster_id for image in library.images}
    assert {sha256 for sha256, at in after.items() if at == group} == inside | {
        sha256 for sha256, at in before.items() if at == group
    }
    assert all(after[s] == before[s] for s in after if s not in inside)

    shown.locator(".toast").get_by_role("button", name="Undo").click()
    shown.get_by_text("Undone").wait_for()
    assert {image.sha256: image.cluster_id for image in library.images} == before


@needs_browser
def test_a_box_adds_with_shift_and_escape_clears(shown: Any, library: pixkin.Library) -> None:
    _, points = on_screen(shown, library)
    low, high = points.min(axis=0) - 9, points.max(axis=0) + 9
    middle = (points[np.argsort(points[:, 0])][len(points) // 2 - 1 :][:2]).mean(axis=0)[0]
    n_left = int((points[:, 0] < middle).sum())

    draw(shown, np.array([low, [middle, high[1]]]), "b")
    shown.get_by_text(f"{n_left} pictures selected").wait_for()
    shown.keyboard.down("Shift")
    draw(shown, np.array([[middle, low[1]], high]), "b")
    shown.keyboard.up("Shift")
    shown.get_by_text("32 pictures selected").wait_for()
    shown.keyboard.press("Escape")

    assert shown.get_by_role("toolbar").count() == 0


@needs_browser
def test_a_click_opens_the_picture(shown: Any, library: pixkin.Library) -> None:
    keys, points = on_screen(shown, library)
    of = {image.sha256: image.cluster_id for image in library.images}

    shown.mouse.move(*points[0])
    shown.locator(".map-preview img").wait_for()
    shown.mouse.click(*points[0])

    shown.wait_for_url("**/#/picture/**")
    key, _, group = shown.url.partition("#/picture/")[2].partition("?in=")
    (sha256,) = [one for one in keys if one.startswith(key)]
    assert of[sha256] == group
    assert np.abs(points[keys.index(sha256)] - points[0]).max() < FEW_PX


@needs_browser
def test_the_keyboard_flies_to_a_group_and_opens_a_picture_of_it(
    shown: Any, library: pixkin.Library
) -> None:
    away = still(shown)
    group = library.clusters[2]
    shown.get_by_role("searchbox").focus()
    shown.keyboard.type(group.cluster_id)
    shown.keyboard.press("Enter")
    shown.get_by_role("link", name="Open this group").wait_for()

    view = still(shown)
    assert view["zoom"] > away["zoom"] + 0.5
    assert group.cluster_id in shown.get_by_role("link", name="Open this group").get_attribute(
        "href"
    )
    shown.locator(".map-stage").focus()
    shown.keyboard.press("ArrowLeft")
    assert still(shown)["x"] < view["x"]
    shown.keyboard.press("ArrowRight")
    assert still(shown) == pytest.approx(view)
    shown.keyboard.press("Enter")
    shown.wait_for_url(f"**/#/picture/*?in={group.cluster_id}")


@needs_browser
def test_the_map_is_as_it_was_left(shown: Any) -> None:
    shown.locator(".map-stage").focus()
    shown.keyboard.press("+")
    shown.keyboard.press("ArrowDown")
    view = still(shown)
    shown.get_by_role("link", name="Groups", exact=True).click()
    shown.wait_for_selector(".card")
    shown.go_back()

    assert still(drawn(shown)) == pytest.approx(view)


@needs_browser
def test_a_hidden_group_is_left_out(shown: Any, library: pixkin.Library) -> None:
    group = library.clusters[0]
    shown.get_by_role("option").first.wait_for()
    library.edit.hide(group.cluster_id)
    shown.wait_for_function("() => document.querySelectorAll('.map-panel li').length === 3")
    drawn(shown)
    shown.keyboard.press("0")
    still(shown)

    shown.keyboard.press("Control+a")
    shown.get_by_text(f"{32 - group.images} pictures selected").wait_for()


@needs_browser
def test_a_part_is_looked_at_but_not_corrected_at_another_level(
    shown: Any, library: pixkin.Library
) -> None:
    shown.get_by_role("slider").focus()
    shown.keyboard.press("Home")
    n = library.levels[0]
    shown.wait_for_function(f"() => document.querySelectorAll('.map-panel li').length === {n}")

    shown.locator(".map-stage").focus()
    shown.keyboard.press("Control+a")
    assert shown.get_by_role("toolbar").count() == 0
    assert shown.get_by_role("button", name="lasso").count() == 0


@pytest.fixture
def plain(browser: Any, served: Served) -> Iterator[Any]:
    """Open the page in a browser that cannot draw."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    other = browser.browser_type.launch(
        executable_path=program, args=["--disable-gpu", "--disable-3d-apis"], chromium_sandbox=False
    )
    found = other.new_page()
    found.set_default_timeout(10_000)
    found.goto(served.link)
    yield found
    other.close()


@needs_browser
def test_without_webgl_the_groups_are_listed(
    plain: Any, served: Served, library: pixkin.Library
) -> None:
    plain.goto(f"http://127.0.0.1:{served.port}/#/map")
    plain.get_by_text("cannot draw the map").wait_for()

    links = plain.locator(".map-list a")
    assert links.count() == len(library.clusters)
    links.first.click()
    plain.wait_for_selector(".cell")
