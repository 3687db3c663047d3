"""The commands: each takes its arguments to the library, and shows what comes back."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pixkin.cli.bars import bars
from pixkin.cli.everywhere import debug_option
from pixkin.cli.given import sources_from
from pixkin.cli.interrupt import Watch, interruptible
from pixkin.cli.options import (
    Folder,
    common_options,
    paths_argument,
    place_option,
    settings_from,
    settings_options,
)
from pixkin.cli.screen import (
    counted,
    missing,
    note,
    show_components,
    show_page,
    show_scores,
    show_summary,
)
from pixkin.errors import MissingDependencyError, NothingToClusterError
from pixkin.settings import default

if TYPE_CHECKING:
    from pixkin.clustering import Clustering
    from pixkin.evaluate import Scores
    from pixkin.settings import Settings
    from pixkin.sources import Source

__all__ = ["cluster", "components", "demo", "evaluate"]

DEMO_FOLDER = "pixkin-demo"
PARTIAL = (
    "These groups are not kept: the library has other pictures in its groups. "
    "`pixkin cluster` without a path groups all that it knows."
)
KEPT = "What was read is kept: the next run goes on from there."


@click.command()
@paths_argument
@settings_options()
@place_option
@click.option(
    "--levels", is_flag=True, help="Add a column for each level of detail to clusters.csv."
)
@common_options(results=True)
def cluster(
    paths: tuple[str, ...],
    from_file: str | None,
    library: str | None,
    levels: bool,
    output: str,
    open_report: bool,
    as_json: bool,
    quiet: bool,
    **values: Any,
) -> None:
    """Group pictures and write a report.

    PATH is a folder, a file, a quoted pattern such as "photos/**/*.jpg", or - to read a list of
    files from standard input. Without PATH, all that the library here or above knows of.
    """
    settings = settings_from(values)
    place = None if library is None else Path(library)
    folder = Path(output)
    result = _cluster(sources_from(paths, from_file), settings, place, folder, quiet, levels=levels)
    _tell(result, folder, as_json=as_json, quiet=quiet, open_report=open_report)


@click.command()
@paths_argument
@click.option(
    "--labels",
    type=click.Path(exists=True, dir_okay=False),
    metavar="FILE.csv",
    help="The classes, in columns path and label. [default: the names of the folders]",
)
@settings_options(several=("encoder", "clusterer"))
@common_options(results=False)
def evaluate(
    paths: tuple[str, ...],
    from_file: str | None,
    labels: str | None,
    as_json: bool,
    quiet: bool,
    **values: Any,
) -> None:
    """Compare the groups with classes that are known. Leaves nothing behind."""
    from tempfile import TemporaryDirectory

    from pixkin.evaluate import evaluate as run_all

    encoders, clusterers = values.pop("encoder"), values.pop("clusterer")
    settings = settings_from({**values, "encoder": encoders[0], "clusterer": clusterers[0]})
    sources = sources_from(paths, from_file)
    if not sources:
        raise click.UsageError("Name at least one folder to evaluate on.")
    # The folder is this thread's to remove, because after Ctrl-C the other may not get to it.
    folder = TemporaryDirectory(prefix="pixkin-", ignore_cleanup_errors=True)
    with folder as scratch, bars(quiet=quiet) as report:
        scores = interruptible(
            lambda watched: run_all(
                sources,
                settings,
                encoders=encoders,
                clusterers=clusterers,
                labels=None if labels is None else Path(labels),
                scratch=Path(scratch),
                on_progress=watched(report),
            )
        )
    _tell_scores(scores, as_json=as_json)


@click.command()
@click.argument("folder", default=DEMO_FOLDER, type=Folder(), metavar="[DIR]")
@common_options(results=False)
@click.option("--open", "open_report", is_flag=True, help="Open the report in the browser.")
def demo(folder: str, as_json: bool, quiet: bool, open_report: bool) -> None:
    """Write pictures to try Pixkin on, and group them.

    They go into DIR, and so does a report. They come with scikit-learn: 1,797 scanned digits, and
    crops of two photographs.
    """
    from pixkin.demo import write_pictures
    from pixkin.settings import Settings
    from pixkin.sources.folder import FolderSource

    pictures = write_pictures(Path(folder))
    source = FolderSource(str(pictures))
    output = Path(folder) / "results"
    result = _cluster([source], Settings(), pictures / ".pixkin", output, quiet)
    _tell(result, output, as_json=as_json, quiet=quiet, open_report=open_report)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@debug_option
def components(as_json: bool) -> None:
    """List the encoders, clusterers and layouts there are."""
    from pixkin import registry
    from pixkin.precision import resolve

    kinds = ("encoder", "clusterer", "layout")
    usual = {kind: default(kind) for kind in kinds}
    usual["encoder"] = resolve(usual["encoder"])
    rows = []
    for kind in kinds:
        for name in registry.names(kind):
            try:
                about, needs = registry.describe(kind, name), None
            except MissingDependencyError as error:
                about, needs = "", str(error)
            is_default = name == usual[kind]
            rows.append(
                {"kind": kind, "name": name, "default": is_default, "about": about, "needs": needs}
            )
    if as_json:
        click.echo(json.dumps(rows, indent=2))
    else:
        show_components(rows)


def _cluster(
    sources: list[Source],
    settings: Settings,
    library: Path | None,
    output: Path,
    quiet: bool,
    *,
    levels: bool = False,
) -> Clustering:
    from pixkin.files import remove_unfinished
    from pixkin.pipeline import run
    from pixkin.results import check_folder, write_results, write_skipped

    check_folder(output)
    with bars(quiet=quiet) as report:

        def work(watched: Watch) -> Clustering:
            progress = watched(report)
            try:
                result = run(sources, settings, library=library, on_progress=progress)
            except NothingToClusterError as error:
                raise write_skipped(error, output) from error
            return write_results(result, output, progress, levels=levels)

        try:
            return interruptible(work, KEPT)
        except click.Abort:
            remove_unfinished(output)  # the thread that writes may not get to it before the exit
            raise


def _tell(
    result: Clustering, folder: Path, *, as_json: bool, quiet: bool, open_report: bool
) -> None:
    from pixkin.files import text_of
    from pixkin.results import REPORT, SKIPPED

    report = (folder / REPORT).absolute()
    if as_json:
        document = {**result.to_dict(), "output": text_of(str(folder.absolute()))}
        click.echo(json.dumps(document, indent=2))
    elif not quiet:
        show_summary(result, report)
    n = result.counts.skipped
    if n:
        what = "1 file was skipped; it is" if n == 1 else f"{n:,} files were skipped; each is"
        note(f"{what} in {folder / SKIPPED}")
    if not result.is_kept:
        note(PARTIAL)
    for root in result.missing:
        note(missing(root))
    if result.layout != result.settings.layout and not quiet:
        note(f"The map is by {result.layout}: {result.settings.layout} has no package here.")
    if open_report:
        show_page(report, "report")


def _tell_scores(scores: list[Scores], *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([asdict(score) for score in scores], indent=2))
    else:
        show_scores(scores)
    n_skipped = max(score.skipped for score in scores)
    if n_skipped:
        what = "file was" if n_skipped == 1 else "files were"
        note(f"{n_skipped:,} {what} skipped; `pixkin cluster` lists them with their reasons.")
    n_unlabelled = max(score.unlabelled for score in scores)
    if n_unlabelled:
        note(f"{counted(n_unlabelled, 'file')} without a label: left out of the agreement.")
