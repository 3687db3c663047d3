"""Write the pages of docs/ that are made from the code; with --check, say which are out of date.

python tools/make_docs.py
python tools/make_docs.py --check
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import inspect
import pkgutil
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click

import pixkin
from pixkin import errors, precision, settings
from pixkin.cli import app as cli_app

DOCS = Path(__file__).resolve().parent.parent / "docs"
WIDTH = 100
NOTE = "<!-- Made by tools/make_docs.py from the code: change that, then run `make docs`. -->"

KINDS = {
    "encoder": "Pixels to a vector: `--encoder NAME`.",
    "clusterer": "Vectors, or the graph of their neighbours, to groups: `--clusterer NAME`.",
    "layout": "Vectors, or the graph of their neighbours, to a map: `--layout NAME`.",
    "exporter": "A clustering to a file of the [results folder](output.md).",
    "source": "Where pictures come from; the form of each PATH decides which one reads it.",
}
VALUES = (
    ("pixkin.clustering", "Cluster"),
    ("pixkin.clustering", "Counts"),
    ("pixkin.records", "File"),
    ("pixkin.records", "ImageFacts"),
    ("pixkin.pictures", "LibraryImage"),
    ("pixkin.pictures", "Match"),
    ("pixkin.pictures", "Outlier"),
    ("pixkin.progress", "Step"),
)
"""What the attributes of a `Clustering`, a library's answers, and a progress callback hold."""
LISTED = {"Parameters", "Attributes", "Returns", "Yields", "Raises"}
SECTION = re.compile(r"^(\w[\w ]*)\n-{3,}\n", re.MULTILINE)


