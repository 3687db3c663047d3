"""Everything that Pixkin raises, and the exit code that the command line gives it.

::

    PixkinError                     1   a bug of ours, unless it is one of these
    ├── UsageError                  2   asked for something that cannot be
    │   ├── SettingError                a setting out of its range
    │   ├── UnknownNameError            no component of that name
    │   ├── UnknownGroupError           no group of that id or name
    │   ├── EditError                   a correction that cannot be made
    │   │   └── OutdatedError           the groups have changed since somebody looked at them
    │   ├── NotGroupedError             groups or vectors that there are not yet
    │   ├── PathError                   a path that is not there, or not usable
    │   ├── OutputFolderError           a folder that is not ours to write to
    │   ├── LibraryNeededError          these paths need --library
    │   ├── ReadOnlyLibraryError        the library cannot be written where it would lie
    │   ├── LabelsError                 labels to compare with that do not fit
    │   └── BadFilesError               files that cannot be read, where every row counts
    ├── MissingDependencyError      3   a component needs a package that is not installed
    ├── NothingToClusterError       4   no picture was left to group
    ├── LibraryError                5   the library cannot be used
    │   ├── LibraryBusyError            another run is writing to it
    │   ├── LibraryDamagedError         it does not open
    │   └── LibraryTooNewError          a newer Pixkin wrote it
    ├── BadImageError               1   one picture cannot be decoded (a run makes it a Skipped)
    └── WorkerError                 1   the worker processes do not start
"""

from __future__ import annotations

import copyreg
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pixkin.records import Skipped

__all__ = [
    "BadFilesError", "BadImageError", "EditError", "LabelsError", "LibraryBusyError",
    "LibraryDamagedError", "LibraryError", "LibraryNeededError", "LibraryTooNewError",
    "MissingDependencyError", "NotGroupedError", "NothingToClusterError", "OutdatedError",
    "OutputFolderError", "PathError", "PixkinError", "ReadOnlyLibraryError", "SettingError",
    "UnknownGroupError", "UnknownNameError", "UsageError", "WorkerError",
]  # fmt: skip

BAD_FILES_SHOWN = 20
REASONS_SHOWN = 3
"""Different ones, each with its first file: the message is one line."""


class PixkinError(Exception):
    """Any error that Pixkin raises on purpose."""

    exit_code = 1

    def __reduce__(self) -> tuple[Any, ...]:
        # By default an exception is unpickled by calling its class with the message alone.
        return copyreg.__newobj__, (type(self), *self.args), self.__dict__  # type: ignore[attr-defined]


class UsageError(PixkinError):
    """What was asked for cannot be done as asked."""

    exit_code = 2


class SettingError(UsageError, ValueError):
    """A setting is outside what is allowed."""

    def __init__(self, name: str, allowed: str, value: object) -> None:
        self.name, self.allowed, self.value = name, allowed, value
        super().__init__(f"{name} must be {allowed}; got {value!r}.")


class UnknownNameError(UsageError, ValueError):
    """A component was asked for by a name that does not exist."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        self.kind, self.name, self.known = kind, name, tuple(sorted(known))
        import difflib

        near = difflib.get_close_matches(name, self.known, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        super().__init__(f"Unknown {kind} {name!r}.{hint} Known: {', '.join(self.known)}.")


class UnknownGroupError(UsageError):
    """A group was asked for by an id or name that none has, or more than one."""

    def __init__(self, text: str, begun: Sequence[str] = ()) -> None:
        self.text, self.begun = text, tuple(begun)
        several = f" It may be {', '.join(self.begun)}." if begun else ""
        what = "Give an id, its beginning, or a name; `pixkin list` shows them."
        super().__init__(f"There is no one group {text!r}.{several} {what}")


class EditError(UsageError, ValueError):
    """A correction of the groups cannot be made."""


class OutdatedError(EditError):
    """What is to be corrected was changed by somebody else since it was looked at."""


class NotGroupedError(UsageError):
    """Something was asked that is known only after a grouping."""


class PathError(UsageError):
    """A path does not exist or cannot be used as it was given."""

    def __init__(self, path: str, problem: str) -> None:
        self.path, self.problem = path, problem
        super().__init__(f"{printable(path)}: {problem}.")


class OutputFolderError(UsageError):
    """The output folder holds something that Pixkin did not write."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        super().__init__(
            f"{printable(folder)} is not empty and was not made by Pixkin, so nothing is written "
            "there. Give another folder with --output."
        )


class LibraryNeededError(UsageError):
    """The paths lie under no one library, and none can be made for them."""

    def __init__(self, why: str) -> None:
        super().__init__(f"{why}. Say where the library is, or should be, with --library DIR.")


class ReadOnlyLibraryError(UsageError):
    """The place of the library cannot be written to."""

    def __init__(self, folder: str, why: str) -> None:
        self.folder = folder
        super().__init__(
            f"The library cannot be written in {printable(folder)} ({why}). "
            "Keep it somewhere else with --library DIR."
        )


