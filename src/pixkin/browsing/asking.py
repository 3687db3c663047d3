"""What an open library shows of its groups and pictures."""

from __future__ import annotations

import os
import threading
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pixkin.progress import OnProgress, silent

if TYPE_CHECKING:
    from pixkin.browsing.memory import Shelves
    from pixkin.browsing.records import Card, Gallery, Places
    from pixkin.browsing.shelf import Shelf
    from pixkin.library.edits import Edits
    from pixkin.library.facts import PictureFacts
    from pixkin.library.listing import GroupList
    from pixkin.pictures import LibraryImage, Portrait
    from pixkin.searching.memory import Memory
    from pixkin.sharing import Shared

__all__ = ["Browses"]


class Browses:
    """The part of `pixkin.Library` that is browsed. It keeps what it reads until that changes."""

    folder: Path
    _memory: Memory

    if TYPE_CHECKING:

        @property
        def edit(self) -> Edits: ...

    def __init__(self) -> None:
        super().__init__()
        self._making = threading.Lock()
        self._shelves: Shelves | None = None

    @property
    def levels(self) -> list[int]:
        """The numbers of groups of the levels worth looking at, the coarsest first.

        Raises
        ------
        NotGroupedError, EditError
            If there are no groups, or they have one level.
        """
        return self._kept().levels(self.edit)

    def glance(self) -> GroupList:
        """Give every group with how much is in it, and how many pictures are in none.

        It is what `clusters` is made of, kept while nothing changes.
        """
        return self._kept().glance(self.edit)

    def cards(self, n_clusters: int | None = None) -> list[Card]:
        """Give a card of each group, the largest first.

        Parameters
        ----------
        n_clusters : int, optional
            Of another level: the groups that there would be.

        Raises
        ------
        NotGroupedError
            If there are no groups yet, or what they were found in is not kept any more.
        EditError
            If there cannot be so many groups.
        """
        if n_clusters is None:
            return self._kept().cards(self.edit)
        shelf = self._shelf(n_clusters)
        return shelf.cards(self.edit.groups(shelf.state).groups)

    def gallery(self, group: str | None, n_clusters: int | None = None) -> Gallery:
        """Give the pictures of a group, the most typical first; of None, those that are in none.

        Parameters
        ----------
        group : str or None
            By its id, the beginning of that, or its name.
        n_clusters : int, optional
            Of another level.

        Raises
        ------
        UnknownGroupError, NotGroupedError, EditError
        """
        shelf = self._shelf(n_clusters)
        if group is None:
            return shelf.alone()
        return shelf.gallery(shelf.state.find(group).cluster_id)

    def places(self, n_clusters: int | None = None) -> Places:
        """Give the map: where each picture lies, and in which group it is.

        Parameters
        ----------
        n_clusters : int, optional
            Of another level.

        Raises
        ------
        NotGroupedError, EditError
        """
        from pixkin.browsing.places import places_of

        shelf = self._shelf(n_clusters)
        lying = self._kept().lying(shelf)
        return places_of(shelf, self.edit.groups(shelf.state).groups, lying)

    def share(
        self,
        path: str | os.PathLike[str],
        *,
        single: bool = False,
        groups: Sequence[str] = (),
        title: str = "",
        larger: int = 0,
        include: Collection[str] = (),
        on_progress: OnProgress = silent,
    ) -> Shared:
        """Write a page that shows the groups, opens from disk or any web host, and needs no server.

        It holds small copies of the pictures, their groups and the words on these; nothing that
        is hidden, and of the files no more than is asked for.

        Parameters
        ----------
        path : path
            A folder that is empty, not there yet, or an earlier page, which is replaced.
        single : bool, default=False
            One file instead, for up to 500 pictures; ``path`` is its name.
        groups : sequence of str
            Only these, by id or name; none for all.
        title : str
        larger : int, default=0
            Also pictures whose longer side is at least so many pixels, 256 to 4096; 0 for none.
        include : collection of {"names", "paths", "dates", "cameras", "places"}
            What is told of each picture.

        Raises
        ------
        PathError
            If something else is there, or it cannot be written.
        SettingError, UsageError, NotGroupedError, UnknownGroupError
        """
        from pixkin.sharing import share

        return share(
            self,
            Path(path),
            single=single,
            groups=groups,
            title=title,
            larger_px=larger,
            include=include,
            on_progress=on_progress,
        )

    def keep_overview(self) -> None:
        """Keep the cards and levels in the cache: they are there at once the next time.

        They are read from there for as long as nothing of the library changes.

        Raises
        ------
        NotGroupedError
            If there are no groups yet.
        """
        self._kept().keep(self.edit)

    # One picture

    def image(self, sha256: str) -> LibraryImage:
        """Give a picture by the SHA-256 of its bytes, or the beginning of that.

        Parameters
        ----------
        sha256 : str
            An even number of hexadecimal digits; 16 name a picture for certain.

        Raises
        ------
        PathError
            If there is not one such picture, or no file of it is there.
        """
        from pixkin.browsing.picture import image_begun

        return image_begun(self.edit, sha256)

    def facts(self, picture: str | os.PathLike[str] | LibraryImage) -> PictureFacts:
        """Give what a picture says of itself: its format and size, when, with what, and where.

        Raises
        ------
        PathError
            If it is no picture that the library knows.
        """
        from pixkin.browsing.picture import id_of

        return self.edit.facts(id_of(self.edit, picture))

    def portrait(self, picture: str | os.PathLike[str] | LibraryImage) -> Portrait:
        """Tell of a picture: its group, why, the pictures most like it, and its copies.

        Raises
        ------
        PathError
            If it is no picture that the library knows.
        """
        from pixkin.browsing.picture import portrait_of

        return portrait_of(self.edit, self._memory, picture)

    def preview(self, picture: str | os.PathLike[str] | LibraryImage, side: int = 2560) -> bytes:
        """Give a picture of any format as a JPEG that a screen can show.

        It is decoded in a process of its own, with the limits of the last grouping.

        Parameters
        ----------
        picture : path or LibraryImage
        side : int, default=2560
            Most pixels of the longer side.

        Returns
        -------
        bytes
            Upright, in sRGB, without EXIF.

        Raises
        ------
        PathError
            If it is no picture that the library knows, or none of its files is as it was read.
        BadImageError
            If it cannot be decoded.
        SettingError
            If ``side`` is not from 16 to 16,384.
        """
        from pixkin.browsing.picture import preview_of

        return preview_of(self.edit, picture, side)

    def _shelf(self, n_clusters: int | None) -> Shelf:
        return self._kept().shelf(self.edit, n_clusters)

    def _kept(self) -> Shelves:
        from pixkin.browsing.memory import Shelves

        with self._making:
            if self._shelves is None:
                self._shelves = Shelves(self._memory, self.folder)
            return self._shelves
