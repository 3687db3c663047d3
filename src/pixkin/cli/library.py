"""The commands that look after a library."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pixkin.cli.bars import bars
from pixkin.cli.everywhere import debug_option, library_option
from pixkin.cli.interrupt import Watch, interruptible
from pixkin.cli.options import common_options
from pixkin.cli.screen import (
    counted,
    show_findings,
    show_folders,
    show_library,
    show_repair,
    sized,
)
from pixkin.errors import LibraryError, printable

if TYPE_CHECKING:
    from pixkin.library.upkeep import Finding

__all__ = ["library"]

WHAT_NOW = (
    "or its files. Put back files that rotted from a backup; `pixkin library repair` mends the "
    "database. Pixkin has changed nothing."
)


@click.group()
def library() -> None:
    """Look after a library: its folders, what it holds, whether it is sound.

    DIR is the library's folder, the folder that holds it, or one below that.
    """


@library.command()
@click.argument("folders", nargs=-1, required=True, metavar="FOLDER...")
@library_option
@debug_option
def add(folders: tuple[str, ...], library: str) -> None:
    """Let a library have more folders, which the next update or grouping reads."""
    from pixkin.library import Library
    from pixkin.library.place import find
    from pixkin.sources.folder import FolderSource

    sources = [FolderSource(folder) for folder in folders]
    with Library(find(Path(library))) as opened, opened.writing():
        for source in sources:
            root = opened.add_root(Path(source.base))
            inside = "" if root == source.base else f", as part of {printable(root)}"
            click.echo(f"Added: {printable(source.base)}{inside}")


@library.command()
@click.argument("folders", nargs=-1, required=True, metavar="FOLDER...")
@library_option
@debug_option
def remove(folders: tuple[str, ...], library: str) -> None:
    """Let a library forget folders. The pictures in them are left alone."""
    from pixkin.library import Library
    from pixkin.library.place import find

    with Library(find(Path(library))) as opened, opened.writing():
        for folder in folders:
            n_files = opened.remove_root(Path(folder))
            click.echo(f"Removed: {printable(folder)} ({counted(n_files, 'file')} forgotten)")


@library.command("list")
@library_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@debug_option
def list_folders(library: str, as_json: bool) -> None:
    """List the folders of a library."""
    from pixkin.library import Library
    from pixkin.library.place import find

    with Library(find(Path(library))) as opened:
        roots = opened.info().roots
    if as_json:
        click.echo(json.dumps([asdict(root) for root in roots], indent=2))
    else:
        show_folders(roots)


@library.command()
@click.argument("folder", default=".", type=click.Path(exists=True), metavar="[DIR]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@debug_option
def info(folder: str, as_json: bool) -> None:
    """Tell what a library holds."""
    from pixkin.library import Library
    from pixkin.library.place import find

    with Library(find(Path(folder))) as opened:
        known = opened.info()
    if as_json:
        click.echo(json.dumps(known.to_dict(), indent=2))
    else:
        show_library(known)


@library.command()
@click.argument("folder", default=".", type=click.Path(exists=True), metavar="[DIR]")
@click.option(
    "--sample",
    type=click.IntRange(min=0),
    default=500,
    show_default=True,
    metavar="N",
    help="How many files to hash, others each time.",
)
@click.option("--all", "every", is_flag=True, help="Hash all files.")
@common_options(results=False)
def check(folder: str, sample: int, every: bool, as_json: bool, quiet: bool) -> None:
    """Look whether a library is sound, and files are as they were read.

    The database is looked through, and some files are hashed again: one whose bytes are others,
    though its time is the same, has rotted on the disk, or a program has changed it unseen.
    Nothing is changed. The exit code is 5 if something is damaged or has rotted.
    """
    from pixkin.library import Library
    from pixkin.library.place import find

    place = find(Path(folder))

    def work(watched: Watch) -> tuple[list[Finding], int]:
        with Library(place) as opened:  # SQLite wants it used in the thread that opened it
            found = opened.check(None if every else sample, on_progress=watched(report))
            is_damaged = any(finding.kind == "damage" for finding in found)
            return found, 0 if is_damaged else opened.info().files

    with bars(quiet=quiet) as report:
        found, n_files = interruptible(work)
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in found], indent=2))
    elif not quiet:
        show_findings(found, n_files if every else min(sample, n_files), n_files)
    n_bad = sum(finding.is_bad for finding in found)
    if n_bad:
        what = "1 finding is" if n_bad == 1 else f"{n_bad:,} findings are"
        raise LibraryError(
            f"{what} of damage, in the library in {printable(str(place))} {WHAT_NOW}"
        )


@library.command()
@click.argument("folder", default=".", type=click.Path(exists=True), metavar="[DIR]")
@debug_option
def repair(folder: str) -> None:
    """Make a damaged library usable again, with all that can still be read.

    The damaged database is kept beside the new one. Pictures are not touched.
    """
    from pixkin.library.place import find
    from pixkin.library.repair import repair as repair_in

    show_repair(repair_in(find(Path(folder))))


@library.command()
@click.argument("folder", default=".", type=click.Path(exists=True), metavar="[DIR]")
@debug_option
def compact(folder: str) -> None:
    """Make a library smaller, by what nothing needs any more.

    Names, corrections and the vectors of all pictures stay.
    """
    from pixkin.library import Library
    from pixkin.library.place import find

    with Library(find(Path(folder))) as opened:
        before, after = opened.compact()
    click.echo(f"{sized(after)}, was {sized(before)}")


@library.command()
@click.argument("target", type=click.Path(), metavar="FILE")
@click.option("--no-cache", is_flag=True, help="Only what cannot be made again.")
@library_option
@debug_option
def export(target: str, no_cache: bool, library: str) -> None:
    """Write a whole library to one FILE, as a backup or for another computer.

    The pictures are not in it.
    """
    from pixkin.library import Library
    from pixkin.library.place import find

    with Library(find(Path(library))) as opened:
        opened.export(Path(target), with_cache=not no_cache)
    click.echo(f"Exported: {printable(target)} ({sized(Path(target).stat().st_size)})")


@library.command("import")
@click.argument("archive", type=click.Path(exists=True, dir_okay=False), metavar="FILE")
@click.argument("folder", default=".", type=click.Path(file_okay=False), metavar="[DIR]")
@debug_option
def import_library(archive: str, folder: str) -> None:
    """Make the library of an exported FILE the one of the pictures in DIR."""
    from pixkin.library import Library
    from pixkin.library.transport import unpack

    with Library(unpack(Path(archive), Path(folder))) as opened:
        show_library(opened.info())
