"""Where the parts of a page go: each to a file of its own, or all into one."""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from pixkin.errors import PathError
from pixkin.files import replacing_folder, write_text
from pixkin.sharing import page, place

__all__ = ["Out", "writing"]


class Out(Protocol):
    """Takes what a page is made of."""

    def picture(self, kind: str, key: str, jpeg: bytes) -> None:
        """Take a picture; ``kind`` is the folder it belongs to."""

    def finish(self, title: str, parts: Mapping[str, Any]) -> int:
        """Take all else, and tell how many bytes all is."""


@contextlib.contextmanager
def writing(where: Path, target: Path, *, single: bool) -> Iterator[Out]:
    """Write a page whole or not at all.

    Raises
    ------
    PathError
        If it cannot be written.
    """
    try:
        where.parent.mkdir(parents=True, exist_ok=True)
        if single:
            yield _File(where)
        else:
            with replacing_folder(where) as folder:
                place.begin(folder)
                yield _Folder(folder)
    except OSError as error:
        raise PathError(str(target), f"cannot be written ({error.strerror or error})") from error


class _Folder:
    def __init__(self, folder: Path) -> None:
        self.folder, self.n = folder, 0
        self._there: set[Path] = set()

    def picture(self, kind: str, key: str, jpeg: bytes) -> None:
        # No folder gets so many files that programs are slow with it.
        home = self.folder / kind / key[:2]
        if home not in self._there:
            home.mkdir(parents=True, exist_ok=True)
            self._there.add(home)
        self._write(home / f"{key}.jpg", jpeg)

    def finish(self, title: str, parts: Mapping[str, Any]) -> int:
        data = self.folder / place.DATA
        data.mkdir()
        for name, part in parts.items():
            self._write(data / f"{name}.js", page.as_script(name, part).encode())
        for name, text in page.built().items():
            self._write(self.folder / name, text.encode())
        self._write(self.folder / place.INDEX, page.folder_page(title).encode())
        return self.n

    def _write(self, path: Path, content: bytes) -> None:
        path.write_bytes(content)
        self.n += len(content)


class _File:
    def __init__(self, where: Path) -> None:
        self.where = where
        self.pictures: dict[str, str] = {}

    def picture(self, kind: str, key: str, jpeg: bytes) -> None:
        self.pictures[key] = base64.b64encode(jpeg).decode("ascii")

    def finish(self, title: str, parts: Mapping[str, Any]) -> int:
        text = page.single_page(title, {**parts, "thumbs": self.pictures})
        write_text(self.where, text)
        return len(text.encode())
