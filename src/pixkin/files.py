"""Writing a file whole or not at all."""

from __future__ import annotations

import contextlib
import csv
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

__all__ = ["replacing", "text_of", "write_csv", "write_text"]


@contextlib.contextmanager
def replacing(target: Path) -> Iterator[IO[bytes]]:
    """Open a new file that takes the place of ``target`` once all is written."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
        Path(name).chmod(0o666 & ~_umask())
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def write_text(target: Path, text: str) -> None:
    """Write UTF-8."""
    with replacing(target) as stream:
        stream.write(text.encode("utf-8"))


def write_csv(target: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a CSV table (RFC 4180, with line feeds) in UTF-8."""
    with replacing(target) as stream:
        writer = csv.writer(_LineFeeds(stream), lineterminator="\r\n")
        writer.writerow(header)
        writer.writerows(rows)


class _LineFeeds:
    """Ends rows with a line feed. The writer, told of both, quotes names that hold either."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream

    def write(self, row: str) -> None:
        self.stream.write(row.removesuffix("\r\n").encode("utf-8") + b"\n")


def text_of(path: str) -> str:
    r"""Write a file name of any bytes as UTF-8: a byte that is none becomes ``\xff``."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
