"""The scikit-learn face: image steps that fit in a Pipeline."""

from pixkin.estimators.clusterer import ImageClusterer
from pixkin.estimators.graph import GraphClusterer
from pixkin.estimators.transformers import ImageEncoder, ImageReader

__all__ = ["GraphClusterer", "ImageClusterer", "ImageEncoder", "ImageReader"]

for _public in (GraphClusterer, ImageClusterer, ImageEncoder, ImageReader):
    _public.__module__ = __name__  # what tracebacks and the docs show is what can be imported
