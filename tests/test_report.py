"""The page, in a real browser, with the network off."""

import dataclasses
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pixkin
from pixkin.clustering import Clustering, Level
from pixkin.words import Suggestion

Drawn = Callable[..., Path]
HOSTILE = '"><img src=x onerror=alert(1)></script><script>document.title="taken"</script>.jpg'


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


def point_at_one(page: Any) -> None:
    """Move over the map until a picture is shown."""
    page.locator("#points").scroll_into_view_if_needed()
    box = page.locator("#points").bounding_box()
    for step in range(400):
        x = box["x"] + box["width"] * (step % 20 + 0.5) / 20
        page.mouse.move(x, box["y"] + box["height"] * (step // 20 + 0.5) / 20)
        if page.locator("#hover").is_visible():
            return
    pytest.fail("nothing on the map shows a picture")


@pytest.mark.browser
def test_pointing_at_the_map_shows_a_picture_and_its_group(page: Any) -> None:
    point_at_one(page)

    assert page.locator("#hover p").text_content().startswith("Group ")
    assert page.locator("#hover img").evaluate("one => one.naturalWidth") > 0


def shown_groups(page: Any) -> list[tuple[str, list[int]]]:
    """Give the groups on the page: the id of the section, and its images in order."""
    sections = page.eval_on_selector_all(
        "section.group",
        "all => all.map(one => [one.id, [...one.querySelectorAll('.sheet img')]"
        ".map(img => Number(img.dataset.image))])",
    )
    return [(name, images) for name, images in sections]


@pytest.mark.browser
def test_every_level_can_be_looked_at(page: Any, result: Clustering) -> None:
    first = shown_groups(page)
    shown = {image for _, images in first for image in images}
    buttons = page.locator("#levels button")

    assert buttons.all_text_contents() == [str(level.n_clusters) for level in result.levels]
    assert len(result.levels) > 2
    for i, level in [*enumerate(result.levels), *reversed([*enumerate(result.levels)])]:
        buttons.nth(i).click()
        groups = shown_groups(page)
        pressed = buttons.evaluate_all("all => all.map(one => one.ariaPressed === 'true')")
        sizes = page.locator("#cards b").all_text_contents()

        assert pressed == [j == i for j in range(len(result.levels))]
        assert page.text_content("h1").endswith(f" pictures in {level.n_clusters} groups")
        assert [name for name, _ in groups] == [f"group-{n}" for n in range(level.n_clusters)]
        assert [int(size) for size in sizes] == np.bincount(level.labels).tolist()
        assert page.locator(".sheet:empty").count() == 0
        assert all(images for _, images in groups)
        assert {image for _, images in groups for image in images} == shown
        for label, (_, images) in enumerate(groups):
            assert set(level.labels[images]) == {label}
        assert page.locator("#cards img").count() == level.n_clusters


def elements_of(page: Any) -> str:
    """Give the whole page as text, without the blanks between its elements."""
    return re.sub(r">\s+<", "><", page.content())


@pytest.mark.browser
def test_back_at_the_first_level_the_page_is_as_it_was(page: Any, result: Clustering) -> None:
    before = elements_of(page)
    buttons = page.locator("#levels button")
    own = [level.n_clusters for level in result.levels].index(result.n_clusters_)
    others = [i for i in range(len(result.levels)) if i != own]
    changed = []
    for i in others:
        buttons.nth(i).click()
        changed.append(elements_of(page))
        buttons.nth(own).click()

        assert elements_of(page) == before
    for i in [*others, own]:
        buttons.nth(i).click()

    assert elements_of(page) == before
    assert len({before, *changed}) == len(result.levels)


@pytest.mark.browser
def test_the_map_tells_and_leads_to_the_groups_of_the_level(page: Any, result: Clustering) -> None:
    page.locator("#levels button").last.click()
    finest = result.levels[-1]
    point_at_one(page)
    told = page.locator("#hover p").text_content()
    page.mouse.down()
    page.mouse.up()
    label = int(told.split()[1])

    assert 0 <= label < finest.n_clusters
    assert page.evaluate("location.hash") == f"#group-{label}"
    assert page.locator(f"#group-{label}").count() == 1


@pytest.mark.browser
def test_groups_lead_to_those_that_are_most_like_them(page: Any, result: Clustering) -> None:
    for cluster in result.clusters:
        links = page.locator(f"#group-{cluster.label} h2 a")
        targets = links.evaluate_all("all => all.map(one => one.getAttribute('href'))")

        assert targets == [f"#group-{other}" for other in cluster.nearest]
        assert all(page.locator(target).count() == 1 for target in targets)


@pytest.mark.browser
def test_pictures_unlike_the_others_are_marked(page: Any, result: Clustering) -> None:
    marked = page.eval_on_selector_all(
        ".tile.outlier img", "all => all.map(one => Number(one.dataset.image))"
    )
    shown = {image for _, images in shown_groups(page) for image in images}
    expected = {image for cluster in result.clusters for image in cluster.outliers}

    assert set(marked) == expected & shown
    assert all(
        title.startswith("Unlike the others")
        for title in page.eval_on_selector_all(".outlier", "all => all.map(one => one.title)")
    )


def named(result: Clustering) -> Clustering:
    """Give the result with words for its first two groups."""
    words = (
        (Suggestion("golden <retriever>", 0.62), Suggestion("dog", 0.8)),
        (Suggestion("hot dog", 0.9),),
        (),
    )
    return dataclasses.replace(result, cluster_words=words)


def test_words_are_on_the_page_with_how_sure_they_are(result: Clustering, tmp_path: Path) -> None:
    named(result).report(tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")

    assert "golden &lt;retriever&gt;, dog" in text
    assert "golden &lt;retriever&gt; 62%, dog 80%" in text
    assert "hot dog 90%" in text
    assert text.count("<q title=") == 2
    assert "golden <retriever>" not in text


def test_a_name_is_on_the_page_and_a_hidden_group_is_not(
    result: Clustering, tmp_path: Path
) -> None:
    named = result.lasting[0]._replace(name="Rex <3")
    hidden = result.lasting[1]._replace(is_hidden=True)
    told = dataclasses.replace(result, lasting=(named, hidden, *result.lasting[2:]))
    told.report(tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")

    assert "Rex &lt;3" in text
    assert hidden.cluster_id not in text
    assert 'href="#group-1"' not in text
    assert result.lasting[2].cluster_id in text
    data = json.loads(text.partition('id="data">')[2].partition("</script>")[0])
    here = data["shownLabels"][data["level"]]
    assert set(here) == {0, 2}, "a page has no tile of what is hidden, at any level"


def test_a_page_of_one_level_has_no_buttons(result: Clustering, tmp_path: Path) -> None:
    level = Level(result.image_labels, result.cluster_words)
    alone = dataclasses.replace(result, make_levels=lambda: (level,))
    alone.report(tmp_path / "report.html")

    assert 'id="levels"' not in (tmp_path / "report.html").read_text(encoding="utf-8")


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


def test_the_page_stays_bounded_in_pictures(result: Clustering) -> None:
    from pixkin.shown import SHOWN_IN_ALL, SHOWN_PER_CLUSTER, shown_images, shown_members

    shown = [len(shown_members(range(10_000), n)) for n in (1, 10, 100, 1000)]

    assert shown[0] == SHOWN_PER_CLUSTER
    assert shown[2] * 100 <= SHOWN_IN_ALL
    assert shown_members(range(10_000), 10)[-1] == 9_999
    assert sum(map(len, shown_images(result))) <= 2 * SHOWN_IN_ALL


def test_the_plot_is_a_picture_with_the_points(result: Clustering, tmp_path: Path) -> None:
    from PIL import Image

    from pixkin.exporters.map import MapExporter

    MapExporter().write(result, tmp_path / "map.png")
    with Image.open(tmp_path / "map.png") as image:
        colours = len(image.convert("RGB").resize((300, 300)).getcolors(90_000))

    assert image.size == (1500, 1500)
    assert colours > 50


def test_the_plot_names_the_groups_that_have_words(result: Clustering, tmp_path: Path) -> None:
    plain, words = (
        one.plot() for one in (dataclasses.replace(result, cluster_words=((),) * 3), named(result))
    )

    assert [text.get_text() for text in plain.texts] == []
    assert [text.get_text() for text in words.texts] == ["golden <retriever>", "hot dog"]
    assert [text.xy for text in words.texts] == [
        tuple(result.image_places[cluster.members[0]]) for cluster in result.clusters[:2]
    ]


def test_plot_draws_on_the_axes_it_is_given(result: Clustering) -> None:
    from matplotlib.figure import Figure

    ax = Figure().add_subplot()

    assert result.plot(ax) is ax
    assert len(ax.collections[0].get_offsets()) == result.counts.images
