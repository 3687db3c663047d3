"""What the map costs the page for each frame, with 1,000 to 1,000,000 pictures; writes web-map.md.

python benchmarks/web_map.py [--images 1000 100000 1000000] [--seconds 4]

The page is the real one, of a small library; the places, the groups and the thumbnails it asks for
are made up here. There is no graphics card, so frames for each second would say nothing; what the
page's own thread does for each frame is the same with one.
"""

from __future__ import annotations

import argparse
import io
import json
import statistics
import tempfile
from collections import defaultdict
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from labelled import table
from measuring import machine, write_page
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, CDPSession, Page, Route, sync_playwright

import pixkin
from pixkin.colors import color_of
from pixkin.web.serve import Served, serving

PROGRAM = "/usr/bin/chromium"
FLAGS = ("--disable-gpu", "--enable-unsafe-swiftshader", "--disable-background-networking")
GROUPS = 500
SIZE = 1280, 800
TRACED = ("disabled-by-default-devtools.timeline", "devtools.timeline")
MOST_MS = 8
UNDRAWN = """
for (const name of ["drawArraysInstanced", "drawElementsInstanced"])
  WebGL2RenderingContext.prototype[name] = () => {};
"""
MOVING = """
([what, ms]) => new Promise((done) => {
  const canvas = document.querySelector(".map-stage canvas");
  const box = canvas.getBoundingClientRect();
  const [x, y] = [box.x + box.width / 2.4, box.y + box.height / 2];
  const send = (type, clientX, clientY, buttons) => canvas.dispatchEvent(new PointerEvent(type, {
    bubbles: true, cancelable: true, pointerId: 1, pointerType: "mouse", isPrimary: true,
    button: type === "pointermove" ? -1 : 0, buttons, clientX, clientY,
  }));
  const start = performance.now();
  const far = what === "lasso" ? 140 : 220;
  const at = (part) => [x + far * Math.sin(6.2 * part), y + far * Math.cos(6.2 * part)];
  if (what !== "wheel") send("pointerdown", ...at(0), 1);
  const step = () => {
    const part = (performance.now() - start) / ms;
    if (what === "wheel")
      canvas.dispatchEvent(new WheelEvent("wheel", {
        bubbles: true, cancelable: true, deltaY: part < 0.5 ? -40 : 40, clientX: x, clientY: y,
      }));
    else send("pointermove", ...at(part), 1);
    if (part < 1) return requestAnimationFrame(step);
    if (what !== "wheel") send("pointerup", ...at(1), 0);
    done();
  };
  step();
})
"""
"""Moves the mouse once for each frame, from within: the browser would wait for each frame."""
READY = """
() => performance.now() - Math.max(...performance.getEntriesByType("resource")
  .filter((one) => one.name.includes("/api/places")).map((one) => one.responseEnd))
"""
ABOUT = f"""
Milliseconds of the page's own thread between the beginnings of two frames: median, 95th and 99th of
a hundred, and the longest, by the time that the thread itself ran. The mouse drags the map or
turns its wheel without rest; thumbnails come meanwhile. Up to {GROUPS} groups, a window of
{SIZE[0]} x {SIZE[1]}. Wanted: at most {MOST_MS} ms with 100,000 pictures.

The machine has no graphics card, and drawing in software would take the cores that are measured:
all is done up to the call that draws dots and thumbnails, and that is left out. "Ready" is when
dots and names are there, "choosing" a lasso around many pictures, until they are coloured.
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--images", type=int, nargs="+", default=[1_000, 100_000, 1_000_000])
    options.add_argument("--seconds", type=float, default=4)
    given = options.parse_args()
    load = machine()
    rows = []
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=PROGRAM, args=list(FLAGS), chromium_sandbox=False
        )
        with pixkin.open(small(Path(scratch))) as library, serving(library) as served:
            for n in given.images:
                rows += measured(browser, served, n, given.seconds)
        browser.close()
    head = ["pictures", "what", "frames", "median", "95 %", "99 %", "longest"]
    write_page("web-map", "The map in the browser", ABOUT, table(head, rows), load)


def small(folder: Path) -> Path:
    """Make a library of a few pictures: the page wants one behind it."""
    for i in range(24):
        picture = Image.new("RGB", (96, 72), color_of(i % 2))
        ImageDraw.Draw(picture).ellipse((10 + i, 10, 40 + i, 60), fill="white")
        picture.save(folder / f"{i}.png")
    pixkin.cluster(folder, n_clusters=2)
    return folder


def measured(browser: Browser, served: Served, n: int, seconds: float) -> list[list[str]]:
    """Give rows of the table."""
    page = browser.new_page(viewport={"width": SIZE[0], "height": SIZE[1]})
    page.add_init_script(UNDRAWN)
    made_up(page, n)
    page.goto(served.link)
    page.wait_for_selector(".card")
    page.goto(f"http://127.0.0.1:{served.port}/#/map")
    page.wait_for_function(
        "() => document.querySelector('.map-name')",
        timeout=120_000,
    )
    ready = page.evaluate(READY)
    page.wait_for_timeout(3000)
    acts = {"dragging": drag, "wheel in and out": wheel, "dragging close by": drag}
    rows = []
    for name, act in acts.items():
        if name.endswith("close by"):
            close_by(page)
        frames = traced(page, partial(act, page, seconds))
        rows.append([f"{n:,}", name, *spread(frames)])
    rows.append([f"{n:,}", f"ready {ready / 1000:.1f} s after the places came", "", "", "", "", ""])
    chosen = traced(page, partial(lasso, page))
    rows.append([f"{n:,}", "choosing", "", "", "", "", f"{max(chosen):.1f}"])
    page.close()
    return rows


def spread(frames: list[float]) -> list[str]:
    """Give the columns of a row."""
    cuts = [statistics.median(frames), *(float(np.percentile(frames, p)) for p in (95, 99))]
    return [f"{len(frames)}", *(f"{cut:.1f}" for cut in cuts), f"{max(frames):.1f}"]


def made_up(page: Page, n: int) -> None:
    """Answer what the page asks for of the map with what is made up here."""
    rng = np.random.default_rng(0)
    n_groups = min(GROUPS, n // 100)
    middles = rng.normal(size=(n_groups, 2)) * 30
    labels = rng.integers(n_groups, size=n).astype("<i4")
    xy = (middles[labels] + rng.normal(size=(n, 2)) * 1.5).astype("<f4")
    ids = [f"g{i}" for i in range(n_groups)]
    head = json.dumps({"entry": 10**6, "n": n, "groups": ids}).encode()
    head += b" " * (-len(head) % 8)
    keys = rng.bytes(8 * n)
    places = b"".join([len(head).to_bytes(8, "little"), head, keys, xy.tobytes(), labels.tobytes()])
    jpegs = [jpeg(i) for i in range(32)]

    def groups(route: Route) -> None:
        given = route.fetch().json()
        one = given["groups"][0]
        sizes = np.bincount(labels, minlength=n_groups).tolist()
        given["groups"] = [
            {**one, "id": ids[i], "name": f"Group {i}", "colour": color_of(i), "images": sizes[i]}
            for i in range(n_groups)
        ]
        route.fulfill(json={**given, "entry": 10**6})

    def thumb(route: Route) -> None:
        which = int(route.request.url.partition("/thumbs/")[2][:2], 16) % len(jpegs)
        route.fulfill(body=jpegs[which], content_type="image/jpeg")

    page.route("**/api/places*", lambda route: route.fulfill(body=places))
    page.route("**/api/groups*", groups)
    page.route("**/thumbs/**", thumb)


def jpeg(i: int) -> bytes:
    picture, out = Image.new("RGB", (96, 72), color_of(i)), io.BytesIO()
    ImageDraw.Draw(picture).text((20, 20), str(i), fill="white")
    picture.save(out, "JPEG")
    return out.getvalue()


def drag(page: Page, seconds: float) -> None:
    page.evaluate(MOVING, ["drag", 1000 * seconds])


def wheel(page: Page, seconds: float) -> None:
    page.evaluate(MOVING, ["wheel", 1000 * seconds])


def close_by(page: Page) -> None:
    """Zoom in on a group, until thumbnails fill what is in sight."""
    page.get_by_role("option").first.click()
    page.wait_for_timeout(4000)


def lasso(page: Page) -> None:
    page.keyboard.press("l")
    page.evaluate(MOVING, ["lasso", 1000])
    page.get_by_role("toolbar").wait_for(timeout=60_000)
    page.wait_for_timeout(500)


def traced(page: Page, act: Any) -> list[float]:
    """Do something, and give the milliseconds that the page's thread ran for each frame."""
    session = page.context.browser.new_browser_cdp_session()  # type: ignore[union-attr]
    events: list[dict[str, Any]] = []
    session.on("Tracing.dataCollected", lambda told: events.extend(told["value"]))
    session.send(
        "Tracing.start",
        {"transferMode": "ReportEvents", "traceConfig": {"includedCategories": list(TRACED)}},
    )
    act()
    finished(page, session)
    return frames_of(events)


