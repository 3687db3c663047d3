"""JPEGs with nothing in them but the picture."""

from __future__ import annotations

import re

__all__ = ["plain"]

BEGIN, END = b"\xff\xd8", b"\xff\xd9"
SCAN = 0xDA
KEPT = frozenset({0xC0, 0xC1, 0xC2, 0xC4, 0xDB, 0xDD, SCAN})
"""Frames, Huffman and quantisation tables, restarts and scans (ITU-T T.81, table B.1). Not kept:
what applications write (EXIF, GPS, comments, another thumbnail)."""
NEXT_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")


def plain(jpeg: bytes) -> bytes | None:
    """Take all out of a JPEG that is not needed to show it; None if it is damaged."""
    if not jpeg.startswith(BEGIN):
        return None
    kept, at = [BEGIN], len(BEGIN)
    while jpeg[at : at + 2] != END:
        if at + 4 > len(jpeg) or jpeg[at] != 0xFF:
            return None
        kind, end = jpeg[at + 1], at + 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if kind == SCAN:
            found = NEXT_MARKER.search(jpeg, end)
            if found is None:
                return None
            end = found.start()
        if kind in KEPT:
            kept.append(jpeg[at:end])
        at = end
    return b"".join([*kept, END])
