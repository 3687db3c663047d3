"""`Clustering`: what a run gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pixkin import registry
from pixkin.records import File, ImageFacts, Json, Skipped

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pixkin.meter import StageCost
    from pixkin.records import Labels, Map
    from pixkin.settings import Settings

__all__ = ["Cluster", "Clustering", "Counts", "shown_hashes", "shown_members"]

SHOWN_PER_CLUSTER = 96
SHOWN_IN_ALL = 1800
FEWEST_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of what a run met."""

    files: int
    images: int
    skipped: int
    left_out: int
    clusters: int
    encoded: int


@dataclass(frozen=True, slots=True)
class Cluster:
    """A group.

    Attributes
    ----------
    label : int
        0 is the largest; -1 gathers what is in no group.
    cluster_id : str
        Lasting; empty for -1.
    members : tuple of int
        Rows of the clustering's images, the most typical first.
    n_files : int
        Files that hold those images.
    """

    label: int
    cluster_id: str
    members: tuple[int, ...]
    n_files: int


@dataclass(frozen=True, eq=False, repr=False)
class Clustering:
    """Pictures and the groups they fell into.

    The attributes that end in an underscore have one row per file, in the order of `paths`; two
    files with the same bytes have equal rows.

    Attributes
    ----------
    files : tuple of File
        Every file that has a group, in path order.
    skipped : tuple of Skipped
        Every file that could not be read, with its reason.
    settings : Settings
    counts : Counts
    """

    files: tuple[File, ...]
    skipped: tuple[Skipped, ...]
    settings: Settings
    counts: Counts
    hashes: tuple[bytes, ...]
    """SHA-256 of each image, rising."""
    image_index: NDArray[np.int64]
    """For each file, the row of its image."""
    image_labels: Labels
    image_typicality: NDArray[np.float64]
    image_places: Map
    image_facts: tuple[ImageFacts, ...]
    image_vectors: Any
    cluster_ids: tuple[str, ...]
    layout: str
    projection: Any = None
    """How vectors were reduced; None where groups were taken from the library."""
    thumbnails: Mapping[bytes, bytes] = field(default_factory=dict)
    """JPEGs of the images that `shown_members` names, by SHA-256."""
    library: Path | None = None
    costs: tuple[StageCost, ...] = ()

    @property
    def paths(self) -> list[Path]:
        """Where each file is."""
        return [file.full for file in self.files]

    @property
    def labels_(self) -> Labels:
        """The group of each file: int64 array of shape (n_files,); -1 for none."""
        return self.image_labels[self.image_index]

    @property
    def typicality_(self) -> NDArray[np.float64]:
        """How near each file is to the middle of its group, from 0 to 1: shape (n_files,)."""
        return self.image_typicality[self.image_index]

    @property
    def vectors_(self) -> NDArray[np.float16]:
        """What the encoder gave: float16 array of shape (n_files, n_features)."""
        vectors: NDArray[np.float16] = self.image_vectors[self.image_index]
        return vectors

    @property
    def embedding_(self) -> Map:
        """The 2-D map: float32 array of shape (n_files, 2)."""
        return self.image_places[self.image_index]

    @property
    def n_clusters_(self) -> int:
        """Number of groups."""
        return len(self.cluster_ids)

    @cached_property
    def clusters(self) -> tuple[Cluster, ...]:
        """The groups, the largest first; what is in none comes last, with label -1."""
        files_per_image = np.bincount(self.image_index, minlength=len(self.hashes))
        found = []
        for label in [*range(self.n_clusters_), -1]:
            rows = np.flatnonzero(self.image_labels == label)
            if len(rows):
                order = rows[np.argsort(-self.image_typicality[rows], kind="stable")]
                cluster_id = self.cluster_ids[label] if label >= 0 else ""
                n_files = int(files_per_image[rows].sum())
                found.append(Cluster(label, cluster_id, tuple(map(int, order)), n_files))
        return tuple(found)

    @cached_property
    def files_of(self) -> tuple[tuple[File, ...], ...]:
        """For each image, its files."""
        out: list[list[File]] = [[] for _ in self.hashes]
        for file, image in zip(self.files, self.image_index, strict=True):
            out[image].append(file)
        return tuple(tuple(files) for files in out)

    def to_csv(self, path: str | Path) -> None:
        """Write one row per file (`clusters.csv` in the docs)."""
        self._export("table", path)

    def report(self, path: str | Path) -> None:
        """Write the page: one HTML file that opens offline."""
        self._export("report", path)

    def plot(self, ax: Any = None) -> Any:
        """Draw the map, coloured by group, with pictures of the most typical.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Where to draw; a new figure if not given.

        Returns
        -------
        matplotlib Axes
        """
        return registry.build("exporter", "map").draw(self, ax)

    def to_dict(self) -> Json:
        """Give the counts and the groups as JSON can hold them."""
        return registry.build("exporter", "summary").gather(self)  # type: ignore[no-any-return]

    def _export(self, name: str, path: str | Path) -> None:
        registry.build("exporter", name).write(self, Path(path))

    def __len__(self) -> int:
        return len(self.files)

    def __repr__(self) -> str:
        return (
            f"<Clustering: {self.counts.files} files, {self.counts.images} images, "
            f"{self.counts.clusters} clusters, {self.counts.skipped} skipped>"
        )


def shown_members(members: Sequence[int], n_clusters: int) -> list[int]:
    """Choose which members of a group are shown: all, or a sample from most to least typical.

    Parameters
    ----------
    members : sequence of int
        The most typical first.
    n_clusters : int
        Among which a fixed number of pictures is shared, so that a page stays quick to open.
    """
    share = max(FEWEST_SHOWN, min(SHOWN_PER_CLUSTER, SHOWN_IN_ALL // max(n_clusters, 1)))
    if len(members) <= share:
        return list(members)
    return [members[i] for i in np.linspace(0, len(members) - 1, share).round().astype(int)]


def shown_hashes(clustering: Clustering) -> list[bytes]:
    """Name the images whose thumbnails a page or a plot needs."""
    return [
        clustering.hashes[image]
        for cluster in clustering.clusters
        for image in shown_members(cluster.members, clustering.n_clusters_)
    ]
