"""``skipped.csv``: every file that could not be read, and why."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from pixkin.files import text_of, write_csv

if TYPE_CHECKING:
    from pixkin.clustering import Clustering
    from pixkin.records import Skipped

__all__ = ["SkippedExporter"]

COLUMNS = ("root", "path", "stage", "kind", "reason")


class SkippedExporter:
    """Files in path order; ``kind`` is not-an-image, damaged, refused or unreadable."""

    file_name = "skipped.csv"

    def write(self, clustering: Clustering, target: Path) -> None:
        self.write_list(clustering.skipped, target)

    def write_list(self, skipped: Iterable[Skipped], target: Path) -> None:
        """Write the table where there is no clustering to take it from."""
        rows = (
            [text_of(item.root), text_of(item.path), item.stage, item.kind, text_of(item.reason)]
            for item in skipped
        )
        write_csv(target, COLUMNS, rows)
