"""`pixkin.open`: a library as Python users see it."""

from __future__ import annotations

import os
import threading
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pixkin.acting import Acts
from pixkin.browsing.asking import Browses
from pixkin.errors import NotGroupedError, PathError
from pixkin.flagging import fill_if_can, flags_in
from pixkin.library import lookup, place
from pixkin.library.edits import Edits
from pixkin.library.schema import reading
from pixkin.pictures import LibraryImage, Near, Portrait
from pixkin.searching import Searches

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pixkin.bring import Brought
    from pixkin.catalog import Exported
    from pixkin.lasting.state import Entry, State
    from pixkin.library.listing import GroupInfo, GroupPage
    from pixkin.records import Json

__all__ = ["Library", "open"]

N_NEIGHBORS, WHAT_NOW = 10, "Run `pixkin cluster`."


def open(path: str | os.PathLike[str] = ".") -> Library:  # noqa: A001 - as `pixkin.open`
    """Open the library that ``path`` is, holds, or lies below.

    Raises
    ------
    PathError
        If there is none.
    LibraryError
        If it is damaged, or of a newer version.

    Examples
    --------
    >>> import pixkin
    >>> with pixkin.open("photos/") as library:  # doctest: +SKIP
    ...     library.edit.rename(library.clusters[0].cluster_id, "Holidays")
    """
    return Library(place.find(Path(path)))


