"""Writing a file, or a folder of files, whole or not at all."""

from __future__ import annotations

import contextlib
import csv
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

__all__ = [
    "link_to",
    "put_csv",
    "remove_unfinished",
    "replacing",
    "replacing_folder",
    "text_of",
    "write_csv",
    "write_text",
]

UNFINISHED = re.compile(r"\..+\.(\d+)-[a-z0-9_]+\.part")
"""The name of a file that is being written tells by which process."""


@contextlib.contextmanager
def replacing(target: Path) -> Iterator[IO[bytes]]:
    """Open a new file that takes the place of ``target`` once all is written.

    What a process that was killed left unfinished in the same folder is removed.
    """
    _tidy(target.parent)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=_prefix(target), suffix=".part")
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
        Path(name).chmod(0o666 & ~_umask())
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def replacing_folder(target: Path) -> Iterator[Path]:
    """Make a new folder that takes the place of ``target`` once all is written into it.

    What is unfinished is told and removed as `replacing` does.
    """
    _tidy(target.parent)
    new = Path(tempfile.mkdtemp(dir=target.parent, prefix=_prefix(target), suffix=".part"))
    old = new.with_name(f"{_prefix(target)}old.part")
    try:
        yield new
        new.chmod(0o777 & ~_umask())
        if target.exists():
            target.replace(old)
        new.replace(target)
    except BaseException:
        if old.exists() and not target.exists():
            old.replace(target)
        raise
    finally:
        for left in (new, old):
            _remove(left)


def remove_unfinished(folder: Path) -> None:
    """Remove what this process has begun to write in ``folder``, because it is to end now."""
    for path, pid in _unfinished(folder):
        if pid == os.getpid():
            _remove(path)


def write_text(target: Path, text: str) -> None:
    """Write UTF-8."""
    with replacing(target) as stream:
        stream.write(text.encode("utf-8"))


def write_csv(target: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a CSV table (RFC 4180, with line feeds) in UTF-8."""
    with replacing(target) as stream:
        put_csv(stream, header, rows)


def put_csv(stream: IO[bytes], header: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write what `write_csv` writes into a stream."""
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


def link_to(path: Path, folder: Path) -> str:
    """Point at a file from a page in ``folder``: relative if it can be, so that both may move."""
    from urllib.parse import quote_from_bytes

    try:
        near = os.path.relpath(path, folder)
    except ValueError:  # another disk, on Windows
        return path.absolute().as_uri()
    return quote_from_bytes(os.fsencode(Path(near).as_posix()), safe="/.")


def _prefix(target: Path) -> str:
    return f".{target.name}.{os.getpid()}-"


def _tidy(folder: Path) -> None:
    """Remove what processes that are no more left unfinished."""
    for path, pid in _unfinished(folder):
        if not _is_being_written(path, pid):
            _remove(path)


def _unfinished(folder: Path) -> Iterator[tuple[Path, int]]:
    for path in folder.glob(".*.part"):
        match = UNFINISHED.fullmatch(path.name)
        if match:
            yield path, int(match[1])


def _is_being_written(path: Path, pid: int) -> bool:
    """Tell whether the process is still there. One that began after the file got a used number."""
    import psutil

    try:
        return bool(psutil.Process(pid).create_time() <= path.stat().st_mtime)
    except (psutil.NoSuchProcess, FileNotFoundError):
        return False
    except psutil.Error:  # it is somebody else's
        return True


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
        return
    with contextlib.suppress(OSError):  # Windows keeps what is open; then the next run removes it
        path.unlink()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
