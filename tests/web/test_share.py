"""A page that was shared, opened from disk with the network off."""

import functools
import http.server
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import pixkin

pytestmark = pytest.mark.browser

DECODED = "async (image) => { await image.decode(); return image.naturalWidth }"


def is_bad(said: Any) -> bool:
    return "GPU stall due to ReadPixels" not in said.text  # that is how drawing without a GPU is


@pytest.fixture
def shown(browser: Any) -> Iterator[Callable[..., Any]]:
    """Give a function that opens a page; whatever it complains of or fetches fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    complaints: list[str] = []

    def show(address: str, *, is_offline: bool = True) -> Any:
        page = context.new_page()
        page.set_default_timeout(10_000)
        context.set_offline(is_offline)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if is_bad(said) else None)
        page.goto(address)
        page.wait_for_selector(".card")
        return page

    yield show
    context.close()
    assert complaints == []


@pytest.mark.parametrize("name", ["page", "page.html"])
def test_it_opens_from_disk(
    library: pixkin.Library, tmp_path: Path, shown: Callable[..., Any], name: str
) -> None:
    hostile = "<img src=x onerror=document.title='taken'></script>"
    library.edit.rename(library.clusters[0].cluster_id, hostile)
    done = library.share(tmp_path / name, single=name.endswith("html"), title="Holidays")

    page = shown(done.page.as_uri())

    assert page.title() == "Holidays"
    assert page.get_by_role("heading", name="Holidays").is_visible()
    assert page.locator(".card").count() == len(library.clusters)
    page.get_by_role("link", name=hostile).click()
    page.wait_for_selector(".cell")
    for image in page.locator(".cell img").all():
        assert image.evaluate(DECODED)
    assert page.locator(".cell").count() == library.clusters[0].images
    assert page.title() == f"{hostile} · Holidays"


def test_pictures_are_walked_through_with_the_keys(
    library: pixkin.Library, tmp_path: Path, shown: Callable[..., Any]
) -> None:
    done = library.share(tmp_path / "page", larger=256, include=["names"])
    page = shown(done.page.as_uri())
    page.locator(".card .name").first.click()
    page.locator(".cell").nth(1).click()
    first = page.locator(".whole").get_attribute("src")

    page.keyboard.press("ArrowRight")
    page.locator(f".whole:not([src='{first}'])").wait_for()
    second = page.locator(".whole")
    assert second.get_attribute("src") != first
    assert second.get_attribute("src").startswith("larger/")
    assert second.evaluate(DECODED)
    page.get_by_role("heading").filter(has_text=re.compile(r"\.(jpg|png)")).wait_for()

    page.keyboard.press("End")
    page.get_by_role("button", name="Next", disabled=True).wait_for()
    page.keyboard.press("Escape")
    page.wait_for_selector(".cell")


def test_nothing_can_be_edited(
    library: pixkin.Library, tmp_path: Path, shown: Callable[..., Any]
) -> None:
    done = library.share(tmp_path / "page")
    page = shown(done.page.as_uri())

    buttons = {button.inner_text() for button in page.get_by_role("button").all()}
    assert buttons == {"Light or dark", "Keys"}
    page.locator(".card .name").first.click()
    page.wait_for_selector(".cell")
    for key in ("r", "g", "m", " ", "Control+a", "Control+z"):
        page.keyboard.press(key)
    assert page.locator(".chosen, dialog, .toast, .naming").count() == 0
    page.goto(f"{page.url.split('#')[0]}#/skipped")
    page.wait_for_selector(".card")


@pytest.mark.parametrize("name", ["page", "page.html"])
def test_the_map_is_shown_from_disk(
    library: pixkin.Library, tmp_path: Path, shown: Callable[..., Any], name: str
) -> None:
    """A browser lets no page from disk take the pictures beside it into a texture."""
    done = library.share(tmp_path / name, single=name.endswith("html"))
    page = shown(done.page.as_uri())

    page.get_by_role("link", name="Map").click()
    page.locator("canvas").first.wait_for()
    page.get_by_role("heading", name="Map").wait_for()
    page.evaluate("() => new Promise((go) => requestAnimationFrame(() => setTimeout(go)))")

    box = page.locator(".map").bounding_box()
    assert box["width"] > 1000
    assert box["height"] > 700
    assert page.locator(".map").get_by_role("button").count() > 0


def test_levels_are_looked_through(
    library: pixkin.Library, tmp_path: Path, shown: Callable[..., Any]
) -> None:
    from playwright.sync_api import expect

    done = library.share(tmp_path / "page")
    page = shown(done.page.as_uri())
    coarsest = library.levels[0]
    assert coarsest != len(library.clusters)

    slider = page.get_by_role("slider")
    slider.focus()
    page.keyboard.press("Home")
    expect(page.locator(".card")).to_have_count(coarsest)
    page.locator(".card .name").first.click()
    page.wait_for_selector(".cell")

    largest = library.cards(coarsest)[0].group
    assert page.locator(".cell").count() == largest.images
    page.locator(".cell").first.click()
    page.wait_for_selector(".whole")
    page.keyboard.press("ArrowRight")
    page.get_by_text(f"Picture 2 of {largest.images}").wait_for()
    page.keyboard.press("Escape")
    page.wait_for_selector(".cell")


def test_a_part_that_is_missing_is_named(
    library: pixkin.Library, tmp_path: Path, browser: Any
) -> None:
    done = library.share(tmp_path / "page")
    (tmp_path / "page" / "data" / "index.js").unlink()
    page = browser.new_page()

    page.goto(done.page.as_uri())

    assert "data/index.js" in page.get_by_role("alert").inner_text()
    page.close()


def test_it_opens_from_a_web_host(
    library: pixkin.Library, tmp_path: Path, shown: Callable[..., Any]
) -> None:
    library.share(tmp_path / "page")
    handler = functools.partial(Quiet, directory=str(tmp_path / "page"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        page = shown(f"http://127.0.0.1:{server.server_port}/", is_offline=False)

        assert page.locator(".card img").first.evaluate(DECODED)
        page.close()
        server.shutdown()


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its own name
        """Say nothing."""