class LabelsError(UsageError, ValueError):
    """Labels to compare with are missing or do not fit the pictures."""


class BadFilesError(UsageError, ValueError):
    """Some files cannot be read where rows and files must stay aligned.

    Attributes
    ----------
    skipped : tuple of Skipped
        Every file that failed, with its reason.
    """

    def __init__(self, skipped: Sequence[object], total: int) -> None:
        self.skipped, self.total = tuple(skipped), total
        shown = "\n".join(f"  {item}" for item in self.skipped[:BAD_FILES_SHOWN])
        more = len(self.skipped) - BAD_FILES_SHOWN
        rest = f"\n  ... and {more} more (all are in .skipped)" if more > 0 else ""
        super().__init__(
            f"{len(self.skipped)} of {total} files cannot be read; leave them out, or use "
            f"ImageClusterer, which lists them in skipped_:\n{shown}{rest}"
        )


class MissingDependencyError(PixkinError, ImportError):
    """A component needs a package that is not installed."""

    exit_code = 3

    def __init__(self, kind: str, name: str, package: str, extra: str) -> None:
        self.kind, self.component, self.package, self.extra = kind, name, package, extra
        super().__init__(
            f"{kind} {name!r} needs {package}, which is not installed. "
            f"Install it with: pip install '{extra}'"
        )


class NothingToClusterError(PixkinError, ValueError):
    """No picture was left to group.

    Attributes
    ----------
    skipped : tuple of Skipped
        Everything that was found, with its reason.
    n_left_out : int
        Entries passed over by rule.
    listed_in : str or None
        The ``skipped.csv`` that has them all, if one was written.
    older_in : str or None
        The results folder, if results of an earlier run are still in it.
    """

    exit_code = 4

    def __init__(
        self,
        skipped: Sequence[Skipped],
        n_left_out: int,
        listed_in: str | None = None,
        older_in: str | None = None,
    ) -> None:
        self.skipped, self.n_left_out = tuple(skipped), n_left_out
        self.listed_in, self.older_in = listed_in, older_in
        entries = "entry was" if n_left_out == 1 else "entries were"
        hidden = f" ({n_left_out} hidden or system {entries} left out)" if n_left_out else ""
        super().__init__(f"There is nothing to group: {self._why(hidden)}.{self._where()}")

    def _why(self, hidden: str) -> str:
        n = len(self.skipped)
        if not n:
            return f"no files were found{hidden}"
        first: dict[str, Skipped] = {}
        for item in self.skipped:
            first.setdefault(item.reason, item)
        shown = [printable(str(item)) for item in first.values()][:REASONS_SHOWN]
        more = [f"and {n - len(shown):,} more"] if n > len(shown) else []
        # What is one may be a folder that cannot be listed.
        which = "what was found could not" if n == 1 else f"none of the {n:,} files found could"
        return f"{which} be read as a picture{hidden}: {'; '.join(shown + more)}"

    def _where(self) -> str:
        if self.listed_in is None:
            older = self.older_in
            return f" What is in {printable(older)} is of an earlier run." if older else ""
        which = "It is" if len(self.skipped) == 1 else "Each is"
        rest = "; the other files there are of an earlier run" if self.older_in else ""
        return f" {which} in {printable(self.listed_in)}{rest}."


class LibraryError(PixkinError):
    """The library cannot be used."""

    exit_code = 5


class LibraryBusyError(LibraryError):
    """Another run is writing to the library."""

    def __init__(self, folder: str, waited_s: float) -> None:
        self.folder, self.waited_s = folder, waited_s
        super().__init__(
            f"Another run is using the library in {printable(folder)} (waited {waited_s:.0f} s). "
            "Try again when it has ended."
        )


class LibraryDamagedError(LibraryError):
    """The library does not open."""

    def __init__(self, folder: str, why: str) -> None:
        self.folder = folder
        super().__init__(
            f"The library in {printable(folder)} is damaged ({why}). Your pictures are untouched. "
            "Try `pixkin library repair`; else put back a backup, or move the folder away."
        )


class LibraryTooNewError(LibraryError):
    """A newer version of Pixkin wrote the library."""

    def __init__(self, folder: str, found: int, known: int) -> None:
        self.folder, self.found, self.known = folder, found, known
        super().__init__(
            f"The library in {printable(folder)} was written by a newer Pixkin (format {found}; "
            f"this one knows {known}). Update with: pip install --upgrade pixkin"
        )


class BadImageError(PixkinError):
    """One picture cannot be decoded.

    Attributes
    ----------
    kind : {"not-an-image", "damaged", "refused", "unreadable"}
    reason : str
        For a person to read.
    """

    def __init__(self, kind: str, reason: str) -> None:
        self.kind, self.reason = kind, reason
        super().__init__(f"{kind}: {reason}")


class WorkerError(PixkinError):
    """The worker processes do not start."""

    def __init__(self, detail: str) -> None:
        super().__init__(f"A worker process did not start: {detail}")


def printable(path: str) -> str:
    """Turn a file name of any bytes into text that any terminal and file can hold."""
    text = path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
