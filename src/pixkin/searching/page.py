"""Pictures of a library as a page: one HTML file that opens offline, without a script."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pixkin import exporters
from pixkin.errors import PathError, printable
from pixkin.files import link_to, write_text

if TYPE_CHECKING:
    from pixkin.records import Json

__all__ = ["Section", "Tile", "write_page"]

TEMPLATES = (Path(__file__).parent, Path(exporters.__file__).parent / "page")
"""The second has the style of the report."""
SHOWN = 2000
"""Pictures of a section: a page with more is slow to open."""
ENDINGS = (".html", ".htm")


@dataclass(frozen=True, slots=True)
class Tile:
    """A picture with what is said of it.

    Attributes
    ----------
    sha256 : bytes
    files : sequence of Path
        Each is named, and leads to the file.
    notes : sequence of str
    """

    sha256: bytes
    files: Sequence[Path]
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Pictures under a heading."""

    heading: str
    tiles: Sequence[Tile]


def write_page(
    target: Path, title: str, sections: Sequence[Section], thumbnails: Mapping[bytes, bytes]
) -> None:
    """Write a page of pictures.

    Names of files are hostile input: Jinja escapes all that goes into the page, and the page's
    own policy lets a browser run no script and fetch nothing.

    Parameters
    ----------
    target : Path
        Replaced if it is there.
    title : str
    sections : sequence of Section
    thumbnails : mapping of bytes to bytes
        JPEGs by SHA-256; a picture that has none is a grey square.

    Raises
    ------
    PathError
        If ``target`` is no name of a page, or cannot be written.
    """
    if target.suffix.lower() not in ENDINGS:  # a slip must not replace a picture
        raise PathError(str(target), "is no name for a page; let it end in .html")
    text = _render(target.absolute().parent, title, sections, thumbnails)
    try:
        write_text(target, text)
    except OSError as error:
        raise PathError(str(target), f"cannot be written ({error.strerror or error})") from error


def _render(
    folder: Path, title: str, sections: Sequence[Section], thumbnails: Mapping[bytes, bytes]
) -> str:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    return environment.get_template("pictures.html").render(
        title=printable(title),
        sections=[
            {
                "heading": printable(section.heading),
                "tiles": [_tile(tile, folder, thumbnails) for tile in section.tiles[:SHOWN]],
                "n_more": max(0, len(section.tiles) - SHOWN),
            }
            for section in sections
            if section.tiles
        ],
    )


def _tile(tile: Tile, folder: Path, thumbnails: Mapping[bytes, bytes]) -> Json:
    jpeg = thumbnails.get(tile.sha256)
    text = None if jpeg is None else base64.b64encode(jpeg).decode("ascii")
    return {
        "source": None if text is None else f"data:image/jpeg;base64,{text}",
        "files": [
            {
                "name": printable(file.name),
                "path": printable(str(file)),
                "link": link_to(file, folder),
            }
            for file in tile.files
        ],
        "notes": [printable(note) for note in tile.notes],
    }
