"""Ids and colours for groups that are founded."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Collection, Iterable, Iterator
from itertools import count

__all__ = ["founded", "free_colours"]

ID_LENGTH = 10


def founded(hashes: Iterable[bytes], taken: Collection[str] = ()) -> str:
    """Derive the lasting id of a group from the members that found it.

    The SHA-256 of the members' hashes, rising, in base 32, cut to 50 bits: never random, and two
    groups of different members do not share one. Where a group of just these members has become
    another since, and ``taken`` has its id, it is derived once more from that.
    """
    content = b"".join(sorted(hashes))
    while True:
        digest = hashlib.sha256(content).digest()
        found = base64.b32encode(digest).decode("ascii").lower()[:ID_LENGTH]
        if found not in taken:
            return found
        content = digest


def free_colours(used: Iterable[int]) -> Iterator[int]:
    """Give the smallest numbers of colours that are not used."""
    known = set(used)
    return (number for number in count() if number not in known)
