"""Draw the pictures of docs/page.md and docs/screens.md, from the pictures of `pixkin demo`.

python tools/make_screenshots.py

It needs chromium and Playwright, and the page has to be built (`make page`).
"""

from __future__ import annotations

import io
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps
from playwright.sync_api import sync_playwright

import pixkin
from pixkin.demo import write_pictures
from pixkin.web.serve import serving

IMAGES = Path(__file__).parents[1] / "docs" / "images"
WIDE, PHONE = {"width": 960, "height": 600}, {"width": 390, "height": 780}
LOOKS = {"light": (WIDE, "light"), "dark": (WIDE, "dark"), "phone": (PHONE, "light")}
DIGITS = 24
"""Of each, so that the photographs come first."""
NAMES = {"china": "Temple", "flower": "Flower"}
FLAGS = ("--disable-gpu", "--enable-unsafe-swiftshader")


def main() -> None:
    """Draw them all."""
    with home() as scratch, library(scratch) as shown:
        group = name_groups(shown)
        picture = shown.gallery(group).images[0][:16]
        shared = shown.share(scratch / "shared", title="Demo").page.as_uri()
        with serving(shown) as served, chromium() as browser:
            views = all_views(group, picture, scratch / "Photos in order")
            for look, (size, theme) in LOOKS.items():
                with opened(browser, served.link, size, theme) as page:
                    for name, view in views.items():
                        view(page)
                        save(page, f"page-{name}-{look}")
            for look, (size, theme) in LOOKS.items():
                with opened(browser, shared, size, theme) as page:
                    save(page, f"page-shared-{look}")


def all_views(group: str, picture: str, target: Path) -> dict[str, Callable[[Any], None]]:
    """Say how each screen is come to, in an order in which one can lead to the next."""
    return {
        "groups": lambda page: go(page, "groups", ".card img"),
        "group": lambda page: choose_some(page, group),
        "map": lambda page: go(page, "map", ".map-stage[data-thumbnails]"),
        "picture": lambda page: go(page, f"picture/{picture}?in={group}", "img.full:not(.coming)"),
        "search": lambda page: go(page, f"search?like={picture}", ".cell img"),
        "duplicates": find_duplicates,
        "tidy": lambda page: plan(page, target),
        "skipped": lambda page: go(page, "skipped", "main li"),
        "history": lambda page: open_panel(page, "History"),
        "keys": lambda page: press(page, "?"),
    }


def choose_some(page: Any, group: str) -> None:
    """Show a group, and choose a few of its pictures."""
    go(page, f"group/{group}", ".cell img")
    page.locator(".cell .tick").nth(1).click()
    page.locator(".cell .tick").nth(3).click(modifiers=["Shift"])


def find_duplicates(page: Any) -> None:
    """Look for duplicates, unless that was done."""
    go(page, "duplicates", "h1")
    button, found = page.get_by_role("button", name="Find duplicates"), page.get_by_role("article")
    button.or_(found).first.wait_for()
    if button.is_visible():
        button.click()
    found.first.wait_for()


def plan(page: Any, target: Path) -> None:
    """Make a plan of folders."""
    go(page, "tidy", "h1")
    page.get_by_label("Into the folder").fill(str(target))
    page.get_by_role("button", name="Show the plan").click()
    page.get_by_role("button", name="Apply").wait_for()


def open_panel(page: Any, name: str) -> None:
    """Open what lies over the groups."""
    go(page, "groups", ".card img")
    page.get_by_role("button", name=name).click()
    page.get_by_role("dialog").or_(page.get_by_role("complementary")).first.wait_for()


def press(page: Any, key: str) -> None:
    """Press a key before the groups, with nothing open."""
    page.keyboard.press("Escape")
    go(page, "groups", ".card img")
    page.keyboard.press(key)


@contextmanager
def home() -> Iterator[Path]:
    """Give a folder whose name may be seen in the pictures."""
    folder = Path(tempfile.gettempdir()) / "ada"
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def library(folder: Path) -> Iterator[pixkin.Library]:
    """Give a library of the demo's pictures."""
    pictures = write_pictures(folder / "Photos")
    for kind in (pictures / "digits").iterdir():
        for path in sorted(kind.iterdir())[DIGITS:]:
            path.unlink()
    add_copies(pictures / "photos")
    pixkin.cluster(pictures)
    with pixkin.open(pictures) as found:
        yield found


def add_copies(photos: Path) -> None:
    """Add copies of some pictures, and one that is broken."""
    first, second, third = sorted(photos.rglob("*.jpg"))[:3]
    shutil.copy(first, photos / "copy of the first.jpg")
    with Image.open(second) as image:
        ImageOps.scale(image, 0.5).save(photos / "small.jpg", quality=70)
    with Image.open(third) as image:
        width, height = image.size
        image.crop((width // 8, height // 8, width, height)).save(photos / "cropped.jpg")
    (photos / "cut off.jpg").write_bytes(first.read_bytes()[:4000])


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
            executable_path=program, args=list(FLAGS), chromium_sandbox=False
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


def save(page: Any, name: str) -> None:
    """Take a picture of what is seen, small."""
    page.wait_for_timeout(1000)
    target = IMAGES / f"{name}.webp"
    with Image.open(io.BytesIO(page.screenshot())) as image:
        image.convert("RGB").save(target, quality=80, method=6)
    print(f"{target.name}: {target.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
