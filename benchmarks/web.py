"""How the page does with many pictures, in headless chromium; writes web.md.

python benchmarks/web.py [--sizes 1000 10000 100000] [--minutes 10]

The library is made up (`made.py`), the server and the browser are those of a user, on one machine.
"""

from __future__ import annotations

import argparse
import http.client
import multiprocessing
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from labelled import pictures, table
from made import add_thumbnails, make
from measuring import machine, spread, write_page
from playwright.sync_api import sync_playwright

import pixkin
from pixkin.web.serve import Served, serving

SIZES = (1_000, 10_000, 100_000)
FLAGS = ("--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync")
RUNS, SCROLLS, ASKED, NEW_FILES = 5, 120, 200, 2_000
MOST_S, MOST_KB, MOST_FRAME_MS, MOST_ANSWER_MS = 1.5, 500, 8, 50
ABOUT = f"""
Libraries of made-up pictures in 100 groups, with thumbnails. Server and headless chromium (software
drawing) share the machine's cores.

First group: from the moment the link is opened in an empty tab, with nothing in the browser's
cache, to the first card with its pictures decoded; wanted at 100,000: under {MOST_S} s, also just
after the server has started, which has read nothing of the library then but the overview that the
grouping or an earlier server left. Changed since: there is none, as after an update or a correction
by another program. Bytes: all that was sent
within 1.5 s after that; under {MOST_KB} kB. Frame: what the browser counts as the main thread's
tasks (scripts, styles, layout, painting) while the largest group is scrolled by a third of the
screen in each of {SCROLLS} steps, by frame; wanted at most {MOST_FRAME_MS} ms. Answers: the
library, the groups, the pictures of a group and a thumbnail in turn, asked by another process,
first alone and then while `pixkin update` reads {NEW_FILES:,} new pictures; the median is to be
under {MOST_ANSWER_MS} ms. Memory: what the page's scripts hold, after cleaning up.
"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    options.add_argument("--minutes", type=float, default=10, help="of use, to watch the memory")
    given = options.parse_args()
    load, rows = machine(), {}
    for n in given.sizes:
        is_last = n == max(given.sizes)
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "photos"
            make(folder, n)
            add_thumbnails(folder)
            found = measure(folder, given.minutes if is_last else 0)
            for name, text in found.items():
                rows.setdefault(name, {})[n] = text
    body = table(
        ["", *(f"{n:,}" for n in given.sizes)],
        [[name, *(texts.get(n, "") for n in given.sizes)] for name, texts in rows.items()],
    )
    write_page("web", "The page with many pictures", ABOUT, body, load)


def measure(folder: Path, minutes: float) -> dict[str, str]:
    with chromium() as browser:
        changed = [just_started(browser, folder, is_changed=True) for _ in range(RUNS)]
        cold = [just_started(browser, folder) for _ in range(RUNS)]
    with pixkin.open(folder) as library, serving(library) as served, chromium() as browser:
        first = [first_view(browser, served) for _ in range(RUNS)]
        group = library.clusters[0].cluster_id
        frames = scrolled(browser, served, group)
        alone = answers(served, group)
        with updating(folder):
            busy = answers(served, group)
        told = {
            "first group, the server just started, s": spread([seconds for seconds, _ in cold]),
            "the same, changed since": spread([seconds for seconds, _ in changed]),
            "first group, s": spread([seconds for seconds, _ in first]),
            "bytes sent, kB": spread([sent / 1000 for _, sent in first], ".0f"),
            "frame while scrolling, ms": f"{statistics.median(frames):.1f}",
            "the same, 95th percentile": f"{quantile(frames, 0.95):.1f}",
            "answer, ms": spread([statistics.median(alone)], ".0f"),
            "answer during an update, ms": f"{statistics.median(busy):.0f}",
            "the same, 95th percentile, ms": f"{quantile(busy, 0.95):.0f}",
        }
        if minutes:
            start, end = used(browser, served, group, minutes)
            told[f"memory of the page, MB, at first and after {minutes:g} minutes"] = (
                f"{start:.0f}, {end:.0f}"
            )
    return told


@contextmanager
def chromium() -> Iterator[Any]:
    program = shutil.which("chromium") or "chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=list(FLAGS), chromium_sandbox=False
        )
        yield browser
        browser.close()


@contextmanager
def tab(browser: Any) -> Iterator[tuple[Any, Any, list[int]]]:
    """Give an empty tab with an empty cache; the list gets the bytes of all that is sent."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.add_init_script("localStorage.setItem('pixkin-seen', '1')")
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    sent: list[int] = []
    session.on("Network.loadingFinished", lambda told: sent.append(told["encodedDataLength"]))
    yield page, session, sent
    context.close()


