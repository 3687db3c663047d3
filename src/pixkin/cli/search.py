"""The commands that find pictures: like some, apart from each other, unlike their group."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from pixkin.cli.everywhere import debug_option, library_option
from pixkin.cli.flagged import flag_options
from pixkin.cli.interrupt import interruptible
from pixkin.cli.screen import note, show_page
from pixkin.errors import printable
from pixkin.flagging import left_out

if TYPE_CHECKING:
    from pixkin.opened import Library
    from pixkin.pictures import LibraryImage
    from pixkin.records import Json
    from pixkin.searching.given import Given
    from pixkin.searching.memory import Memory

__all__ = ["outliers", "sample", "search"]

Function = TypeVar("Function", bound=Callable[..., Any])

GIVEN = "the same picture"


@dataclass(frozen=True, slots=True)
class Line:
    """A picture that was found.

    ``mark`` stands before it, ``notes`` beside it on a page, and ``told`` is it as JSON.
    """

    mark: str
    image: LibraryImage
    told: Json
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is shown: the pictures found, and before them on a page those that were given."""

    title: str
    lines: list[Line]
    given: Mapping[str, tuple[Sequence[str], Given]] = field(default_factory=dict)


def shown_options(function: Function) -> Function:
    """Add what each of these commands takes."""
    options = [
        click.option(
            "--page",
            type=click.Path(dir_okay=False),
            metavar="FILE",
            help="Write the pictures to one HTML file, which opens offline.",
        ),
        click.option(
            "--open",
            "open_page",
            is_flag=True,
            help="Open that page in the browser; without --page, one in the temporary folder.",
        ),
        flag_options,
        library_option,
        click.option("--json", "as_json", is_flag=True, help="Print one JSON document."),
        debug_option,
    ]
    for option in reversed(options):
        function = option(function)
    return function


def count_option(default: int, text: str) -> Callable[[Function], Function]:
    """Add how many."""
    return click.option(
        "-n", "n", type=click.IntRange(min=1), default=default, show_default=True, help=text
    )


@click.command()
@click.argument("pictures", nargs=-1, required=True, type=click.Path(), metavar="PICTURE...")
@click.option(
    "--not",
    "unlike",
    multiple=True,
    type=click.Path(),
    metavar="PICTURE",
    help="Find what is not like this one. May be given more than once.",
)
@count_option(20, "Most results.")
@click.option(
    "--diverse",
    type=click.FloatRange(0, 1),
    default=0.0,
    show_default=True,
    metavar="SHARE",
    help="0: the most similar; up to 1: results that are ever less like each other.",
)
@click.option("--one-per-group", is_flag=True, help="Only the best of each group.")
@click.option("--others", is_flag=True, help="Leave out the pictures that are searched for.")
@shown_options
def search(
    pictures: tuple[str, ...],
    unlike: tuple[str, ...],
    n: int,
    diverse: float,
    one_per_group: bool,
    others: bool,
    flags: tuple[str, ...],
    without_flags: tuple[str, ...],
    **shown: Any,
) -> None:
    """Find the pictures that are like some, and unlike others.

    A PICTURE may lie in the library or elsewhere. Files with the same bytes are one result, with
    all of them named. A picture that is searched for is a result too if the library has it, so
    this also tells where it lies; what is given with --not is not.

    Each line begins with the score: the mean likeness to the pictures, where 1 means the same,
    less a quarter of that to those of --not.
    """

    def look(library: Library, memory: Memory) -> Sheet:
        from pixkin.searching.finding import Wish, find

        away = left_out(library.edit, flags, without_flags)
        wish = Wish(pictures, unlike, n, diverse, one_per_group, not others, away)
        found = find(library.edit, memory, wish)
        lines = [
            Line(
                f"{one.score:5.2f}",
                one.image,
                one.to_dict(),
                (f"{one.score:.2f}", *([GIVEN] if one.is_given else [])),
            )
            for one in found.matches
        ]
        given = {
            "Searched for": (pictures, found.liked),
            "Not like these": (unlike, found.disliked),
        }
        name = Path(pictures[0]).name if len(pictures) == 1 else f"{len(pictures):,} pictures"
        return Sheet(f"Like {name}", lines, given)

    _tell(look, **shown)


