"""What is to be done with which files; nothing happens yet."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pixkin.errors import PathError, printable
from pixkin.files import text_of, write_text
from pixkin.records import Json

__all__ = ["Action", "ActionKind", "Folder", "Left", "Plan", "load", "save"]

ActionKind = Literal[
    "copy", "move", "link", "hardlink", "trash", "replace", "write", "system-trash"
]
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do with one file.

    Attributes
    ----------
    kind : {"copy", "move", "link", "hardlink", "trash", "replace", "write", "system-trash"}
        ``link`` makes a symbolic link at the target, ``hardlink`` a second name; ``trash`` moves
        to our trash; ``replace`` puts a hard link to ``target`` in the place of ``source``, whose
        bytes are the same; ``write`` writes a keyword into ``target``, the sidecar of the picture
        ``source``; ``system-trash`` sends to the system's trash, and ``target`` is ``source``.
    source, target : str
        Absolute.
    bytes, mtime_ns : int
        Of the source, when it was planned; for ``write`` of the sidecar, 0 if there is none.
    sha256 : str
        Of the source in hexadecimal; empty where it is not known, as of a sidecar. For ``write`` of
        what will be written.
    keyword : str
        For ``write``.
    kept : str
        For ``write``: where the sidecar goes that was there; empty if there was none.
    """

    kind: ActionKind
    source: str
    target: str
    bytes: int
    mtime_ns: int
    sha256: str = ""
    keyword: str = ""
    kept: str = ""


@dataclass(frozen=True, slots=True)
class Left:
    """A file that is left as it is, and why."""

    path: str
    reason: str


class Folder(NamedTuple):
    """A folder of a plan, with the number of files for it and their bytes."""

    path: str
    files: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done.

    Attributes
    ----------
    library : str
        The library's folder.
    command : str
        What it is a plan of, in words.
    destination : str
        The folder that all goes to; empty if there is no one folder.
    actions : tuple of Action
    left : tuple of Left
        Files that nothing is done with.
    renamed : tuple of (str, str)
        Sources whose name had to be another, and that name: it was taken, or is one that other
        systems do not allow.
    problems : tuple of str
        Why it cannot be applied as it is, such as too little room on the disk.
    notes : tuple of str
        What is to be known of it.
    emptied : tuple of str
        Folders that go because they are empty then, the inner ones first.
    """

    library: str
    command: str
    destination: str
    actions: tuple[Action, ...]
    left: tuple[Left, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    emptied: tuple[str, ...] = ()

    @property
    def bytes(self) -> int:
        """Bytes of all files that something is done with."""
        return sum(action.bytes for action in self.actions)

    def tree(self) -> list[tuple[str, int]]:
        """Count the files that go to each folder, by its path in the destination."""
        return [(folder.path, folder.files) for folder in self.folders()]

    def folders(self, *, is_from: bool = False) -> list[Folder]:
        """Sum up the files by the folders that they go to, or with ``is_from`` come from.

        Paths are those in the destination, where they lie in it.
        """
        files, sizes = Counter[str](), Counter[str]()
        for action in self.actions:
            folder = os.path.dirname(action.source if is_from else action.target)  # noqa: PTH120
            files[folder] += 1
            sizes[folder] += action.bytes
        base = Path(self.destination)
        named = ((Path(folder), files[folder], sizes[folder]) for folder in files)
        return sorted(
            Folder(str(path.relative_to(base) if path.is_relative_to(base) else path), n, size)
            for path, n, size in named
        )

    def to_dict(self) -> Json:
        """Give it as JSON can hold it; bytes of names that are no UTF-8 as in `text_of`."""
        told: Json = _mapped({"format": FORMAT, **asdict(self)}, text_of)
        return told


def save(plan: Plan, path: Path) -> None:
    """Write a plan to a file that `load` reads."""
    told = {"format": FORMAT, **asdict(plan)}
    try:
        # Surrogates are written as JSON's escapes, so any name comes back as it was.
        write_text(path, json.dumps(told, indent=1))
    except OSError as error:
        raise PathError(str(path), f"cannot be written ({error.strerror or error})") from error


def load(path: Path) -> Plan:
    """Read a plan.

    Raises
    ------
    PathError
        If it is none, or of a newer version.
    """
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        if told.pop("format") != FORMAT:
            raise PathError(str(path), "is a plan of another version of Pixkin")
        plan = Plan(
            **{name: str(told[name]) for name in ("library", "command", "destination")},
            actions=tuple(Action(**action) for action in told["actions"]),
            left=tuple(Left(**left) for left in told["left"]),
            renamed=tuple((a, b) for a, b in told["renamed"]),
            problems=tuple(map(str, told["problems"])),
            notes=tuple(map(str, told["notes"])),
            emptied=tuple(map(str, told.get("emptied", ()))),
        )
        _check(plan)
    except OSError as error:
        raise PathError(str(path), f"cannot be read ({error.strerror or error})") from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise PathError(str(path), f"is no plan that Pixkin wrote ({error})") from error
    return plan


def _check(plan: Plan) -> None:
    kinds = set(ActionKind.__args__)  # type: ignore[attr-defined]
    for action in plan.actions:
        if action.kind not in kinds or not isinstance(action.bytes, int):
            raise ValueError(f"no such action: {action.kind}")
        if not isinstance(action.keyword, str) or (action.kind == "write" and not action.keyword):
            raise ValueError("a keyword is a text")
        for place in (action.source, action.target, action.kept or action.target):
            _check_place(place)
    for folder in plan.emptied:
        _check_place(folder)


def _check_place(place: str) -> None:
    if not os.path.isabs(place) or "\0" in place or ".." in Path(place).parts:  # noqa: PTH117
        raise ValueError(f"no place for a file: {printable(place)}")


def _mapped(value: Any, change: Any) -> Any:
    """Change every text in a structure of JSON."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: _mapped(item, change) for key, item in value.items()}
    if isinstance(value, Iterable):
        return [_mapped(item, change) for item in value]
    return value
