"""Vectors reduced in each of the views that an encoder has of them, and in all together."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pixkin.pool import n_cores
from pixkin.reduce import (
    BLOCK,
    MOST_ROWS,
    Projection,
    everything,
    fit,
    prepare,
    spaced,
    times,
    unit,
)
from pixkin.threads import in_blocks

if TYPE_CHECKING:
    from pixkin.records import Vectors

PARTS = ("mean", "deviation", "axes")

__all__ = ["Reduction", "fit_views", "restored"]


@dataclass(frozen=True, slots=True)
class Reduction:
    """How vectors are reduced in each view of them, and all views together.

    Attributes
    ----------
    views : tuple of Projection
    whole : Projection or None
        Of the reduced views side by side; None where there is one view.
    """

    views: tuple[Projection, ...]
    whole: Projection | None

    def to_arrays(self) -> dict[str, Any]:
        """Give what `restored` makes it from again."""
        parts = [*self.views, *([] if self.whole is None else [self.whole])]
        facts: dict[str, Any] = {"scaling": np.array([part.scaling for part in parts])}
        for i, part in enumerate(parts):
            facts |= {f"{name}{i}": getattr(part, name) for name in PARTS}
        return facts

    def transform(
        self, vectors: Any, n_threads: int = 0, on_view: Callable[[Vectors], object] = everything
    ) -> Vectors:
        """Reduce vectors in each view, and in all views together.

        Parameters
        ----------
        vectors : array of shape (n, n_features of the encoder)
        n_threads : int
            0 for one per core. The result is the same for any number.
        on_view : callable
            Told of the vectors as each view has them, float32 of shape (n, n_components), one
            view after another. Of a million vectors they take half a gigabyte, so what it lets
            go of is let go of.

        Returns
        -------
        float32 array of shape (n, n_components)
            Of all views together: rows as those of `Projection.transform`.
        """
        n_threads = n_threads or n_cores()
        if self.whole is None:
            (view,) = self.views
            alone = view.transform(vectors, n_threads)
            on_view(alone)
            return alone
        sums = np.zeros((len(vectors), self.whole.axes.shape[1]), dtype=np.float32)
        stop = 0
        for view in self.views:
            start, stop = stop, stop + view.axes.shape[1]
            part = view.transform(vectors, n_threads)
            _add_share(sums, part, self.whole, slice(start, stop), n_threads)
            on_view(part)
            del part  # before the next is made

        def one(rows: slice) -> None:
            sums[rows] = unit(sums[rows])

        in_blocks(one, len(sums), BLOCK, n_threads)
        return sums


def _add_share(
    sums: Vectors, part: Vectors, whole: Projection, place: slice, n_threads: int
) -> None:
    """Add what one view contributes to the reduction of all views side by side."""
    mean, axes = whole.mean[place], np.ascontiguousarray(whole.axes[place])

    def one(rows: slice) -> None:
        sums[rows] += times(part[rows] - mean, axes)

    in_blocks(one, len(part), BLOCK, n_threads)


def restored(facts: Mapping[str, Any], encoder: Any) -> Reduction:
    """Make the reduction of an encoder's vectors that `Reduction.to_arrays` wrote down."""
    looks = [*_looks(encoder), everything]
    parts = [
        Projection(looks[i], str(scaling), *(facts[f"{name}{i}"] for name in PARTS))
        for i, scaling in enumerate(facts["scaling"])
    ]
    return (
        Reduction(tuple(parts), None)
        if len(parts) == 1
        else Reduction(tuple(parts[:-1]), parts[-1])
    )


def _looks(encoder: Any) -> list[Callable[[Any], Any]]:
    names = getattr(encoder, "views", ())
    return [functools.partial(encoder.view, name) for name in names] or [everything]


def fit_views(vectors: Any, encoder: Any, n_components: int, n_threads: int = 0) -> Reduction:
    """Find how to reduce the vectors of an encoder in each view, and in all views together.

    Parameters
    ----------
    vectors : array of shape (n, n_features)
    encoder : Encoder
        Whose ``scaling`` and, if it has any, ``views`` say what matters in its vectors.
    n_components : int
        Of each view, and of all together.
    n_threads : int
        0 for one per core. The result is the same for any number.
    """
    prepare()  # one_thread holds what is loaded
    looks = _looks(encoder)

    def one(place: slice) -> Projection:
        return fit(vectors, encoder.scaling, n_components, looks[place.start])

    views = tuple(in_blocks(one, len(looks), 1, n_threads or n_cores()))
    if len(views) == 1:
        return Reduction(views, None)
    some = vectors[spaced(len(vectors), MOST_ROWS)]
    beside = np.hstack([view.transform(some, n_threads) for view in views])
    return Reduction(views, fit(beside, "none", n_components))