def finished(page: Page, session: CDPSession) -> None:
    done: list[bool] = []
    session.on("Tracing.tracingComplete", lambda _: done.append(True))
    session.send("Tracing.end")
    while not done:
        page.wait_for_timeout(50)
    session.detach()


def frames_of(events: list[dict[str, Any]]) -> list[float]:
    """Add up the tasks of the busiest page's main thread from frame to frame."""
    tasks: dict[tuple[int, int], list[tuple[float, float]]] = defaultdict(list)
    frames: dict[tuple[int, int], list[float]] = defaultdict(list)
    for event in events:
        where = event.get("pid", 0), event.get("tid", 0)
        if event["name"] == "RunTask":
            tasks[where].append((event["ts"], event.get("tdur", event.get("dur", 0)) / 1000))
        elif event["name"] == "FireAnimationFrame":
            frames[where].append(event["ts"])
    where = max(frames, key=lambda one: len(frames[one]))
    # Several callbacks of one frame come within a fraction of a millisecond.
    starts = sorted(frames[where])
    begins = [at for at, before in zip(starts, [-1e9, *starts], strict=False) if at - before > 4000]
    sums = np.zeros(len(begins) + 1)
    # A callback fires within its task, which began before it.
    ends = np.searchsorted(begins, [at for at, _ in tasks[where]], side="left")
    np.add.at(sums, ends, [ms for _, ms in tasks[where]])
    return sums[1:-1].tolist() or sums.tolist()


if __name__ == "__main__":
    main()
