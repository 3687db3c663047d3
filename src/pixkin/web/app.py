"""The server's parts, put together."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Collection, Iterable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from pixkin import __version__
from pixkin.errors import (
    LibraryBusyError,
    NotGroupedError,
    OutdatedError,
    PathError,
    PixkinError,
    UnknownGroupError,
    UsageError,
)
from pixkin.web import page
from pixkin.web.guard import Guard, TooLargeError
from pixkin.web.routes import duplicates, edits, filing, groups, images, live, search
from pixkin.web.typed import Routes, described

if TYPE_CHECKING:
    from pixkin.records import Json
    from pixkin.web.here import Here

__all__ = ["api", "app", "description", "routes_of"]

STATUS: tuple[tuple[type[PixkinError], int], ...] = (
    (OutdatedError, 409),
    (NotGroupedError, 409),
    (UnknownGroupError, 404),
    (PathError, 404),
    (UsageError, 400),
    (LibraryBusyError, 503),
    (PixkinError, 500),
)
LEAST_ZIPPED = 1024
ROUTES = (groups, images, search, edits, live, duplicates, filing)


def routes_of(here: Here) -> list[Routes]:
    """Give all that can be asked."""
    return [module.router(here) for module in ROUTES]


def api(here: Here) -> Starlette:
    """Give the server without its guard."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        here.hub.end()
        here.jobs.end()

    known = routes_of(here)
    return Starlette(
        routes=[
            *(route for each in known for route in each.routes()),
            Route("/api/openapi.json", lambda _: JSONResponse(description(known))),
            *page.routes(),
        ],
        middleware=[
            Middleware(GZipMiddleware, minimum_size=LEAST_ZIPPED, compresslevel=5),
        ],
        exception_handlers={PixkinError: _told, ValidationError: _wrong, TooLargeError: _large},
        lifespan=lifespan,
    )


def description(known: Iterable[Routes]) -> Json:
    """Describe the API."""
    return described(known, "Pixkin", __version__)


def app(here: Here, hosts: Collection[str]) -> Guard:
    """Give the server, which answers only its own page under ``hosts``."""
    return Guard(api(here), here.keys, hosts)


async def _told(_: Request, error: Exception) -> JSONResponse:
    """Give one of our errors as JSON, with a status that fits."""
    status = next(status for kind, status in STATUS if isinstance(error, kind))
    name = re.sub(r"(?<!^)(?=[A-Z])", "-", type(error).__name__.removesuffix("Error")).lower()
    return JSONResponse({"error": name, "message": str(error)}, status)


async def _large(_: Request, __: Exception) -> JSONResponse:
    return JSONResponse({"error": "refused", "message": "That is too large."}, 413)


async def _wrong(_: Request, error: Exception) -> JSONResponse:
    """Say what is wrong with a request, without repeating what it sent."""
    assert isinstance(error, ValidationError)
    found = error.errors(include_url=False, include_context=False, include_input=False)
    where = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in found)
    return JSONResponse({"error": "request", "message": where or "not understood"}, 422)
