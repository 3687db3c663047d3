"""The commands that act on files: plan, apply, undo. Nothing happens without a yes."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pixkin.cli.bars import bars
from pixkin.cli.correct import opened
from pixkin.cli.everywhere import debug_option, library_option
from pixkin.cli.flagged import flag_options
from pixkin.cli.interrupt import Watch, interruptible
from pixkin.cli.screen import counted, note, sized
from pixkin.errors import printable

if TYPE_CHECKING:
    from collections.abc import Callable

    from pixkin.filing.plan import Plan
    from pixkin.filing.work import Filed
    from pixkin.library.edits import Edits
    from pixkin.progress import OnProgress

__all__ = ["agreed", "apply_plan", "carried", "carry_out", "organize", "show_filed", "undo_filing"]

SHOWN = 20
IN_SYSTEM_TRASH = "Bring them back from the system's trash; `pixkin undo` cannot."
NOT_DONE = "Nothing was done. Add --yes to do it."
yes_option = click.option("--yes", is_flag=True, help="Do it without asking.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
save_option = click.option(
    "--save",
    type=click.Path(),
    metavar="FILE",
    help="Write the plan for `pixkin apply`; do nothing.",
)


@click.command()
@click.argument("destination", required=False, type=click.Path(), metavar="[DEST]")
@click.option("--by", default="group", show_default=True, help="group, date or group/date.")
@click.option("--action", default="copy", show_default=True, help="copy, move, link or hardlink.")
@click.option(
    "--template",
    metavar="TEXT",
    help="Folders and names, such as '{group}/{year}/{name}'. Also: id, stem, ext, date, month, "
    "day, camera.",
)
@click.option(
    "--group", "groups", multiple=True, metavar="GROUP", help="Only this; may be repeated."
)
@click.option(
    "--write-sidecars",
    is_flag=True,
    help="Also write the names of groups as keywords into XMP beside the pictures.",
)
@click.option(
    "--remove-empty", is_flag=True, help="With move: remove the folders that are empty then."
)
@flag_options
@click.option("--resume", is_flag=True, help="Go on with what was cut off.")
@click.option("--rollback", is_flag=True, help="Take back what was cut off.")
@library_option
@save_option
@yes_option
@json_option
@debug_option
def organize(
    destination: str | None,
    by: str,
    action: str,
    template: str | None,
    groups: tuple[str, ...],
    write_sidecars: bool,
    remove_empty: bool,
    flags: tuple[str, ...],
    without_flags: tuple[str, ...],
    resume: bool,
    rollback: bool,
    library: str,
    save: str | None,
    yes: bool,
    as_json: bool,
) -> None:
    """File pictures into folders in DEST, by their groups or dates.

    First the plan is shown; nothing happens without a yes. Nothing is ever overwritten, what
    belongs to a picture (.xmp, .aae, raw, live photo) goes with it, and `pixkin undo` takes all of
    it back.
    """
    from pixkin.filing import organize as planning
    from pixkin.filing.apply import resume as go_on
    from pixkin.filing.apply import roll_back

    if resume or rollback:
        if destination or (resume and rollback):
            raise click.UsageError("Say --resume or --rollback alone.")
        show_filed(carried(library, go_on if resume else roll_back), as_json, back=rollback)
        return
    if not destination:
        raise click.UsageError("Name the folder DEST that the pictures go to.")
    with opened(library) as edits:
        plan = planning.organize(
            edits,
            destination,
            by=by,
            action=action,
            template=template,
            groups=groups,
            write_sidecars=write_sidecars,
            remove_empty=remove_empty,
            flags=flags,
            without_flags=without_flags,
        )
    carry_out(plan, library, save=save, yes=yes, as_json=as_json)


@click.command("apply")
@click.argument("plan", type=click.Path(exists=True, dir_okay=False))
@yes_option
@json_option
@debug_option
def apply_plan(plan: str, yes: bool, as_json: bool) -> None:
    """Carry out a PLAN that was saved.

    Files that have changed since are left, and listed.
    """
    from pixkin.filing.plan import load

    found = load(Path(plan))
    carry_out(found, found.library, save=None, yes=yes, as_json=as_json)


@click.command("undo")
@click.option("--filing", type=click.IntRange(min=1), metavar="N", help="A certain one.")
@click.option("--list", "as_list", is_flag=True, help="List what was done with files.")
@library_option
@json_option
@debug_option
def undo_filing(filing: int | None, as_list: bool, library: str, as_json: bool) -> None:
    """Take back what was done with files: the last of it, or a certain one.

    Names, places, times and links are as they were. A file that was changed since is left, and
    listed. Corrections of groups are taken back with `pixkin edit undo`.
    """
    from pixkin.filing.apply import past, undo

    if as_list:
        with opened(library) as edits:
            known = past(edits)
        if as_json:
            click.echo(json.dumps([asdict(one) for one in known], indent=2))
            return
        for one in known:
            click.echo(f"{one.filing_id:>4}  {one.made}  {one.state:<8}  {printable(one.command)}")
        return

    def back(edits: Edits, *, on_progress: OnProgress) -> Filed:
        return undo(edits, filing, on_progress)

    show_filed(carried(library, back), as_json, back=True)


def carry_out(plan: Plan, library: str, *, save: str | None, yes: bool, as_json: bool) -> None:
    """Show a plan, and apply it after a yes."""
    from pixkin.filing.apply import apply
    from pixkin.filing.plan import save as write

    if save is not None:
        write(plan, Path(save))
    if as_json and not yes:
        click.echo(json.dumps(plan.to_dict(), indent=2))
        return
    if not as_json:
        _show_plan(plan)
    if save is not None:
        click.echo(f"Saved: {printable(save)}. Carry it out with: pixkin apply {printable(save)}")
        return
    if not plan.actions or plan.problems:
        return
    what = f"Do that with {counted(len(plan.actions), 'file')} ({sized(plan.bytes)})?"
    if not agreed(what, yes=yes):
        return

    def forth(edits: Edits, *, on_progress: OnProgress) -> Filed:
        return apply(edits, plan, on_progress)

    show_filed(carried(library, forth), as_json)


def carried(library: str, work: Callable[..., Filed]) -> Filed:
    """Do something with files, with bars, until it is done or Ctrl-C comes."""

    def inside(watched: Watch) -> Filed:
        with opened(library) as edits:  # SQLite wants it used in the thread that opened it
            return work(edits, on_progress=watched(report))

    with bars(quiet=False) as report:
        return interruptible(inside)


def agreed(question: str, *, yes: bool) -> bool:
    """Ask, where somebody is there to answer."""
    if yes:
        return True
    if sys.stdin is None or not sys.stdin.isatty():
        note(NOT_DONE)
        return False
    return click.confirm(question)


def _show_plan(plan: Plan) -> None:
    click.echo(printable(plan.command[0].upper() + plan.command[1:]))
    folders = [f"  {counted(n, 'file'):>12}  {folder}" for folder, n in plan.tree()]
    _show_some(folders, "folder")
    click.echo(f"{counted(len(plan.actions), 'file')}, {sized(plan.bytes)}")
    _show_some([f"  other name  {source} -> {name}" for source, name in plan.renamed], "name")
    _show_some([f"  left        {one.path}: {one.reason}" for one in plan.left], "file")
    for text in plan.notes:
        click.echo(f"Note: {printable(text)}")
    for text in plan.problems:
        note(f"cannot be done: {text}")


def _show_some(lines: list[str], noun: str) -> None:
    for line in lines[:SHOWN]:
        click.echo(printable(line))
    if len(lines) > SHOWN:
        click.echo(f"  and {counted(len(lines) - SHOWN, f'more {noun}')}; --json lists all")


def show_filed(done: Filed, as_json: bool, *, back: bool = False) -> None:
    """Say what became of it."""
    if as_json:
        click.echo(json.dumps(asdict(done), indent=2))
        return
    if back:
        click.echo(f"Taken back: {counted(done.done, 'file')} of: {printable(done.command)}")
    else:
        way = "Take it back with: pixkin undo" if done.is_undoable else IN_SYSTEM_TRASH
        click.echo(f"Done with {counted(done.done, 'file')}. {way}")
    for one in done.refused[:SHOWN]:
        note(f"left: {one.path}: {one.reason}")
    if len(done.refused) > SHOWN:
        note(f"and {len(done.refused) - SHOWN:,} more left; --json names them")
