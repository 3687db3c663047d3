"""Each screen with photos that people took, where these are beside the checkout."""

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pixkin
from web.drawing import draw, drawn, is_inside, on_screen, split_in_two
from web.handing import hand_over
from web.planted import tree

pytestmark = pytest.mark.browser

KINDS = ("Motorbikes", "bonsai", "dalmatian", "sunflower")
EACH = 8
COPIES = ("exact-copy.jpeg", "half.jpg", "original.jpeg")
DECODED = "async (image) => { await image.decode(); return image.naturalWidth }"


@pytest.fixture(scope="session")
def pictures(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("real") / "photos"
    for kind in KINDS:
        (folder / kind).mkdir(parents=True)
        for path in sorted((shared_data / "objects-caltech101" / kind).iterdir())[:EACH]:
            shutil.copy(path, folder / kind)
    for path in sorted((shared_data / "near-duplicates/copies").iterdir())[:13]:
        if path.name.endswith(COPIES):
            shutil.copy(path, folder)
    pixkin.cluster(folder, n_clusters=5)
    return folder


@pytest.fixture
def photos(library: pixkin.Library) -> Path:
    return library.folder.parent


def at(page: Any, where: str) -> None:
    page.goto(f"{page.url.split('#')[0]}#/{where}")


def groups_of(library: pixkin.Library) -> dict[str, str | None]:
    return {image.sha256: image.cluster_id for image in library.images}


def apply(page: Any) -> None:
    page.get_by_role("button", name="Apply").click()
    page.get_by_role("button", name="Yes, do it").click()


def take_back(page: Any) -> None:
    page.get_by_role("main").get_by_role("button", name="Undo").click()
    page.get_by_role("button", name="Take").last.click()
    page.get_by_text("taken back").first.wait_for()


def test_groups_are_named_merged_split_and_moved_and_all_is_undone(
    page: Any, library: pixkin.Library
) -> None:
    page.wait_for_selector(".card")
    for image in page.locator(".card img").all():
        image.scroll_into_view_if_needed()
        assert image.evaluate(DECODED)
    before, n_steps = groups_of(library), len(library.edit.steps()[0])
    first = library.clusters[0].cluster_id

    page.locator(".card").first.get_by_role("button", name="Rename").click()
    page.keyboard.type("Mine")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Mine").wait_for()
    at(page, f"group/{first}")
    page.locator(".cell .tick").nth(0).click()
    page.locator(".cell .tick").nth(1).click(modifiers=["Shift"])
    page.get_by_role("button", name="Split off").click()
    page.get_by_text("Split 2 pictures").wait_for()
    page.locator(".cell .tick").nth(0).click()
    page.get_by_role("button", name="Move to").click()
    page.get_by_role("combobox").wait_for()
    page.keyboard.press("Enter")
    page.get_by_text("Moved 1 picture").wait_for()
    page.get_by_role("button", name="Merge with").click()
    page.get_by_role("combobox").wait_for()
    page.keyboard.press("Enter")
    page.get_by_text("Merged").wait_for()
    assert len(library.edit.steps()[0]) == n_steps + 4

    for _ in range(4):
        with page.expect_response("**/api/groups*"):  # what is outdated would not be undone
            page.keyboard.press("Control+z")
        page.wait_for_timeout(100)
    assert len(library.edit.steps()[0]) == n_steps
    assert groups_of(library) == before
    assert not any(group.name for group in library.clusters)


def test_a_lasso_on_the_map_moves_what_is_in_it(page: Any, library: pixkin.Library) -> None:
    at(page, "map")
    keys, points = on_screen(drawn(page), library)
    corners = split_in_two(points, 0.3)
    inside = {keys[i] for i in np.flatnonzero(is_inside(points, corners))}
    draw(page, corners, "l")
    page.get_by_text(f"{len(inside)} pictures selected").wait_for()
    page.keyboard.press("m")
    page.get_by_role("combobox").wait_for()
    group = library.clusters[0].cluster_id
    page.keyboard.type(group)
    page.keyboard.press("Enter")
    page.get_by_role("toolbar").wait_for(state="detached")

    assert inside <= {sha256 for sha256, where in groups_of(library).items() if where == group}


def test_a_photo_that_is_dropped_finds_its_like(page: Any, library: pixkin.Library) -> None:
    asked = next((library.folder.parent / "sunflower").iterdir())
    hand_over(page, "drop", asked.read_bytes())
    page.get_by_text("the most alike first").wait_for()
    page.wait_for_selector(".cell[data-i='3'] img")
    sources = [
        page.locator(f".cell[data-i='{i}'] img").get_attribute("src").rpartition("/")[2]
        for i in range(4)
    ]
    found = [library.image(key).files[0].parent.name for key in sources]

    assert found == ["sunflower"] * 4
    page.locator(".cell[data-i='1']").focus()
    page.keyboard.press("Enter")
    page.locator("img.full:not(.coming)").wait_for()
    assert page.locator("img.full").evaluate(DECODED)


def test_copies_are_looked_at_and_go_to_the_trash_and_come_back(page: Any, photos: Path) -> None:
    before = tree(photos)
    at(page, "duplicates")
    page.get_by_role("button", name="Find duplicates").click()
    page.get_by_role("article").wait_for(timeout=60_000)
    page.keyboard.press("k")
    page.get_by_text("2 files,").first.wait_for()
    page.get_by_role("button", name="Make the plan").click()
    page.get_by_role("heading", name="into the trash").wait_for()
    assert tree(photos) == before

    apply(page)
    page.get_by_role("heading", name="in the trash").wait_for()
    gone = before.keys() - tree(photos).keys()
    names = {name.rpartition("__")[2] for name in gone}
    assert names in ({"exact-copy.jpeg", "half.jpg"}, {"original.jpeg", "half.jpg"})
    take_back(page)
    assert tree(photos) == before


def test_photos_are_filed_and_brought_back(page: Any, photos: Path, tmp_path: Path) -> None:
    before = tree(photos)
    at(page, "tidy")
    page.get_by_label("Into the folder").fill(str(tmp_path / "sorted"))
    page.get_by_role("radio", name="Move", exact=False).first.check()
    page.get_by_role("button", name="Show the plan").click()
    page.get_by_role("heading", name=f"Move {len(before)} files").wait_for()
    assert tree(photos) == before

    apply(page)
    page.get_by_role("heading", name="were moved").wait_for()
    assert sorted(tree(tmp_path / "sorted").values()) == sorted(before.values())
    page.get_by_role("link", name="Tidy up").click()
    take_back(page)
    assert tree(photos) == before


def test_a_shared_page_opens_from_disk_without_a_network(
    browser: Any, library: pixkin.Library, tmp_path: Path
) -> None:
    done = library.share(tmp_path / "page", title="Photos")
    context = browser.new_context()
    context.set_offline(True)
    page = context.new_page()
    page.goto(done.page.as_uri())
    page.wait_for_selector(".card")
    page.locator(".card a").first.click()
    page.wait_for_selector(".cell img")

    assert page.title().endswith("Photos")
    assert page.locator(".cell img").first.evaluate(DECODED)
    assert page.get_by_role("button", name="Rename").count() == 0
    context.close()