@contextmanager
def opened(browser: Any, link: str) -> Iterator[tuple[Any, Any, list[int]]]:
    with tab(browser) as (page, session, sent):
        page.goto(link, wait_until="commit")
        yield page, session, sent


def first_view(browser: Any, served: Served) -> tuple[float, float]:
    with tab(browser) as (page, _, sent):
        start = time.perf_counter()
        page.goto(served.link, wait_until="commit")
        image = page.locator(".card img").first
        image.wait_for()
        image.evaluate("async (image) => { await image.decode() }")
        seconds = time.perf_counter() - start
        page.wait_for_timeout(1500)
        return seconds, float(sum(sent))


def just_started(browser: Any, folder: Path, *, is_changed: bool = False) -> tuple[float, float]:
    if is_changed:
        (folder / ".pixkin/cache/overview.json").unlink(missing_ok=True)
    with pixkin.open(folder) as library, serving(library) as served:
        return first_view(browser, served)


def scrolled(browser: Any, served: Served, group: str) -> list[float]:
    """Give the main thread's work in each frame, in milliseconds."""
    with opened(browser, served.link) as (page, session, _):
        page.locator(".card").first.wait_for()
        page.evaluate("(to) => { location.hash = to }", f"#/group/{group}")
        page.locator(".cell img").first.wait_for()
        session.send("Performance.enable")
        times = []
        for _ in range(SCROLLS):
            before = task_s(session)
            page.evaluate(
                "() => new Promise((done) => { scrollBy(0, innerHeight / 3);"
                " requestAnimationFrame(() => requestAnimationFrame(done)) })"
            )
            times.append((task_s(session) - before) * 1000 / 2)  # of two frames
    return times


def task_s(session: Any) -> float:
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(next(one["value"] for one in metrics if one["name"] == "TaskDuration"))


def answers(served: Served, group: str) -> list[float]:
    """Time what a page asks for, from a process of its own, in milliseconds."""
    key = served.here.library.gallery(group).images[0][:16]
    paths = ["/api/library", "/api/groups", f"/api/groups/{group}/images", f"/thumbs/{key}"]
    cookie = f"pixkin-{served.port}={served.here.keys.token}"
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(asked, served.port, cookie, paths).result()


def asked(port: int, cookie: str, paths: Sequence[str]) -> list[float]:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    times = []
    for i in range(ASKED):
        start = time.perf_counter()
        connection.request("GET", paths[i % len(paths)], headers={"Cookie": cookie})
        connection.getresponse().read()
        times.append((time.perf_counter() - start) * 1000)
    connection.close()
    return times


@contextmanager
def updating(folder: Path) -> Iterator[None]:
    """Let new pictures be read in another process meanwhile."""
    new = folder.parent / "new"
    new.mkdir()
    known = pictures("objects-caltech101")
    for i in range(NEW_FILES):
        path = Path(known[i % len(known)])
        (new / f"{i}{path.suffix}").write_bytes(path.read_bytes() + b"%d" % i)
    command = [sys.executable, "-m", "pixkin", "update", str(new), "--quiet", "--library"]
    with subprocess.Popen([*command, str(folder)], stderr=subprocess.DEVNULL) as run:
        threading.Event().wait(3)  # it has begun to read by then
        yield
        run.terminate()


def used(browser: Any, served: Served, group: str, minutes: float) -> tuple[float, float]:
    """Go to and fro for some time; give the heap in MB at first and at last, cleaned up."""
    with opened(browser, served.link) as (page, session, _):
        page.locator(".card").first.wait_for()
        start, end = heap(session), time.monotonic() + 60 * minutes
        while time.monotonic() < end:
            page.evaluate("(to) => { location.hash = to }", f"#/group/{group}")
            page.locator(".cell img").first.wait_for()
            for _ in range(20):
                page.evaluate("scrollBy(0, 3 * innerHeight)")
                page.wait_for_timeout(50)
            page.evaluate("location.hash = '#/groups'")
            page.locator(".card").first.wait_for()
        return start, heap(session)


def heap(session: Any) -> float:
    session.send("HeapProfiler.collectGarbage")
    return float(session.send("Runtime.getHeapUsage")["usedSize"]) / 2**20


def quantile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


if __name__ == "__main__":
    main()
