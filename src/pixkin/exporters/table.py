"""``clusters.csv``: one row per file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pixkin.files import text_of, write_csv

if TYPE_CHECKING:
    from pixkin.clustering import Clustering

__all__ = ["TableExporter"]

COLUMNS = (
    "root", "path", "image", "cluster", "cluster_id", "typicality", "x", "y", "width", "height",
    "bytes",
)  # fmt: skip


class TableExporter:
    """Files in path order. ``image`` is the SHA-256 of the bytes; x and y are the map."""

    file_name = "clusters.csv"

    def write(self, clustering: Clustering, target: Path) -> None:
        write_csv(target, COLUMNS, (self._row(clustering, i) for i in range(len(clustering))))

    @staticmethod
    def _row(clustering: Clustering, i: int) -> list[object]:
        file, image = clustering.files[i], int(clustering.image_index[i])
        label = int(clustering.image_labels[image])
        facts = clustering.image_facts[image]
        x, y = clustering.image_places[image]
        return [
            text_of(file.root),
            text_of(file.path),
            clustering.hashes[image].hex(),
            label,
            clustering.cluster_ids[label] if label >= 0 else "",
            f"{clustering.image_typicality[image]:.4f}",
            f"{x:.4f}",
            f"{y:.4f}",
            facts.width,
            facts.height,
            file.bytes,
        ]
