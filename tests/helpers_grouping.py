"""Points and clusterings made by hand, for the tests of what comes after encoding."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pixkin.clustering import Clustering, Counts, Level
from pixkin.describe import members_of
from pixkin.lasting.ids import founded
from pixkin.lasting.state import LastingGroup
from pixkin.records import File, ImageFacts, Skipped
from pixkin.settings import Settings
from pixkin.words import Suggestion

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


def unit(X: NDArray[np.floating]) -> Floats:
    length = np.linalg.norm(X, axis=1, keepdims=True)
    return (X / np.where(length > 0, length, 1)).astype(np.float32)


def blobs(sizes: Sequence[int], n_features: int = 16, spread: float = 0.1) -> tuple[Floats, Ints]:
    """Give clear groups of directions, and the group of each row."""
    rng = np.random.default_rng(7)
    truth = np.repeat(np.arange(len(sizes)), sizes)
    centres = unit(rng.normal(size=(len(sizes), n_features)))
    if len(sizes) <= n_features:
        centres = np.linalg.qr(centres.T)[0].T.astype(np.float32)
    return unit(centres[truth] + rng.normal(scale=spread, size=(len(truth), n_features))), truth


def partition(labels: NDArray[np.integer]) -> set[frozenset[int]]:
    """Give the groups as sets of rows, whatever their numbers; noise is left out."""
    return {
        frozenset(np.flatnonzero(labels == label).tolist())
        for label in np.unique(labels)
        if label >= 0
    }


def hashes_of(n: int) -> list[bytes]:
    """Give ``n`` different SHA-256, rising."""
    return sorted(hashlib.sha256(b"%d" % i).digest() for i in range(n))


def clustering(
    labels: Sequence[int],
    image_index: Sequence[int] | None = None,
    paths: Sequence[str] | None = None,
    skipped: Sequence[Skipped] = (),
) -> Clustering:
    """Make a clustering of images with these labels; by default each lies in one file."""
    n = len(labels)
    index = np.arange(n) if image_index is None else np.asarray(image_index)
    names = [f"{i:04}.jpg" for i in range(len(index))] if paths is None else paths
    hashes, array = hashes_of(n), np.asarray(labels, dtype=np.int64)
    lasting = tuple(
        LastingGroup(founded(hashes[row] for row in rows), label)
        for label, rows in enumerate(members_of(array))
    )
    words = ((Suggestion("cat", 0.8), Suggestion("animal", 0.95)),) * len(lasting)
    return Clustering(
        files=tuple(
            File("/pictures", name, 1000 + image, 0, 0)
            for name, image in zip(names, index.tolist(), strict=True)
        ),
        skipped=tuple(skipped),
        settings=Settings(),
        counts=Counts(len(index), n, len(skipped), 0, len(lasting), n),
        hashes=tuple(hashes),
        image_index=index.astype(np.int64),
        image_labels=array,
        image_typicality=np.linspace(1, 0.5, n),
        image_places=np.arange(2 * n, dtype=np.float32).reshape(n, 2) - 0.5,
        image_facts=tuple(ImageFacts(640 + i, 480, "JPEG") for i in range(n)),
        image_vectors=np.arange(3 * n, dtype=np.float16).reshape(n, 3),
        image_reduced=unit(np.arange(1, 3 * n + 1).reshape(n, 3)).astype(np.float16),
        lasting=lasting,
        cluster_words=words,
        make_levels=lambda: (Level(array, words),),
        layout="tsne",
        library=Path("/pictures/.pixkin"),
    )
