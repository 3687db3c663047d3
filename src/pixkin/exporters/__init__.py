"""A clustering to a file for others. One file is one exporter."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pixkin.clustering import Clustering

__all__ = ["Exporter"]


class Exporter(Protocol):
    """Writes one file; ``file_name`` is its name in the results folder."""

    file_name: str

    def write(self, clustering: Clustering, target: Path) -> None:
        """Write ``target`` whole, or leave what was there."""
        ...
