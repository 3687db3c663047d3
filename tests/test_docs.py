"""The docs say what the code does: what is generated is current, and examples run."""

import ast
import contextlib
import dataclasses
import io
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

import pixkin
from pixkin import errors, registry, scan
from pixkin.catalog import FORMATS
from pixkin.catalog.rows import Row
from pixkin.cli import app as cli_app
from pixkin.cli.app import app
from pixkin.exporters import skipped, table
from pixkin.exporters.summary import SummaryExporter
from pixkin.library.place import MARKER
from pixkin.library.schema import MIGRATIONS
from pixkin.records import Skipped
from pixkin.results import IN_TURN

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PACKAGE = Path(pixkin.__file__).parent

PAGES = sorted(
    page
    for page in [*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "benchmarks").rglob("*.md")]
    if page.is_file()
)
COMMANDS = {"pixkin": app}
for name in cli_app.COMMANDS:
    COMMANDS[f"pixkin {name}"] = found = cli_app.command(name)
    for under in getattr(found, "commands", {}).values():
        COMMANDS[f"pixkin {name} {under.name}"] = under
ERRORS = [getattr(errors, name) for name in errors.__all__]
COMPONENT_FOLDERS = {f"{kind}s" for kind in registry.KINDS}

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!`)!?\[[^\]]*\]\(([^)\s]+)\)")
ADDRESS = re.compile(r"[a-z]+:")


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks(page: Path, language: str) -> list[str]:
    return [body for name, body in FENCE.findall(text_of(page)) if name == language]


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


# Generated pages


def test_generated_pages_are_current() -> None:
    tool = [sys.executable, str(ROOT / "tools" / "make_docs.py"), "--check"]

    done = subprocess.run(tool, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


# Nothing is missing


@pytest.mark.parametrize(("name", "command"), COMMANDS.items())
def test_every_command_and_option_has_help_and_is_in_the_docs(
    name: str, command: click.Command
) -> None:
    page = text_of(DOCS / "command-line.md")

    assert command.help
    assert f"\n## {name}\n" in page
    section = page.split(f"\n## {name}\n")[1].split("\n## ")[0]
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.help, option.name
            assert all(re.search(rf"{spelling}\b", section) for spelling in option.opts)


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(pixkin.Settings)])
def test_every_setting_is_in_the_docs(field: str) -> None:
    assert f"| `{field}` |" in text_of(DOCS / "api.md")


@pytest.mark.parametrize("name", [name for name in pixkin.__all__ if not name.startswith("_")])
def test_every_public_name_is_in_the_docs(name: str) -> None:
    heading = "Errors" if name == "PixkinError" else name

    assert f"\n## {heading}\n" in text_of(DOCS / "api.md")


@pytest.mark.parametrize("kind", registry.KINDS)
def test_every_component_is_in_the_docs(kind: str) -> None:
    page = text_of(DOCS / "components.md").split(f"\n## {kind.capitalize()}s\n")[1]

    section = page.split("\n## ")[0]
    assert [name for name in registry.names(kind) if f"\n### {name}\n" not in section] == []


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_every_error_has_a_section_with_its_exit_code(error: type[errors.PixkinError]) -> None:
    page = text_of(DOCS / "errors.md")

    assert f"\n### {error.__name__}\n\nExit code {error.exit_code}" in page
    assert f"\n| {error.exit_code} | " in page


EMPTY_FILE = Skipped("photos", "cut.jpg", "decode", "not-an-image", "the file is empty")
CLOSED_FOLDER = Skipped(
    "photos", "old", "scan", "unreadable", "the folder cannot be listed (Permission denied)"
)

MESSAGES = [
    errors.SettingError("detail", "a number from 0.01 to 100", 0),
    errors.SettingError("n_clusters", "at most 38, the number of distinct pictures", 100),
    errors.UnknownNameError("encoder", "colour", ["color", "efficientnet-lite0", "pixels"]),
    errors.PathError("fotos", "does not exist"),
    errors.PathError('""', scan.EMPTY),
    errors.PathError("standard input", "is closed; give the list with --from-file LIST"),
    errors.PathError("standard output", "cannot be written (No space left on device)"),
    errors.OutputFolderError("holiday"),
    errors.LibraryNeededError(
        "Single files, lists and several folders have no library of their own"
    ),
    errors.LibraryNeededError("These paths lie in different libraries"),
    errors.LibraryNeededError(
        "No folder was given, and there is no library here or in a folder above"
    ),
    errors.ReadOnlyLibraryError("/media/camera/.pixkin", "Read-only file system"),
    errors.BadFilesError([EMPTY_FILE], 30),
    errors.MissingDependencyError("layout", "tsne", "openTSNE", "openTSNE"),
    errors.MissingDependencyError("format", "parquet", "pyarrow", "pixkin[parquet]"),
    errors.NothingToClusterError([], 0),
    errors.NothingToClusterError([EMPTY_FILE], 0, "pixkin-results/skipped.csv"),
    errors.NothingToClusterError(
        [EMPTY_FILE, *[CLOSED_FOLDER] * 11], 3, "pixkin-results/skipped.csv", "pixkin-results"
    ),
    errors.NothingToClusterError([], 0, older_in="pixkin-results"),
    errors.LibraryBusyError("photos/.pixkin", 10),
    errors.LibraryDamagedError("photos/.pixkin", "file is not a database"),
    errors.LibraryTooNewError("photos/.pixkin", 3, 1),
    errors.BadImageError(
        "damaged", "starts like PNG, but its header is broken, cut short or unknown"
    ),
    errors.WorkerError("MemoryError"),
]


@pytest.mark.parametrize("error", MESSAGES, ids=lambda error: type(error).__name__)
def test_messages_in_the_docs_are_what_the_errors_say(error: errors.PixkinError) -> None:
    section = text_of(DOCS / "errors.md").split(f"\n### {type(error).__name__}\n")[1]

    assert f"\n{error}\n" in section.split("\n### ")[0]


@pytest.mark.parametrize("error", [type(error) for error in MESSAGES], ids=lambda e: e.__name__)
def test_attributes_of_errors_are_in_the_docs(error: type[errors.PixkinError]) -> None:
    section = text_of(DOCS / "errors.md").split(f"\n### {error.__name__}\n")[1].split("\n### ")[0]

    example = next(known for known in MESSAGES if type(known) is error)
    assert [name for name in vars(example) if f"`{name}`" not in section] == []


@pytest.mark.parametrize("kind", ["not-an-image", "damaged", "refused", "unreadable"])
def test_every_kind_of_skipped_file_has_a_section(kind: str) -> None:
    assert f"\n### {kind}\n" in text_of(DOCS / "errors.md").split("\n## Skipped files\n")[1]


@pytest.mark.parametrize(
    ("file", "columns"), [("clusters.csv", table.COLUMNS), ("skipped.csv", skipped.COLUMNS)]
)
def test_every_column_is_in_the_docs(file: str, columns: tuple[str, ...]) -> None:
    section = text_of(DOCS / "output.md").split(f"\n## {file}\n")[1].split("\n## ")[0]

    assert [column for column in columns if f"`{column}`" not in section] == []


def test_every_format_and_column_of_an_export_is_in_the_docs() -> None:
    section = text_of(DOCS / "library.md").split("\n## Taking it elsewhere\n")[1].split("\n## ")[0]

    assert [name for name in FORMATS if f"\n| `{name}` | " not in section] == []
    assert [column for column in Row._fields if f"`{column}`" not in section] == []


def test_every_file_of_the_results_folder_is_in_the_docs() -> None:
    page = text_of(DOCS / "output.md")
    names = [registry.build("exporter", name).file_name for name in IN_TURN]

    assert [name for name in [*names, MARKER] if f"\n## {name}\n" not in page] == []


def test_every_key_of_run_json_is_in_the_docs(drawn: Callable[..., Path], tmp_path: Path) -> None:
    section = text_of(DOCS / "output.md").split("\n## run.json\n")[1].split("\n## ")[0]
    result = pixkin.cluster(drawn(tmp_path / "photos", n_per_kind=2), encoder="color")

    summary = SummaryExporter().gather(result)
    keys = {*summary, *summary["counts"], *summary["clusters"][0]}
    assert {key for key in keys if f"`{key}`" not in section} == set()


def test_every_dependency_has_its_reason() -> None:
    project = tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]
    page = text_of(DOCS / "how-it-works.md")

    extras = [line for lines in project["optional-dependencies"].values() for line in lines]
    names = [re.split(r"[>=<;\s]", line)[0] for line in [*project["dependencies"], *extras]]
    assert [name for name in names if f"\n| {name} | " not in page] == []


def test_every_table_of_the_library_is_in_the_docs() -> None:
    page = text_of(DOCS / "how-it-works.md")
    tables = re.findall(r"CREATE TABLE (\w+)", "".join(MIGRATIONS))

    assert tables
    assert [name for name in tables if not re.search(rf"^\|.*`{name}`.*\| ", page, re.M)] == []


# The layout in how-it-works.md


def ranks() -> dict[str, int]:
    section = text_of(DOCS / "how-it-works.md").split("\n## Layout\n")[1]
    (_, body), *_ = FENCE.findall(section)
    return {name: int(rank) for name, rank, *_ in map(str.split, body.splitlines())}


def modules() -> set[str]:
    found = {path.stem if path.is_file() else path.name for path in PACKAGE.iterdir()}
    return {name for name in found if not name.startswith("_") and name != "py"}


def imported(path: Path) -> Iterator[str]:
    """Name the top-level modules of ours that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(text_of(path))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module == "pixkin":
            names = [f"pixkin.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        else:
            continue
        yield from (name.split(".")[1] for name in names if name.startswith("pixkin."))


def test_layout_in_the_docs_names_every_module() -> None:
    assert set(ranks()) == modules() - {"py.typed"}


def test_modules_import_only_from_their_rank_or_lower() -> None:
    rank, wrong = ranks(), []
    for path in sorted(PACKAGE.rglob("*.py")):
        here = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if here.startswith("__"):
            continue
        for other in sorted(set(imported(path)) - {here, "__version__"}):
            between_components = {here, other} <= COMPONENT_FOLDERS
            if rank[other] > rank[here] or between_components:
                wrong.append(f"{path.relative_to(PACKAGE)} imports {other}")

    assert wrong == []


# Links


def headings(page: Path) -> set[str]:
    """Give the anchors of a page, as GitHub makes them."""
    plain = FENCE.sub("", text_of(page))
    titles = re.findall(r"^#+ (.+)$", plain, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for link in LINK.findall(FENCE.sub("", text_of(page))):
        if ADDRESS.match(link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in headings(target)):
            broken.append(link)

    assert broken == []


def test_index_names_every_page() -> None:
    links = set(LINK.findall(text_of(DOCS / "README.md")))

    assert {page.name for page in DOCS.glob("*.md")} - links == {"README.md"}


# Examples


@pytest.fixture
def here(
    tmp_path: Path, drawn: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """Work in a folder with the pictures that the examples speak of."""
    matplotlib = pytest.importorskip("matplotlib")
    monkeypatch.setenv("MPLBACKEND", "Agg")
    matplotlib.use("Agg")
    (tmp_path / "photos").mkdir()
    (tmp_path / "mixed").mkdir()
    for kind in drawn(tmp_path / "drawn", n_per_kind=12, kinds=5).iterdir():
        for picture in kind.glob("*.jpg"):
            shutil.copy(picture, tmp_path / "photos" / f"{kind.name}-{picture.name}")
            shutil.copy(picture, tmp_path / "mixed" / f"{kind.name}-{picture.name}")
    for kind in drawn(tmp_path / "upright", n_per_kind=6, kinds=5, size=(60, 80)).iterdir():
        for picture in kind.glob("*.jpg"):
            shutil.copy(picture, tmp_path / "mixed" / f"{kind.name}-tall-{picture.name}")
    shutil.rmtree(tmp_path / "drawn")
    shutil.rmtree(tmp_path / "upright")
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    import matplotlib.pyplot as plt

    plt.close("all")


@pytest.mark.parametrize(
    "page",
    [
        ROOT / "README.md",
        DOCS / "tutorial.md",
        DOCS / "recipe.md",
        DOCS / "adding-a-component.md",
    ],
    ids=name_of,
)
def test_python_in_the_docs_runs(page: Path, here: Path) -> None:
    names: dict[str, object] = {"__name__": "docs"}
    text = text_of(page)
    for body in blocks(page, "python"):
        line = text[: text.index(body)].count("\n")
        exec(compile("\n" * line + body, str(page), "exec"), names)


def test_python_of_the_search_page_runs(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pixkin.cluster("photos", layout="pca")
    for body in blocks(DOCS / "search.md", "python"):
        exec(compile(body, "search.md", "exec"), {})

    assert capsys.readouterr().out.startswith("1.0 True (")


def shell_lines(page: Path) -> list[str]:
    lines = [line for body in blocks(page, "sh") for line in body.splitlines()]
    return [line for line in lines if line.startswith("pixkin ")]


def words_of(line: str) -> list[str]:
    return shlex.split(re.split(r"\s[|>;#]", line)[0])[1:]


def parse(words: list[str]) -> None:
    context = app.make_context("pixkin", list(words))
    name, command, rest = app.resolve_command(context, [*context._protected_args, *context.args])
    assert command is not None
    command.make_context(name, rest, parent=context)


SHELL = [
    pytest.param(line, id=f"{name_of(page)}: {line}")
    for page in PAGES
    for line in dict.fromkeys(shell_lines(page))
]


@pytest.mark.parametrize("line", SHELL)
def test_commands_in_the_docs_are_understood(line: str) -> None:
    # --help and --version end there; anything wrong raises a UsageError.
    with contextlib.suppress(click.exceptions.Exit):
        parse(words_of(line))


def test_commands_of_the_tutorial_run(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for picture in list(here.glob("photos/*.jpg")):
        kind, _, rest = picture.name.partition("-")
        (here / "photos" / kind).mkdir(exist_ok=True)
        picture.rename(here / "photos" / kind / rest)
    lines = [line for body in blocks(DOCS / "tutorial.md", "sh") for line in body.splitlines()]
    for line in lines:
        if line.startswith("cd "):
            monkeypatch.chdir(line.removeprefix("cd "))
        elif line.startswith("pixkin ") and not line.startswith("pixkin demo"):
            app.main(words_of(line), prog_name="pixkin", standalone_mode=False)

    assert (here / "pixkin-results" / "report.html").is_file()
    assert (here / "four-groups" / "clusters.csv").is_file()
    assert (here / "my-library" / "library.db").is_file()
    assert "0 skipped, 12 groups" in capsys.readouterr().out


def test_encoder_of_the_docs_works_as_a_plug_in(
    here: Path,
    run_script: Callable[..., subprocess.CompletedProcess[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = DOCS / "adding-a-component.md"
    project = tomllib.loads(blocks(page, "toml")[0])["project"]
    site, name = here / "site", project["name"].replace("-", "_")
    info = site / f"{name}-{project['version']}.dist-info"
    info.mkdir(parents=True)
    (site / f"{name}.py").write_text(blocks(page, "python")[0], encoding="utf-8")
    facts = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    (info / "METADATA").write_text(facts, encoding="utf-8")
    lines = io.StringIO()
    for group, names in project["entry-points"].items():
        lines.write(f"[{group}]\n")
        lines.writelines(f"{key} = {value}\n" for key, value in names.items())
    (info / "entry_points.txt").write_text(lines.getvalue(), encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(site))
    script = "import sys\nfrom pixkin.cli import main\nmain(sys.argv[1:])\n"

    listed = run_script(script, "components")
    done = run_script(script, *words_of(shell_lines(page)[0]))

    assert "How bright each part of a picture is" in listed.stdout
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("30 files")
