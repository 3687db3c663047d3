"""What an open library is asked: which pictures are like some, show what there is, or stray."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, TypeAlias

from pixkin.flagging import left_out
from pixkin.pictures import LibraryImage
from pixkin.searching.memory import Memory

if TYPE_CHECKING:
    from pixkin.library.edits import Edits
    from pixkin.pictures import Match, Outlier
    from pixkin.searching.words import Facets, Sought

__all__ = ["Searches"]

Picture: TypeAlias = str | os.PathLike[str] | LibraryImage


class Searches:
    """The part of `pixkin.Library` that answers. It keeps what it reads until that changes."""

    def __init__(self) -> None:
        self._memory = Memory()

    @property
    def edit(self) -> Edits:
        """What a person does to the groups."""
        raise NotImplementedError

    def search(
        self,
        pictures: Picture | Sequence[Picture],
        *,
        unlike: Picture | Sequence[Picture] = (),
        n: int = 20,
        one_per_group: bool = False,
        among: Collection[str] | None = None,
        flags: Collection[str] = (),
        without_flags: Collection[str] = (),
    ) -> list[Match]:
        """Find the pictures that are most like some, and least like others.

        Files with the same bytes are one result. What is searched for is a result as well, if the
        library has it: so it also tells whether, and where. What comes in ``unlike`` is none.

        Parameters
        ----------
        pictures : path, LibraryImage, or sequence of these
            In the library or not. Others are decoded in worker processes, with the usual limits.
        unlike : path, LibraryImage, or sequence of these, optional
        n : int, default=20
            Most results.
        one_per_group : bool, default=False
            Only the best of each group.
        among : collection of str, optional
            SHA-256 (hexadecimal) of the pictures that may be results, such as `find_words` gives.
        flags, without_flags : collection of str
            Only pictures that have one of these flags; that have none of these. See
            `pixkin.looks.FLAGS`.

        Returns
        -------
        list of Match
            The best first; of equals, the one with the smaller SHA-256.

        Raises
        ------
        NotGroupedError
            If there are no groups yet.
        PathError
            If a picture is not there, or cannot be decoded.
        SettingError
            If there is no picture, ``n`` is less than 1, or there is no such flag.
        """
        from pixkin.searching.finding import Wish, find

        wish = Wish(
            _several(pictures),
            _several(unlike),
            n,
            one_per_group=one_per_group,
            left_out=left_out(self.edit, flags, without_flags),
            among=among,
        )
        return find(self.edit, self._memory, wish).matches

    def find_words(
        self,
        text: str = "",
        *,
        n: int = 200,
        taken: str = "",
        camera: str = "",
        folder: str | os.PathLike[str] = "",
        place: tuple[int, int] | None = None,
        flag: str = "",
        copied: bool = False,
        among: Collection[str] | None = None,
    ) -> Sought:
        """Find pictures by words: names and suggested words of groups, files, dates and cameras.

        Parameters
        ----------
        text : str
            Each of its words must fit: be part of one of these, or a year (``2019``), a month
            (``2019-07`` or ``july``) or a day (``2019-07-21``) in which the picture was taken.
        n : int, default=200
            Most pictures that are given in full.
        taken : str, optional
            Only of this year, month or day.
        camera : str, optional
            Only by this one, as `facets` names it.
        folder : path, optional
            Only in this folder, or below it.
        place : (int, int), optional
            Only from between this degree of latitude and the next, and so of longitude.
        flag : str, optional
            Only with this flag. See `pixkin.looks.FLAGS`.
        copied : bool, default=False
            Only those that lie in several files, byte for byte.
        among : collection of str, optional
            Only these, by SHA-256 (hexadecimal).

        Returns
        -------
        Sought
            Those that fit a name first, then suggested words, then the rest; of these the newest.

        Raises
        ------
        SettingError
            If one of these cannot be.
        """
        from pixkin.searching.words import Only, find_words

        chosen = None if among is None else frozenset(among)
        only = Only(text, taken, camera, os.fspath(folder), place, copied, chosen)
        without = left_out(self.edit, (flag,)) if flag else set[int]()
        return find_words(self.edit, only, n, without)

    def facets(self) -> Facets:
        """Tell by what `find_words` can narrow down: months, cameras, folders, places, copies."""
        from pixkin.searching.words import facets

        return facets(self.edit)

    def recommend(
        self,
        liked: Picture | Sequence[Picture],
        disliked: Picture | Sequence[Picture] = (),
        *,
        n: int = 20,
        diverse: float = 0.3,
        one_per_group: bool = False,
        flags: Collection[str] = (),
        without_flags: Collection[str] = (),
    ) -> list[Match]:
        """Find other pictures that somebody may like, not all alike.

        Parameters
        ----------
        liked : path or sequence of path
            In the library or not. They are no results.
        disliked : path or sequence of path, optional
            Nor are these.
        n : int, default=20
            Most results.
        diverse : float, default=0.3
            0 gives the most similar, as `search` does; up to 1, results that are ever less like
            each other, chosen from ten times as many.
        one_per_group : bool, default=False
            Only the best of each group.
        flags, without_flags : collection of str
            Only pictures that have one of these flags; that have none of these. See
            `pixkin.looks.FLAGS`.

        Returns
        -------
        list of Match
            In the order in which they were chosen, the best first.

        Raises
        ------
        NotGroupedError, PathError, SettingError
            As `search` does.
        """
        from pixkin.searching.finding import Wish, find

        wish = Wish(
            _several(liked),
            _several(disliked),
            n,
            diverse,
            one_per_group,
            is_given_shown=False,
            left_out=left_out(self.edit, flags, without_flags),
        )
        return find(self.edit, self._memory, wish).matches

    def sample(
        self,
        n: int = 200,
        *,
        balanced: bool = False,
        flags: Collection[str] = (),
        without_flags: Collection[str] = (),
    ) -> list[LibraryImage]:
        """Choose pictures that differ, to label or to look at.

        From each group that is not hidden the most typical, and then each time the one least like
        those chosen. Pictures in no group count as one more.

        Parameters
        ----------
        n : int, default=200
            All are given if there are fewer.
        balanced : bool, default=False
            As many from each group; otherwise in proportion to their sizes.
        flags, without_flags : collection of str
            Only pictures that have one of these flags; that have none of these. See
            `pixkin.looks.FLAGS`.

        Returns
        -------
        list of LibraryImage
            Group by group, the largest first.

        Raises
        ------
        NotGroupedError, SettingError
        """
        from pixkin.searching.finding import sample

        away = left_out(self.edit, flags, without_flags)
        return sample(self.edit, self._memory, n, balanced=balanced, left_out=away)

    def outliers(
        self, *, flags: Collection[str] = (), without_flags: Collection[str] = ()
    ) -> list[Outlier]:
        """Find the pictures that are far less typical than the rest of their group.

        Parameters
        ----------
        flags, without_flags : collection of str
            Only pictures that have one of these flags; that have none of these. See
            `pixkin.looks.FLAGS`.

        Returns
        -------
        list of Outlier
            The farthest below the mean of its group first; none of hidden groups.

        Raises
        ------
        NotGroupedError, SettingError
        """
        from pixkin.searching.finding import stray

        return stray(self.edit, self._memory, left_out(self.edit, flags, without_flags))


def _several(pictures: Picture | Sequence[Picture]) -> tuple[Picture, ...]:
    single = isinstance(pictures, str | os.PathLike | LibraryImage)
    return (pictures,) if single else tuple(pictures)  # type: ignore[arg-type, return-value]
