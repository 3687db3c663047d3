"""What a person decides of a group: which file is kept, which others stay, what is still there."""

from __future__ import annotations

import os
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pixkin.duplicates.records import KINDS, Duplicate
from pixkin.errors import UsageError, printable

if TYPE_CHECKING:
    from pixkin.duplicates.records import DuplicateGroup, Kind

__all__ = ["decide", "what_is_there"]

BY_HAND = "chosen by hand"
IDENTICAL = "the same bytes"


def decide(
    group: DuplicateGroup,
    keeper: str | os.PathLike[str] | None = None,
    stay: Collection[str | os.PathLike[str]] = (),
) -> DuplicateGroup:
    """Give a group as it was decided on.

    Parameters
    ----------
    group : DuplicateGroup
    keeper : path, optional
        The file to keep in the place of the one that was proposed, which is a member then.
    stay : collection of path
        Members that stay as well: they are members no more.

    Returns
    -------
    DuplicateGroup
        With another keeper, each member has the looser of the two kinds by which it and that
        keeper are like the one proposed: the two themselves were not compared.

    Raises
    ------
    UsageError
        If a file is none of the group.
    """
    known = {group.keeper, *(one.path for one in group.members)}
    chosen = group.keeper if keeper is None else Path(keeper)
    kept = {Path(path) for path in stay}
    for path in {chosen, *kept} - known:
        raise UsageError(f"{printable(str(path))} is not in the group of {_name(group.keeper)}.")
    if chosen != group.keeper:
        group = _kept(group, chosen)
    members = tuple(one for one in group.members if one.path not in kept)
    return replace(group, members=members, kind=_loosest(members))


def what_is_there(group: DuplicateGroup) -> DuplicateGroup | None:
    """Give what is left of a group to decide on; None if that is nothing.

    Files that are gone, and those that share their bytes on the disk with the keeper, are left out.
    """
    keeper = _look(group.keeper)
    if keeper is None:
        return None
    found = ((one, _look(one.path)) for one in group.members)
    members = tuple(one for one, status in found if status and not os.path.samestat(status, keeper))
    return replace(group, members=members, kind=_loosest(members)) if members else None


def _kept(group: DuplicateGroup, path: Path) -> DuplicateGroup:
    new = next(one for one in group.members if one.path == path)
    old = Duplicate(
        group.keeper,
        group.sha256,
        new.kind,
        new.score,
        IDENTICAL if new.kind == "identical" else f"the one kept instead: {new.why}",
        group.is_protected,
        group.bytes,
        group.width,
        group.height,
    )
    others = [_beside(one, new, group.keeper) for one in group.members if one.path != path]
    members = sorted([old, *others], key=lambda one: (KINDS.index(one.kind), str(one.path)))
    return replace(
        group,
        keeper=path,
        sha256=new.sha256,
        reason=BY_HAND,
        members=tuple(members),
        is_protected=new.is_protected,
        bytes=new.bytes,
        width=new.width,
        height=new.height,
    )


def _beside(one: Duplicate, keeper: Duplicate, proposed: Path) -> Duplicate:
    """Tell how a member is like another one that is kept now."""
    if one.sha256 == keeper.sha256:
        return replace(one, kind="identical", score=1.0, why=IDENTICAL)
    kind = max(one.kind, keeper.kind, key=KINDS.index)
    score = min(one.score, keeper.score)
    return replace(one, kind=kind, score=score, why=f"beside {_name(proposed)}: {one.why}")


def _loosest(members: Collection[Duplicate]) -> Kind:
    return max((one.kind for one in members), key=KINDS.index, default="identical")


def _look(path: Path) -> os.stat_result | None:
    try:
        return path.lstat()
    except OSError:
        return None


def _name(path: Path) -> str:
    return printable(path.name)
