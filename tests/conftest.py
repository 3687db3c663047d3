"""What the tests share: drawn pictures, the collections beside the checkout, other processes."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from hypothesis import settings
from PIL import Image, ImageDraw

import pixkin

SRC = Path(pixkin.__file__).parents[1]
SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"
NOBODY = 65534
BROWSER_FLAGS = (
    "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync",
)  # fmt: skip

# The machines that run the tests are shared: how long an example takes says nothing.
settings.register_profile("pixkin", deadline=None, derandomize=True)
settings.load_profile("pixkin")

Size = tuple[int, int]
Rng = np.random.Generator


@pytest.fixture
def drawn() -> Callable[..., Path]:
    """Give `draw_folder`: writes a folder of pictures, one subfolder per kind."""
    return draw_folder


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Give the folder of collections, where it is."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the collections are not beside the checkout (../shared/data)")
    return SHARED_DATA


@pytest.fixture
def run_script(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Give a function that runs Python code as a file, in a process of its own."""

    def run(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            script(tmp_path, code, *arguments),
            env=environment(),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


@pytest.fixture
def start_script(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Give a function that starts Python code as a file; what still runs at the end is ended."""
    started = []

    def start(code: str, *arguments: object) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            script(tmp_path, code, *arguments),
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def no_child_left() -> Iterator[None]:
    """Fail a test that leaves a process behind, a dead one that nobody waited for included."""
    before = set(psutil.Process().children(recursive=True))
    yield
    left = set(psutil.Process().children(recursive=True)) - before

    assert left == set()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Start the browser that pages are tested in."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        if os.environ.get("PIXKIN_NEED_BROWSER"):
            pytest.fail("there is no chromium, and PIXKIN_NEED_BROWSER is set")
        pytest.skip("there is no chromium (on Debian: apt install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=program, args=list(BROWSER_FLAGS), chromium_sandbox=False
        )
        yield chromium
        chromium.close()


def script(folder: Path, code: str, *arguments: object) -> list[str]:
    path = folder / "script.py"
    path.write_text(code, encoding="utf-8")
    return [sys.executable, str(path), *map(str, arguments)]


def environment() -> dict[str, str]:
    """Give the environment in which another Python finds what this one finds."""
    first = [str(SRC), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, first))}


def draw_folder(folder: Path, n_per_kind: int = 6, kinds: int = 4, size: Size = (96, 72)) -> Path:
    """Write pictures of a few visually distinct kinds, the same each time.

    Parameters
    ----------
    folder : Path
        Made if it is not there. Kind ``balls`` lies in ``folder/balls``, and so on.
    n_per_kind : int
        Pictures of each kind, different unless they are tiny: ``0.jpg``, ``1.png`` ...
    kinds : int
        1 to 6: balls, sunsets, grass, rings, stripes, chequers.
    size : (int, int)
        Width and height in pixels.

    Returns
    -------
    Path
        ``folder``.
    """
    for name, draw in list(KINDS.items())[:kinds]:
        (folder / name).mkdir(parents=True)
        for i in range(n_per_kind):
            image = draw(np.random.default_rng([len(name), i]), size)
            image.save(folder / name / f"{i}.{('jpg', 'png')[i % 2]}")
    return folder


def _balls(rng: Rng, size: Size) -> Image.Image:
    image = Image.new("RGB", size, (235, 235, int(rng.integers(215, 240))))
    draw = ImageDraw.Draw(image)
    for _ in range(4):
        x, y, r = (
            rng.integers(0, size[0]),
            rng.integers(0, size[1]),
            min(size) * rng.uniform(0.1, 0.2),
        )
        draw.ellipse((x - r, y - r, x + r, y + r), fill=(int(rng.integers(180, 255)), 30, 30))
    return image


def _stripes(rng: Rng, size: Size) -> Image.Image:
    _, x = np.mgrid[: size[1], : size[0]]
    dark = (x + rng.integers(0, 20)) // int(rng.integers(5, 8)) % 2
    return Image.fromarray((np.dstack([dark, dark, dark]) * 200 + 30).astype(np.uint8))


def _sunsets(rng: Rng, size: Size) -> Image.Image:
    y = np.linspace(0, 1, size[1])[:, None] + rng.uniform(-0.1, 0.1) + np.zeros((1, size[0]))
    colours = np.dstack([240 - 60 * y, 90 + 110 * y, 170 - 120 * y])
    image = Image.fromarray(colours.clip(0, 255).astype(np.uint8))
    x, r = rng.uniform(0.2, 0.8) * size[0], min(size) * 0.2
    ImageDraw.Draw(image).ellipse((x - r, size[1] / 2 - r, x + r, size[1] / 2 + r), (255, 240, 170))
    return image


def _chequers(rng: Rng, size: Size) -> Image.Image:
    y, x = np.mgrid[: size[1], : size[0]]
    step = int(rng.integers(9, 13))
    odd = ((x + rng.integers(0, 9)) // step + y // step) % 2 == 1
    colours = np.where(odd[..., None], (20, 20, 150), (120, 200, 255))
    return Image.fromarray(colours.astype(np.uint8))


def _grass(rng: Rng, size: Size) -> Image.Image:
    image = Image.new("RGB", size, (30, 80, 20))
    draw = ImageDraw.Draw(image)
    for _ in range(300):
        x, y = rng.integers(0, size[0]), rng.integers(0, size[1])
        blade = (x, y, x + rng.integers(-3, 4), y - rng.integers(5, 15))
        draw.line(tuple(map(int, blade)), fill=(40, int(rng.integers(110, 230)), 30))
    return image


def _rings(rng: Rng, size: Size) -> Image.Image:
    image = Image.new("RGB", size, (250, 220, 60))
    draw = ImageDraw.Draw(image)
    x, y = rng.uniform(0.3, 0.7) * size[0], rng.uniform(0.3, 0.7) * size[1]
    for r in range(6, max(size), 10):
        draw.ellipse((x - r, y - r, x + r, y + r), outline=(110, 30, 120), width=3)
    return image


KINDS = {
    "balls": _balls,
    "sunsets": _sunsets,
    "grass": _grass,
    "rings": _rings,
    "stripes": _stripes,
    "chequers": _chequers,
}


@pytest.fixture
def odd_encoder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Install, as another package would, an encoder that does what a picture's colour says."""
    folder = tmp_path / "odd-package"
    info = folder / "pixkin_odd-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: pixkin-odd\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[pixkin.encoders]\nodd = pixkin_odd:OddEncoder\n")
    (folder / "pixkin_odd.py").write_text(ODD_ENCODER)
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setenv("PYTHONPATH", str(folder), prepend=os.pathsep)
    monkeypatch.setenv("ODD_LOCK", str(tmp_path / "odd-lock"))
    return "odd"


CRASH, HANG, DIE = (250, 0, 0), (0, 250, 0), (0, 0, 250)
EAT, FAIL, CHATTER = (250, 250, 0), (0, 250, 250), (250, 0, 250)
ALONE, ENDLESS = (90, 90, 90), (250, 90, 90)
"""Colours that make the odd encoder misbehave."""

ODD_ENCODER = f'''
"""The mean colour of a picture, but for a few colours."""
import os, signal, threading
import numpy as np

def eat():
    return bytearray(2**31)

def chatter():
    os.write(1, b"a library in C talks" * 100)

def fail():
    raise KeyError("no such thing")

def alone():
    """Fail if another process is in here."""
    os.close(os.open(os.environ["ODD_LOCK"], os.O_CREAT | os.O_EXCL))
    threading.Event().wait(0.2)
    os.unlink(os.environ["ODD_LOCK"])

DEEDS = {{
    {CRASH}: os.abort,
    {HANG}: threading.Event().wait,
    {DIE}: lambda: os.kill(os.getpid(), signal.SIGKILL),
    {EAT}: eat,
    {FAIL}: fail,
    {CHATTER}: chatter,
    {ALONE}: alone,
}}

class OddEncoder:
    n_features = 3
    min_side = 8
    scaling = "none"
    fingerprint = {{"encoder": "odd"}}

    def encode(self, batch):
        means = np.stack([pixels.mean(axis=(0, 1)) for pixels in batch]).astype(np.float32)
        for mean in means:
            if tuple(np.rint(mean / 10).astype(int) * 10) == {ENDLESS}:
                mean[0] = 1e9
            DEEDS.get(tuple(np.rint(mean / 10).astype(int) * 10), lambda: None)()
        return means
'''


@pytest.fixture
def paint(tmp_path: Path) -> Callable[..., Path]:
    """Give a function that writes a picture of one colour."""

    def write(name: str, colour: tuple[int, int, int], size: Size = (16, 16)) -> Path:
        path = tmp_path / "painted" / name
        path.parent.mkdir(exist_ok=True)
        image = Image.new("P", size)
        image.putpalette(colour)
        image.save(path)
        return path

    return write


@pytest.fixture
def plain_user() -> Iterator[Path]:
    """Give a folder of somebody who is not root, and be them: root may read and write anything."""
    folder = Path(tempfile.mkdtemp())
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if is_root:
        os.chown(folder, NOBODY, -1)
        os.seteuid(NOBODY)
    try:
        if os.name == "nt" or not os.access(folder, os.W_OK, effective_ids=True):
            pytest.skip("there is no folder here that somebody other than root can use")
        yield folder
    finally:
        if is_root:
            os.seteuid(0)
        for path in folder.rglob("*"):
            path.chmod(0o700)
        shutil.rmtree(folder)
