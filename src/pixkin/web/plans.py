"""Plans that were shown and may be applied; they live as long as the server."""

from __future__ import annotations

import contextlib
import secrets
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from pixkin.errors import PathError, UsageError, printable

if TYPE_CHECKING:
    from pixkin.filing.plan import Folder, Plan
    from pixkin.web.jobs import Job

__all__ = ["FolderText", "Plans", "Shown", "folder_of"]

KEPT = 6
IN_PLACE = ("trash", "system-trash", "replace")
"""Of what is done where the file lies, it says more where that is than where it goes."""
UNKNOWN = "This plan is not there any more. Make it anew; nothing was done."
APPLIED = "This plan was applied already."

FolderText = Annotated[str, Field(max_length=4096, pattern=r"^[^\x00]*$")]


@dataclass(slots=True)
class Shown:
    """A plan as it was shown.

    Attributes
    ----------
    plan_id : str
        Nobody can guess it.
    plan : Plan
    entry : int
        The newest entry of the journal when it was made.
    is_from : bool
        Whether the folders are those that files come from.
    folders : list of Folder
    job : Job or None
        What applies it.
    """

    plan_id: str
    plan: Plan
    entry: int
    is_from: bool
    folders: list[Folder]
    job: Job | None = None


class Plans:
    """Keeps the last few."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._plans: dict[str, Shown] = {}

    def add(self, plan: Plan, entry: int) -> Shown:
        """Keep a plan, under a new id."""
        is_from = any(action.kind in IN_PLACE for action in plan.actions[:1])
        folders = plan.folders(is_from=is_from)
        shown = Shown(secrets.token_urlsafe(16), plan, entry, is_from, folders)
        with self._lock:
            self._plans[shown.plan_id] = shown
            for old in list(self._plans)[:-KEPT]:
                del self._plans[old]
        return shown

    def get(self, plan_id: str) -> Shown:
        """Give a plan.

        Raises
        ------
        UsageError
            If there is none of that id, or it is too old.
        """
        with self._lock:
            if plan_id not in self._plans:
                raise UsageError(UNKNOWN)
            return self._plans[plan_id]

    @contextlib.contextmanager
    def applying(self, plan_id: str) -> Iterator[Shown]:
        """Give a plan that is not applied yet; meanwhile nobody else gets it to apply.

        Raises
        ------
        UsageError
            If it is applied, or being applied.
        """
        shown = self.get(plan_id)
        with self._lock:
            if shown.job is not None and shown.job.state != "failed":
                raise UsageError(APPLIED)
            yield shown


def folder_of(text: str) -> Path:
    """Give the folder that somebody wrote; ``~`` is their own.

    Raises
    ------
    PathError
        If it is not absolute, so that nobody has to guess where it starts.
    """
    given = text.strip()
    try:
        given.encode()
        folder = Path(given)
        if folder.parts[:1] == ("~",):
            folder = folder.expanduser()
    except (UnicodeEncodeError, RuntimeError) as error:
        raise PathError(printable(given), "is no name of a folder") from error
    if not folder.is_absolute():
        raise PathError(printable(given) or "(nothing)", "is no whole path: begin with / or ~")
    return folder
