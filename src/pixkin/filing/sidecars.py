"""A plan that writes the names of groups into sidecars, for Lightroom, digiKam and others."""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from pixkin.endings import FILMS, RAW, SIDECARS
from pixkin.filing import disk
from pixkin.filing.holdings import Holding, holdings
from pixkin.filing.names import Places, folded
from pixkin.filing.plan import Action, Left, Plan
from pixkin.filing.trash import next_number, place_in_trash, roots_of
from pixkin.filing.write import read
from pixkin.filing.xmp import NotXmpError, merged

if TYPE_CHECKING:
    from pixkin.library.book import Book

__all__ = ["Writes", "write_sidecars"]

XMP = ".xmp"


def write_sidecars(book: Book, groups: Sequence[str] = ()) -> Plan:
    """Plan to write the names of groups into sidecars beside the pictures. Nothing happens yet.

    Groups without a name are left out. The pictures are not touched.

    Parameters
    ----------
    book : Book
        The library's.
    groups : sequence of str
        Only these, by id or name; none for all.

    Raises
    ------
    UnknownGroupError
    """
    work = Writes(book)
    places = Places(lambda path: disk.look(path) is not None)
    for holding in holdings(book, groups):
        if not holding.name:
            continue
        why = _unusable(holding)
        if why:
            work.left.append(Left(holding.path, why))
        else:
            work.add(holding, holding.path, {}, places)
    return Plan(
        library=str(book.folder),
        command="write names of groups into sidecars",
        destination="",
        actions=tuple(work.actions),
        left=tuple(work.left),
    )


def _unusable(holding: Holding) -> str:
    """Say why nothing is written beside a picture; empty if something can be."""
    if disk.look(holding.path) is None:
        return "is not there any more"
    if holding.is_hidden:
        return "its group is hidden"
    if not os.access(os.path.dirname(holding.path), os.W_OK):  # noqa: PTH120
        return "nothing may be written in its folder"
    return ""


class Writes:
    """Gathers what is to be written into which sidecars.

    Parameters
    ----------
    book : Book
    folders : sequence of str
        Beside those of the library: old sidecars are kept in the trash in the outermost.
    """

    def __init__(self, book: Book, folders: Sequence[str] = ()) -> None:
        self.actions: list[Action] = []
        self.left: list[Left] = []
        self._roots = [*roots_of(book), *folders]
        self._number = next_number(book)
        self._listed: dict[str, dict[str, list[str]]] = {}
        self._written: set[str] = set()

    def add(
        self, holding: Holding, place: str, came: Mapping[str, str], places: Places
    ) -> set[str]:
        """Plan to write the name of a picture's group, and give the sidecars that get it.

        Parameters
        ----------
        holding : Holding
        place : str
            Where the picture is by then.
        came : mapping of str to str
            What comes to that place with it, and from where.
        places : Places
            What else will be there.
        """
        if not holding.name:
            return set()
        found = {
            target: now
            for target, now in self._existing(holding.path, place, came).items()
            if folded(target) not in self._written
        }
        if not found:
            target = self._new_name(holding.path, place)
            if not places.is_free(target):
                self.left.append(Left(target, "is there, and is not this picture's alone"))
                return set()
            places.take(target, holding.path)
            found = {target: None}
        return {target for target, now in found.items() if self._write(holding, place, target, now)}

    def _existing(self, path: str, place: str, came: Mapping[str, str]) -> dict[str, str | None]:
        """Give the sidecars that a picture has, by where they are then, and where each is now."""
        pure = PurePath(path)
        full = PurePath(place).name.lower()
        if place == path:
            folder = self._beside(path)
            names = [*folder[full], *folder[pure.stem.lower()]]
            came = {str(pure.parent / name): str(pure.parent / name) for name in names}
        wanted = {full + XMP}
        if not self._is_shared(path):
            wanted.add(PurePath(place).stem.lower() + XMP)
        return {one: now for one, now in came.items() if PurePath(one).name.lower() in wanted}

    def _new_name(self, path: str, place: str) -> str:
        """Name a new sidecar.

        Lightroom reads ``IMG_1.xmp``, and that for raw pictures alone; digiKam, darktable and
        others read ``IMG_1.jpg.xmp``.
        """
        pure = PurePath(path)
        endings = [PurePath(name).suffix.lower() for name in self._beside(path)[pure.stem.lower()]]
        is_raw = pure.suffix.lower() in RAW or bool(RAW & set(endings))
        if is_raw and not self._is_shared(path):
            return str(PurePath(place).with_suffix(XMP))
        return place + XMP

    def _is_shared(self, path: str) -> bool:
        """Tell whether ``IMG_1.xmp`` would belong to other pictures too, as a PNG of the name."""
        names = self._beside(path)[PurePath(path).stem.lower()]
        endings = [PurePath(name).suffix.lower() for name in names]
        return sum(ending not in SIDECARS | RAW | FILMS for ending in endings) > 1

    def _beside(self, path: str) -> dict[str, list[str]]:
        """Give the names in a picture's folder by what they are without their ending."""
        folder = os.path.dirname(path)  # noqa: PTH120
        if folder not in self._listed:
            found = self._listed[folder] = defaultdict(list)
            for name in sorted(os.listdir(folder)):  # noqa: PTH208
                found[PurePath(name).stem.lower()].append(name)
        return self._listed[folder]

    def _write(self, holding: Holding, place: str, target: str, now: str | None) -> bool:
        """Plan to write one sidecar, and tell whether it is to be."""
        n_bytes = mtime_ns = 0
        kept, old = "", None
        try:
            if now is not None:
                if Path(now).is_symlink() or not Path(now).is_file():
                    raise NotXmpError("is a link, so it is not changed")
                status, old = os.lstat(now), read(now)
                n_bytes, mtime_ns = status.st_size, status.st_mtime_ns
                kept = place_in_trash(target, self._roots, self._number)
            new = merged(old, holding.name)
        except NotXmpError as error:
            self.left.append(Left(now or target, str(error)))
            return False
        except OSError as error:
            self.left.append(Left(now or target, f"cannot be read ({error.strerror or error})"))
            return False
        if new == old:
            self.left.append(Left(target, "has the keyword already"))
            return False
        self._written.add(folded(target))
        sha256 = hashlib.sha256(new).hexdigest()
        self.actions.append(
            Action("write", place, target, n_bytes, mtime_ns, sha256, holding.name, kept)
        )
        return True
