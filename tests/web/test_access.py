"""The page for everybody: what axe-core finds, the keyboard alone, and little motion."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import pixkin

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = {"serious", "critical"}
SIZES = {"wide": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}
LOOK = """async () => {
    const found = await axe.run(document, { resultTypes: ["violations"], preload: false });
    return found.violations.flatMap((one) => one.nodes.map(
        (node) => [one.impact, `${one.id}: ${node.html.slice(0, 200)}`]));
}"""
FOCUSED = """() => {
    const at = document.activeElement;
    return (at.getAttribute("aria-label") || at.innerText || at.id || at.tagName).trim();
}"""


@pytest.fixture
def check() -> Callable[[Any, str], None]:
    """Give a function that fails if axe-core finds something grave on a page."""
    if not AXE.is_file():
        lacking = "axe-core is not there: cd web && npm ci"
        pytest.fail(lacking) if os.environ.get("PIXKIN_NEED_BROWSER") else pytest.skip(lacking)
    source = AXE.read_text(encoding="utf-8")

    def look(page: Any, where: str) -> None:
        page.wait_for_timeout(200)  # what fades in is not read before it is there
        page.evaluate(source)
        found = [text for impact, text in page.evaluate(LOOK) if impact in GRAVE]

        assert found == [], where

    return look


@pytest.fixture(params=["wide", "phone"])
def sized(page: Any, request: pytest.FixtureRequest) -> Any:
    """Give the page wide, and as on a phone."""
    page.set_viewport_size(SIZES[request.param])
    page.wait_for_selector(".card")
    return page


@pytest.fixture(params=["light", "dark"])
def coloured(sized: Any, request: pytest.FixtureRequest) -> Any:
    """Give it light and dark."""
    sized.emulate_media(color_scheme=request.param)
    return sized


def at(page: Any, place: str) -> None:
    page.goto(f"{page.url.split('#')[0]}#/{place}")


def test_every_screen(
    coloured: Any, library: pixkin.Library, check: Callable[[Any, str], None]
) -> None:
    page = coloured
    library.edit.rename(library.clusters[0].cluster_id, "Balls")
    library.edit.hide(library.clusters[1].cluster_id)
    library.edit.pin(library.clusters[0].cluster_id)
    page.get_by_role("link", name="Balls").wait_for()
    links = [link.get_attribute("href") for link in page.locator("nav a[href^='#/']").all()]

    for link in dict.fromkeys(links):
        at(page, link.removeprefix("#/"))
        page.wait_for_selector("h1")
        check(page, link)


def test_a_group_and_all_that_opens_over_it(
    coloured: Any, library: pixkin.Library, check: Callable[[Any, str], None]
) -> None:
    page = coloured
    at(page, f"group/{library.clusters[0].cluster_id}")
    page.wait_for_selector(".cell img")
    check(page, "group")
    page.locator(".cell").first.focus()
    page.keyboard.press("Space")
    page.get_by_role("toolbar").wait_for()
    check(page, "selection")
    page.keyboard.press("m")
    page.get_by_role("option").nth(1).wait_for()
    check(page, "picker")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.get_by_role("dialog").wait_for()
    check(page, "keys")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="History").click()
    page.get_by_role("dialog").wait_for()
    check(page, "history")
    page.keyboard.press("Escape")
    page.keyboard.press("r")
    page.get_by_role("textbox").wait_for()
    check(page, "rename")


def test_the_first_visit_and_what_was_said(
    coloured: Any, library: pixkin.Library, check: Callable[[Any, str], None]
) -> None:
    page = coloured
    page.evaluate("localStorage.removeItem('pixkin-seen')")
    page.add_init_script("localStorage.removeItem('pixkin-seen')")
    page.reload()
    page.get_by_role("heading", name="These are your groups").wait_for()
    page.get_by_role("button", name="Rename").first.click()
    page.keyboard.type("Named")
    page.keyboard.press("Enter")
    page.locator(".toast").wait_for()

    check(page, "first visit")


def test_a_shared_page(
    library: pixkin.Library, tmp_path: Path, coloured: Any, check: Callable[[Any, str], None]
) -> None:
    done = library.share(tmp_path / "page", include=["names", "dates"])
    page = coloured
    page.goto(done.page.as_uri())
    page.wait_for_selector(".card")
    check(page, "groups")
    page.locator(".card .name").first.click()
    page.wait_for_selector(".cell img")
    check(page, "group")
    page.locator(".cell").first.click()
    page.wait_for_selector(".whole")
    check(page, "picture")


def test_the_focus_comes_back_from_where_it_went(page: Any, library: pixkin.Library) -> None:
    at(page, f"group/{library.clusters[0].cluster_id}")
    page.wait_for_selector(".cell")
    page.locator(".cell").nth(2).focus()
    label = page.evaluate(FOCUSED)

    for key in ("?", "g"):
        page.keyboard.press(key)
        page.get_by_role("dialog").wait_for()
        assert page.evaluate("document.activeElement.closest('dialog') !== null")
        page.keyboard.press("Escape")
        page.get_by_role("dialog").wait_for(state="detached")
        assert page.evaluate(FOCUSED) == label
    page.get_by_role("button", name="History").focus()
    page.keyboard.press("Enter")
    page.get_by_role("dialog").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")
    assert page.evaluate(FOCUSED) == "History"


def test_the_page_is_walked_through_with_tab(page: Any, library: pixkin.Library) -> None:
    page.wait_for_selector(".card")
    seen = []
    for _ in range(20):
        page.keyboard.press("Tab")
        seen.append(page.evaluate(FOCUSED))
        is_shown = page.evaluate("() => document.activeElement.matches(':focus-visible')")
        assert is_shown, seen

    assert seen[0] == "Skip to the pictures"
    assert seen[1:3] == ["Pixkin", "Groups"]
    assert "Keys" in seen
    assert any("Level" in text or "Find a group" in text for text in seen)


def test_the_navigation_is_skipped(page: Any) -> None:
    page.wait_for_selector(".card")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "content"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
    assert page.locator(".card").count()


def test_after_a_link_the_keyboard_goes_on_in_the_new_screen(
    page: Any, library: pixkin.Library
) -> None:
    library.edit.rename(library.clusters[0].cluster_id, "Balls")
    page.get_by_role("link", name="Balls").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".cell")

    page.wait_for_function("() => document.activeElement.id === 'content'")
    assert page.title() == "Balls · Pixkin"
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED) == "All groups"


def test_groups_are_named_and_looked_at_without_a_mouse(page: Any, library: pixkin.Library) -> None:
    page.wait_for_selector(".card")
    page.keyboard.press("/")
    assert page.evaluate(FOCUSED) == "Find a group"
    page.keyboard.press("Tab")
    while page.evaluate(FOCUSED).startswith("Rename") is False:
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.type("By hand")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="By hand").wait_for()
    page.wait_for_function("() => document.activeElement.className === 'pencil'")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector(".cell")

    assert library.clusters[0].name == "By hand"
    assert "/group/" in page.url


def test_who_wants_little_motion_gets_none(page: Any) -> None:
    moving = """() => [...document.querySelectorAll('*')].filter((one) => {
        const style = getComputedStyle(one);
        return parseFloat(style.transitionDuration) > 0 || style.animationName !== 'none';
    }).length"""
    page.wait_for_selector(".card")
    assert page.evaluate(moving) > 0

    page.emulate_media(reduced_motion="reduce")

    assert page.evaluate(moving) == 0
