"""Plans, and what became of them, as the page is told of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Literal

from pixkin.errors import printable
from pixkin.filing.plan import ActionKind
from pixkin.web.here import KEY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pixkin.filing.plan import Left, Plan
    from pixkin.filing.work import Filed
    from pixkin.web.plans import Shown

__all__ = [
    "LeftFile",
    "Outcome",
    "PlanAction",
    "PlanAnswer",
    "PlanFolder",
    "Renamed",
    "outcome_of",
    "plan_told",
]

MOST_FOLDERS, MOST_LISTED = 5000, 500


@dataclass(frozen=True, slots=True)
class PlanFolder:
    """A folder, and the files of the plan for it."""

    path: str
    files: int
    bytes: int


@dataclass(frozen=True, slots=True)
class PlanAction:
    """One thing to do with one file; ``key`` is empty where it is no picture."""

    kind: ActionKind
    source: str
    target: str
    bytes: int
    key: str


@dataclass(frozen=True, slots=True)
class LeftFile:
    """A file that is left as it is, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Renamed:
    """A file that gets another name."""

    path: str
    name: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a plan, or of taking it back."""

    kind: str
    filing: int
    command: str
    done: int
    n_refused: int
    refused: list[LeftFile]


@dataclass(frozen=True, slots=True)
class PlanAnswer:
    """A plan. Nothing happens before it is applied.

    ``action`` is what is done with pictures; sidecars may be written besides.
    ``folders`` are those that files go to, or with ``is_from`` come from. ``is_old``: the groups
    have changed since. ``actions`` is the part of them that was asked for.
    """

    plan: str
    kind: Literal["organize", "clear"]
    command: str
    destination: str
    action: ActionKind | None
    files: int
    bytes: int
    is_from: bool
    n_folders: int
    folders: list[PlanFolder]
    n_left: int
    left: list[LeftFile]
    n_renamed: int
    renamed: list[Renamed]
    problems: list[str]
    notes: list[str]
    is_old: bool
    offset: int
    actions: list[PlanAction]
    job: int | None
    state: Literal["planned", "running", "done", "stopped", "failed"]
    message: str
    outcome: Outcome | None


def plan_told(shown: Shown, entry: int, offset: int, n: int) -> PlanAnswer:
    """Tell of a plan, with ``n`` of its actions from ``offset`` on."""
    plan, job = shown.plan, shown.job
    is_done = job is not None and job.state == "done"
    return PlanAnswer(
        plan=shown.plan_id,
        kind="organize" if plan.command.startswith("organize") else "clear",
        command=printable(plan.command),
        destination=printable(plan.destination),
        action=next((one.kind for one in plan.actions if one.kind != "write"), None),
        files=len(plan.actions),
        bytes=plan.bytes,
        is_from=shown.is_from,
        n_folders=len(shown.folders),
        folders=[
            PlanFolder(printable(f.path), f.files, f.bytes) for f in shown.folders[:MOST_FOLDERS]
        ],
        n_left=len(plan.left),
        left=_left(plan.left),
        n_renamed=len(plan.renamed),
        renamed=[Renamed(printable(p), printable(n)) for p, n in plan.renamed[:MOST_LISTED]],
        problems=[printable(problem) for problem in plan.problems],
        notes=[printable(note) for note in plan.notes],
        is_old=entry != shown.entry,
        offset=offset,
        actions=_actions(plan, offset, n),
        job=None if job is None else job.job_id,
        state="planned" if job is None else job.state,
        message="" if job is None else printable(job.message),
        outcome=outcome_of(job.kind, job.result) if job is not None and is_done else None,
    )


def outcome_of(kind: str, filed: Filed) -> Outcome:
    """Tell what became of a plan."""
    return Outcome(
        kind,
        filed.filing_id,
        printable(filed.command),
        filed.done,
        len(filed.refused),
        _left(filed.refused),
    )


def _left(files: Sequence[Left]) -> list[LeftFile]:
    return [LeftFile(printable(one.path), printable(one.reason)) for one in files[:MOST_LISTED]]


def _actions(plan: Plan, offset: int, n: int) -> list[PlanAction]:
    base = PurePath(plan.destination) if plan.destination else None
    found = []
    for action in plan.actions[offset : offset + n]:
        target = PurePath(action.target)
        inside = base is not None and target.is_relative_to(base)
        shown = str(target.relative_to(base)) if base is not None and inside else action.target
        found.append(
            PlanAction(
                action.kind,
                printable(action.source),
                printable(shown),
                action.bytes,
                action.sha256[:KEY],
            )
        )
    return found
