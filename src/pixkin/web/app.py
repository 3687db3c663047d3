"""The server's parts, put together."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.middleware.gzip import GZipMiddleware

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
from pixkin.web.guard import Guard
from pixkin.web.routes import edits, groups, images, live

if TYPE_CHECKING:
    from pixkin.web.here import Here

__all__ = ["api", "app"]

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
ROUTES = (groups, images, edits, live)


def api(here: Here) -> FastAPI:
    """Give the server without its guard."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        here.hub.end()
        here.jobs.end()

    made = FastAPI(
        title="Pixkin",
        version=__version__,
        description="The groups of a library of pictures, as the page asks for them.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )
    for routes in ROUTES:
        made.include_router(routes.router(here))
    made.include_router(page.router())
    made.add_exception_handler(PixkinError, _told)
    made.add_exception_handler(RequestValidationError, _wrong)
    made.add_middleware(GZipMiddleware, minimum_size=LEAST_ZIPPED, compresslevel=5)
    return made


def app(here: Here, hosts: Collection[str]) -> Guard:
    """Give the server, which answers only its own page under ``hosts``."""
    return Guard(api(here), here.keys, hosts)


async def _told(_: Request, error: Exception) -> JSONResponse:
    """Give one of our errors as JSON, with a status that fits."""
    status = next(status for kind, status in STATUS if isinstance(error, kind))
    name = re.sub(r"(?<!^)(?=[A-Z])", "-", type(error).__name__.removesuffix("Error")).lower()
    return JSONResponse({"error": name, "message": str(error)}, status)


async def _wrong(_: Request, error: Exception) -> JSONResponse:
    """Say what is wrong with a request, without repeating what it sent."""
    assert isinstance(error, RequestValidationError)
    where = "; ".join(
        f"{'.'.join(map(str, one['loc'][1:]))}: {one['msg']}" for one in error.errors()
    )
    return JSONResponse({"error": "request", "message": where or "not understood"}, 422)
