"""Pictures to rows, as steps of a Pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin

from pixkin import registry
from pixkin.inputs import encode_all
from pixkin.precision import resolve
from pixkin.settings import default

if TYPE_CHECKING:
    from pixkin.records import Vectors

__all__ = ["ImageEncoder", "ImageReader"]


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
        X : path, pattern, sequence of these, array, or sequence of arrays
            A folder or a pattern such as ``photos/*.jpg`` gives its files in path order, also in
            its place in a sequence. Arrays are of shape (n, height, width) or
            (n, height, width, 3), or a sequence of arrays of different sizes, such as
            ``skimage.io.imread_collection`` gives; of whole numbers from 0 to 255, or floating
            point from 0 to 1.

        Returns
        -------
        float32 array of shape (n, n_features)

        Raises
        ------
        BadFilesError
            If any picture cannot be read; it lists them all.
        PathError
            If a path does not exist, or the values of an array are outside these ranges.
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
    encoder : str, default="auto"
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
        return resolve(self.encoder)
