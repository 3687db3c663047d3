"""One file is one component, found by its file name. Nothing is imported to list the names.

A component's name is its module's name with dashes for underscores. A name may carry arguments
for the component's constructor: ``pixels:size=32`` or ``pixels:size=32,gray=true``. The first of
these may go without its name: ``own:clip``.

Other packages add components through the entry point groups ``pixkin.encoders``,
``pixkin.clusterers``, ``pixkin.layouts`` and ``pixkin.exporters``.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import inspect
import json
import pkgutil
import sys
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from pixkin.errors import MissingDependencyError, SettingError, UnknownNameError

__all__ = ["KINDS", "build", "describe", "load", "missing", "names", "split_spec"]

KINDS = ("source", "encoder", "clusterer", "layout", "exporter")
FIRST = ""
"""What the first argument is called where it was given without its name."""


def names(kind: str) -> list[str]:
    """List the components of a kind, in alphabetical order, importing none.

    Parameters
    ----------
    kind : {"source", "encoder", "clusterer", "layout", "exporter"}
    """
    folder = Path(__file__).parent / f"{kind}s"
    own = [info.name for info in pkgutil.iter_modules([str(folder)])]
    ours = {name.replace("_", "-") for name in own if not name.startswith("_")}
    return sorted(ours | {entry.name for entry in _plugged_in(kind, tuple(sys.path))})


def load(kind: str, name: str) -> type:
    """Import the component ``name`` and return its class.

    Raises
    ------
    UnknownNameError
        If there is no such component.
    MissingDependencyError
        If a package that it needs is not installed.
    """
    if name not in names(kind):
        raise UnknownNameError(kind, name, names(kind))
    component = _find(kind, name)
    absent = missing(component)
    if absent:
        extra = getattr(component, "extra", None)
        what = f"{_home(kind, name)}[{extra}]" if extra else absent
        raise MissingDependencyError(kind, name, absent, what)
    return component


def missing(component: type) -> str | None:
    """Name the first package that ``component`` needs and that is not installed."""
    needs: tuple[str, ...] = getattr(component, "needs", ())
    return next((need for need in needs if importlib.util.find_spec(need) is None), None)


def build(kind: str, spec: str, **arguments: Any) -> Any:
    """Make the component that ``spec`` names.

    Parameters
    ----------
    spec : str
        ``name``, ``name:value`` (of the first argument) or ``name:argument=value,...``.
    **arguments : object
        Passed to the constructor beside the arguments in ``spec``.

    Raises
    ------
    SettingError
        If ``spec`` has an argument that the component does not take.
    """
    name, given = split_spec(spec)
    component = load(kind, name)
    takes = [one for one in inspect.signature(component).parameters if one not in arguments]
    if FIRST in given and takes and takes[0] not in given:
        given[takes[0]] = given.pop(FIRST)
    for argument, value in given.items():
        if argument not in takes:
            allowed = "one of " + ", ".join(sorted(takes)) if takes else "left out"
            raise SettingError(f"the argument of {kind} {name!r}", allowed, argument or value)
    return component(**arguments, **given)


def split_spec(spec: str) -> tuple[str, dict[str, Any]]:
    """Split ``pixels:size=32,gray=true`` into the name and the constructor's arguments.

    A first value without a name is that of `FIRST`.

    Raises
    ------
    SettingError
        If another argument is not of the form ``name=value``.
    """
    name, _, rest = spec.partition(":")
    arguments: dict[str, Any] = {}
    for part in filter(None, rest.split(",")):
        argument, equals, text = part.partition("=")
        if not equals and not arguments:
            argument, text = FIRST, part
        elif not equals:
            raise SettingError(f"an argument of {name!r}", "written name=value", part)
        arguments[argument.strip()] = _value(text.strip())
    return name, arguments


@functools.cache
def _plugged_in(kind: str, _path: tuple[str, ...]) -> list[EntryPoint]:
    """Give what other packages add; asked for often, and each answer reads a hundred files."""
    return list(entry_points(group=f"pixkin.{kind}s"))


def _value(text: str) -> Any:
    try:
        return json.loads(text.lower())
    except ValueError:
        return text


def _home(kind: str, name: str) -> str:
    """Name the package that a component comes in."""
    found = [entry for entry in _plugged_in(kind, tuple(sys.path)) if entry.name == name]
    return found[0].dist.name if found and found[0].dist else "pixkin"


def _find(kind: str, name: str) -> type:
    for entry in _plugged_in(kind, tuple(sys.path)):
        if entry.name == name:
            found: type = entry.load()
            return found
    module = importlib.import_module(f"pixkin.{kind}s.{name.replace('-', '_')}")
    (public,) = module.__all__
    component: type = getattr(module, public)
    return component


def describe(kind: str, name: str) -> str:
    """Give the first line of a component's module.

    Raises
    ------
    UnknownNameError, MissingDependencyError
        As `load` does.
    """
    module = importlib.import_module(load(kind, name).__module__)
    return (module.__doc__ or "").strip().partition("\n")[0].rstrip(".")
