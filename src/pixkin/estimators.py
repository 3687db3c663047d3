"""The scikit-learn face: image steps that fit in a Pipeline."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from sklearn.base import (
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    ClusterMixin,
    TransformerMixin,
)
from sklearn.utils.validation import check_is_fitted, validate_data

from pixkin import reduce, registry
from pixkin.clusterers.graph import GraphCommunities
from pixkin.errors import NothingToClusterError
from pixkin.group import check, group, in_order
from pixkin.inputs import encode, encode_all
from pixkin.meter import Meter
from pixkin.neighbors import nearest_to
from pixkin.progress import silent
from pixkin.settings import Settings, default

if TYPE_CHECKING:
    from pixkin.records import Labels, Vectors

__all__ = ["GraphClusterer", "ImageClusterer", "ImageEncoder", "ImageReader"]


class _ImageTransformer(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """What `ImageReader` and `ImageEncoder` share: nothing is learned from the pictures."""

    def fit(self, X: Any, y: Any = None) -> Any:
        """Check the settings; nothing is learned.

        Parameters
        ----------
        X : ignored
        y : ignored

        Returns
        -------
        self
        """
        self._n_features_out = registry.build("encoder", self._spec()).n_features
        return self

    def transform(self, X: Any) -> Vectors:
        """Give one row per picture.

        Parameters
        ----------
        X : path, pattern, sequence of paths, array, or sequence of arrays
            A folder or a pattern such as ``photos/*.jpg`` gives its files in path order. Arrays
            are of shape (n, height, width) or (n, height, width, 3), or a sequence of arrays of
            different sizes, such as ``skimage.io.imread_collection`` gives.

        Returns
        -------
        float32 array of shape (n, n_features)

        Raises
        ------
        BadFilesError
            If any picture cannot be read; it lists them all.
        """
        return encode_all(X, self._spec(), self.workers)

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def _spec(self) -> str:
        raise NotImplementedError

    def _more_tags(self) -> dict[str, bool]:
        return {"stateless": True}


class ImageReader(_ImageTransformer):
    """Turn pictures into rows of pixels, all of one size.

    Parameters
    ----------
    size : int, default=64
        Width and height in pixels that each picture is squashed to.
    gray : bool, default=False
        One number per pixel instead of three.
    workers : int, default=0
        Processes that read files; 0 means one per core.

    Examples
    --------
    >>> import numpy as np
    >>> from pixkin import ImageReader
    >>> ImageReader(size=2).fit_transform(np.zeros((3, 8, 8), dtype=np.uint8)).shape
    (3, 12)
    """

    def __init__(self, size: int = 64, gray: bool = False, workers: int = 0) -> None:
        self.size = size
        self.gray = gray
        self.workers = workers

    def _spec(self) -> str:
        return f"pixels:size={self.size},gray={str(self.gray).lower()}"


class ImageEncoder(_ImageTransformer):
    """Turn pictures into vectors of what they show.

    Parameters
    ----------
    encoder : str, default="efficientnet-lite0"
        As ``pixkin components`` lists them.
    workers : int, default=0
        Processes that read files; 0 means one per core.

    Examples
    --------
    >>> import numpy as np
    >>> from pixkin import ImageEncoder
    >>> ImageEncoder("color").fit_transform(np.zeros((2, 8, 8, 3), dtype=np.uint8)).shape
    (2, 368)
    """

    def __init__(self, encoder: str = default("encoder"), workers: int = 0) -> None:
        self.encoder = encoder
        self.workers = workers

    def _spec(self) -> str:
        return self.encoder


class GraphClusterer(ClusterMixin, BaseEstimator):
    """Find communities in the graph of nearest neighbours.

    Parameters
    ----------
    n_clusters : int or "auto", default="auto"
        With "auto" the number is found.
    detail : float, default=1.0
        Fewer (below 1) or more (above 1) groups when automatic.
    n_neighbors : int, default=8
    random_state : int, default=0

    Attributes
    ----------
    labels_ : int64 array of shape (n_samples,)
        0 to k - 1, the largest group first.
    n_clusters_ : int
    n_features_in_ : int

    References
    ----------
    Traag, Waltman & van Eck, "From Louvain to Leiden", Scientific Reports 9, 5233 (2019).

    Examples
    --------
    >>> from pixkin import GraphClusterer
    >>> from sklearn.datasets import make_blobs
    >>> X, _ = make_blobs(120, centers=4, random_state=0, cluster_std=0.3)
    >>> GraphClusterer(n_clusters=4).fit(X).n_clusters_
    4
    """

    def __init__(
        self,
        n_clusters: int | Literal["auto"] = default("n_clusters"),
        detail: float = default("detail"),
        n_neighbors: int = default("n_neighbors"),
        random_state: int = default("random_state"),
    ) -> None:
        self.n_clusters = n_clusters
        self.detail = detail
        self.n_neighbors = n_neighbors
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None) -> GraphClusterer:
        """Group the rows of ``X``.

        Parameters
        ----------
        X : array of shape (n_samples, n_features)
        y : ignored

        Returns
        -------
        self

        Raises
        ------
        SettingError
            If a parameter is out of range, or more groups are asked for than rows differ.
        """
        X = validate_data(self, X, dtype=np.float32, order="C", ensure_min_samples=2)
        Settings(
            n_clusters=self.n_clusters,
            detail=self.detail,
            n_neighbors=self.n_neighbors,
            random_state=self.random_state,
        )
        first, twin = reduce.distinct(X)
        communities = GraphCommunities(
            self.n_clusters, self.detail, self.random_state, self.n_neighbors
        )
        labels = communities.fit_predict(np.ascontiguousarray(X[first]))[twin]
        # Ties between groups of one size go by the row that comes first.
        order = [i.to_bytes(8, "big") for i in range(len(labels))]
        self.labels_ = in_order(labels, order)
        self.n_clusters_ = int(self.labels_.max()) + 1
        return self


class ImageClusterer(ClusterMixin, BaseEstimator):
    """Group pictures by what they show.

    Parameters
    ----------
    n_clusters : int or "auto", default="auto"
    encoder, clusterer, layout : str
        As ``pixkin components`` lists them.
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
        X : path, pattern, sequence of paths, array, or sequence of arrays
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
        settings = Settings(**self.get_params(deep=False))
        check(settings)
        scaling = registry.build("encoder", settings.encoder).scaling
        encoded = encode(X, settings)
        if not len(encoded.rows):
            raise NothingToClusterError(encoded.n, len(encoded.skipped), 0)
        # As in a library: each content once, in the order of its hash, in half precision.
        hashes = sorted(set(encoded.hashes))
        place = {sha256: i for i, sha256 in enumerate(hashes)}
        twin = np.array([place[sha256] for sha256 in encoded.hashes])
        vectors = np.empty((len(hashes), encoded.vectors.shape[1]), dtype=np.float16)
        vectors[twin] = encoded.vectors
        found = group(vectors, hashes, scaling, settings, Meter(), silent)
        self.skipped_ = encoded.skipped
        self.labels_ = np.full(encoded.n, -1, dtype=np.int64)
        self.labels_[encoded.rows] = found.labels[twin]
        self.vectors_ = _with_gaps(encoded.vectors, encoded.rows, encoded.n)
        self.embedding_ = _with_gaps(found.places[twin], encoded.rows, encoded.n)
        self.typicality_ = _with_gaps(found.typicality[twin], encoded.rows, encoded.n)
        self.n_clusters_ = int(found.labels.max(initial=-1)) + 1
        assert found.projection is not None  # only groups taken from a library have none
        self._projection = found.projection
        self._known = found.projection.transform(vectors)
        self._known_labels = found.labels
        return self

    def predict(self, X: Any) -> Labels:
        """Put new pictures into the groups: each votes with its nearest known pictures.

        Parameters
        ----------
        X : path, pattern, sequence of paths, array, or sequence of arrays

        Returns
        -------
        int64 array of shape (n,)
            -1 for what cannot be read, of which a warning tells.
        """
        check_is_fitted(self, "labels_")
        encoded = encode(X, Settings(encoder=self.encoder, workers=self.workers))
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
            queries = self._projection.transform(encoded.vectors.astype(np.float16))
            near = nearest_to(queries, self._known, self.n_neighbors)
            labels[encoded.rows] = _vote(self._known_labels[near.indices], near.distances)
        return labels


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
