"""Parting a group by what its pictures look like."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pixkin import registry
from pixkin.errors import EditError
from pixkin.views import fit_views

if TYPE_CHECKING:
    from pixkin.library.store import Library

__all__ = ["divide"]


def divide(library: Library, group: str, n_clusters: int) -> list[str]:
    """Split a group into several by k-means; the largest part keeps its id and name.

    Parameters
    ----------
    library : Library
    group : str
        An id, the beginning of one, or a name.
    n_clusters : int
        2 or more.

    Returns
    -------
    list of str
        The ids of the new groups, the largest first.

    Raises
    ------
    UnknownGroupError
    EditError
        If the group has not so many different pictures.
    """
    state = library.edit.state()
    here = state.find(group)
    images = sorted(state.members[here.cluster_id])
    encoder = registry.build("encoder", state.settings["encoder"])
    hashes = library.edit.hashes_of(images)
    with library.writing(), library.space(encoder) as space:
        usable = [i for i, sha256 in enumerate(hashes) if sha256 in space.rows]
        vectors = space.read([hashes[i] for i in usable])[:]
    n_different = len(np.unique(vectors, axis=0))
    if not 2 <= n_clusters <= n_different:
        raise EditError(
            f"{here.cluster_id} has {n_different} different pictures; it can be split into 2 to "
            "as many."
        )
    X = fit_views(vectors, encoder, state.settings["n_components"]).transform(vectors)
    labels = registry.build("clusterer", "kmeans", n_clusters=n_clusters).fit_predict(X)
    sizes = np.bincount(labels)
    order = np.argsort(-sizes, kind="stable")[1:]
    parts = [[images[usable[row]] for row in np.flatnonzero(labels == k)] for k in order]
    return library.edit.split_images(here.cluster_id, parts, by_name=False)
