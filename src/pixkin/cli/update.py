"""The command that follows the files."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pixkin.cli.bars import bars
from pixkin.cli.given import sources_from
from pixkin.cli.interrupt import Watch, interruptible
from pixkin.cli.options import common_options, paths_argument, place_option
from pixkin.cli.screen import missing, note, show_update

if TYPE_CHECKING:
    from pixkin.records import Json
    from pixkin.updating import Update

__all__ = ["update"]

SKIPPED_SHOWN = 5


@click.command()
@paths_argument
@place_option
@click.option(
    "--prune",
    is_flag=True,
    help="Forget files that are gone, those of folders that are not there too.",
)
@common_options(results=False)
def update(
    paths: tuple[str, ...],
    from_file: str | None,
    library: str | None,
    prune: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Follow new, changed, moved and deleted files, without grouping anew.

    New pictures join the groups that they belong to, or wait until there are enough for a group
    of their own; all others stay where they are. `pixkin cluster` groups all anew. Without PATH,
    all that the library here or above knows of.
    """
    from pixkin.pipeline import opened
    from pixkin.updating import update_in

    sources = sources_from(paths, from_file)

    def work(watched: Watch) -> Update:
        with opened(sources, None if library is None else Path(library)) as here:
            return update_in(here, sources, prune=prune, on_progress=watched(report))

    with bars(quiet=quiet) as report:
        done = interruptible(work)
    if as_json:
        click.echo(json.dumps(_told(done), indent=2))
    elif not quiet:
        show_update(done)
    for item in done.skipped[:SKIPPED_SHOWN]:
        note(f"skipped: {item}")
    if len(done.skipped) > SKIPPED_SHOWN:
        note(f"and {len(done.skipped) - SKIPPED_SHOWN:,} more skipped; --json names them")
    for root in done.missing:
        note(missing(root))


def _told(done: Update) -> Json:
    """Give an update as JSON can hold it."""
    from pixkin.files import text_of

    changes = {
        name: [text_of(file) if isinstance(file, str) else [*map(text_of, file)] for file in files]
        for name, files in asdict(done.changes).items()
    }
    return {
        **asdict(done),
        "changes": changes,
        "skipped": [
            {"path": text_of(str(Path(one.root, one.path))), "kind": one.kind, "reason": one.reason}
            for one in done.skipped
        ],
        "missing": [{"path": text_of(one.path), "files": one.files} for one in done.missing],
        "joined": {text_of(path): sure for path, sure in done.joined.items()},
    }
