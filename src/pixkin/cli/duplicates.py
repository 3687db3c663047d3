"""The commands that find duplicates, and pictures that may be bad."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from pixkin.cli import screen
from pixkin.cli.bars import bars
from pixkin.cli.everywhere import debug_option
from pixkin.cli.filing import carry_out, save_option, yes_option
from pixkin.cli.flagged import flag_options
from pixkin.cli.interrupt import Watch, interruptible
from pixkin.errors import printable

if TYPE_CHECKING:
    from pixkin.duplicates import DuplicateGroup, Duplicates

__all__ = ["duplicates", "flags"]

KINDS = ("identical", "same", "edited", "burst")
BY_HASH = (
    "{} came after the last grouping: of these, crops are not found. Run `pixkin cluster` first."
)

place_option = click.option(
    "--library",
    type=click.Path(exists=True),
    metavar="DIR",
    help="The library's folder, or one in or below the folder that holds it. "
    "[default: the one that the first PATH lies in, else here]",
)


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True), metavar="[PATH]...")
@place_option
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice(KINDS),
    help="Only this kind; may be given several times. [default: all]",
)
@click.option(
    "--keep",
    metavar="RULES",
    default="detail,compression,format,metadata,path",
    show_default=True,
    help="What decides which file to keep, the most important first.",
)
@click.option(
    "--protect",
    multiple=True,
    type=click.Path(exists=True),
    metavar="DIR",
    help="A folder in which nothing is to be touched; may be given several times.",
)
@flag_options
@click.option(
    "--apply",
    "how",
    type=click.Choice(("trash", "move", "hardlink", "system-trash")),
    help="After a yes, clear them away: to our trash, to a folder, hard links in their "
    "place, or to the system's trash, which `pixkin undo` cannot bring back. Of identical files "
    "alone, unless --kind says more.",
)
@click.option("--to", type=click.Path(), metavar="DEST", help="Where --apply move moves them.")
@save_option
@yes_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--quiet", "-q", is_flag=True, help="Show no progress.")
@debug_option
def duplicates(
    paths: tuple[str, ...],
    library: str | None,
    kinds: tuple[str, ...],
    keep: str,
    protect: tuple[str, ...],
    flags: tuple[str, ...],
    without_flags: tuple[str, ...],
    how: str | None,
    to: str | None,
    save: str | None,
    yes: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Find files of which one is enough, and say which to keep and why.

    Nothing is touched without --apply and a yes, and `pixkin undo` takes it back, but not out of
    the system's trash.

    Looks at all pictures of the library, and shows the groups that have a file in PATH. Kinds:
    identical bytes; the same picture saved again or resized; edited, such as cropped, turned,
    mirrored, grey, or with a caption; and bursts, shots taken seconds apart.
    """
    from pixkin.opened import open as open_library

    place = library or next(iter(paths), ".")
    if how is None and (to or save or yes):
        raise click.UsageError(
            "Say what to do with them: --apply trash, move, hardlink or system-trash."
        )
    rules = [rule.strip() for rule in keep.split(",") if rule.strip()]
    with bars(quiet=quiet) as report:

        def work(watched: Watch) -> Duplicates:
            with open_library(place) as opened:
                return opened.duplicates(
                    paths,
                    kinds=kinds or KINDS,
                    keep=rules,
                    protect=protect,
                    flags=flags,
                    without_flags=without_flags,
                    on_progress=watched(report),
                )

        found = interruptible(work)
    if how is not None:
        with open_library(place) as opened:
            plan = opened.clear(found, how, to=to, kinds=kinds or ("identical",))
        carry_out(plan, place, save=save, yes=yes, as_json=as_json)
    elif as_json:
        click.echo(json.dumps(found.to_dict(), indent=2))
    else:
        _show(found)


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True), metavar="[PATH]...")
@place_option
@flag_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@debug_option
def flags(
    paths: tuple[str, ...],
    library: str | None,
    flags: tuple[str, ...],
    without_flags: tuple[str, ...],
    as_json: bool,
) -> None:
    """List pictures that may be bad: blurred, dark, tiny and so on."""
    from pixkin.duplicates.where import lies_in, place_of
    from pixkin.files import text_of
    from pixkin.opened import open as open_library

    with open_library(library or next(iter(paths), ".")) as opened:
        found = opened.flags(flags, without_flags)
    places = [place_of(path) for path in paths]
    rows = {file: own for file, own in found.items() if not places or lies_in(file, places)}
    if as_json:
        told = [{"path": text_of(str(file)), "flags": list(own)} for file, own in rows.items()]
        click.echo(json.dumps(told, indent=2))
        return
    for file, own in rows.items():
        click.echo(f"{', '.join(own)}  {printable(str(file))}")
    screen.note(f"{screen.counted(len(rows), 'picture')} flagged.")


def _show(found: Duplicates) -> None:
    for group in found.groups:
        _show_group(group)
    n = sum(len(group.members) for group in found.groups)
    n_groups = screen.counted(len(found.groups), "group")
    click.echo(f"{screen.counted(n, 'duplicate')} in {n_groups}, of {found.images:,} images")
    if found.companions:
        what = screen.counted(len(found.companions), "set")
        screen.note(f"{what} of companions, such as RAW and JPEG, are no duplicates.")
    if found.by_hash_only:
        screen.note(BY_HASH.format(screen.counted(found.by_hash_only, "picture")))


def _show_group(group: DuplicateGroup) -> None:
    click.echo(f"keep       {printable(str(group.keeper))}  ({group.reason})")
    for one in group.members:
        safe = ", protected" if one.is_protected else ""
        click.echo(f"{one.kind:<10} {printable(str(one.path))}  ({one.why}{safe})")
    click.echo()
