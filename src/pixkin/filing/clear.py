"""A plan that clears duplicates away: to the trash, to a folder, or to hard links."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from pixkin.duplicates.records import KINDS
from pixkin.errors import SettingError
from pixkin.filing import disk, system_trash
from pixkin.filing.companions import Companions
from pixkin.filing.destination import checked_folder, existing
from pixkin.filing.names import Places
from pixkin.filing.plan import Action, ActionKind, Left, Plan
from pixkin.filing.trash import next_number, place_in_trash, roots_of
from pixkin.library import roots

if TYPE_CHECKING:
    from pixkin.duplicates.records import Duplicate, DuplicateGroup, Duplicates
    from pixkin.library.book import Book

__all__ = ["HOW", "SAFE", "clear"]

HOW: dict[str, ActionKind] = {
    "trash": "trash",
    "move": "move",
    "hardlink": "replace",
    "system-trash": "system-trash",
}
SAFE = ("identical",)
"""The kinds that are cleared unless more are asked for: nothing is lost with equal bytes."""
NOT_OURS = (
    "Undo is the system's: bring files back from its trash, `pixkin undo` cannot. Where there is "
    "none, as on some network drives, the system may delete them at once."
)


def clear(
    book: Book,
    found: Duplicates,
    how: str,
    *,
    to: str | os.PathLike[str] | None = None,
    kinds: Collection[str] = SAFE,
) -> Plan:
    """Plan to clear duplicates away. Nothing happens yet; the files to keep are not touched.

    Parameters
    ----------
    book : Book
        The library's.
    found : Duplicates
    how : {"trash", "move", "hardlink", "system-trash"}
        To our trash, to the folder ``to``, or a hard link to the file that is kept: the latter of
        identical bytes alone. Or to the system's trash, which `undo` cannot bring back.
    to : path, optional
        For ``move``.
    kinds : collection of {"identical", "same", "edited", "burst"}, default=("identical",)

    Raises
    ------
    SettingError
        If what is asked for does not fit together.
    PathError
        If ``to`` is no folder that files may go to.
    MissingDependencyError
        If send2trash is not installed, for the system's trash.
    """
    if how not in HOW:
        raise SettingError("action", "one of " + ", ".join(HOW), how)
    if (to is None) == (how == "move"):
        raise SettingError("to", "a folder for move, and nothing for the others", to)
    if how == "hardlink" and set(kinds) - {"identical"}:
        raise SettingError("kinds", "identical alone for hard links", ", ".join(sorted(kinds)))
    if how == "system-trash":
        system_trash.check()
    target = "" if to is None else checked_folder(book, to)
    work = _Work(book, HOW[how], target)
    groups = [
        (group, [one for one in group.members if one.kind in kinds]) for group in found.groups
    ]
    # The best of some copies may be one shot of a burst, in which another is to be kept.
    work.kept = {str(group.keeper) for group, members in groups if members}
    for group, members in groups:
        for one in members:
            work.add(group, one)
    where = f" to {target}" if target else ""
    return Plan(
        library=str(book.folder),
        command=f"clear {_named(kinds)}duplicates: {how}{where}",
        destination=target,
        actions=tuple(work.actions),
        left=tuple(work.left),
        renamed=tuple(work.renamed),
        problems=tuple(work.problems()),
        notes=(NOT_OURS,) if how == "system-trash" else (),
    )


def _named(kinds: Collection[str]) -> str:
    return "" if set(kinds) == set(KINDS) else ", ".join(sorted(kinds)) + " "


class _Work:
    """Gathers what is to be done."""

    def __init__(self, book: Book, kind: ActionKind, target: str) -> None:
        self.kind, self.target = kind, target
        self.roots, self.number = roots_of(book), next_number(book)
        self.places = Places(lambda path: disk.look(path) is not None)
        self.companions = Companions()
        self.actions: list[Action] = []
        self.left: list[Left] = []
        self.renamed: list[tuple[str, str]] = []
        self.kept: set[str] = set()

    def add(self, group: DuplicateGroup, one: Duplicate) -> None:
        path, keeper = str(one.path), str(group.keeper)
        status, kept = disk.look(path), disk.look(keeper)
        if one.is_protected:
            self.left.append(Left(path, "is protected"))
        elif path in self.kept:
            self.left.append(Left(path, "is kept in the place of others"))
        elif status is None:
            self.left.append(Left(path, "is not there any more"))
        elif kept is None:
            self.left.append(Left(path, f"{keeper}, which was to be kept, is not there any more"))
        elif os.path.samestat(status, kept):
            self.left.append(Left(path, "shares its bytes on the disk with the one that is kept"))
        elif self.kind == "replace" and status.st_dev != kept.st_dev:
            self.left.append(Left(path, "is on another disk than the one that is kept"))
        elif self.kind == "replace":
            self._put(path, keeper, status, one.sha256)
        else:
            self._send(path, status, one.sha256)

    def _send(self, path: str, status: os.stat_result, sha256: str) -> None:
        """Send a file away, with the sidecars that are its alone."""
        beside = self.companions.sidecars_of(path)
        if self.kind == "system-trash":
            self._put(path, path, status, sha256)
            for other in beside:
                self._put(other, other, os.lstat(other), "")
            return
        pure = PurePath(self._place(path))
        own = PurePath(path).stem
        endings = [pure.suffix, *(PurePath(other).name[len(own) :] for other in beside)]
        targets = self.places.free(str(pure.parent), pure.stem, endings)
        if self.kind == "move" and PurePath(targets[0]).name != PurePath(path).name:
            self.renamed.append((path, PurePath(targets[0]).name))
        self._put(path, targets[0], status, sha256)
        for other, target in zip(beside, targets[1:], strict=True):
            self._put(other, target, os.lstat(other), "")

    def _place(self, path: str) -> str:
        if self.kind == "trash":
            return place_in_trash(path, self.roots, self.number)
        inside = [root for root in self.roots if roots.contains(root, path)]
        base = max(inside, key=len) if inside else str(Path(path).parent)
        return str(Path(self.target, os.path.relpath(path, base)))

    def _put(self, path: str, target: str, status: os.stat_result, sha256: str) -> None:
        if self.kind != "replace":
            self.places.take(target, path)
        self.actions.append(
            Action(self.kind, path, target, status.st_size, status.st_mtime_ns, sha256)
        )

    def problems(self) -> Iterator[str]:
        """Say why the plan cannot be applied."""
        if self.kind == "move":
            there = existing(Path(self.target))
            if not os.access(there, os.W_OK | os.X_OK):
                yield f"nothing may be written in {there}"
