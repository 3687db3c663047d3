"""Draw the pictures of docs/page.md, from the pictures that `pixkin demo` writes.

python tools/make_screenshots.py

It needs chromium and Playwright, and the page has to be built (`make page`).
"""

from __future__ import annotations

import io
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import sync_playwright

import pixkin
from pixkin.demo import write_pictures
from pixkin.web.serve import serving

IMAGES = Path(__file__).parents[1] / "docs" / "images"
WIDE, PHONE = {"width": 960, "height": 580}, {"width": 390, "height": 780}
COLOURS = (256, 192, 128, 64, 48, 32, 16)
"""As many as make a file small enough."""
MOST_BYTES = 150_000
DIGITS = 24
"""Of each, so that the photographs come first."""
NAMES = {"china": "Temple", "flower": "Flower"}


def main() -> None:
    """Draw them all."""
    with tempfile.TemporaryDirectory() as scratch, library(Path(scratch)) as shown:
        group = name_groups(shown)
        shared = shown.share(Path(scratch) / "shared", title="Demo").page.as_uri()
        with serving(shown) as served, chromium() as browser:
            home = served.link
            for theme in ("light", "dark"):
                with opened(browser, home, WIDE, theme) as page:
                    save(page, f"page-groups-{theme}")
                    go(page, f"group/{group}", ".cell img")
                    if theme == "dark":
                        select(page)
                    save(page, f"page-group-{theme}")
            with opened(browser, home, PHONE, "light") as page:
                save(page, "page-groups-phone")
                go(page, f"group/{group}", ".cell img")
                save(page, "page-group-phone")
            with opened(browser, shared, WIDE, "light") as page:
                save(page, "page-shared")


@contextmanager
def library(folder: Path) -> Iterator[pixkin.Library]:
    """Give a library of the demo's pictures."""
    pictures = write_pictures(folder / "demo")
    for kind in (pictures / "digits").iterdir():
        for path in sorted(kind.iterdir())[DIGITS:]:
            path.unlink()
    pixkin.cluster(pictures)
    with pixkin.open(pictures) as found:
        yield found


def name_groups(shown: pixkin.Library) -> str:
    """Name the groups of photographs, and give the id of one."""
    counts = Counter(
        (image.files[0].parent.name, image.cluster_id) for image in shown.images if image.cluster_id
    )
    largest: dict[str, str] = {}
    for (folder, group), _ in counts.most_common():
        if folder in NAMES and folder not in largest and group not in largest.values():
            largest[folder] = group
            shown.edit.rename(group, NAMES[folder])
    return largest["china"]


@contextmanager
def chromium() -> Iterator[Any]:
    """Start the browser."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--disable-gpu"], chromium_sandbox=False
        )
        yield browser
        browser.close()


@contextmanager
def opened(browser: Any, link: str, size: Any, theme: str) -> Iterator[Any]:
    """Open the page in a window of its own."""
    context = browser.new_context(viewport=size, color_scheme=theme)
    page = context.new_page()
    page.add_init_script("localStorage.setItem('pixkin-seen', '1')")
    page.goto(link)
    page.wait_for_selector(".card img")
    yield page
    context.close()


def go(page: Any, place: str, wanted: str) -> None:
    """Go to another screen."""
    page.goto(f"{page.url.split('#')[0]}#/{place}")
    page.wait_for_selector(wanted)


def select(page: Any) -> None:
    """Choose a few pictures."""
    page.locator(".cell .tick").nth(1).click()
    page.locator(".cell .tick").nth(3).click(modifiers=["Shift"])


def save(page: Any, name: str) -> None:
    """Take a picture of what is seen, small."""
    page.wait_for_timeout(1000)
    with Image.open(io.BytesIO(page.screenshot())) as image:
        pixels = image.convert("RGB")
    target = IMAGES / f"{name}.png"
    for colours in COLOURS:
        few = pixels.quantize(colours, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        few.save(target, optimize=True)
        n_bytes = target.stat().st_size
        if n_bytes <= MOST_BYTES:
            break
    print(f"{target.name}: {n_bytes / 1000:.0f} kB, {colours} colours")


if __name__ == "__main__":
    main()
