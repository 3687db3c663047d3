"""The commands, and how errors become a line and an exit code."""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from pixkin import __version__
from pixkin.cli.options import (
    Group,
    common_options,
    paths_argument,
    settings_from,
    settings_options,
)
from pixkin.cli.screen import bars, interruptible, note, show_scores, show_summary
from pixkin.errors import MissingDependencyError, PixkinError
from pixkin.settings import default

if TYPE_CHECKING:
    from pixkin.clustering import Clustering
    from pixkin.settings import Settings
    from pixkin.sources import Source

__all__ = ["app", "main"]

INTERRUPTED = 130
KEPT = "Interrupted. What was read is kept: the next run goes on from there."
CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    code = _run(words, debug="--debug" in words)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            pass  # whoever was reading has gone
    # A thread that was cancelled may still compute in a C library: it is not waited for.
    os._exit(code)


def _run(words: list[str], *, debug: bool) -> int:
    try:
        result = app.main(words, prog_name="pixkin", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.ClickException as error:
        return _say(error.format_message(), error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        return _say(KEPT, INTERRUPTED, word="")
    except BrokenPipeError:
        return 0  # the reader of stdout had enough
    except PixkinError as error:
        if debug:
            traceback.print_exc()
        return _say(str(error), error.exit_code)
    except Exception as error:  # noqa: BLE001 - the last resort: a bug of ours, told in one line
        if debug:
            traceback.print_exc()
        what = f"{type(error).__name__}: {error}"
        return _say(f"a bug in Pixkin: {what}. Run again with --debug to see where.", 1)


def _say(text: str, code: int, word: str = "error: ") -> int:
    note(word + text)
    return code


@click.group(cls=Group, context_settings=CONTEXT, no_args_is_help=True)
@click.version_option(__version__, prog_name="pixkin", message="%(prog)s %(version)s")
def app() -> None:
    """Find which pictures are kin: group a folder of photos by what they show, offline.

    `pixkin PATH...` is short for `pixkin cluster PATH...`.
    """


@app.command()
@paths_argument
@settings_options()
@click.option(
    "--library",
    type=click.Path(),
    metavar="DIR",
    help="Where the library is. [default: .pixkin in the folder given, or the nearest above]",
)
@common_options(results=True)
def cluster(
    paths: tuple[str, ...],
    from_file: str | None,
    library: str | None,
    output: str,
    open_report: bool,
    as_json: bool,
    quiet: bool,
    debug: bool,
    **values: Any,
) -> None:
    """Group pictures and write a report.

    PATH is a folder, a file, a quoted pattern such as "photos/**/*.jpg", or - to read a list of
    files from standard input. Without PATH, all that the library here or above knows of.
    """
    settings = settings_from(values)
    place = None if library is None else Path(library)
    result, folder = _cluster(_sources(paths, from_file), settings, place, Path(output), quiet)
    _tell(result, folder, as_json=as_json, quiet=quiet, open_report=open_report)


@app.command()
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
    debug: bool,
    **values: Any,
) -> None:
    """Compare the groups with classes that are known. Leaves nothing behind."""
    from dataclasses import asdict

    from pixkin.evaluate import evaluate as run_all

    encoders, clusterers = values.pop("encoder"), values.pop("clusterer")
    settings = settings_from({**values, "encoder": encoders[0], "clusterer": clusterers[0]})
    sources = _sources(paths, from_file)
    if not sources:
        raise click.UsageError("Name at least one folder to evaluate on.")
    with bars(quiet=quiet) as report:
        scores = interruptible(
            lambda watched: run_all(
                sources,
                settings,
                encoders=encoders,
                clusterers=clusterers,
                labels=None if labels is None else Path(labels),
                on_progress=watched(report),
            )
        )
    if as_json:
        click.echo(json.dumps([asdict(score) for score in scores], indent=2))
    else:
        show_scores(scores)


@app.command()
@click.argument("folder", default="pixkin-demo", type=click.Path(), metavar="[DIR]")
@common_options(results=False)
@click.option("--open", "open_report", is_flag=True, help="Open the report in the browser.")
def demo(folder: str, as_json: bool, quiet: bool, debug: bool, open_report: bool) -> None:
    """Write pictures to try Pixkin on into DIR, group them, and write a report.

    The pictures come with scikit-learn: 1,797 scanned digits, and crops of two photographs.
    """
    from pixkin.demo import write_pictures
    from pixkin.settings import Settings
    from pixkin.sources.folder import FolderSource

    pictures = write_pictures(Path(folder))
    source = FolderSource(str(pictures))
    output = Path(folder) / "results"
    result, written = _cluster([source], Settings(), pictures / ".pixkin", output, quiet)
    _tell(result, written, as_json=as_json, quiet=quiet, open_report=open_report)


@app.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def components(as_json: bool, debug: bool) -> None:
    """List the encoders, clusterers and layouts there are."""
    from pixkin import registry

    rows = []
    for kind in ("encoder", "clusterer", "layout"):
        for name in registry.names(kind):
            try:
                about, needs = registry.describe(kind, name), None
            except MissingDependencyError as error:
                about, needs = "", str(error)
            is_default = name == default(kind)
            rows.append(
                {"kind": kind, "name": name, "default": is_default, "about": about, "needs": needs}
            )
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        mark = "*" if row["default"] else " "
        click.echo(f"{row['kind']:<10} {mark} {row['name']:<20} {row['needs'] or row['about']}")
    click.echo("\n* the default")


def _sources(paths: tuple[str, ...], from_file: str | None) -> list[Source]:
    from pixkin.scan import parse_list, sources_for

    listed: list[str] = []
    if "-" in paths:
        listed += parse_list(sys.stdin.buffer.read())
    if from_file is not None:
        listed += parse_list(Path(from_file).read_bytes())
    named = [path for path in paths if path != "-"]
    if not listed and ("-" in paths or from_file is not None):
        raise click.UsageError("The list names no files.")
    return sources_for(named, listed)


def _cluster(
    sources: list[Source], settings: Settings, library: Path | None, output: Path, quiet: bool
) -> tuple[Clustering, Path]:
    from pixkin.pipeline import run
    from pixkin.results import check_folder, write_results

    check_folder(output)
    with bars(quiet=quiet) as report:

        def work(watched: Any) -> Clustering:
            progress = watched(report)
            result = run(sources, settings, library=library, on_progress=progress)
            return write_results(result, output, progress)

        return interruptible(work), output


def _tell(
    result: Clustering, folder: Path, *, as_json: bool, quiet: bool, open_report: bool
) -> None:
    from pixkin.results import REPORT, SKIPPED

    report = (folder / REPORT).absolute()
    if as_json:
        document = {**result.to_dict(), "output": os.fspath(folder.absolute())}
        click.echo(json.dumps(document, indent=2))
    elif not quiet:
        show_summary(result, folder, report)
    if result.counts.skipped:
        note(f"{result.counts.skipped:,} files were skipped; each is in {folder / SKIPPED}")
    if result.layout != result.settings.layout and not quiet:
        note(f"The map is by {result.layout}: {result.settings.layout} has no package here.")
    if open_report:
        click.launch(report.as_uri())
