"""The built page, which lies in the package."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse, HTMLResponse, Response

__all__ = ["FOLDER", "is_built", "router"]

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


def router() -> APIRouter:
    """Give the page and its parts."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/")
    def index() -> Response:
        if not is_built():
            return HTMLResponse(MISSING, 503)
        return FileResponse(INDEX, headers={"cache-control": "no-cache"})

    @routes.get("/assets/{name}")
    def asset(name: str) -> Response:
        # A name, not a path: one with a separator does not come here, and ".." has no such ending.
        path = FOLDER / "assets" / name
        kind = KINDS.get(path.suffix)
        if kind is None or path.parent != FOLDER / "assets" or not path.is_file():
            return Response(status_code=404)
        # Its name has a checksum of its content.
        headers = {"cache-control": "private, max-age=31536000, immutable"}
        return FileResponse(path, media_type=kind, headers=headers)

    return routes
