"""`Clustering`: what a run gives."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pixkin import __version__, registry
from pixkin.describe import portraits
from pixkin.lasting.state import NOWHERE, LastingGroup
from pixkin.records import Changes, File, ImageFacts, Json, MissingRoot, Skipped
from pixkin.words import name_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pixkin.meter import StageCost
    from pixkin.records import Labels, Map
    from pixkin.settings import Settings
    from pixkin.words import Suggestion

PORTRAYED = ("members", "representatives", "outliers", "tightness", "nearest")
NO_GROUP = LastingGroup(NOWHERE, colour=0)

__all__ = ["Cluster", "Clustering", "Counts", "Level"]


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
    lasting : LastingGroup
        Id, name and colour, which it keeps from run to run.
    members : tuple of int
        Rows of the clustering's images, the most typical first.
    n_files : int
        Files that hold those images.
    words : tuple of Suggestion
        What most of the group may be called, the narrowest word first; empty if unsure.
    representatives : tuple of int
        Up to 6 members that show what is in it, varied; the most typical first.
    outliers : tuple of int
        Members far less typical than the others, the least typical first.
    tightness : float
        The mean typicality, 0 to 1.
    nearest : tuple of int
        Labels of the groups that are most like it, the nearest first.
    """

    label: int
    lasting: LastingGroup
    members: tuple[int, ...]
    n_files: int
    words: tuple[Suggestion, ...]
    representatives: tuple[int, ...]
    outliers: tuple[int, ...]
    tightness: float
    nearest: tuple[int, ...]

    @property
    def cluster_id(self) -> str:
        """The lasting id; empty for -1."""
        return self.lasting.cluster_id

    @property
    def name(self) -> str:
        """The name that a person gave it; empty if none."""
        return self.lasting.name

    @property
    def looks_like(self) -> str:
        """The suggested words as text, such as ``golden retriever, dog``; empty if unsure."""
        return name_of(self.words)

    @property
    def title(self) -> str:
        """The name, or else the suggested words."""
        return self.name or self.looks_like


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """The groups at one level of detail.

    Attributes
    ----------
    labels : int64 array of shape (n_images,)
        The largest group is 0; -1 for none.
    words : tuple of tuple of Suggestion
        For each group.
    """

    labels: Labels
    words: tuple[tuple[Suggestion, ...], ...]

    @property
    def n_clusters(self) -> int:
        """Number of groups."""
        return int(self.labels.max(initial=-1)) + 1


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
    missing : tuple of MissingRoot
        Folders of the library of which no file is there now. They are not in the groups, and the
        library keeps what it knows of them.
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
    image_reduced: NDArray[np.float16]
    """What groups were found in: rows of length 1."""
    lasting: tuple[LastingGroup, ...]
    """For each group, what lasts of it: id, name, colour."""
    cluster_words: tuple[tuple[Suggestion, ...], ...]
    make_levels: Callable[[], tuple[Level, ...]]
    """For `levels`, which take a while where there are many images."""
    layout: str
    missing: tuple[MissingRoot, ...] = ()
    is_kept: bool = True
    """Whether the library has these groups; those of a run over some of its pictures it has not."""
    changes: Changes = field(default_factory=Changes)
    """What happened to the files since the library was last used."""
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
    def vectors_(self) -> NDArray[Any]:
        """What the encoder gave: array of shape (n_files, n_features), float16 or uint8."""
        vectors: NDArray[Any] = self.image_vectors[self.image_index]
        return vectors

    @property
    def embedding_(self) -> Map:
        """The 2-D map: float32 array of shape (n_files, 2)."""
        return self.image_places[self.image_index]

    @property
    def cluster_ids(self) -> tuple[str, ...]:
        """The lasting id of each group."""
        return tuple(group.cluster_id for group in self.lasting)

    @property
    def n_clusters_(self) -> int:
        """Number of groups."""
        return len(self.lasting)

    @cached_property
    def clusters(self) -> tuple[Cluster, ...]:
        """The groups, the largest first; what is in none comes last, with label -1."""
        files_per_image = np.bincount(self.image_index, minlength=len(self.hashes))
        found = []
        described = portraits(self.image_reduced, self.image_labels, self.image_typicality)
        for label, portrait in enumerate(described):
            is_group = label < self.n_clusters_
            found.append(
                Cluster(
                    label=label if is_group else -1,
                    lasting=self.lasting[label] if is_group else NO_GROUP,
                    n_files=int(files_per_image[list(portrait.members)].sum()),
                    words=self.cluster_words[label] if is_group else (),
                    **{name: getattr(portrait, name) for name in PORTRAYED},
                )
            )
        return tuple(found)

    @cached_property
    def levels(self) -> tuple[Level, ...]:
        """The groups at several levels, from coarse to fine, these groups among them."""
        return self.make_levels()

    @cached_property
    def files_of(self) -> tuple[tuple[File, ...], ...]:
        """For each image, its files."""
        out: list[list[File]] = [[] for _ in self.hashes]
        for file, image in zip(self.files, self.image_index, strict=True):
            out[image].append(file)
        return tuple(tuple(files) for files in out)

    @cached_property
    def fingerprint(self) -> str:
        """Checksum of all that is told of this clustering: equal results are written once."""
        files = [(file.root, file.path, file.bytes) for file in self.files]
        told = (
            *(__version__, self.settings, self.layout, files, self.skipped, self.cluster_words),
            self.lasting,
            self.counts.left_out,
        )
        digest = hashlib.sha256(repr(told).encode("utf-8", "surrogateescape"))
        arrays = (self.image_index, self.image_labels, self.image_typicality, self.image_places)
        digest.update(b"".join([*(array.tobytes() for array in arrays), *self.hashes]))
        return digest.hexdigest()

    def to_csv(self, path: str | Path, *, levels: bool = False) -> None:
        """Write one row per file (`clusters.csv` in the docs).

        Parameters
        ----------
        path : path
        levels : bool, default=False
            Add a column for each level, from coarse to fine.
        """
        registry.build("exporter", "table", levels=levels).write(self, Path(path))

    def report(self, path: str | Path) -> None:
        """Write the page: one HTML file that opens offline."""
        registry.build("exporter", "report").write(self, Path(path))

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

    def __len__(self) -> int:
        return len(self.files)

    def __repr__(self) -> str:
        return (
            f"<Clustering: {self.counts.files} files, {self.counts.images} images, "
            f"{self.counts.clusters} clusters, {self.counts.skipped} skipped>"
        )
