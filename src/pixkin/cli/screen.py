"""What a person sees beside the bars: notes on stderr, results on stdout."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import click

from pixkin.errors import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from pixkin.clustering import Clustering
    from pixkin.evaluate import Scores
    from pixkin.library.listing import GroupInfo, GroupList, GroupPage
    from pixkin.library.repair import Repaired
    from pixkin.library.upkeep import Finding, LibraryInfo, RootInfo
    from pixkin.pictures import Portrait
    from pixkin.records import MissingRoot
    from pixkin.updating import Update

__all__ = [
    "counted",
    "missing",
    "note",
    "show_components",
    "show_findings",
    "show_folders",
    "show_group",
    "show_groups",
    "show_library",
    "show_page",
    "show_portrait",
    "show_repair",
    "show_scores",
    "show_summary",
    "show_update",
    "sized",
]

GROUPS_SHOWN = 10
FILES_SHOWN = 10


def note(text: str) -> None:
    """Say something beside the results, on a line of its own."""
    with contextlib.suppress(OSError):  # where stderr takes nothing, nobody can be told
        click.echo(printable(" ".join(text.splitlines())), err=True)


def counted(n: int, noun: str, plural: str = "") -> str:
    """Write a number with its noun: ``1 file``, ``2 files``."""
    return f"{n:,} {noun if n == 1 else plural or noun + 's'}"


def show_page(page: Path, what: str) -> None:
    """Open a page in the browser."""
    import webbrowser

    if not webbrowser.open(page.as_uri()):
        note(f"There is no browser to open the {what} with.")


def show_summary(result: Clustering, report: Path) -> None:
    """Print what a person wants to know at the end of a run."""
    n = result.counts
    seconds = sum(cost.seconds for cost in result.costs)
    n_copies = n.files - n.images
    copies = f" ({counted(n_copies, 'copy', 'copies')})" if n_copies else ""
    click.echo(
        f"{counted(n.files, 'file')}{copies}, {counted(n.images, 'image')}, {n.skipped:,} skipped, "
        f"{counted(n.clusters, 'group')} in {seconds:.1f} s"
    )
    click.echo()
    groups = [one for one in result.clusters if one.label >= 0 and not one.lasting.is_hidden]
    shown = groups[:GROUPS_SHOWN]
    width = max((len(cluster.title) for cluster in shown), default=0)
    heading = f"  {'looks like':<{max(width, 10)}}" if width else ""
    click.echo(f"{'group':>6} {'images':>8}{heading}  most typical")
    for cluster in shown:
        path = printable(result.files_of[cluster.members[0]][0].path)
        words = f"  {cluster.title:<{max(width, 10)}}" if width else ""
        click.echo(f"{cluster.label:>6} {len(cluster.members):>8,}{words}  {path}")
    if len(groups) > GROUPS_SHOWN:
        click.echo(f"{'':>15}  and {counted(len(groups) - GROUPS_SHOWN, 'more group')}")
    unplaced = sum(len(cluster.members) for cluster in result.clusters if cluster.label < 0)
    if unplaced:
        click.echo(f"{'none':>6} {unplaced:>8,}  in no group")
    click.echo()
    click.echo(f"Report: {printable(str(report))}")
    if result.library is not None and result.is_kept:
        click.echo(f"Look through them and correct them: {_opening(result.library)}")


def _opening(library: Path) -> str:
    """Give the command that opens a library in the browser."""
    import shlex

    from pixkin.library.place import LIBRARY_NAME

    is_usual = library.name == LIBRARY_NAME
    words = [str(library.parent)] if is_usual else ["--library", str(library)]
    return printable(shlex.join(["pixkin", "open", *words]))


def missing(root: MissingRoot) -> str:
    """Word that nothing of a folder is there."""
    files = "The 1 file" if root.files == 1 else f"None of the {root.files:,} files"
    is_not = "is not" if root.files == 1 else "is"
    return (
        f"{files} in {root.path} {is_not} there now, and so left out. "
        "The library keeps what it knows of them: mount the disk, run again."
    )


def show_scores(scores: list[Scores]) -> None:
    """Print a table with a line per run."""
    header = (
        "encoder", "clusterer", "groups", "classes", "accuracy", "NMI", "AMI", "ARI", "V-measure",
        "silhouette", "seconds",
    )  # fmt: skip
    rows = [header, *map(_row, scores)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        names = [text.ljust(width) for text, width in zip(row[:2], widths[:2], strict=True)]
        numbers = [text.rjust(width) for text, width in zip(row[2:], widths[2:], strict=True)]
        click.echo("  ".join([*names, *numbers]))


def _row(score: Scores) -> tuple[str, ...]:
    silhouette = "-" if score.silhouette is None else f"{score.silhouette:.3f}"
    agreement = (score.accuracy, score.nmi, score.ami, score.ari, score.v_measure)
    return (
        printable(score.encoder),
        printable(score.clusterer),
        f"{score.clusters:,}",
        f"{score.classes:,}",
        *(f"{value:.3f}" for value in agreement),
        silhouette,
        f"{score.seconds:.1f}",
    )


def show_library(known: LibraryInfo) -> None:
    """Print what a library holds, a line for each thing."""
    n_copies = known.files - known.images
    copies = f" ({counted(n_copies, 'copy', 'copies')})" if n_copies > 0 else ""
    failed = f", {known.failed:,} of them no pictures or damaged" if known.failed else ""
    precious, cache = sized(known.precious_bytes), sized(known.cache_bytes)
    lines = {
        "Library": printable(known.folder),
        "Encoder": printable(known.encoder or "none yet"),
        "Files": f"{known.files:,}{copies}",
        "Images": f"{known.images:,}{failed}",
        "Size": f"{precious} that cannot be made again, {cache} of cache",
    }
    for name, text in lines.items():
        click.echo(f"{name:<8} {text}")
    show_folders(known.roots, "Folder   ")


def sized(n_bytes: int) -> str:
    """Write a size on the disk."""
    return f"{n_bytes / 1e6:,.1f} MB"


def show_repair(done: Repaired) -> None:
    """Print what a repair did, and what is lost."""
    if not done.reasons:
        click.echo("The database is sound, so nothing was changed.")
        return
    click.echo(f"Was wrong: {printable(done.reasons[0])}")
    again = [name for name in done.lost if name != "journal"]
    if again:
        click.echo(f"Not all could be read of: {', '.join(again)}. The next run reads it anew.")
    if done.n_lost:
        click.echo(f"Lost of names and corrections: {counted(done.n_lost, 'step')}")
    click.echo(f"The damaged database is kept: {printable(str(done.kept))}")


def show_folders(roots: Iterable[RootInfo], before: str = "") -> None:
    """Print a line for each folder of a library."""
    for root in roots:
        gone = "" if root.is_there else "  IS NOT THERE NOW"
        some = "" if root.is_whole else " named"
        n_files = counted(root.files, f"{some} file".strip())
        click.echo(f"{before}{printable(root.path)}  {n_files}{gone}")


def show_portrait(portrait: Portrait) -> None:
    """Print what is known of a picture."""
    image, group = portrait.image, portrait.group
    first, *copies = image.files
    lines = {
        "Picture": printable(str(first)),
        "Size": f"{image.width} x {image.height}",
        "Group": "none" if group is None else f"{group.cluster_id}  {printable(group.title)}",
        "Why": portrait.why,
        "Flags": ", ".join(portrait.flags),
    }
    for name, text in lines.items():
        if text:
            click.echo(f"{name:<8} {text}")
    for path in copies:
        click.echo(f"Copy     {printable(str(path))}")
    for near in portrait.near:
        other, there = near.image.cluster_id or "no group", printable(str(near.image.files[0]))
        click.echo(f"Like it  {near.similarity:.2f}  {other:<10}  {there}")


def show_findings(found: Sequence[Finding], n_hashed: int, n_files: int) -> None:
    """Print what a check found, the worst first."""
    for finding in sorted(found, key=lambda finding: not finding.is_bad):
        click.echo(f"{finding.kind:<14} {printable(finding.where)}: {printable(finding.reason)}")
    looked = f"the database, and {n_hashed:,} of {counted(n_files, 'file')} that were hashed"
    if not any(finding.is_bad for finding in found):
        click.echo(f"Sound: {looked}.")


def show_update(done: Update) -> None:
    """Print what has changed, and what became of it."""
    names = ("new", "changed", "moved", "gone", "back")
    counts = {name: len(getattr(done.changes, name)) for name in names}
    told = [f"{n:,} {name}" for name, n in counts.items() if n]
    click.echo(f"Files: {', '.join(told) or 'nothing has changed'}")
    for before, now in done.changes.moved[:FILES_SHOWN]:
        click.echo(f"  moved  {printable(before)} -> {printable(now)}")
    for path in done.changes.gone[:FILES_SHOWN]:
        click.echo(f"  gone   {printable(path)}")
    if done.forgotten:
        click.echo(f"Forgotten: {counted(done.forgotten, 'file')}")
    if done.regrouped:
        click.echo(f"There were no groups, so all was grouped: {len(done.founded):,} groups")
        return
    parts = [f"{counted(len(done.joined), 'picture')} joined a group"] if done.joined else []
    if done.founded:
        parts.append(f"{counted(len(done.founded), 'new group')}: {' '.join(done.founded)}")
    if done.waiting:
        what = "waits" if done.waiting == 1 else "wait"
        parts.append(f"{counted(done.waiting, 'picture')} {what} as new")
    click.echo(f"Groups: {', '.join(parts) or 'as they were'} (not grouped anew)")


def show_groups(known: GroupList, shown: Sequence[GroupInfo]) -> None:
    """Print a line per group."""
    click.echo(f"{'group':<10}  {'images':>8}  {'files':>8}")
    for group in shown:
        title = group.name or (f"({group.looks_like})" if group.looks_like else "")
        marks = [word for word in ("pinned", "hidden") if getattr(group, f"is_{word}")]
        text = "  ".join(filter(None, [printable(title), *(f"[{mark}]" for mark in marks)]))
        line = f"{group.cluster_id:<10}  {group.images:>8,}  {group.files:>8,}  {text}"
        click.echo(line.rstrip())
    if known.n_none:
        click.echo(f"{'no group':<10}  {known.n_none:>8,}")
    if known.n_new:
        click.echo(f"{'new':<10}  {known.n_new:>8,}")


def show_group(page: GroupPage, n_shown: int) -> None:
    """Print a group: what it is, what is in it, and what happened to it."""
    group = page.group
    lines = {
        "Group": group.cluster_id,
        "Name": printable(group.name),
        "Looks like": group.looks_like,
        "Holds": f"{counted(group.images, 'image')} in {counted(group.files, 'file')}",
        "Is": ", ".join(word for word in ("pinned", "hidden") if getattr(group, f"is_{word}")),
    }
    for name, text in lines.items():
        if text:
            click.echo(f"{name:<11} {text}")
    click.echo("\nHistory (UTC)")
    for time, what in page.history:
        click.echo(f"  {time}  {printable(what)}")
    click.echo("\nFiles")
    for files in page.files[:n_shown]:
        copies = f"  and {counted(len(files) - 1, 'copy', 'copies')}" if len(files) > 1 else ""
        click.echo(f"  {printable(files[0])}{copies}")
    if len(page.files) > n_shown:
        click.echo(f"  and {counted(len(page.files) - n_shown, 'more image')}; --all names them")


def show_components(rows: list[dict[str, str | bool | None]]) -> None:
    """Print a line per component: what it is, or what is missing."""
    for row in rows:
        mark = "*" if row["default"] else " "
        text = str(row["needs"] or row["about"])
        click.echo(f"{row['kind']:<10} {mark} {row['name']:<20} {printable(text)}")
    click.echo("\n* the default")
