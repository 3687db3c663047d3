"""The page, in a real browser, with a real server and a real library behind it."""

import threading
from typing import Any

import pytest

import pixkin
from pixkin.web.serve import Served

pytestmark = pytest.mark.browser


def test_the_groups_are_shown_with_their_pictures(page: Any, library: pixkin.Library) -> None:
    page.wait_for_selector(".card")

    assert page.locator(".card").count() == len(library.clusters)
    for image in page.locator(".card img").all():
        image.scroll_into_view_if_needed()
        assert image.evaluate(
            "async (image) => { await image.decode(); return image.naturalWidth }"
        )
    assert "token" not in page.url


def test_a_name_that_is_typed_on_a_card_is_kept(page: Any, library: pixkin.Library) -> None:
    card = page.locator(".card").first
    card.get_by_role("button", name="Rename").click()
    page.keyboard.type("Red balls")
    page.keyboard.press("Enter")

    page.get_by_role("link", name="Red balls").wait_for()
    assert library.clusters[0].name == "Red balls"

    page.locator(".toast").get_by_role("button", name="Undo").click()
    page.get_by_text("Undone").wait_for()
    assert library.clusters[0].name == ""


def test_groups_without_a_name_are_shown_alone(page: Any, library: pixkin.Library) -> None:
    library.edit.rename(library.clusters[0].cluster_id, "Red balls")
    page.get_by_role("link", name="Red balls").wait_for()
    page.get_by_label("Which groups").select_option(label="Without a name")
    page.get_by_role("link", name="Red balls").wait_for(state="hidden")
    assert page.locator(".card").count() == len(library.clusters) - 1
    page.get_by_label("Which groups").select_option(label="Kept as they are")

    page.get_by_text("Nothing fits.").wait_for()
    assert page.locator(".card").count() == 0


def test_undo_of_a_message_goes_when_it_would_undo_something_else(page: Any) -> None:
    for i, name in enumerate(("One", "Two")):
        page.locator(".card").nth(i).get_by_role("button", name="Rename").click()
        page.keyboard.type(name)
        page.keyboard.press("Enter")
        page.get_by_role("link", name=name, exact=True).wait_for()
    page.locator(".toast").nth(1).get_by_role("button", name="Undo").wait_for()
    assert page.locator(".toast").get_by_role("button", name="Undo").count() == 1
    page.keyboard.press("Control+z")
    page.get_by_role("link", name="Two", exact=True).wait_for(state="hidden")

    page.locator(".toast").get_by_text("Undone").wait_for()
    assert page.locator(".toast").get_by_role("button", name="Undo").count() == 0


def test_the_first_grouping_is_not_undone_by_the_button(page: Any) -> None:
    page.locator(".card").first.wait_for()

    assert page.get_by_role("navigation").get_by_role("button", name="Undo").is_disabled()


def test_an_arrow_goes_to_a_picture_where_nothing_has_the_focus(page: Any) -> None:
    page.locator(".card .mosaic").first.click()
    page.wait_for_selector(".cell img")
    assert page.evaluate("['BODY', 'MAIN'].includes(document.activeElement.tagName)")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector(".cell[data-i='0']:focus")
    page.keyboard.press("ArrowRight")

    page.wait_for_selector(".cell[data-i='1']:focus")


def test_what_was_split_off_can_be_shown(page: Any, library: pixkin.Library) -> None:
    page.locator(".card .mosaic").first.click()
    page.locator(".cell .tick").first.click()
    page.keyboard.press("s")
    page.locator(".toast").get_by_role("link", name="Show it").click()
    page.wait_for_selector(".cell img")

    assert page.locator(".cell").count() == 1


def test_undo_says_what_it_takes_back_and_is_off_where_there_is_nothing(
    page: Any, library: pixkin.Library
) -> None:
    undo, redo = (
        page.get_by_role("navigation").get_by_role("button", name=name, exact=True)
        for name in ("Undo", "Do again")
    )
    page.locator(".card").first.wait_for()
    assert redo.is_disabled()
    assert redo.get_attribute("title") == "There is nothing to do again."
    library.edit.rename(library.clusters[0].cluster_id, "Red balls")
    page.get_by_role("link", name="Red balls").wait_for()
    page.locator('[title*="Red balls"]').first.wait_for()
    assert undo.get_attribute("title").startswith("Undo: named ")
    undo.click()
    page.get_by_role("link", name="Red balls").wait_for(state="hidden")
    page.locator('[title^="Do again: named"]').wait_for()

    assert redo.is_enabled()
    redo.click()
    page.get_by_role("link", name="Red balls").wait_for()


def test_every_name_can_be_typed_at_once(page: Any, library: pixkin.Library) -> None:
    for i, name in enumerate(("One", "Two", "Three")):
        page.locator(".card").nth(i).get_by_role("button", name="Rename").click()
        page.keyboard.type(name)
        page.keyboard.press("Enter")
        page.get_by_role("link", name=name, exact=True).wait_for()

    assert {group.name for group in library.clusters} == {"One", "Two", "Three", ""}