@click.command()
@count_option(200, "How many pictures; all, if there are fewer.")
@click.option(
    "--balanced",
    is_flag=True,
    help="As many from each group; otherwise in proportion to their sizes.",
)
@shown_options
def sample(
    n: int,
    balanced: bool,
    flags: tuple[str, ...],
    without_flags: tuple[str, ...],
    **shown: Any,
) -> None:
    """Choose pictures that differ, to label or to look at.

    From each group the most typical, and then each time the one least like those chosen. Pictures
    in no group count as one more group, and hidden groups are left out.
    """

    def look(library: Library, memory: Memory) -> Sheet:
        from pixkin.pictures import told
        from pixkin.searching.finding import sample

        away = left_out(library.edit, flags, without_flags)
        found = sample(library.edit, memory, n, balanced=balanced, left_out=away)
        return Sheet("Sample", [Line("", image, told(image)) for image in found])

    _tell(look, **shown)


@click.command()
@count_option(50, "Most results.")
@shown_options
def outliers(n: int, flags: tuple[str, ...], without_flags: tuple[str, ...], **shown: Any) -> None:
    """List the pictures that are far less typical than their group.

    The farthest below their group come first. Each line begins with the picture's typicality, 0 to
    1, and the mean of its group.
    """

    def look(library: Library, memory: Memory) -> Sheet:
        from pixkin.searching.finding import stray

        away = left_out(library.edit, flags, without_flags)
        lines = [
            Line(
                f"{one.typicality:5.2f}  {one.usual:.2f}",
                one.image,
                one.to_dict(),
                (f"typicality {one.typicality:.2f}, of its group {one.usual:.2f}",),
            )
            for one in stray(library.edit, memory, away)[:n]
        ]
        return Sheet("Outliers", lines)

    _tell(look, **shown)


def _tell(
    look: Callable[[Library, Memory], Sheet],
    *,
    page: str | None,
    open_page: bool,
    library: str,
    as_json: bool,
) -> None:
    def work(_: object) -> tuple[Sheet, Path | None]:
        from pixkin.opened import open as open_library
        from pixkin.searching.memory import Memory

        memory = Memory()
        with open_library(library) as opened:
            sheet = look(opened, memory)
            target = _target(page) if page or open_page else None
            if target is not None:
                _write(sheet, target, opened, memory)
        return sheet, target

    sheet, target = interruptible(work)
    if as_json:
        click.echo(json.dumps({"results": [line.told for line in sheet.lines]}, indent=2))
    else:
        _print(sheet.lines)
    if target is not None:
        note(f"Page: {target}")
        if open_page:
            show_page(target, "page")


def _print(lines: Sequence[Line]) -> None:
    for line in lines:
        first, *copies = line.image.files
        group = line.image.cluster_id or "no group"
        start = f"{line.mark}  {group:<10}" if line.mark else f"{group:<10}"
        end = f"  ({GIVEN})" if GIVEN in line.notes else ""
        click.echo(f"{start}  {printable(str(first))}{end}")
        for path in copies:
            click.echo(f"{'=':>{len(start)}}  {printable(str(path))}")
    if not lines:
        note("None was found.")


def _target(page: str | None) -> Path:
    """Say where the page goes: without a name, to a new folder that only its owner may enter."""
    if page is not None:
        return Path(page).absolute()
    import tempfile

    return Path(tempfile.mkdtemp(prefix="pixkin-"), "pictures.html")


def _write(sheet: Sheet, target: Path, library: Library, memory: Memory) -> None:
    from pixkin.library.thumbnails import thumbnails_in
    from pixkin.searching.page import Section, Tile, write_page

    groups = memory.state(library.edit).groups
    sections: list[Section] = []
    hashes: list[bytes] = []
    thumbnails: dict[bytes, bytes] = {}
    for heading, (paths, given) in sheet.given.items():
        pairs = zip(given.hashes, paths, strict=True)
        sections.append(Section(heading, [Tile(h, [Path(path).absolute()]) for h, path in pairs]))
        hashes += given.hashes
        thumbnails |= given.thumbnails
    tiles = []
    for line in sheet.lines:
        group = groups.get(line.image.cluster_id or "")
        name = "no group" if group is None else group.name or group.looks_like or group.cluster_id
        sha256 = bytes.fromhex(line.image.sha256)
        tiles.append(Tile(sha256, line.image.files, (*line.notes, name)))
        hashes.append(sha256)
    sections.append(Section("Found", tiles))
    thumbnails |= thumbnails_in(library.folder, hashes)
    write_page(target, sheet.title, sections, thumbnails)
