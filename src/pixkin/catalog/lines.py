"""Writing JSON a line for each thing, so that not all of it has to be in memory."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import IO, Any

__all__ = ["put", "put_list", "text"]


def text(thing: Any) -> str:
    """Write a thing as JSON, in one line."""
    return json.dumps(thing, ensure_ascii=False)


def put(stream: IO[bytes], *parts: str) -> None:
    """Write text."""
    stream.write("".join(parts).encode("utf-8"))


def put_list(stream: IO[bytes], things: Iterable[str], brackets: str = "[]") -> int:
    """Write a list, or with ``{}`` an object, of what is JSON already; give how many there were."""
    n, before = 0, brackets[0] + "\n"
    for thing in things:
        put(stream, before, thing)
        n, before = n + 1, ",\n"
    put(stream, "\n" if n else before, brackets[1])
    return n
