"""``map.png``: the scatter plot coloured by group, with pictures of the most typical."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pixkin.colors import NO_GROUP, color_of
from pixkin.files import replacing

if TYPE_CHECKING:
    from pixkin.clustering import Cluster, Clustering

__all__ = ["MapExporter"]

INCHES, DPI = 10, 150
MOST_PICTURES = 40
PICTURE_PX = 30
MARKER_AREA = 16000
"""Of all markers together, in square points: many points get small ones."""


class MapExporter:
    """Draws with Matplotlib, without its global state."""

    file_name = "map.png"

    def write(self, clustering: Clustering, target: Path) -> None:
        from matplotlib.figure import Figure

        figure = Figure(figsize=(INCHES, INCHES), layout="constrained")
        self.draw(clustering, figure.add_subplot())
        with replacing(target) as stream:
            figure.savefig(stream, format="png", dpi=DPI, metadata={"Software": None})

    def draw(self, clustering: Clustering, ax: Any = None) -> Any:
        """Draw on ``ax`` (a new figure's if None) and return it."""
        if ax is None:
            import matplotlib.pyplot as plt

            _, ax = plt.subplots(figsize=(INCHES, INCHES), layout="constrained")
        places = clustering.image_places
        area = float(np.clip(MARKER_AREA / max(len(places), 1), 2, 60))
        of_group = [*(color_of(group.colour) for group in clustering.lasting), NO_GROUP]
        colours = [of_group[label] for label in clustering.image_labels]  # -1 is the last
        ax.scatter(places[:, 0], places[:, 1], s=area, c=colours, linewidths=0, alpha=0.8)
        for cluster in clustering.clusters[:MOST_PICTURES]:
            if cluster.label >= 0 and not cluster.lasting.is_hidden:
                self._picture(clustering, cluster, ax)
        n = clustering.counts
        ax.set_title(f"{n.images:,} pictures in {n.clusters:,} groups", fontsize=12)
        ax.set_xticks([])
        ax.set_yticks([])
        ax.spines[:].set_visible(False)
        ax.set_aspect("equal", adjustable="datalim")
        ax.margins(0.06)
        return ax

    @staticmethod
    def _picture(clustering: Clustering, cluster: Cluster, ax: Any) -> None:
        from matplotlib.offsetbox import AnnotationBbox, OffsetImage
        from PIL import Image

        image, colour = cluster.members[0], color_of(cluster.lasting.colour)
        jpeg = clustering.thumbnails.get(clustering.hashes[image])
        if jpeg is None:
            return
        with Image.open(io.BytesIO(jpeg)) as picture:
            pixels = np.asarray(picture.convert("RGB"))
        box = AnnotationBbox(
            OffsetImage(pixels, zoom=PICTURE_PX / max(pixels.shape[:2])),
            tuple(clustering.image_places[image]),
            pad=0.15,
            bboxprops={"edgecolor": colour, "linewidth": 1.5},
        )
        ax.add_artist(box)
        if cluster.title:
            ax.annotate(
                cluster.name or cluster.words[0].word,
                tuple(clustering.image_places[image]),
                xytext=(0, -PICTURE_PX * 0.62),
                textcoords="offset points",
                ha="center",
                va="top",
                fontsize=7,
                bbox={"boxstyle": "round,pad=0.15", "fc": "white", "ec": "none", "alpha": 0.75},
            )
