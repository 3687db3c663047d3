"""The versions of what decides a result."""

from __future__ import annotations

import importlib.metadata
import platform
from typing import TYPE_CHECKING

from pixkin import __version__

if TYPE_CHECKING:
    from pixkin.records import Json

__all__ = ["versions"]

PACKAGES = (
    "numpy", "pillow", "pi-heif", "onnxruntime", "scikit-learn", "faiss-cpu",
    "networkit", "openTSNE",
)  # fmt: skip


def versions() -> Json:
    """Give the version of Python, of the system, and of each package that matters."""
    found = {"pixkin": __version__, "python": platform.python_version()}
    found["system"] = platform.platform(terse=True)
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            found[package] = "not installed"
    return found