def test_another_screen_begins_at_its_top(page: Any) -> None:
    page.set_viewport_size({"width": 390, "height": 300})
    page.locator(".card").last.scroll_into_view_if_needed()
    assert page.evaluate("scrollY") > 0
    page.get_by_role("link", name="Tidy up").click()
    page.get_by_role("heading", name="Tidy up").wait_for()

    assert page.evaluate("scrollY") == 0


def test_what_goes_on_already_is_shown(page: Any, served: Served) -> None:
    is_enough = threading.Event()
    page.wait_for_selector(".card")
    served.here.jobs.start("update", lambda _: is_enough.wait(30))
    page.reload()

    page.get_by_role("progressbar").wait_for()
    is_enough.set()
    page.get_by_role("progressbar").wait_for(state="detached")


def test_pictures_are_moved_with_the_keyboard_alone(page: Any, library: pixkin.Library) -> None:
    first, second = library.clusters[:2]
    page.goto(f"{page.url.split('#')[0]}#/group/{first.cluster_id}")
    page.wait_for_selector(".cell")
    page.locator(".cell").first.focus()
    for key in (" ", "ArrowRight", " ", "m"):
        page.keyboard.press(key)
    page.get_by_role("combobox").wait_for()
    page.keyboard.type(second.cluster_id)
    page.keyboard.press("Enter")
    page.get_by_text("Moved 2 pictures").wait_for()

    assert library.cluster(second.cluster_id).group.images == second.images + 2
    assert page.get_by_role("toolbar").count() == 0


def test_pictures_are_split_off_and_back(page: Any, library: pixkin.Library) -> None:
    group = library.clusters[0]
    page.goto(f"{page.url.split('#')[0]}#/group/{group.cluster_id}")
    page.wait_for_selector(".cell")
    page.locator(".cell .tick").nth(0).click()
    page.locator(".cell .tick").nth(2).click(modifiers=["Shift"])
    page.get_by_role("button", name="Split off").click()
    page.get_by_text("Split 3 pictures").wait_for()
    n_after = len(library.clusters)
    page.keyboard.press("Control+z")
    page.get_by_text("Undone").wait_for()

    assert n_after == 5
    assert len(library.clusters) == 4


def test_groups_are_merged_with_the_nearest(page: Any, library: pixkin.Library) -> None:
    group = library.clusters[0]
    page.goto(f"{page.url.split('#')[0]}#/group/{group.cluster_id}")
    page.get_by_role("button", name="Merge with").click()
    page.get_by_role("combobox").wait_for()
    page.keyboard.press("Enter")
    page.get_by_text("Merged").wait_for()

    assert len(library.clusters) == 3


def test_a_rectangle_drawn_with_the_mouse_selects(page: Any, library: pixkin.Library) -> None:
    group = library.clusters[0]
    page.goto(f"{page.url.split('#')[0]}#/group/{group.cluster_id}")
    page.wait_for_selector(".cell")
    first, third = (page.locator(".cell").nth(i).bounding_box() for i in (0, 2))
    page.mouse.move(first["x"] + 5, first["y"] + 20)
    page.mouse.down()
    page.mouse.move(third["x"] + 20, third["y"] + 40, steps=5)
    page.mouse.up()

    assert page.locator(".cell.chosen").count() == 3


def test_another_window_sees_what_was_done(page: Any, library: pixkin.Library) -> None:
    page.wait_for_selector(".card")
    library.edit.rename(library.clusters[0].cluster_id, "From elsewhere")

    page.get_by_role("link", name="From elsewhere").wait_for()


def test_names_are_never_markup(page: Any, library: pixkin.Library) -> None:
    name = "<img src=x onerror=document.title='taken'>"
    library.edit.rename(library.clusters[0].cluster_id, name)

    page.get_by_role("link", name=name).wait_for()
    assert page.title() == "Pixkin"


def test_another_level_is_looked_at_and_kept(page: Any, library: pixkin.Library) -> None:
    page.wait_for_selector(".card")
    page.get_by_role("slider").press("Home")
    page.get_by_role("button", name="Keep this level").click()
    page.get_by_text("Regrouped").wait_for()
    n = len(library.clusters)

    assert n < 4
    page.locator(".card").nth(n - 1).wait_for()
    assert page.locator(".card").count() == n


def test_results_that_come_after_none_fill_the_screen(page: Any) -> None:
    page.goto(f"{page.url.split('#')[0]}#/search?q=zzzz")
    page.get_by_text("Nothing fits.").wait_for()
    page.get_by_role("searchbox").fill("g")
    page.locator(".cell").nth(12).wait_for()
    turn = """(y) => new Promise((done) => {
        scrollBy(0, y);
        requestAnimationFrame(() => requestAnimationFrame(done));
    })"""
    shown = page.locator(".cell").count()
    for y in (2, -2):
        page.evaluate(turn, y)

    assert page.locator(".cell").count() == shown
