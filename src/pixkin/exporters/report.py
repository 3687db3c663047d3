"""``report.html``: one file that opens offline, from disk, with nothing from the network."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pixkin.colors import NO_GROUP, color_of
from pixkin.errors import printable
from pixkin.files import link_to, text_of, write_text
from pixkin.shown import shown_images
from pixkin.words import name_of

if TYPE_CHECKING:
    from pixkin.clustering import Cluster, Clustering, Level
    from pixkin.records import Json

__all__ = ["ReportExporter"]

PAGE = Path(__file__).parent / "page"
FOLDED = 24
"""Pictures of a group that show before it is unfolded."""
SKIPPED_SHOWN = 2000
POINTS_ON_MAP = 50_000
MAP_UNITS = 10_000


class ReportExporter:
    """The map to hover, a contact sheet of each group, what was skipped, and the settings.

    Names of files are hostile input: Jinja escapes all that goes into the page, and what the
    script shows is set as text.
    """

    file_name = "report.html"

    def write(self, clustering: Clustering, target: Path) -> None:
        write_text(target, self.render(clustering, target.resolve().parent))

    def render(self, clustering: Clustering, folder: Path) -> str:
        """Give the page as text; links to pictures are relative to ``folder`` where they can be."""
        import jinja2

        environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(PAGE),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=jinja2.StrictUndefined,
        )
        return environment.get_template("report.html").render(
            counts=clustering.counts,
            groups=[
                _group(clustering, cluster, shown, folder)
                for cluster, shown in _not_hidden(clustering)
            ],
            levels=[level.n_clusters for level in clustering.levels],
            points=_points(clustering),
            skipped=[
                {
                    "path": printable(str(Path(item.root, item.path))),
                    "reason": item.reason,
                    "kind": item.kind,
                }
                for item in clustering.skipped[:SKIPPED_SHOWN]
            ],
            n_skipped_more=max(0, len(clustering.skipped) - SKIPPED_SHOWN),
            settings=clustering.settings.to_dict(),
            layout=clustering.layout,
            stages=clustering.costs,
            folded=FOLDED,
        )


def _not_hidden(clustering: Clustering) -> list[tuple[Cluster, tuple[int, ...]]]:
    """Give the groups that a person did not hide, with the images of each that are shown."""
    pairs = zip(clustering.clusters, shown_images(clustering), strict=True)
    return [(cluster, shown) for cluster, shown in pairs if not cluster.lasting.is_hidden]


def _group(clustering: Clustering, cluster: Cluster, shown: Sequence[int], folder: Path) -> Json:
    outliers = set(cluster.outliers)
    return {
        "label": cluster.label,
        "id": cluster.cluster_id,
        "name": printable(cluster.name),
        "colour": color_of(cluster.lasting.colour) if cluster.label >= 0 else NO_GROUP,
        "n_images": len(cluster.members),
        "n_files": cluster.n_files,
        "words": cluster.looks_like,
        "sure": ", ".join(f"{one.word} {one.confidence:.0%}" for one in cluster.words),
        "tightness": f"{cluster.tightness:.2f}",
        "nearest": [n for n in cluster.nearest if not clustering.lasting[n].is_hidden],
        "pictures": [
            {**_picture(clustering, image, folder), "is_outlier": image in outliers}
            for image in shown
        ],
    }


def _picture(clustering: Clustering, image: int, folder: Path) -> Json:
    jpeg = clustering.thumbnails.get(clustering.hashes[image], b"")
    files = clustering.files_of[image]
    facts = clustering.image_facts[image]
    return {
        "image": image,
        "source": "data:image/jpeg;base64," + base64.b64encode(jpeg).decode("ascii"),
        "name": printable(files[0].path),
        "link": link_to(files[0].full, folder),
        "copies": len(files) - 1,
        "typicality": f"{clustering.image_typicality[image]:.2f}",
        "width": facts.width,
        "height": facts.height,
    }


def _points(clustering: Clustering) -> str:
    """Write the map as JSON: places, groups and names of the images.

    ``<`` is escaped, so that no name can end the script element that holds it.
    """
    n = len(clustering.hashes)
    rows = np.linspace(0, n - 1, min(n, POINTS_ON_MAP)).round().astype(int)
    places = clustering.image_places[rows].astype(np.float64)
    low = places.min(axis=0)
    span = float((places.max(axis=0) - low).max()) or 1.0
    scaled = ((places - low) / span * MAP_UNITS).round().astype(int)
    here = [level.n_clusters for level in clustering.levels].index(clustering.n_clusters_)
    data: dict[str, Any] = {
        "units": MAP_UNITS,
        "image": rows.tolist(),
        "x": scaled[:, 0].tolist(),
        "y": scaled[:, 1].tolist(),
        "name": [text_of(clustering.files_of[row][0].path) for row in rows],
        "levels": [_level(level, rows) for level in clustering.levels],
        "level": here,
        "noGroup": NO_GROUP,
        "folded": FOLDED,
    }
    data["levels"][here] |= {
        "colour": [color_of(group.colour) for group in clustering.lasting],
        "words": [cluster.title for cluster in clustering.clusters if cluster.label >= 0],
    }
    # The browser needs the labels of what is shown, too, where the map is a sample.
    shown = sorted({image for _, images in _not_hidden(clustering) for image in images})
    data["shown"] = shown
    data["shownLabels"] = [level.labels[shown].tolist() for level in clustering.levels]
    return json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")


def _level(level: Level, rows: Any) -> Json:
    """Give the group of each point, and the size and words of each group."""
    sizes = np.bincount(level.labels[level.labels >= 0], minlength=level.n_clusters)
    return {
        "label": level.labels[rows].tolist(),
        "size": sizes.tolist(),
        "words": [name_of(words) for words in level.words],
        "colour": [color_of(label) for label in range(level.n_clusters)],
        "none": int((level.labels < 0).sum()),
    }
