"""The pictures themselves: their own bytes where a browser shows them, else decoded for it."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from starlette.responses import JSONResponse, Response, StreamingResponse

from pixkin.errors import BadImageError, PathError
from pixkin.files import replacing

if TYPE_CHECKING:
    from pixkin.library.facts import PictureFacts, PictureFile
    from pixkin.opened import Library
    from pixkin.pictures import LibraryImage

__all__ = ["FOREVER", "Pictures"]

FOREVER = "private, max-age=31536000, immutable"
"""A key names a content, which never changes."""
KINDS = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",  # more than one JPEG in a file, as telephones write it
    "PNG": "image/png",
    "GIF": "image/gif",
    "WEBP": "image/webp",
    "AVIF": "image/avif",
    "BMP": "image/bmp",
}
"""What browsers show, by the format that the library found: a name says nothing."""
MOST_PIXELS, MOST_BYTES = 50_000_000, 2**26
"""Of a picture that the browser is to decode by itself."""
TURNED_BY_BROWSERS = frozenset({"JPEG", "MPO"})
BLOCK = 2**17
AT_ONCE, WAIT_S = 2, 60.0
MOST_KEPT = 2**28
CHANGED = (
    "The file has changed since Pixkin read it, or is not there now. "
    "Look for new pictures, and it is shown as it is."
)
BUSY = "Other pictures are being prepared. Try again in a moment."


class Pictures:
    """Gives pictures to any thread.

    Parameters
    ----------
    library : Library
    scratch : Path
        A folder for what is decoded.
    """

    def __init__(self, library: Library, scratch: Path) -> None:
        self._library = library
        self._folder = scratch / "previews"
        self._free = threading.BoundedSemaphore(AT_ONCE)

    def answer(self, image: LibraryImage) -> Response:
        """Give a picture."""
        facts = self._library.facts(image)
        if not _is_shown(facts):
            return self._decoded(image)
        for file in facts.files:
            stream = _opened(file)
            if stream is not None:
                kind = KINDS[str(facts.format)]
                headers = {"cache-control": FOREVER, "content-length": str(file.bytes)}
                return StreamingResponse(_blocks(stream, file.bytes), 200, headers, kind)
        return _no(410, "changed", CHANGED)

    def _decoded(self, image: LibraryImage) -> Response:
        target = self._folder / f"{image.sha256}.jpg"
        jpeg = _read(target)
        if jpeg is None:
            if not self._free.acquire(timeout=WAIT_S):
                return _no(503, "busy", BUSY)
            try:
                jpeg = _read(target) or self._made(image, target)
            except PathError:
                return _no(410, "changed", CHANGED)
            except BadImageError as error:
                return _no(422, "bad-image", f"This picture cannot be shown: {error.reason}.")
            finally:
                self._free.release()
        return Response(jpeg, media_type="image/jpeg", headers={"cache-control": FOREVER})

    def _made(self, image: LibraryImage, target: Path) -> bytes:
        jpeg = self._library.preview(image)
        self._folder.mkdir(exist_ok=True)
        with replacing(target) as stream:
            stream.write(jpeg)
        self._tidy()
        return jpeg

    def _tidy(self) -> None:
        """Remove the oldest beyond what may be kept."""
        known = [(path.stat(), path) for path in self._folder.glob("*.jpg")]
        known.sort(key=lambda one: -one[0].st_mtime_ns)
        size = 0
        for status, path in known:
            size += status.st_size
            if size > MOST_KEPT:
                path.unlink(missing_ok=True)


def _is_shown(facts: PictureFacts) -> bool:
    """Tell whether a browser shows the file as it is, upright, without harm."""
    if facts.format not in KINDS:
        return False
    if facts.format not in TURNED_BY_BROWSERS and (facts.orientation or 1) != 1:
        return False
    pixels = (facts.width or 0) * (facts.height or 0)
    return pixels <= MOST_PIXELS and facts.bytes <= MOST_BYTES


def _opened(file: PictureFile) -> BinaryIO | None:
    """Open a file if it is the one that was read.

    What was opened is looked at, not what lies there a moment later; and no pipe is waited for.
    """
    try:
        handle = os.open(file.path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _BINARY)
    except OSError:
        return None
    if not file.is_as_read(os.fstat(handle)):
        os.close(handle)
        return None
    return os.fdopen(handle, "rb", buffering=0)


_BINARY = getattr(os, "O_BINARY", 0)  # on Windows a text file would end at the first Ctrl-Z


def _blocks(stream: BinaryIO, n_bytes: int) -> Iterator[bytes]:
    """Give a file piece by piece: no more than was promised, should it grow meanwhile."""
    with stream:
        while n_bytes > 0 and (block := stream.read(min(BLOCK, n_bytes))):
            n_bytes -= len(block)
            yield block


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _no(status: int, kind: str, message: str) -> JSONResponse:
    return JSONResponse({"error": kind, "message": message}, status, {"cache-control": "no-store"})