class Library(Browses, Searches, Acts):
    """A library: its pictures, its groups, and what may be done with them.

    Every question is answered from the disk, so what another thread or process did is seen.
    Threads may share one.

    Parameters
    ----------
    folder : Path
        The ``.pixkin`` folder.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder.absolute()
        self._mine = threading.local()
        self._all: list[Edits] = []
        _ = self.edit  # what is wrong with it shows now

    @property
    def edit(self) -> Edits:
        """What a person does to the groups: rename, merge, split, move, undo and so on."""
        found: Edits | None = getattr(self._mine, "edits", None)
        if found is None:
            found = self._mine.edits = Edits.open(self.folder, is_shared=True)
            self._all.append(found)
        return found

    def close(self) -> None:
        """Let go of the files, in all threads."""
        while self._all:
            self._all.pop().close()
        self._memory.forget()
        self._shelves = None
        self._mine = threading.local()

    def __enter__(self) -> Library:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # What there is

    @property
    def images(self) -> tuple[LibraryImage, ...]:
        """The pictures that are there, by their first file."""
        edit = self.edit
        with reading(edit.db, self.folder):
            state = edit.load()
            rows = lookup.images(edit.db, os.path.realpath(self.folder.parent))
        return tuple(
            LibraryImage(sha256.hex(), files, width, height, state.cluster_of.get(image))
            for image, sha256, width, height, files in rows
        )

    @property
    def clusters(self) -> tuple[GroupInfo, ...]:
        """The groups, the largest first."""
        return self.edit.groups().groups

    def cluster(self, group: str) -> GroupPage:
        """Give a group by its id, the beginning of that, or its name: members and history."""
        return self.edit.group(group)

    @property
    def edits(self) -> list[Entry]:
        """The journal: all that was done with the groups."""
        return self.edit.entries()

    def vectors(self, images: Sequence[LibraryImage] | None = None) -> NDArray[Any]:
        """Give the vectors of pictures, by default of all `images`, as the encoder gave them.

        Returns
        -------
        array of shape (n, n_features)
            float16, uint8, or float32 where they are your own; a row for each picture.

        Raises
        ------
        NotGroupedError
            If there are no groups yet, or a picture has no vector.
        """
        from pixkin import registry
        from pixkin.library.store import Library as Store

        chosen = self.images if images is None else images
        wanted = [bytes.fromhex(image.sha256) for image in chosen]
        encoder = registry.build("encoder", self._state().settings["encoder"])
        with Store(self.folder) as store, store.writing(), store.space(encoder) as space:
            lacking = [sha256.hex() for sha256 in wanted if sha256 not in space.rows]
            if lacking:
                raise NotGroupedError(f"{len(lacking):,} pictures have no vector. {WHAT_NOW}")
            found: NDArray[Any] = space.read(wanted)[:]
        return found

    def import_vectors(
        self,
        name: str,
        paths: Iterable[str | os.PathLike[str]],
        vectors: Any,
        *,
        replace: bool = False,
    ) -> Brought:
        """Bring vectors of your own, as `pixkin.import_vectors` does."""
        from pixkin.bring import import_vectors

        return import_vectors(name, paths, vectors, library=self.folder, replace=replace)

    def neighbors(self, picture: str | os.PathLike[str], k: int = N_NEIGHBORS) -> list[Near]:
        """Find the pictures that are most like one of the library.

        Parameters
        ----------
        picture : path
            One of its files.
        k : int, default=10

        Returns
        -------
        list of Near
            The most similar first.

        Raises
        ------
        PathError
            If it is no picture that the library knows.
        NotGroupedError
            If it came after the last grouping.
        """
        import numpy as np

        from pixkin.library.store import Library as Store

        edit = self.edit
        here = edit.hashes_of([edit.find_image(picture)])[0]
        with Store(self.folder) as store:
            kept = store.load_clustering(self._state().recipe)
        if kept is None or here not in kept.hashes:
            raise NotGroupedError(f"{os.fspath(picture)} came after the last grouping. {WHAT_NOW}")
        X = kept.reduced.astype(np.float32)
        alike = (X * X[kept.hashes.index(here)]).sum(axis=1)
        there = {bytes.fromhex(image.sha256): image for image in self.images}
        order = [i for i in np.argsort(-alike, kind="stable").tolist() if kept.hashes[i] != here]
        found = [i for i in order if kept.hashes[i] in there][: max(k, 0)]
        return [Near(there[kept.hashes[i]], round(float(alike[i]), 4)) for i in found]

    def portrait(self, picture: str | os.PathLike[str]) -> Portrait:
        """Tell of a picture: its group, why, the pictures most like it, and its copies.

        Raises
        ------
        PathError
            If it is no picture that the library knows.
        """
        state, image = self.edit.state(), self.edit.find_image(picture)
        sha256 = self.edit.hashes_of([image])[0].hex()
        here = next((one for one in self.images if one.sha256 == sha256), None)
        if here is None:
            raise PathError(os.fspath(picture), "was there, and is gone")
        try:
            near = tuple(self.neighbors(picture))
        except NotGroupedError:
            near = ()
        group = next((g for g in self.clusters if g.cluster_id == here.cluster_id), None)
        n_same = sum(one.image.cluster_id == here.cluster_id for one in near)
        why = f"{n_same} of the {len(near)} pictures most like it are in the same group"
        if here.cluster_id is None:
            why = "it is new: no group was near enough for it yet"
        elif group is None:
            why = "it is in no group"
        elif image in state.held:
            why = "it was put there by hand"
        elif not near:
            why = "it came after the last grouping, and pictures like it are there"
        return Portrait(here, group, near, why, flags_in(self.edit).get(image, ()))

    # In other forms

    def to_dict(self) -> Json:
        """Give a column for each fact, with a row for each file: for ``pandas.DataFrame``."""
        from pixkin.catalog.rows import Catalog, Row

        fill_if_can(self.edit)
        with reading(self.edit.db, self.folder):
            rows = list(Catalog(self.edit.db, self.folder).rows())
        return {name: [row[i] for row in rows] for i, name in enumerate(Row._fields)}

    def export(
        self,
        path: str | os.PathLike[str],
        format: str | None = None,  # noqa: A002 - as the option is called
        *,
        vectors: bool = False,
        force: bool = False,
        flags: Collection[str] = (),
        without_flags: Collection[str] = (),
    ) -> Exported:
        """Write all that the library knows of its pictures and groups; no picture is opened.

        Parameters
        ----------
        path : path
            A file, or for fiftyone and labelstudio a folder, that is not there yet.
        format : {"csv", "json", "parquet", "coco", "fiftyone", "labelstudio"} or None
            None to go by the end of the name.
        vectors : bool, default=False
            Add the vectors of the last grouping, to json or parquet.
        force : bool, default=False
            Replace what is there.
        flags, without_flags : collection of str
            Only pictures that have one of these flags; that have none of these.

        Returns
        -------
        Exported
            Counts: `files`, `groups`, and what was `left_out` or is `gone`.

        Raises
        ------
        PathError
            If something is there already, or it cannot be written.
        UsageError, MissingDependencyError
            If the format cannot do that, or needs a package.
        """
        from pixkin import catalog

        name = catalog.format_of(path) if format is None else format
        chosen: Any = {"vectors": vectors, "flags": flags, "without_flags": without_flags}
        return catalog.write(self.edit, Path(path), name, force=force, **chosen)

    def __repr__(self) -> str:
        known = self.edit.groups()
        n = sum(group.images for group in known.groups) + known.n_new + known.n_none
        return f"<Library {self.folder}: {n:,} images, {len(known.groups):,} clusters>"

    def _repr_html_(self) -> str:
        """Show the largest groups in a notebook."""
        from pixkin.notebook import page

        return page(self.edit, repr(self))

    def _state(self) -> State:
        state = self.edit.state()
        if not state.key:
            raise NotGroupedError(f"The library in {self.folder} has no groups yet. {WHAT_NOW}")
        return state
