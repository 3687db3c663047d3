"""Search, in a real browser: pictures dropped, pasted, chosen and picked, and words."""

from typing import Any

import pytest

import pixkin
from pixkin.web.serve import Served
from web.handing import hand_over

pytestmark = pytest.mark.browser


def at(page: Any, where: str) -> None:
    page.goto(f"{page.url.split('#')[0]}#/{where}")


def first_shown(page: Any, library: pixkin.Library) -> str:
    """Name the first result."""
    page.wait_for_selector(".cell[data-i='0'] img")
    src = page.locator(".cell[data-i='0'] img").get_attribute("src")
    image = library.image(src.rpartition("/")[2])
    return "/".join(image.files[0].parts[-2:])


@pytest.mark.parametrize("kind", ["drop", "paste"])
def test_a_picture_that_is_dropped_or_pasted_anywhere_finds_its_copy_first(
    page: Any, library: pixkin.Library, kind: str
) -> None:
    hand_over(page, kind, (library.folder.parent / "sunsets/3.png").read_bytes())
    page.get_by_text("the most alike first").wait_for()

    assert first_shown(page, library) == "sunsets/3.png"
    assert "The same picture" in page.locator(".cell[data-i='0']").inner_text()
    assert page.locator(".example img").evaluate(
        "async (i) => { await i.decode(); return i.naturalWidth }"
    )


def test_a_picture_is_chosen_from_the_disk(page: Any, library: pixkin.Library) -> None:
    at(page, "search")
    page.locator("input[type=file]").set_input_files(library.folder.parent / "balls/2.jpg")
    page.get_by_text("the most alike first").wait_for()

    assert first_shown(page, library) == "balls/2.jpg"


def test_words_find_names_and_files_and_stand_in_the_address(
    page: Any, library: pixkin.Library
) -> None:
    group = library.portrait(library.folder.parent / "rings/0.jpg").group
    library.edit.rename(group.cluster_id, "Meadow")
    at(page, "search")
    page.wait_for_selector(".beginning")
    page.keyboard.press("/")
    page.keyboard.type("meadow")
    page.get_by_text(f"{group.images} pictures", exact=True).wait_for()
    assert "q=meadow" in page.url
    page.get_by_role("searchbox").fill("grass png")
    page.get_by_text("4 pictures", exact=True).wait_for()
    page.reload()
    page.get_by_text("4 pictures", exact=True).wait_for()

    assert page.get_by_role("searchbox").input_value() == "grass png"


def test_pictures_of_a_group_become_examples_and_counter_examples(
    page: Any, library: pixkin.Library
) -> None:
    grass = library.portrait(library.folder.parent / "grass/0.jpg").group
    at(page, f"group/{grass.cluster_id}")
    page.wait_for_selector(".cell")
    page.locator(".cell .tick").nth(0).click()
    page.locator(".cell .tick").nth(1).click()
    page.get_by_role("button", name="More like these").click()
    page.get_by_text("the most alike first").wait_for()
    assert page.locator(".example").count() == 2

    page.locator(".example").first.get_by_role("button", name="Not like this one").click()
    out = page.locator(".example.unlike img").get_attribute("src").partition("?")[0]
    page.locator(f".cell img[src^='{out}']").wait_for(state="detached")
    page.get_by_role("button", name="Start anew").click()
    page.wait_for_selector(".beginning")


def test_results_are_narrowed_to_a_folder_and_to_one_of_each_group(
    page: Any, library: pixkin.Library
) -> None:
    key = library.portrait(library.folder.parent / "grass/0.jpg").image.sha256[:16]
    at(page, f"search?like={key}")
    page.get_by_text("32 pictures, the most alike first").wait_for()
    page.get_by_label("One per group").check()
    page.get_by_text("4 pictures, the most alike first").wait_for()
    page.get_by_label("One per group").uncheck()
    page.get_by_label("Any folder").select_option(label="balls (8)")
    page.get_by_text("8 pictures, the most alike first").wait_for()

    assert first_shown(page, library).startswith("balls/")


def test_what_is_no_picture_is_said_and_nothing_else_happens(
    browser: Any, served: Served, library: pixkin.Library
) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.goto(served.link)
    hand_over(page, "drop", b"<svg onload='document.title=1'/>")

    page.get_by_text("That is no picture that Pixkin can read").wait_for()
    assert page.title() == "Pixkin"
    assert "#/search" not in page.url
    context.close()


def test_skipped_files_are_searched_too(page: Any, library: pixkin.Library) -> None:
    folder = library.folder.parent
    whole = (folder / "grass/1.png").read_bytes()
    (folder / "cut one.png").write_bytes(whole[:500])
    (folder / "cut two.png").write_bytes(whole[:600])
    pixkin.update(folder)
    at(page, "search")
    page.get_by_role("checkbox", name="Skipped files").check()
    page.get_by_text("cut one.png").wait_for()
    page.get_by_role("searchbox").fill("two")
    page.get_by_text("cut one.png").wait_for(state="detached")

    assert page.get_by_text("cut two.png").is_visible()
