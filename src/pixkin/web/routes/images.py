"""Pictures by their key: thumbnails, and what is known of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field
from starlette.responses import Response

from pixkin.web.here import KEY
from pixkin.web.thumbs import Thumbs
from pixkin.web.typed import Routes

if TYPE_CHECKING:
    from pixkin.web.here import Here

__all__ = ["router"]

Key = Annotated[str, Field(pattern=f"^[0-9a-f]{{{KEY}}}$")]
FOREVER = "private, max-age=31536000, immutable"
"""A key names a content, which never changes."""


def router(here: Here) -> Routes:
    """Give what can be asked."""
    routes = Routes("images")
    thumbs = Thumbs(here.library.folder)

    @routes.get("/thumbs/{key}")
    def thumbnail(key: Key, side: Annotated[int | None, Field(ge=16, le=512)] = None) -> Response:
        jpeg = thumbs.read(here.hash_of(key), side)
        if jpeg is None:
            return Response(status_code=404)
        return Response(jpeg, media_type="image/jpeg", headers={"cache-control": FOREVER})

    return routes
