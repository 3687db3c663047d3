"""The page, in a real browser, with the network off."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import pixkin
from pixkin.clustering import Clustering

Drawn = Callable[..., Path]
HOSTILE = '"><img src=x onerror=alert(1)></script><script>document.title="taken"</script>.jpg'
FLAGS = ("--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        if os.environ.get("PIXKIN_NEED_BROWSER"):
            pytest.fail("there is no chromium, and PIXKIN_NEED_BROWSER is set")
        pytest.skip("there is no chromium (on Debian: apt install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=program, args=list(FLAGS), chromium_sandbox=False
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Clustering:
    from conftest import draw_folder

    folder = draw_folder(tmp_path_factory.mktemp("report") / "pictures", n_per_kind=40, kinds=3)
    first = sorted((folder / "balls").iterdir())[0]
    shutil.copy(first, folder / "balls" / "copy.jpg")
    (folder / "notes.jpg").write_text("<b>not a picture</b>")
    if os.name != "nt":
        (folder / HOSTILE.replace("/", "\N{DIVISION SLASH}")).write_bytes(
            first.read_bytes() + b"\0"
        )
    return pixkin.cluster(folder, n_clusters=3, library=folder.parent / "library")


@pytest.fixture
def page(browser: Any, result: Clustering, tmp_path: Path) -> Iterator[Any]:
    result.report(tmp_path / "report.html")
    context = browser.new_context(viewport={"width": 1200, "height": 900}, offline=True)
    opened = context.new_page()
    troubles: list[str] = []
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    opened.on("console", lambda message: troubles.append(message.text))
    opened.on("requestfailed", lambda request: troubles.append(request.url[:80]))
    opened.goto((tmp_path / "report.html").as_uri())
    yield opened

    assert troubles == []
    context.close()


@pytest.mark.browser
def test_the_page_tells_how_many_pictures_and_groups(page: Any, result: Clustering) -> None:
    n = result.counts

    assert page.text_content("h1") == f"{n.images} pictures in 3 groups"
    assert f"{n.files} files" in page.text_content(".facts")
    assert "1 is a copy" in page.text_content(".facts")
    assert "1 skipped" in page.text_content(".facts")


@pytest.mark.browser
def test_every_picture_shown_was_decoded(page: Any) -> None:
    page.eval_on_selector_all("details", "all => all.forEach(one => one.open = true)")
    page.eval_on_selector_all("img[loading]", "all => all.forEach(one => one.loading = 'eager')")
    page.wait_for_function("[...document.querySelectorAll('.tile img')].every(one => one.complete)")
    widths = page.eval_on_selector_all(".tile img", "all => all.map(one => one.naturalWidth)")

    assert len(widths) > 100
    assert min(widths) > 0


@pytest.mark.browser
def test_a_hostile_file_name_stays_text(page: Any) -> None:
    assert "taken" not in page.title()
    assert page.locator("img[src=x]").count() == 0
    assert page.locator("td", has_text="notes.jpg").count() == 1
    assert page.locator("main b", has_text="not a picture").count() == 0


@pytest.mark.browser
def test_a_large_group_unfolds(page: Any) -> None:
    group = page.locator("#group-0")
    before = group.locator(".tile:visible").count()
    group.locator("summary").click()

    assert before == 24
    assert group.locator(".tile:visible").count() > before


@pytest.mark.browser
def test_pictures_run_from_the_most_to_the_least_typical(page: Any) -> None:
    titles = page.eval_on_selector_all("#group-1 .tile", "all => all.map(one => one.title)")
    typicality = [float(title.rsplit(" ", 1)[1]) for title in titles]

    assert typicality == sorted(typicality, reverse=True)


@pytest.mark.browser
def test_pointing_at_the_map_shows_a_picture_and_its_group(page: Any) -> None:
    page.locator("#points").scroll_into_view_if_needed()
    box = page.locator("#points").bounding_box()
    for step in range(400):
        x = box["x"] + box["width"] * (step % 20 + 0.5) / 20
        page.mouse.move(x, box["y"] + box["height"] * (step // 20 + 0.5) / 20)
        if page.locator("#hover").is_visible():
            break

    assert page.locator("#hover p").text_content().startswith("Group ")
    assert page.locator("#hover img").evaluate("one => one.naturalWidth") > 0


@pytest.mark.browser
def test_a_tile_leads_to_the_picture_on_the_disk(page: Any, result: Clustering) -> None:
    links = page.eval_on_selector_all("#group-0 .tile", "all => all.map(one => one.href)")
    files = {file.full.as_uri() for file in result.files}

    assert len(links) > 24
    assert all(link in files for link in links if "%3E" not in link)


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 768, 1600])
def test_nothing_overflows_on_any_screen(page: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})

    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.browser
def test_dark_mode_is_dark(page: Any) -> None:
    page.emulate_media(color_scheme="dark")
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")

    assert colour == "rgb(22, 24, 27)"


def test_the_page_names_nothing_on_the_network(result: Clustering, tmp_path: Path) -> None:
    result.report(tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")

    assert "http://" not in text
    assert "https://" not in text


def test_the_page_stays_bounded_in_pictures(result: Clustering, tmp_path: Path) -> None:
    from pixkin.clustering import SHOWN_IN_ALL, SHOWN_PER_CLUSTER, shown_members

    shown = [len(shown_members(range(10_000), n)) for n in (1, 10, 100, 1000)]

    assert shown[0] == SHOWN_PER_CLUSTER
    assert shown[2] * 100 <= SHOWN_IN_ALL
    assert shown_members(range(10_000), 10)[-1] == 9_999


def test_the_plot_is_a_picture_with_the_points(result: Clustering, tmp_path: Path) -> None:
    from PIL import Image

    from pixkin.exporters.map import MapExporter

    MapExporter().write(result, tmp_path / "map.png")
    with Image.open(tmp_path / "map.png") as image:
        colours = len(image.convert("RGB").resize((300, 300)).getcolors(90_000))

    assert image.size == (1500, 1500)
    assert colours > 50


def test_plot_draws_on_the_axes_it_is_given(result: Clustering) -> None:
    from matplotlib.figure import Figure

    ax = Figure().add_subplot()

    assert result.plot(ax) is ax
    assert len(ax.collections[0].get_offsets()) == result.counts.images
