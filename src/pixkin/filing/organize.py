"""A plan that files pictures into folders by their groups or dates."""

from __future__ import annotations

import os
import shutil
import string
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from pixkin.errors import SettingError
from pixkin.filing import disk
from pixkin.filing.companions import Companions
from pixkin.filing.destination import checked_folder, existing
from pixkin.filing.emptied import emptied
from pixkin.filing.holdings import Holding, holdings
from pixkin.filing.names import Places, folded, safe
from pixkin.filing.plan import Action, ActionKind, Left, Plan
from pixkin.filing.sidecars import Writes
from pixkin.filing.trash import roots_of
from pixkin.flagging import left_out

if TYPE_CHECKING:
    from pixkin.library.book import Book

__all__ = ["ACTIONS", "BY", "FIELDS", "organize"]

BY = {
    "group": "{group}/{name}",
    "date": "{year}/{year}-{month}/{name}",
    "group/date": "{group}/{year}-{month}/{name}",
}
ACTIONS: tuple[ActionKind, ...] = ("copy", "move", "link", "hardlink")
FIELDS = (
    "group", "id", "name", "stem", "ext", "date", "year", "month", "day", "camera",
)  # fmt: skip
UNDATED = "undated"
DATED = ("year", "month", "day")
LONGEST = 259 if os.name == "nt" else 4095
WINDOWS_LONGEST = 259
"""Letters of a path that programs on Windows take."""
MOST_NAMED = 8
"""Folders that a note names."""


def organize(
    book: Book,
    destination: str | os.PathLike[str],
    *,
    by: str = "group",
    action: str = "copy",
    template: str | None = None,
    groups: Sequence[str] = (),
    write_sidecars: bool = False,
    remove_empty: bool = False,
    flags: Collection[str] = (),
    without_flags: Collection[str] = (),
) -> Plan:
    """Plan to file the pictures of a library into folders. Nothing happens yet.

    Parameters
    ----------
    book : Book
        The library's.
    destination : path
    by : {"group", "date", "group/date"}
    action : {"copy", "move", "link", "hardlink"}
    template : str, optional
        Instead of ``by``: folders and the name, such as ``"{group}/{year}/{name}"``. Fields: group,
        id, name, stem, ext, date, year, month, day, camera.
    groups : sequence of str
        Only these, by id or name; none for all.
    write_sidecars : bool
        Also write the names of the groups as keywords into XMP beside the pictures that are put in
        place.
    remove_empty : bool
        With ``move``: remove the folders that are empty then, but for the library's own.
    flags, without_flags : collection of str
        Only pictures that have one of these flags; that have none of these.

    Raises
    ------
    SettingError, PathError, UnknownGroupError
    """
    if by not in BY:
        raise SettingError("by", "one of " + ", ".join(BY), by)
    if action not in ACTIONS:
        raise SettingError("action", "one of " + ", ".join(ACTIONS), action)
    if remove_empty and action != "move":
        raise SettingError("remove_empty", "for moving alone: other actions empty no folder", True)
    shape = _checked(template or BY[by])
    target = checked_folder(book, destination)
    kind = next(kind for kind in ACTIONS if kind == action)
    writes = Writes(book, [target]) if write_sidecars else None
    work = _Work(target, kind, shape, writes)
    for holding in holdings(book, groups, left_out(book, flags, without_flags)):
        work.add(holding)
    if remove_empty:
        work.emptied = emptied(work.actions, roots_of(book))
    return Plan(
        library=str(book.folder),
        command=f"organize by {template or by}: {action} to {target}",
        destination=target,
        actions=(*work.actions, *(writes.actions if writes else ())),
        left=(*work.left, *(writes.left if writes else ())),
        renamed=tuple(work.renamed),
        problems=tuple(work.problems()),
        notes=tuple(work.notes()),
        emptied=tuple(work.emptied),
    )


def _checked(template: str) -> str:
    allowed = "folders and a name made of " + ", ".join(f"{{{field}}}" for field in FIELDS)
    try:
        fields = [
            field for _, field, *rest in string.Formatter().parse(template) if field is not None
        ]
        plain = all(
            not spec and not how for _, field, spec, how in string.Formatter().parse(template)
        )
    except ValueError as error:
        raise SettingError("template", allowed, template) from error
    last = template.rpartition("/")[2]
    if not plain or set(fields) - set(FIELDS) or not ("{name}" in last or "{stem}" in last):
        raise SettingError(
            "template", allowed + ", with {name} or {stem} in the last part", template
        )
    return template


