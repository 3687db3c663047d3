"""Pictures by their key: thumbnails, and what is known of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query
from fastapi import Path as InPath
from fastapi.responses import Response

from pixkin.web.here import KEY
from pixkin.web.thumbs import Thumbs

if TYPE_CHECKING:
    from pixkin.web.here import Here

__all__ = ["router"]

Key = Annotated[str, InPath(pattern=f"^[0-9a-f]{{{KEY}}}$")]
FOREVER = "private, max-age=31536000, immutable"
"""A key names a content, which never changes."""


def router(here: Here) -> APIRouter:
    """Give the routes."""
    routes = APIRouter(tags=["images"])
    thumbs = Thumbs(here.library.folder)

    @routes.get("/thumbs/{key}", response_class=Response)
    def thumbnail(key: Key, side: Annotated[int | None, Query(ge=16, le=512)] = None) -> Response:
        jpeg = thumbs.read(here.hash_of(key), side)
        if jpeg is None:
            return Response(status_code=404)
        return Response(jpeg, media_type="image/jpeg", headers={"cache-control": FOREVER})

    return routes
