"""Pictures to groups in one estimator."""

from __future__ import annotations

import dataclasses
import warnings
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils.validation import check_is_fitted

from pixkin import registry
from pixkin.describe import in_order, typicality
from pixkin.errors import NothingToClusterError
from pixkin.group import check, cut, group
from pixkin.inputs import encode
from pixkin.meter import Meter
from pixkin.neighbors import nearest_to
from pixkin.precision import resolve
from pixkin.progress import silent
from pixkin.settings import Settings, default

if TYPE_CHECKING:
    from pixkin.records import Labels, Vectors

__all__ = ["ImageClusterer"]


class ImageClusterer(ClusterMixin, BaseEstimator):
    """Group pictures by what they show.

    Parameters
    ----------
    n_clusters : int or "auto", default="auto"
    encoder, clusterer, layout : str
        As ``pixkin components`` lists them; the encoder "auto" is `pixkin.precision`'s choice.
    detail : float, default=1.0
        Fewer (below 1) or more (above 1) groups when automatic.
    n_neighbors : int, default=8
    n_components : int, default=128
    random_state : int, default=0
    workers : int, default=0
        Processes that read files; 0 means one per core.

    Attributes
    ----------
    labels_ : int64 array of shape (n,)
        The largest group is 0; -1 for what could not be read, or is in no group.
    vectors_ : float32 array of shape (n, n_features)
        Not-a-number where a picture could not be read.
    embedding_ : float32 array of shape (n, 2)
        The map; likewise.
    typicality_ : float64 array of shape (n,)
        From 0 to 1; likewise.
    skipped_ : list of Skipped
        What could not be read, with the reason.
    n_clusters_ : int
    """

    def __init__(
        self,
        n_clusters: int | Literal["auto"] = default("n_clusters"),
        encoder: str = default("encoder"),
        clusterer: str = default("clusterer"),
        detail: float = default("detail"),
        layout: str = default("layout"),
        n_neighbors: int = default("n_neighbors"),
        n_components: int = default("n_components"),
        random_state: int = default("random_state"),
        workers: int = default("workers"),
    ) -> None:
        self.n_clusters = n_clusters
        self.encoder = encoder
        self.clusterer = clusterer
        self.detail = detail
        self.layout = layout
        self.n_neighbors = n_neighbors
        self.n_components = n_components
        self.random_state = random_state
        self.workers = workers

    def fit(self, X: Any, y: Any = None) -> ImageClusterer:
        """Group pictures.

        Parameters
        ----------
        X : path, pattern, sequence of these, array, or sequence of arrays
            As `ImageEncoder.transform` takes them.
        y : ignored

        Returns
        -------
        self

        Raises
        ------
        NothingToClusterError
            If no picture could be read.
        """
        given = Settings(**self.get_params(deep=False))
        settings = dataclasses.replace(given, encoder=resolve(given.encoder))
        check(settings)
        encoder = registry.build("encoder", settings.encoder)
        encoded = encode(X, settings)
        if not len(encoded.rows):
            raise NothingToClusterError(encoded.skipped, 0)
        # As in a library: each content once, in the order of its hash, in the form it is kept.
        hashes = sorted(set(encoded.hashes))
        place = {sha256: i for i, sha256 in enumerate(hashes)}
        twin = np.array([place[sha256] for sha256 in encoded.hashes])
        vectors = np.empty((len(hashes), encoded.vectors.shape[1]), dtype=_dtype(encoder))
        vectors[twin] = encoded.vectors
        found = group(vectors, encoder, settings, Meter(), silent)
        labels = in_order(cut(found, settings), hashes)
        self.skipped_ = encoded.skipped
        self.labels_ = np.full(encoded.n, -1, dtype=np.int64)
        self.labels_[encoded.rows] = labels[twin]
        self.vectors_ = _with_gaps(encoded.vectors, encoded.rows, encoded.n)
        self.embedding_ = _with_gaps(found.places[twin], encoded.rows, encoded.n)
        typical = typicality(found.reduced, labels)[twin]
        self.typicality_ = _with_gaps(typical, encoded.rows, encoded.n)
        self.n_clusters_ = int(labels.max(initial=-1)) + 1
        assert found.reduction is not None  # only groups taken from a library have none
        self._encoder = settings.encoder
        self._dtype, self._reduction = vectors.dtype, found.reduction
        self._known = found.reduction.transform(vectors)
        self._known_labels = labels
        return self

    def predict(self, X: Any) -> Labels:
        """Put new pictures into the groups: each votes with its nearest known pictures.

        Parameters
        ----------
        X : path, pattern, sequence of these, array, or sequence of arrays

        Returns
        -------
        int64 array of shape (n,)
            -1 for what cannot be read, of which a warning tells.
        """
        check_is_fitted(self, "labels_")
        encoded = encode(X, Settings(encoder=self._encoder, workers=self.workers))
        if encoded.skipped:
            names = "; ".join(map(str, encoded.skipped[:5]))
            warnings.warn(
                f"{len(encoded.skipped)} of {encoded.n} pictures cannot be read and get the label "
                f"-1: {names}",
                UserWarning,
                stacklevel=2,
            )
        labels = np.full(encoded.n, -1, dtype=np.int64)
        if len(encoded.rows):
            queries = self._reduction.transform(encoded.vectors.astype(self._dtype))
            near = nearest_to(queries, self._known, self.n_neighbors)
            labels[encoded.rows] = _vote(self._known_labels[near.indices], near.distances)
        return labels


def _dtype(encoder: Any) -> Any:
    return np.dtype(getattr(encoder, "dtype", "float16"))


def _vote(labels: Labels, distances: Vectors) -> Labels:
    """Take the label of the most weight; a neighbour weighs the inverse of its distance.

    A picture that is itself known outweighs all others.
    """
    weights = 1 / np.maximum(distances.astype(np.float64), 1e-6)
    known, columns = np.unique(labels, return_inverse=True)
    totals = np.zeros((len(labels), len(known)))
    rows = np.arange(len(labels))[:, None]
    np.add.at(totals, (rows, columns.reshape(labels.shape)), weights)
    winners: Labels = known[totals.argmax(axis=1)]
    return winners


def _with_gaps(values: Any, rows: Any, n: int) -> Any:
    """Spread rows over ``n``, with not-a-number between."""
    full = np.full((n, *values.shape[1:]), np.nan, dtype=values.dtype)
    full[rows] = values
    return full
