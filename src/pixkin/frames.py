"""How the run and its worker processes talk: a JSON header and some bytes, through a pipe.

Not pickle: a worker reads hostile files, and what it sends back is only ever data.
"""

from __future__ import annotations

import json
import struct
from typing import BinaryIO

from pixkin.records import Json

__all__ = ["read_frame", "write_frame"]

LENGTHS = struct.Struct(">II")


def write_frame(stream: BinaryIO, header: Json, *blobs: bytes) -> None:
    """Send ``header`` and ``blobs``, and flush."""
    text = json.dumps({**header, "sizes": [len(blob) for blob in blobs]}).encode()
    stream.write(LENGTHS.pack(len(text), sum(map(len, blobs))) + text + b"".join(blobs))
    stream.flush()


def read_frame(stream: BinaryIO) -> tuple[Json, list[bytes]] | None:
    """Wait for a frame; None when the other side is gone."""
    lengths = _exactly(stream, LENGTHS.size)
    if lengths is None:
        return None
    n_text, n_bytes = LENGTHS.unpack(lengths)
    content = _exactly(stream, n_text + n_bytes)
    if content is None:
        return None
    header: Json = json.loads(content[:n_text])
    blobs, start = [], n_text
    for size in header.pop("sizes"):
        blobs.append(content[start : start + size])
        start += size
    return header, blobs


def _exactly(stream: BinaryIO, n_bytes: int) -> bytes | None:
    content = stream.read(n_bytes)  # buffered: it gives fewer only where there are no more
    return content if len(content) == n_bytes else None
