"""The built page, which lies in the package."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

__all__ = ["FOLDER", "is_built", "routes"]

FOLDER = Path(__file__).parent / "page"
INDEX = FOLDER / "index.html"
MISSING = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Pixkin</title>
<h1>The page was not built</h1>
<p>This Pixkin was installed from its source where Node.js was missing. Install it from a wheel
(<code>pip install pixkin</code>), or build the page: <code>make page</code>.</p></html>"""
KINDS = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".webmanifest": "application/manifest+json",
}


def is_built() -> bool:
    """Tell whether there is a page to show."""
    return INDEX.is_file()


def routes() -> list[Route]:
    """Give the page and its parts."""
    return [Route("/", _index), Route("/assets/{name}", _asset)]


def _index(_: Request) -> Response:
    if not is_built():
        return HTMLResponse(MISSING, 503)
    return HTMLResponse(INDEX.read_bytes(), headers={"cache-control": "no-cache"})


def _asset(request: Request) -> Response:
    # A name, not a path: one with a separator does not come here, and ".." has no such ending.
    path = FOLDER / "assets" / request.path_params["name"]
    kind = KINDS.get(path.suffix)
    if kind is None or path.parent != FOLDER / "assets" or not path.is_file():
        return Response(status_code=404)
    # Its name has a checksum of its content.
    headers = {"cache-control": "private, max-age=31536000, immutable"}
    # Read as a whole: who goes away amid a FileResponse leaves its file open.
    return Response(path.read_bytes(), media_type=kind, headers=headers)
