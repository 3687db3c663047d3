"""Find which pictures are kin: group a folder of photos by what they show, offline.

>>> import pixkin
>>> result = pixkin.cluster("photos/")  # doctest: +SKIP
>>> result.labels_  # doctest: +SKIP
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pixkin.bring import import_vectors
    from pixkin.clustering import Clustering
    from pixkin.errors import PixkinError
    from pixkin.estimators import GraphClusterer, ImageClusterer, ImageEncoder, ImageReader
    from pixkin.opened import Library, open  # noqa: A004 - as `pixkin.open`
    from pixkin.pipeline import cluster
    from pixkin.records import Skipped
    from pixkin.settings import Settings
    from pixkin.updating import update

__version__ = "0.1.0"

_HOME = {
    "Clustering": "clustering",
    "GraphClusterer": "estimators",
    "ImageClusterer": "estimators",
    "ImageEncoder": "estimators",
    "ImageReader": "estimators",
    "Library": "opened",
    "PixkinError": "errors",
    "Settings": "settings",
    "Skipped": "records",
    "cluster": "pipeline",
    "import_vectors": "bring",
    "open": "opened",
    "update": "updating",
}

__all__ = [
    "Clustering",
    "GraphClusterer",
    "ImageClusterer",
    "ImageEncoder",
    "ImageReader",
    "Library",
    "PixkinError",
    "Settings",
    "Skipped",
    "__version__",
    "cluster",
    "import_vectors",
    "open",
    "update",
]


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: ``import pixkin`` itself is quick."""
    if name not in _HOME:
        raise AttributeError(f"module 'pixkin' has no attribute {name!r}")
    value = getattr(importlib.import_module(f"pixkin.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
