"""What is searched: the reduced vectors of a library, kept in memory while it is open."""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from pixkin import registry
from pixkin.errors import NotGroupedError, printable
from pixkin.lasting.state import NOWHERE
from pixkin.library.store import Library as Store
from pixkin.reduce import unit
from pixkin.threads import in_blocks
from pixkin.views import Reduction, restored

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pixkin.lasting.state import State
    from pixkin.library.edits import Edits
    from pixkin.records import Labels, Vectors

__all__ = ["Index"]

BLOCK = 16_384
GONE = (
    "What groups were found in is not in the cache of the library in {folder} any more. "
    "Run `pixkin cluster`."
)


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """The vectors of the pictures that a library has encoded.

    Attributes
    ----------
    hashes : sequence of bytes
        SHA-256 of each picture, rising.
    ids : int64 array of shape (n,)
        The image id of each; -1 of one that the library has forgotten.
    X : float32 array of shape (n, n_components)
        Reduced: rows of length 1.
    reduction : Reduction
        What reduces other vectors as these were.
    encoder : str
    lacking : str
        Why a picture has no vector, where none can be made because all are brought; else empty.
    made : dict of bytes to (float32 array of shape (n_components,), bytes)
        Reduced vectors and thumbnails of other pictures that were asked about, by SHA-256.
    """

    hashes: Sequence[bytes]
    ids: NDArray[np.int64]
    X: Vectors
    reduction: Reduction
    encoder: str
    lacking: str
    made: dict[bytes, tuple[Vectors, bytes]] = field(default_factory=dict)

    def row_of(self, sha256: bytes) -> int | None:
        """Give the row of a picture; None if it has none."""
        row = bisect.bisect_left(self.hashes, sha256)
        return row if row < len(self.hashes) and self.hashes[row] == sha256 else None

    def labels(self, state: State) -> Labels:
        """Give the number of each row's group, in the order of ``state.groups``; -1 for none."""
        number = {cluster_id: i for i, cluster_id in enumerate(state.groups)}
        groups = (number.get(state.cluster_of.get(i, NOWHERE), -1) for i in self.ids.tolist())
        return np.fromiter(groups, dtype=np.int64, count=len(self.ids))

    @classmethod
    def load(cls, edit: Edits, state: State) -> Index:
        """Read the vectors that groups were found in, and those of pictures that came since.

        Raises
        ------
        NotGroupedError
            If the cache does not have them any more.
        """
        name = state.settings["encoder"]
        encoder = registry.build("encoder", name)
        with Store(edit.folder) as store:
            kept = store.load_reduced(state.recipe)
            if kept is None or not kept.reduction:
                raise NotGroupedError(GONE.format(folder=printable(str(edit.folder))))
            reduction = restored(kept.reduction, encoder)
            since, vectors = store.vectors_since(state.recipe)
            hashes, ids, X = kept.hashes, kept.ids, _rows(kept.reduced)
            if since:
                hashes, X = [*hashes, *since], np.vstack([X, reduction.transform(vectors)])
                ids = np.append(ids, np.array(edit.known_ids(since), dtype=np.int64))
                order = sorted(range(len(hashes)), key=hashes.__getitem__)
                hashes, ids, X = [hashes[i] for i in order], ids[order], X[order]
        return cls(hashes, ids, X, reduction, name, getattr(encoder, "lacking", ""))


def _rows(reduced: NDArray[np.float16]) -> Vectors:
    """Give the rows as float32, of length 1 again after they were rounded."""
    X = np.empty(reduced.shape, dtype=np.float32)

    def one(rows: slice) -> None:
        X[rows] = unit(reduced[rows].astype(np.float32))

    in_blocks(one, len(X), BLOCK, 1)
    return X
