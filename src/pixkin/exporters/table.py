"""``clusters.csv``: one row per file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pixkin.files import text_of, write_csv
from pixkin.words import name_of

if TYPE_CHECKING:
    from pixkin.clustering import Clustering

__all__ = ["TableExporter"]

COLUMNS = (
    "root", "path", "image", "cluster", "cluster_id", "name", "typicality", "x", "y", "width",
    "height", "bytes", "words", "words_confidence",
)  # fmt: skip


class TableExporter:
    """Files in path order. ``image`` is the SHA-256 of the bytes; x and y are the map.

    With levels, a column for each follows, ``level_1`` the coarsest.
    """

    file_name = "clusters.csv"

    def __init__(self, levels: bool = False) -> None:
        self.levels = levels

    def write(self, clustering: Clustering, target: Path) -> None:
        beside = clustering.levels if self.levels else ()
        names = [f"level_{number}" for number in range(1, len(beside) + 1)]
        rows = (
            [
                *self._row(clustering, i),
                *(int(level.labels[clustering.image_index[i]]) for level in beside),
            ]
            for i in range(len(clustering))
        )
        write_csv(target, [*COLUMNS, *names], rows)

    @staticmethod
    def _row(clustering: Clustering, i: int) -> list[object]:
        file, image = clustering.files[i], int(clustering.image_index[i])
        label = int(clustering.image_labels[image])
        facts = clustering.image_facts[image]
        x, y = clustering.image_places[image]
        words = clustering.cluster_words[label] if label >= 0 else ()
        return [
            text_of(file.root),
            text_of(file.path),
            clustering.hashes[image].hex(),
            label,
            clustering.lasting[label].cluster_id if label >= 0 else "",
            text_of(clustering.lasting[label].name) if label >= 0 else "",
            f"{clustering.image_typicality[image]:.4f}",
            f"{x:.4f}",
            f"{y:.4f}",
            facts.width,
            facts.height,
            file.bytes,
            name_of(words),
            f"{words[0].confidence:.3f}" if words else "",
        ]
