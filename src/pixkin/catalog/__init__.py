"""All that a library knows, in the formats of others. Nothing is run, and no picture is opened."""

from __future__ import annotations

import importlib
import importlib.util
import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from pixkin.errors import MissingDependencyError, UnknownNameError, UsageError

if TYPE_CHECKING:
    from pixkin.catalog.rows import Catalog
    from pixkin.library.book import Book

__all__ = ["FORMATS", "Exported", "Format", "format_of", "write"]


@dataclass(frozen=True, slots=True)
class Format:
    """A format.

    Attributes
    ----------
    module : str
        It has `put(catalog, stream)` for a file, or `FILES` for a folder: for each name a function
        like that. What they give is how many files of the library they told of; the last counts.
    is_folder, is_text, has_vectors : bool
    needs : str
        A package; empty for none. The extra has the format's name.
    """

    module: str
    is_folder: bool = False
    is_text: bool = True
    has_vectors: bool = False
    needs: str = ""


FORMATS = {
    "csv": Format("csv_table"),
    "json": Format("json_document", has_vectors=True),
    "parquet": Format("parquet", is_text=False, has_vectors=True, needs="pyarrow"),
    "coco": Format("coco"),
    "fiftyone": Format("fiftyone", is_folder=True),
    "labelstudio": Format("labelstudio", is_folder=True),
}
GUESSED = ("csv", "json", "parquet")
"""Those that the end of a file's name tells."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written.

    Attributes
    ----------
    files, groups : int
    left_out : int
        Files that cannot be read as pictures, or whose name is no text, in formats that other
        programs open pictures by.
    gone : int
        Files that the library remembers and that are not there any more: in no format.
    """

    files: int
    groups: int
    left_out: int
    gone: int


def format_of(target: str | os.PathLike[str]) -> str:
    """Guess the format by the end of a file's name.

    Raises
    ------
    UsageError
        If it tells none.
    """
    suffix = Path(target).suffix.lower().removeprefix(".")
    if suffix not in GUESSED:
        raise UsageError(
            f"The name of {os.fspath(target)} tells no format. Say which: {', '.join(FORMATS)}."
        )
    return suffix


def write(
    book: Book,
    target: Path | IO[bytes],
    name: str,
    *,
    vectors: bool = False,
    force: bool = False,
    flags: Collection[str] = (),
    without_flags: Collection[str] = (),
) -> Exported:
    """Write all that a library knows.

    Parameters
    ----------
    book : Book
    target : Path or stream
        A file or, by the format, a folder to be made, whole or not at all; or, for a format that
        is text in one file, a stream.
    name : str
        Of the format: a key of `FORMATS`.
    vectors : bool, default=False
        Add the vectors of the last grouping.
    force : bool, default=False
        Replace what is there.
    flags, without_flags : collection of str
        Only pictures that have one of these flags; that have none of these.

    Raises
    ------
    UnknownNameError, UsageError, MissingDependencyError
        If there is no such format, it holds no vectors, or needs a package.
    SettingError
        If there is no such flag.
    PathError
        If the target is there already, or cannot be written.
    NotGroupedError
        If there are no vectors yet.
    """
    from pixkin.catalog.rows import Catalog
    from pixkin.catalog.targets import blamed, free_place
    from pixkin.flagging import fill_if_can, left_out
    from pixkin.library.schema import reading

    form = _format(name, vectors=vectors, is_stream=not isinstance(target, Path))
    away = left_out(book, flags, without_flags)
    fill_if_can(book)
    with reading(book.db, book.folder):
        catalog = Catalog(book.db, book.folder, away)
        if isinstance(target, Path):
            module = _module(form)
            place = free_place(catalog, target, getattr(module, "FILES", None), force=force)
            with blamed(target):
                n = _put_at(catalog, place, form, vectors=vectors)
        else:
            n = _module(form).put(catalog, target, **_given(vectors))
    return Exported(n, len(catalog.groups), catalog.n_files - n, catalog.n_gone)


def _format(name: str, *, vectors: bool, is_stream: bool) -> Format:
    """Give a format that can do what is asked."""
    if name not in FORMATS:
        raise UnknownNameError("format", name, FORMATS)
    form = FORMATS[name]
    if vectors and not form.has_vectors:
        can = " or ".join(other for other, one in FORMATS.items() if one.has_vectors)
        raise UsageError(f"The format {name} holds no vectors. Choose {can}, or leave them out.")
    if is_stream and (form.is_folder or not form.is_text):
        what = "a folder" if form.is_folder else "not text"
        raise UsageError(f"The format {name} is {what}: give the path that it is to have.")
    if form.needs and importlib.util.find_spec(form.needs) is None:
        raise MissingDependencyError("format", name, form.needs, f"pixkin[{name}]")
    return form


def _module(form: Format) -> Any:
    return importlib.import_module(f"pixkin.catalog.{form.module}")


def _given(vectors: bool) -> dict[str, bool]:
    """Give the arguments of `put`: what holds no vectors is not asked for them."""
    return {"vectors": True} if vectors else {}


def _put_at(catalog: Catalog, place: Path, form: Format, *, vectors: bool) -> int:
    """Write a file or a folder, and give the number of files that it tells of."""
    from pixkin.files import replacing, replacing_folder

    n, module = 0, _module(form)
    if form.is_folder:
        with replacing_folder(place) as folder:
            for name, put in module.FILES.items():
                with (folder / name).open("wb") as stream:
                    n = put(catalog, stream)
    else:
        with replacing(place) as stream:
            n = module.put(catalog, stream, **_given(vectors))
    return n
