"""What can be done with a library besides looking: its levels, tables, and files."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pixkin.progress import OnProgress, silent

if TYPE_CHECKING:
    from pixkin.duplicates import Duplicates
    from pixkin.filing.plan import Plan
    from pixkin.filing.trash import Trashed
    from pixkin.filing.work import Filed
    from pixkin.importing import Imported
    from pixkin.library.edits import Edits
    from pixkin.library.ledger import Filing
    from pixkin.library.listing import GroupInfo

__all__ = ["Acts"]


class Acts:
    """The part of `pixkin.Library` that acts."""

    folder: Path

    if TYPE_CHECKING:

        @property
        def edit(self) -> Edits: ...

    # Levels

    def at_level(self, n_clusters: int) -> tuple[GroupInfo, ...]:
        """Give the groups that there would be at another level, the largest first."""
        from pixkin.leveling import at_level
        from pixkin.library.store import Library as Store

        with Store(self.folder) as store:
            return store.edit.groups(at_level(store, n_clusters)).groups

    def work_at(self, n_clusters: int) -> None:
        """Make another level the one that ids, names and corrections belong to: a step to undo.

        Raises
        ------
        NotGroupedError, EditError
            If there cannot be so many groups.
        """
        from pixkin.leveling import work_at
        from pixkin.library.store import Library as Store

        with Store(self.folder) as store:
            work_at(store, n_clusters)

    # Tables

    def import_table(self, path: str | os.PathLike[str]) -> Imported:
        """Take names, corrections and own labels from a CSV table, in one step.

        See `pixkin.importing.import_table` for its columns.

        Raises
        ------
        LabelsError, EditError
            If the table cannot be used; nothing is changed then.
        """
        from pixkin.importing import import_table

        return import_table(self.edit, Path(path))

    # Duplicates

    def duplicates(
        self, paths: Sequence[str | os.PathLike[str]] = (), **options: Any
    ) -> Duplicates:
        """Find files of which one is enough; `find_duplicates` says which options there are."""
        from pixkin.duplicates import find_duplicates

        return find_duplicates(self.edit, paths, **options)

    def flags(
        self, flags: Collection[str] = (), without_flags: Collection[str] = ()
    ) -> dict[Path, tuple[str, ...]]:
        """Name what may be wrong with pictures: those with any of ``flags``, or with any at all.

        Those that have one of ``without_flags`` are left out.

        Raises
        ------
        SettingError
            If there is no such flag.
        """
        from pixkin.duplicates import find_flags

        return find_flags(self.edit, flags, without_flags)

    def clear(
        self,
        found: Duplicates,
        how: str = "trash",
        *,
        to: str | os.PathLike[str] | None = None,
        kinds: Collection[str] = ("identical",),
    ) -> Plan:
        """Plan to clear duplicates away. Nothing happens before `apply`.

        Parameters
        ----------
        found : Duplicates
        how : {"trash", "move", "hardlink", "system-trash"}
            To the trash, to the folder ``to``, or a hard link to the file that is kept: the
            latter of identical bytes alone. Or to the system's trash, which `undo` cannot bring
            back.
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
        from pixkin.filing.clear import clear

        return clear(self.edit, found, how, to=to, kinds=kinds)

    # Files

    def organize(
        self,
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
        """Plan to file the pictures into folders. Nothing happens before `apply`.

        Parameters
        ----------
        destination : path
        by : {"group", "date", "group/date"}
        action : {"copy", "move", "link", "hardlink"}
        template : str, optional
            Instead of ``by``: folders and the name, such as ``"{group}/{year}/{name}"``.
        groups : sequence of str
            Only these, by id or name; none for all.
        write_sidecars : bool
            Also write the names of the groups as keywords into XMP beside the pictures that are
            put in place.
        remove_empty : bool
            With ``move``: remove the folders that are empty then, but for the library's own.
        flags, without_flags : collection of str
            Only pictures that have one of these flags; that have none of these.

        Raises
        ------
        SettingError, PathError, UnknownGroupError
        """
        from pixkin.filing.organize import organize

        return organize(
            self.edit,
            destination,
            by=by,
            action=action,
            template=template,
            groups=groups,
            write_sidecars=write_sidecars,
            remove_empty=remove_empty,
            flags=flags,
            without_flags=without_flags,
        )

    def write_sidecars(self, groups: Sequence[str] = ()) -> Plan:
        """Plan to write the names of groups as keywords into XMP beside the pictures.

        Nothing happens before `apply`. The pictures are not touched.

        Parameters
        ----------
        groups : sequence of str
            Only these, by id or name; none for all. Those without a name are left out.

        Raises
        ------
        UnknownGroupError
        """
        from pixkin.filing.sidecars import write_sidecars

        return write_sidecars(self.edit, groups)

    def apply(self, plan: Plan, on_progress: OnProgress = silent) -> Filed:
        """Carry out a plan. Files that have changed since are left, and listed.

        Raises
        ------
        UsageError
            If the plan has problems, is of another library, or an earlier one was cut off.
        """
        from pixkin.filing.apply import apply

        return apply(self.edit, plan, on_progress)

    def undo(self, filing_id: int | None = None, on_progress: OnProgress = silent) -> Filed:
        """Take back what was done with files: the last of it, or a certain one.

        Corrections of groups are taken back with ``edit.undo()``.

        Raises
        ------
        UsageError
            If there is nothing to take back.
        """
        from pixkin.filing.apply import undo

        return undo(self.edit, filing_id, on_progress)

    @property
    def filings(self) -> list[Filing]:
        """All that was done with files, the latest last."""
        from pixkin.filing.apply import past

        return past(self.edit)

    @property
    def trash(self) -> list[Trashed]:
        """What lies in Pixkin's own trash, the latest last; `undo` and `restore` bring it back."""
        from pixkin.filing.trash import trashed

        return trashed(self.edit)

    def restore(self, files: Sequence[Trashed], on_progress: OnProgress = silent) -> Filed:
        """Bring some files back from the trash, where they were.

        Parameters
        ----------
        files : sequence of Trashed
            Of `trash`. What else was done together with them stays.

        Raises
        ------
        UsageError
            If something was cut off before.
        """
        from pixkin.filing.restore import restore

        return restore(self.edit, files, on_progress)

    def empty_trash(self, files: Sequence[Trashed]) -> int:
        """Delete files of `trash` for good, and give how many there were."""
        from pixkin.filing.trash import empty

        return empty(self.edit, files)

    def resume(self, on_progress: OnProgress = silent) -> Filed:
        """Go on with what was cut off while files were acted on, there or back.

        Raises
        ------
        UsageError
            If nothing was cut off.
        """
        from pixkin.filing.apply import resume

        return resume(self.edit, on_progress)

    def roll_back(self, on_progress: OnProgress = silent) -> Filed:
        """Take back what was cut off while files were acted on.

        Raises
        ------
        UsageError
            If nothing was cut off.
        """
        from pixkin.filing.apply import roll_back

        return roll_back(self.edit, on_progress)