class _Work:
    """Gathers what is to be done."""

    def __init__(
        self, destination: str, kind: ActionKind, template: str, writes: Writes | None
    ) -> None:
        self.destination, self.kind, self.template = destination, kind, template
        self.writes = writes
        self.actions: list[Action] = []
        self.left: list[Left] = []
        self.renamed: list[tuple[str, str]] = []
        self.places = Places(lambda path: disk.look(path) is not None)
        self.companions = Companions()
        self.contents: dict[str, str] = {}
        self.folders: dict[str, str] = {}
        self.emptied: list[str] = []
        self.n_there = 0

    def add(self, holding: Holding) -> None:
        why = self._unusable(holding)
        if why:
            self.left.append(Left(holding.path, why))
            return
        parts = _fitted(self.template, holding)
        self._note_folder(holding.group, parts)
        folder, name = str(PurePath(self.destination, *parts[:-1])), parts[-1]
        stem, ending = PurePath(name).stem, PurePath(name).suffix
        plain = str(PurePath(folder, name))
        if os.path.realpath(plain) == os.path.realpath(holding.path):
            self.places.take(plain, holding.path)
            self.n_there += 1
            if self.writes:
                self.writes.add(holding, holding.path, {}, self.places)
            return
        if self._has_content(plain, holding):
            self.left.append(Left(holding.path, f"{plain} has the same content"))
            return
        beside = self.companions.of(holding.path)
        own = PurePath(holding.path).stem
        endings = [ending, *(PurePath(path).name[len(own) :] for path in beside)]
        targets = self.places.free(folder, stem, endings)
        if PurePath(targets[0]).name != PurePath(holding.path).name:
            self.renamed.append((holding.path, PurePath(targets[0]).name))
        facts = holding.bytes, holding.mtime_ns, holding.sha256
        self._put(self.kind, holding.path, targets[0], *facts)
        came = dict(zip(targets[1:], beside, strict=True))
        written = self.writes.add(holding, targets[0], came, self.places) if self.writes else set()
        for target, path in came.items():
            # A link would let what is written show at the other place too.
            is_own = target in written and self.kind in {"link", "hardlink"}
            status = os.lstat(path)
            facts = status.st_size, status.st_mtime_ns, ""
            self._put("copy" if is_own else self.kind, path, target, *facts)

    def _note_folder(self, group: str, parts: list[str]) -> None:
        """Note a group whose folder cannot be called as it is."""
        allowed = safe(group.replace("/", "_"))
        if allowed != group and allowed in parts[:-1]:
            self.folders[group] = allowed

    def _put(
        self, kind: ActionKind, path: str, target: str, n_bytes: int, mtime_ns: int, sha256: str
    ) -> None:
        self.places.take(target, path)
        self.contents[folded(target)] = sha256
        self.actions.append(Action(kind, path, target, n_bytes, mtime_ns, sha256))

    def _unusable(self, holding: Holding) -> str:
        """Say why nothing can be done with a file; empty if something can."""
        status = disk.look(holding.path)
        if status is None:
            return "is not there any more"
        if Path(holding.path).is_symlink():
            return "is a link to a picture elsewhere"
        if (status.st_size, status.st_mtime_ns) != (holding.bytes, holding.mtime_ns):
            return "was changed since it was read; `pixkin update` follows it"
        if holding.is_hidden:
            return "its group is hidden"
        if self.kind == "move" and not os.access(os.path.dirname(holding.path), os.W_OK):  # noqa: PTH120
            return "may not be moved out of its folder"
        return ""

    def _has_content(self, path: str, holding: Holding) -> bool:
        """Tell whether the same content is, or will be, at a place."""
        holder = self.places.holder(path)
        if holder is not None:
            return self.contents.get(folded(path)) == holding.sha256
        status = disk.look(path)
        return (
            status is not None
            and status.st_size == holding.bytes
            and Path(path).is_file()
            and disk.digest(path) == holding.sha256
        )

    def problems(self) -> Iterator[str]:
        """Say why the plan cannot be applied."""
        there = existing(Path(self.destination))
        if not os.access(there, os.W_OK | os.X_OK):
            yield f"nothing may be written in {there}"
        device = there.stat().st_dev
        others = [a for a in self.actions if os.lstat(a.source).st_dev != device]
        if self.kind == "hardlink" and others:
            yield f"hard links cannot lead to another disk, as {others[0].source} is on"
        coming = others if self.kind == "move" else self.actions if self.kind == "copy" else []
        needed, free = sum(action.bytes for action in coming), shutil.disk_usage(there).free
        if needed > free:
            yield f"{needed / 1e6:,.0f} MB are needed on the disk; {free / 1e6:,.0f} MB are free"
        longest = max((action.target for action in self.actions), key=len, default="")
        if len(os.fsencode(longest)) > LONGEST:
            yield f"the path {longest[:60]}... is too long for this system"

    def notes(self) -> Iterator[str]:
        for group, folder in self.folders.items():
            yield f"the folder of “{group}” is called “{folder}”: some systems allow no such name"
        if self.n_there:
            yield f"in their place already: {self.n_there:,}"
        n_long = sum(len(action.target) > WINDOWS_LONGEST for action in self.actions)
        if n_long:
            yield f"paths that are longer than programs on Windows take: {n_long:,}"
        if self.emptied:
            yield f"folders that are empty then and go: {_some(self.emptied)}"


def _some(folders: Sequence[str]) -> str:
    """Name a few of many."""
    more = len(folders) - MOST_NAMED
    return ", ".join(folders[:MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def _fitted(template: str, holding: Holding) -> list[str]:
    """Give the folders and the name of a file."""
    pure = PurePath(holding.path)
    date = (holding.taken or "")[:10]
    values = {
        "group": holding.group,
        "id": holding.cluster_id or "none",
        "name": pure.name,
        "stem": pure.stem,
        "ext": pure.suffix,
        "date": date or UNDATED,
        "camera": holding.camera or "no camera",
        **dict(zip(DATED, date.split("-") if date else (UNDATED,) * 3, strict=True)),
    }
    plain = {name: text.replace("/", "_") for name, text in values.items()}
    *folders, name = [part for part in template.split("/") if part]
    found: list[str] = []
    for part in folders:
        undated = not date and any(f"{{{field}}}" in part for field in ("date", *DATED))
        text = UNDATED if undated else safe(part.format_map(plain))
        if not (undated and found[-1:] == [UNDATED]):  # one folder is enough
            found.append(text)
    return [*found, safe(name.format_map(plain))]