def main() -> int:
    """Write the pages, or compare them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if out of date")
    check = parser.parse_args().check
    stale = [name for name, text in pages().items() if not _is_current(DOCS / name, text)]
    for name in stale:
        print(f"docs/{name} is out of date: run `make docs`" if check else f"wrote docs/{name}")
        if not check:
            (DOCS / name).write_text(pages()[name], encoding="utf-8")
    return 1 if check and stale else 0


def pages() -> dict[str, str]:
    """Give the text of each page, by its name in docs/."""
    made = {"command-line.md": commands(), "api.md": api(), "components.md": components()}
    return {name: "\n".join(lines).rstrip() + "\n" for name, lines in made.items()}


def _is_current(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


# The command line


def commands() -> Iterator[str]:
    """Give the help of every command as a terminal shows it."""
    yield from ["# The command line", "", NOTE, ""]
    yield "What is printed, and where: results go to stdout; progress and notes to stderr. The exit"
    yield "codes are in [errors](errors.md#exit-codes), the files written in [output](output.md)."
    yield ""
    context = _context(cli_app.app, "pixkin", None)
    yield from _help(cli_app.app, context)
    for name in cli_app.COMMANDS:
        command = cli_app.command(name)
        inside = _context(command, name, context)
        yield from _help(command, inside)
        for under in getattr(command, "commands", {}).values():
            yield from _help(under, _context(under, str(under.name), inside))


def _context(command: click.Command, name: str, parent: click.Context | None) -> click.Context:
    shown = {**command.context_settings, "terminal_width": WIDTH, "max_content_width": WIDTH}
    return click.Context(command, info_name=name, parent=parent, **shown)


def _help(command: click.Command, context: click.Context) -> Iterator[str]:
    yield from [f"## {context.command_path}", "", "```text", command.get_help(context), "```", ""]


# The Python names


def api() -> Iterator[str]:
    """Give every public name with its signature and docstring."""
    yield from ["# Python", "", NOTE, ""]
    yield "What is not on this page may change without notice."
    yield ""
    public = [name for name in pixkin.__all__ if not name.startswith("__")]
    estimators = importlib.import_module("pixkin.estimators").__all__
    first = ["cluster", "Clustering", "Settings", *sorted(estimators), "Skipped", "PixkinError"]
    for name in [*first, *sorted(set(public) - set(first))]:
        if name != "PixkinError":  # with the other errors, below
            yield from _documented("pixkin", name)
    for module, name in VALUES:
        yield from _documented(module, name)
    yield from _errors()


def _documented(module: str, name: str) -> Iterator[str]:
    thing = getattr(importlib.import_module(module), name)
    kind = "class " if inspect.isclass(thing) else ""
    yield from [f"## {name}", "", f"`from {module} import {name}`", ""]
    if not (dataclasses.is_dataclass(thing) and name in {"Settings", "Clustering"}):
        yield from ["```text", f"{kind}{name}{signature(thing)}", "```", ""]
    yield from [*prose(thing), ""]
    if name == "Settings":
        yield from _settings()
    elif inspect.isclass(thing):
        yield from _members(thing)


def _settings() -> Iterator[str]:
    yield "| field | option | default | allowed | |"
    yield "|---|---|---|---|---|"
    for field in dataclasses.fields(pixkin.Settings):
        facts = field.metadata
        option = (facts["option"] or field.name).replace("_", "-")
        row = [f"`{field.name}`", f"`--{option}`", f"`{field.default!r}`", _allowed(field)]
        yield f"| {' | '.join([*row, facts['help']])} |"
    yield ""


def _allowed(field: dataclasses.Field[Any]) -> str:
    low, high = field.metadata["low"], field.metadata["high"]
    if low is None:
        return f"[{field.metadata['kind']}s](components.md#{field.metadata['kind']}s)"
    span = f"{low:,} or more" if high is None else f"{low:,} to {high:,}"
    return f"`{settings.AUTO!r}`, {span}" if field.default == settings.AUTO else span


def _members(owner: type) -> Iterator[str]:
    """Give the public properties and methods that a class defines, or inherits from a private."""
    found = _found(owner)
    for name, member in sorted(found.items()):
        if isinstance(member, property) or not callable(member):
            yield f"- **`.{name}`**: {_first_line(member)}"
            continue
        text = list(prose(member))
        yield f"- **`.{name}{signature(member)}`**: {text[0]}"
        yield from (f"  {line}".rstrip() for line in text[1:])
    if found:
        yield ""


def _found(owner: type) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for home in owner.__mro__:
        if home.__module__.partition(".")[0] != "pixkin":
            continue
        for name, member in vars(home).items():
            if not name.startswith("_") and getattr(member, "__doc__", None) and _is_member(member):
                found.setdefault(name, member)
    return found


def _is_member(member: Any) -> bool:
    return inspect.isfunction(member) or hasattr(member, "func") or isinstance(member, property)


def _errors() -> Iterator[str]:
    yield from ["## Errors", "", "`from pixkin.errors import ...`", ""]
    yield from ["What each means, and what to do: [errors](errors.md).", ""]
    yield from ["| class | is also | exit code | |", "|---|---|---|---|"]
    for name in errors.__all__:
        thing = getattr(errors, name)
        bases = ", ".join(f"`{base.__name__}`" for base in thing.__bases__)
        about = _first_line(thing).rstrip(".")
        yield f"| [`{name}`](errors.md#{name.lower()}) | {bases} | {thing.exit_code} | {about} |"
    yield ""


# The components


def components() -> Iterator[str]:
    """Give every component that ships with Pixkin, whether or not its packages are installed."""
    yield from ["# Components", "", NOTE, ""]
    yield "A name may carry arguments: `--encoder pixels:size=64,gray=true`. How to add one:"
    yield "[adding a component](adding-a-component.md)."
    yield ""
    for kind, about in KINDS.items():
        yield from [f"## {kind.capitalize()}s", "", about, ""]
        package = importlib.import_module(f"pixkin.{kind}s")
        for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda info: info.name):
            if not info.name.startswith("_"):
                yield from _component(kind, info.name)


def _component(kind: str, module_name: str) -> Iterator[str]:
    module = importlib.import_module(f"pixkin.{kind}s.{module_name}")
    # A source's module may offer functions too.
    (public,) = [name for name in module.__all__ if inspect.isclass(getattr(module, name))]
    thing = getattr(module, public)
    name = module_name.replace("_", "-")
    fields = {field.name: field for field in dataclasses.fields(pixkin.Settings)}
    usual = fields[kind].default if kind in fields else None
    is_default = name == (precision.EIGHT_BITS if usual == settings.AUTO else usual)
    yield from [f"### {name}", ""]
    about = _first_line(module).removesuffix(" The default.")
    yield from [f"{about} **The default.**" if is_default else about, ""]
    needs = getattr(thing, "needs", ())
    if needs:
        yield from [f"Needs: {', '.join(f'`{need}`' for need in needs)}.", ""]
    given = f"{public}{signature(thing)}" if "__init__" in vars(thing) else public
    yield from [f"`{given}`", "", *prose(thing), ""]


# Signatures and docstrings


def signature(thing: Callable[..., Any]) -> str:
    """Write a signature as it stands in the source: annotations are text there."""
    parts, bare_star = [], True
    for parameter in inspect.signature(thing).parameters.values():
        if parameter.name == "self":
            continue
        stars = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}
        star = stars.get(parameter.kind, "")
        if parameter.kind == parameter.KEYWORD_ONLY and bare_star:
            parts.append("*")
            bare_star = False
        text = f"{star}{parameter.name}"
        if parameter.annotation is not parameter.empty:
            text += f": {_annotation(parameter.annotation)}"
        if parameter.default is not parameter.empty:
            equals = " = " if parameter.annotation is not parameter.empty else "="
            text += f"{equals}{_default(parameter.default)}"
        parts.append(text)
    return f"({', '.join(parts)})"


def _annotation(annotation: Any) -> str:
    return annotation if isinstance(annotation, str) else getattr(annotation, "__name__", "...")


def _default(value: Any) -> str:
    return value.__name__ if inspect.isfunction(value) else repr(value)


def prose(thing: Any) -> Iterator[str]:
    """Turn a numpydoc docstring into Markdown."""
    text = inspect.getdoc(thing) or ""
    parts = SECTION.split(text)
    yield from _lines(parts[0])
    for title, body in zip(parts[1::2], parts[2::2], strict=True):
        yield from ["", f"**{title}**", ""]
        if title == "Examples":
            yield from ["```pycon", *body.strip().splitlines(), "```"]
        elif title in LISTED:
            yield from _listed(body, named=title in {"Parameters", "Attributes"})
        else:
            yield from _lines(body)


def _listed(body: str, *, named: bool) -> Iterator[str]:
    """Turn ``name : type`` and what is indented below it into a list."""
    entry = ""
    for line in [*_lines(body), "."]:
        if line.startswith(" ") or not line:
            entry += f" {line.strip()}"
            continue
        if entry:
            yield f"- {_joined(entry)}"
        name, colon, kind = line.partition(" : ")
        entry = f"`{name}`: {kind}." if colon else f"`{name}`:" if named else f"{name}:"


def _joined(entry: str) -> str:
    return " ".join(entry.split()).removesuffix(":")


def _lines(text: str) -> list[str]:
    """Write literals with one backtick, as Markdown does."""
    return text.strip("\n").replace("``", "`").splitlines()


def _first_line(thing: Any) -> str:
    return _lines(inspect.getdoc(thing) or "")[0]


if __name__ == "__main__":
    sys.exit(main())
