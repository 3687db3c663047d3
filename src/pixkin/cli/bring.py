"""The command that brings vectors of your own."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pixkin.cli.bars import bars
from pixkin.cli.interrupt import Watch, interruptible
from pixkin.cli.options import common_options, place_option
from pixkin.cli.screen import note
from pixkin.errors import PathError

if TYPE_CHECKING:
    from pixkin.bring import Brought

__all__ = ["import_vectors"]

SKIPPED_SHOWN = 5
BAD_ARRAY = (OSError, EOFError, ValueError, KeyError, MemoryError, zipfile.BadZipFile)
"""What NumPy raises of a file that is not one of its own, or holds Python objects."""
ZIP = b"PK"
UNREADABLE = "cannot be read as numbers, and paths as text, from .npy or .npz"


@click.command("import-vectors")
@click.argument("name")
@click.argument("array", type=click.Path(exists=True, dir_okay=False), metavar="ARRAY")
@click.option(
    "--paths",
    "listed",
    type=click.Path(exists=True, dir_okay=False),
    metavar="LIST",
    help="The pictures' paths, one per line or separated by NUL, in the order of the rows.",
)
@click.option("--replace", is_flag=True, help="Change the vectors that pictures have by that name.")
@place_option
@common_options(results=False)
def import_vectors(
    name: str,
    array: str,
    listed: str | None,
    replace: bool,
    library: str | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Bring vectors of your own, to group by them.

    ARRAY is a .npy file with a row for each path in LIST, or a .npz file with the arrays "vectors"
    and "paths". Paths are relative to the folder you are in. Then `--encoder own:NAME` groups by
    these vectors.
    """
    from pixkin import bring

    paths, vectors = _read(Path(array), None if listed is None else Path(listed))

    def work(watched: Watch) -> Brought:
        return bring.import_vectors(
            name, paths, vectors, library=library, replace=replace, on_progress=watched(report)
        )

    with bars(quiet=quiet) as report:
        done = interruptible(work)
    if as_json:
        click.echo(json.dumps(_told(done), indent=2))
    elif not quiet:
        told = f"{done.new:,} new, {done.replaced:,} replaced, {done.same:,} as they were"
        click.echo(f"Vectors: {told}. Group by them with: --encoder own:{name}")
    for item in done.skipped[:SKIPPED_SHOWN]:
        note(f"skipped: {item}")
    if len(done.skipped) > SKIPPED_SHOWN:
        note(f"and {len(done.skipped) - SKIPPED_SHOWN:,} more skipped; --json names them")


def _read(array: Path, listed: Path | None) -> tuple[list[str], Any]:
    """Read paths and vectors. Python objects, which may run code, are never unpacked."""
    from pixkin.scan import parse_list

    try:
        found = _arrays(array)
    except BAD_ARRAY as error:
        raise PathError(str(array), f"{UNREADABLE} ({error})") from error
    if "vectors" not in found:
        raise PathError(str(array), "has no array 'vectors'")
    if listed is not None:
        return parse_list(listed.read_bytes()), found["vectors"]
    if "paths" not in found:
        raise click.UsageError("Say with --paths LIST which picture each row is of.")
    if found["paths"].dtype.kind not in "US":
        raise PathError(str(array), "has paths that are no text")
    return [os.fsdecode(path) for path in found["paths"].ravel().tolist()], found["vectors"]


def _arrays(path: Path) -> dict[str, Any]:
    import numpy as np

    with path.open("rb") as stream:
        if stream.read(len(ZIP)) != ZIP:
            # A large array stays in its file, and is read piece by piece.
            return {"vectors": np.load(path, mmap_mode="r", allow_pickle=False)}
        stream.seek(0)
        with np.load(stream, allow_pickle=False) as found:
            return {name: found[name] for name in ("vectors", "paths") if name in found}


def _told(done: Brought) -> dict[str, Any]:
    """Give it as JSON can hold it."""
    from pixkin.files import text_of

    skipped = [
        {"path": text_of(str(Path(one.root, one.path))), "kind": one.kind, "reason": one.reason}
        for one in done.skipped
    ]
    return {"new": done.new, "replaced": done.replaced, "same": done.same, "skipped": skipped}
