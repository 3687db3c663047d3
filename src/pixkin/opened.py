"""`pixkin.open`: a library as Python users see it."""

from __future__ import annotations

import html
import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pixkin.errors import NotGroupedError, PathError
from pixkin.lasting.state import NOWHERE
from pixkin.library import lookup, place
from pixkin.library.edits import Edits
from pixkin.library.schema import reading
from pixkin.pictures import LibraryImage, Near, Portrait

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pixkin.duplicates import Duplicates
    from pixkin.lasting.state import Entry, State
    from pixkin.library.listing import GroupInfo, GroupPage
    from pixkin.records import Json

__all__ = ["Library", "open"]

N_NEIGHBORS = 10
WHAT_NOW = "Run `pixkin cluster`."
SHOWN_GROUPS, SHOWN_PICTURES = 10, 6


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


class Library:
    """A library: its pictures, its groups, and what may be done with them.

    Every question is answered from the disk, so what another thread or process did is seen.
    Threads may share one.

    Parameters
    ----------
    folder : Path
        The ``.pixkin`` folder.
    """

    def __init__(self, folder: Path) -> None:
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
            float16 or uint8; a row for each picture.

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
        return Portrait(here, group, near, why)

    def duplicates(
        self, paths: Sequence[str | os.PathLike[str]] = (), **options: Any
    ) -> Duplicates:
        """Find files of which one is enough; `find_duplicates` says which options there are."""
        from pixkin.duplicates import find_duplicates

        return find_duplicates(self.edit, paths, **options)

    def flags(self, flags: Sequence[str] = ()) -> dict[Path, tuple[str, ...]]:
        """Name what may be wrong with pictures: those with any of ``flags``, or with any at all."""
        from pixkin.duplicates import find_flags

        return find_flags(self.edit, flags)

    # In other forms

    def to_dict(self) -> Json:
        """Give a column for each fact, with a row for each file: for ``pandas.DataFrame``."""
        names = {group.cluster_id: group for group in self.clusters}
        rows = [(image, file) for image in self.images for file in image.files]
        groups = [names.get(image.cluster_id or NOWHERE) for image, _ in rows]
        return {
            "path": [str(file) for _, file in rows],
            "image": [image.sha256 for image, _ in rows],
            "width": [image.width for image, _ in rows],
            "height": [image.height for image, _ in rows],
            "cluster_id": [image.cluster_id for image, _ in rows],
            "name": [group.name if group else "" for group in groups],
            "looks_like": [group.looks_like if group else "" for group in groups],
        }

    def __repr__(self) -> str:
        known = self.edit.groups()
        n = sum(group.images for group in known.groups) + known.n_new + known.n_none
        return f"<Library {self.folder}: {n:,} images, {len(known.groups):,} clusters>"

    def _repr_html_(self) -> str:
        """Show the largest groups in a notebook."""
        known = self.edit.groups()
        rows = [
            f"<tr><td><code>{group.cluster_id}</code></td><td>{html.escape(group.title)}</td>"
            f"<td>{group.images:,}</td><td>{self._pictures(group)}</td></tr>"
            for group in known.groups[:SHOWN_GROUPS]
            if not group.is_hidden
        ]
        more = len(known.groups) - SHOWN_GROUPS
        rest = f"<p>and {more:,} more groups</p>" if more > 0 else ""
        head = "<tr><th>group</th><th>name</th><th>images</th><th></th></tr>"
        return f"<p>{html.escape(repr(self))}</p><table>{head}{''.join(rows)}</table>{rest}"

    def _pictures(self, group: GroupInfo) -> str:
        import base64

        from pixkin.library.thumbnails import Thumbnails

        members = sorted(self._state().members[group.cluster_id])[:SHOWN_PICTURES]
        hashes = self.edit.hashes_of(members)
        thumbnails = Thumbnails(self.folder / "cache")
        try:
            found = thumbnails.read(hashes)
        finally:
            thumbnails.close()
        texts = [base64.b64encode(found[sha256]).decode() for sha256 in hashes if sha256 in found]
        return "".join(f'<img src="data:image/jpeg;base64,{text}" height="64">' for text in texts)

    def _state(self) -> State:
        state = self.edit.state()
        if not state.key:
            raise NotGroupedError(f"The library in {self.folder} has no groups yet. {WHAT_NOW}")
        return state
