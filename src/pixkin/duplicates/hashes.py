"""Hashes of pictures in their eight orientations, and pairs of them that are near."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

__all__ = ["ORIENTATIONS", "near_pairs", "oriented", "turned"]

ORIENTATIONS = (
    "",
    "mirrored left to right",
    "mirrored top to bottom",
    "turned by 180 degrees",
    "mirrored along its diagonal",
    "turned by 90 degrees to the right",
    "turned by 90 degrees to the left",
    "mirrored along its other diagonal",
)
"""Orientation ``4 t + 2 v + h``: transposed if t, then flipped top to bottom if v, and left to
right if h."""

BANDS = 4
MOST_ALIKE = 16
"""With how many others of the same hash a picture is paired, in turn; the check of groups goes on
from there."""
Hashes = Any


def turned(pixels: Any, orientation: int) -> Any:
    """Give pixels in one of the eight orientations."""
    if orientation & 4:
        pixels = np.swapaxes(pixels, 0, 1)
    if orientation & 2:
        pixels = pixels[::-1]
    return pixels[:, ::-1] if orientation & 1 else pixels


def oriented(hashes: NDArray[np.uint64], orientation: int) -> NDArray[np.uint64]:
    """Give the hashes that pictures would have in one of the eight orientations.

    To flip a picture turns the sign of its odd frequencies; to transpose it, transposes them.
    """
    bits = np.unpackbits(hashes.astype(">u8").view(np.uint8)).reshape(-1, 8, 8)
    if orientation & 4:
        bits = bits.swapaxes(1, 2)
    odd = np.arange(8) % 2
    flip = np.zeros((8, 8), dtype=np.uint8)
    if orientation & 2:
        flip ^= odd[:, None].astype(np.uint8)
    if orientation & 1:
        flip ^= odd[None, :].astype(np.uint8)
    whole = np.packbits((bits ^ flip).reshape(-1, 64), axis=1)
    return whole.view(">u8").ravel().astype(np.uint64)


def near_pairs(
    hashes: NDArray[np.uint64], most: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Find pairs of pictures whose hashes differ in few bits, in any orientation of the second.

    The bits are cut into four bands: where at most ``most`` differ, some band has at most a
    quarter of them (Norouzi, Punjani & Fleet, "Fast search in Hamming space with multi-index
    hashing", CVPR 2012).

    Parameters
    ----------
    hashes : uint64 array of shape (n,)
    most : int
        How many bits may differ.

    Returns
    -------
    a, b : int64 arrays of shape (m,)
        ``a < b``; each pair at most once for an orientation.
    orientation : int64 array of shape (m,)
        Of ``b``, that makes it like ``a``.
    """
    values, first, place = np.unique(hashes, return_index=True, return_inverse=True)
    found = [_equal(place)]
    for orientation in range(8):
        i, j = _near(values, oriented(values, orientation), most)
        a, b = first[i], first[j]
        # The same pair shows from its other side under the reversed orientation.
        keep = a != b
        found.append((a[keep], b[keep], np.full(int(keep.sum()), orientation)))
    a, b, turn = (np.concatenate(part) for part in zip(*found, strict=True))
    swap = a > b
    a, b = np.where(swap, b, a), np.where(swap, a, b)
    turn = np.where(swap, np.array(REVERSED)[turn], turn)
    rows = np.unique(np.column_stack([a, b, turn]), axis=0)
    return rows[:, 0], rows[:, 1], rows[:, 2]


REVERSED = (0, 1, 2, 3, 4, 6, 5, 7)
"""What undoes each orientation."""


def _equal(place: NDArray[np.int64]) -> tuple[Any, Any, Any]:
    """Pair those of one hash with the first of them and with those that follow."""
    order = np.argsort(place, kind="stable")
    ranks = place[order]
    starts = np.flatnonzero(np.r_[True, ranks[1:] != ranks[:-1]])
    head = order[np.repeat(starts, np.diff(np.r_[starts, len(ranks)]))]
    a, b = [head], [order]
    for step in range(1, MOST_ALIKE):
        same = ranks[step:] == ranks[:-step]
        a.append(order[:-step][same])
        b.append(order[step:][same])
    left, right = np.concatenate(a), np.concatenate(b)
    keep = left != right
    return left[keep], right[keep], np.zeros(int(keep.sum()), dtype=np.int64)


def _near(
    here: NDArray[np.uint64], there: NDArray[np.uint64], most: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give pairs (i, j) of which ``here[i]`` and ``there[j]`` differ in at most ``most`` bits."""
    found_i, found_j = [], []
    for band in range(BANDS):
        left, right = _band(here, band), _band(there, band)
        order = np.argsort(left, kind="stable")
        keys = left[order]
        for mask in _masks(most // BANDS):
            for i, j in _joined(keys, order, right ^ mask):
                near = np.bitwise_count(here[i] ^ there[j]) <= most
                found_i.append(i[near])
                found_j.append(j[near])
    both = np.unique(np.column_stack([np.concatenate(found_i), np.concatenate(found_j)]), axis=0)
    return both[:, 0], both[:, 1]


def _masks(radius: int) -> Iterator[np.uint16]:
    for n in range(radius + 1):
        for bits in combinations(range(16), n):
            yield np.uint16(sum(1 << bit for bit in bits))


def _band(hashes: NDArray[np.uint64], band: int) -> NDArray[np.uint16]:
    """Take every fourth bit, so that each band has low and high frequencies."""
    bits = np.unpackbits(hashes.astype(">u8").view(np.uint8)).reshape(-1, 64)[:, band::BANDS]
    return np.packbits(bits, axis=1).view(">u2").ravel().astype(np.uint16)


def _joined(
    keys: NDArray[np.uint16], order: NDArray[np.int64], wanted: NDArray[np.uint16]
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Give (i, j) of equal keys, some at a time."""
    start = np.searchsorted(keys, wanted, "left")
    n = np.searchsorted(keys, wanted, "right") - start
    for rows in np.array_split(np.flatnonzero(n), max(1, int(n.sum()) // 2**22)):
        each = n[rows]
        j = np.repeat(rows, each)
        inside = np.arange(len(j)) - np.repeat(np.cumsum(each) - each, each)
        yield order[np.repeat(start[rows], each) + inside], j
