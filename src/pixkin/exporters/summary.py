"""``run.json``: settings, versions, counts, groups, and what each stage cost."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from pixkin.files import text_of, write_text
from pixkin.versions import versions

if TYPE_CHECKING:
    from pixkin.clustering import Cluster, Clustering
    from pixkin.records import Json

__all__ = ["SummaryExporter"]


OUTLIERS_NAMED = 20


class SummaryExporter:
    """One JSON document."""

    file_name = "run.json"

    def write(self, clustering: Clustering, target: Path) -> None:
        write_text(target, json.dumps(self.gather(clustering), indent=2, ensure_ascii=False) + "\n")

    def gather(self, clustering: Clustering) -> Json:
        """Give what is written, as a dict."""
        return {
            "counts": asdict(clustering.counts),
            "clusters": [_cluster(clustering, cluster) for cluster in clustering.clusters],
            "settings": clustering.settings.to_dict(),
            "levels": [level.n_clusters for level in clustering.levels],
            "layout": clustering.layout,
            "library": text_of(str(clustering.library)) if clustering.library else None,
            "missing": [
                {"path": text_of(root.path), "files": root.files} for root in clustering.missing
            ],
            "stages": [asdict(cost) for cost in clustering.costs],
            "seconds": round(sum(cost.seconds for cost in clustering.costs), 3),
            "peak_mb": max((cost.peak_mb for cost in clustering.costs), default=0.0),
            "versions": versions(),
        }


def _cluster(clustering: Clustering, cluster: Cluster) -> Json:
    def names(images: Iterable[int]) -> list[str]:
        return [text_of(str(clustering.files_of[image][0].full)) for image in images]

    return {
        "cluster": cluster.label,
        "cluster_id": cluster.cluster_id,
        "name": cluster.name,
        "images": len(cluster.members),
        "files": cluster.n_files,
        "words": [asdict(suggestion) for suggestion in cluster.words],
        "tightness": cluster.tightness,
        "representative": names(cluster.members[:1])[0],
        "representatives": names(cluster.representatives),
        "outliers": names(cluster.outliers[:OUTLIERS_NAMED]),
        "n_outliers": len(cluster.outliers),
        "nearest": list(cluster.nearest),
    }
