"""What can be typed, and what typing it costs."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import click
import pytest

import pixkin as package
from cli.conftest import Said, plug_in
from pixkin import registry
from pixkin.cli.app import COMMANDS, command
from pixkin.cli.options import option_of
from pixkin.precision import resolve
from pixkin.settings import Settings

Run = Callable[..., Said]

HEAVY = (
    "PIL", "faiss", "jinja2", "matplotlib", "networkit", "numpy", "onnxruntime", "openTSNE",
    "psutil", "rich", "scipy", "sklearn", "sqlite3",
)  # fmt: skip

PROMISED = (
    "--encoder", "--clusters", "--clusterer", "--detail", "--layout", "--library", "--output",
    "--seed", "--workers", "--json", "--quiet", "--open", "--from-file", "--debug",
)  # fmt: skip

WHAT_IS_IMPORTED = f"""
import sys
{{code}}
print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)
"""

OPTIONS = {option.name: option for option in command("cluster").params}
KNOWN = {field.name for field in dataclasses.fields(Settings)}


@pytest.mark.parametrize(
    "code",
    [
        "import pixkin",
        "from pixkin.cli.entry import run; run(['--help'])",
        "from pixkin.cli.entry import run; run(['--version'])",
        "from pixkin.cli.entry import run; run(['cluster', '--help'])",
        "from pixkin.cli.entry import run; run(['evaluate', '--help'])",
        "from pixkin.cli.entry import run; run(['nowhere', '--bogus'])",
    ],
)
def test_nothing_heavy_is_imported_before_there_is_work(code: str, run_script) -> None:
    done = run_script(WHAT_IS_IMPORTED.format(code=code))

    assert done.returncode == 0
    assert done.stderr.splitlines()[-1] == "[]"


@pytest.mark.parametrize("field", dataclasses.fields(Settings), ids=lambda field: field.name)
def test_each_setting_is_an_option_with_its_default_and_help(field) -> None:
    for name in ("cluster", "evaluate"):
        option = next(one for one in command(name).params if one.name == field.name)

        assert option.opts == [option_of(field)]
        assert option.default in (field.default, [field.default])
        assert option.help.startswith(field.metadata["help"])


@pytest.mark.parametrize("option", PROMISED)
def test_each_promised_option_of_cluster_has_one_line_of_help(option: str) -> None:
    found = [one for one in OPTIONS.values() if option in one.opts]

    assert len(found) == 1
    assert found[0].help
    assert "\n" not in found[0].help


def test_help_of_a_command_names_each_of_its_options(pixkin: Run) -> None:
    for name in COMMANDS:
        said = pixkin(name, "--help")

        assert said.code == 0
        assert said.err == ""
        assert all(
            opt in said.out for one in command(name).params for opt in one.opts if opt[0] == "-"
        )


def test_help_on_every_command_fits_its_line_in_the_list(pixkin: Run) -> None:
    said = pixkin("--help")

    assert all(f"  {name} " in said.out for name in COMMANDS)
    assert "..." not in said.out.partition("Commands:")[2]


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_says_of_a_command_what_its_help_begins_with(name: str) -> None:
    assert COMMANDS[name] == command(name).get_short_help_str(100)
    assert command(name).name == name


def test_commands_are_not_loaded_to_list_or_to_complete_them(run_script) -> None:
    said = run_script(
        "import sys; from pixkin.cli.entry import run; run(['--help']); "
        "print(sorted(name for name in sys.modules if name.startswith('pixkin.')))"
    )

    assert said.stdout.splitlines()[-1] == "['pixkin.cli', 'pixkin.cli.app', 'pixkin.cli.entry']"


def test_without_a_word_the_help_is_shown(pixkin: Run) -> None:
    assert pixkin() == pixkin("--help") == pixkin("-h")
    assert pixkin().code == 0


def test_version_is_that_of_the_package(pixkin: Run) -> None:
    assert pixkin("--version") == Said(0, f"pixkin {package.__version__}\n", "")


def test_a_path_alone_is_short_for_cluster(pixkin: Run, pics: Path) -> None:
    short = json.loads(pixkin("pics", "--json").out)
    long = json.loads(pixkin("cluster", "pics", "--json").out)

    assert short["clusters"] == long["clusters"]
    assert short["counts"] == long["counts"]


def test_options_may_stand_before_the_path(pixkin: Run, pics: Path) -> None:
    said = pixkin("--output", "out", "--json", "--clusters", "2", "pics")

    assert json.loads(said.out)["counts"]["clusters"] == 2
    assert Path("out", "report.html").is_file()


def first(option: click.Parameter, spelling: str) -> list[list[str]]:
    """Write an option in each way that it can be written before a path."""
    if option.is_flag:
        return [[spelling]]
    value = str(option.default) if option.name in KNOWN else "list"
    joined = f"{spelling}={value}" if spelling.startswith("--") else f"{spelling}{value}"
    return [[spelling, value], [joined]]


@pytest.mark.parametrize(
    "words",
    [
        words
        for option in OPTIONS.values()
        for spelling in option.opts
        if spelling.startswith("-")
        for words in first(option, spelling)
    ],
    ids=" ".join,
)
def test_any_option_may_stand_first(words: list[str], pixkin: Run, here: Path) -> None:
    Path("list").write_text("one.jpg\n")
    said = pixkin(*words, "nowhere")

    assert said.code == 2
    assert said.err.endswith("error: nowhere: does not exist.\n")


def test_a_folder_named_like_a_command_is_reached_as_a_path(pixkin: Run, pics: Path) -> None:
    pics.rename("components")
    listed = pixkin("components")
    short, long = pixkin("./components", "--json"), pixkin("cluster", "components", "--json")

    assert "encoder" in listed.out
    assert json.loads(short.out)["counts"] == json.loads(long.out)["counts"]
    assert json.loads(short.out)["counts"]["files"] == 12


def test_a_path_that_begins_with_a_dash_follows_two_dashes(pixkin: Run, pics: Path) -> None:
    pics.rename("--debug")
    said = pixkin("--json", "--", "--debug")

    assert said.code == 0
    assert json.loads(said.out)["counts"]["files"] == 12


def test_a_misspelt_command_is_told_from_a_path(pixkin: Run, here: Path) -> None:
    said = pixkin("evalute", "pics")

    assert said.code == 2
    assert said.err == (
        "error: 'evalute' is neither a path nor a command. Did you mean 'evaluate'?\n"
    )


def test_a_folder_that_is_nearly_named_like_a_command_is_a_path(pixkin: Run, pics: Path) -> None:
    pics.rename("demos")

    assert json.loads(pixkin("demos", "--json").out)["counts"]["files"] == 12


def test_components_are_all_listed_with_the_defaults_marked(pixkin: Run) -> None:
    said = pixkin("components")
    listed = {tuple(line.replace("*", "").split()[:2]) for line in said.out.splitlines()[:-2]}
    marked = {line.split()[2] for line in said.out.splitlines()[:-2] if line.split()[1] == "*"}

    assert listed == {
        (kind, name) for kind in ("encoder", "clusterer", "layout") for name in registry.names(kind)
    }
    assert marked == {resolve("auto"), Settings().clusterer, Settings().layout}


def test_components_as_json_say_what_each_is(pixkin: Run) -> None:
    found = json.loads(pixkin("components", "--json").out)

    assert {one["name"] for one in found if one["default"]} == {
        resolve("auto"), Settings().clusterer, Settings().layout,
    }  # fmt: skip
    assert all(one["about"] and one["needs"] is None for one in found)


def test_components_name_the_extra_that_one_needs(shell: Run, tmp_path: Path) -> None:
    env = plug_in(tmp_path / "plug-in", "layout", "far", NEEDY)
    line = next(line for line in shell("components", env=env).out.splitlines() if " far " in line)

    assert "not_a_package" in line
    assert "pip install 'pixkin-far[far]'" in line


NEEDY = '''
"""A layout that needs more."""

class Component:
    needs = ("not_a_package",)
    extra = "far"
'''


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_a_shell_can_complete_the_words(name: str, shell: Run) -> None:
    said = shell(env={"_PIXKIN_COMPLETE": f"{name}_source"})

    assert said.code == 0
    assert "_PIXKIN_COMPLETE" in said.out


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("pixkin co", "plain,components"),
        ("pixkin ho", "file,ho"),
        ("pixkin holidays --enc", "plain,--encoder"),
        ("pixkin evaluate holidays --lab", "plain,--labels"),
        ("pixkin evalute --enc", "plain,--encoder"),
    ],
)
def test_completion_offers(typed: str, offered: str, shell: Run) -> None:
    words = {"COMP_WORDS": typed, "COMP_CWORD": str(len(typed.split()) - 1)}
    said = shell(env={"_PIXKIN_COMPLETE": "bash_complete", **words})

    assert offered in said.out.splitlines()
    assert said.err == ""
