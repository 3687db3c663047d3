"""``run.json``: settings, versions, counts, groups, and what each stage cost."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from pixkin.files import text_of, write_text
from pixkin.versions import versions

if TYPE_CHECKING:
    from pixkin.clustering import Cluster, Clustering
    from pixkin.records import Json

__all__ = ["SummaryExporter"]


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
            "layout": clustering.layout,
            "library": text_of(str(clustering.library)) if clustering.library else None,
            "stages": [asdict(cost) for cost in clustering.costs],
            "seconds": round(sum(cost.seconds for cost in clustering.costs), 3),
            "peak_mb": max((cost.peak_mb for cost in clustering.costs), default=0.0),
            "versions": versions(),
        }


def _cluster(clustering: Clustering, cluster: Cluster) -> Json:
    first = clustering.files_of[cluster.members[0]][0]
    return {
        "cluster": cluster.label,
        "cluster_id": cluster.cluster_id,
        "images": len(cluster.members),
        "files": cluster.n_files,
        "representative": text_of(str(first.full)),
    }
