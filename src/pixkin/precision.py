"""Which encoder ``auto`` is: the default's network in eight bits, or in floating point."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from pixkin import registry
from pixkin.errors import MissingDependencyError
from pixkin.settings import AUTO

if TYPE_CHECKING:
    from pixkin.library import Library

__all__ = ["resolve"]

EIGHT_BITS, FLOATING_POINT = "efficientnet-lite0", "efficientnet-lite0-float"
NUMPYS_OWN = "numpy._core._multiarray_umath"
QUICK_IN_EIGHT_BITS = ("AVX2", "ASIMDDP")
"""Instructions, as NumPy names them, that multiply eight-bit numbers many at a time: of x86, and
the dot products of ARM. VNNI is quicker still, but comes only with AVX2."""


def resolve(encoder: str, library: Library | None = None) -> str:
    """Name the encoder that is meant.

    ``auto`` is that of the two which the library began with, as vectors of one cannot be compared
    with the other's. For a new library the processor decides: the groups are as good either way,
    and eight bits are quicker unless it lacks the instructions for them. Floating point is only
    taken where its package is installed.

    Parameters
    ----------
    encoder : str
        Any encoder; all but ``auto`` is given back.
    library : Library, optional
        Whose vectors are to be used.
    """
    if encoder != AUTO:
        return encoder
    begun = [] if library is None else library.encoders()
    known = [name for name in begun if name in {EIGHT_BITS, FLOATING_POINT}]
    return known[0] if known else _quickest()


def _quickest() -> str:
    is_quick = any(_features().get(name, False) for name in QUICK_IN_EIGHT_BITS)
    return EIGHT_BITS if is_quick or not _has_weights() else FLOATING_POINT


def _has_weights() -> bool:
    try:
        registry.load("encoder", FLOATING_POINT)
    except MissingDependencyError:
        return False
    return True


def _features() -> dict[str, bool]:
    """Ask the processor what it can do."""
    try:
        numpys: dict[str, bool] = importlib.import_module(NUMPYS_OWN).__cpu_features__
    except (ImportError, AttributeError):  # it is not promised, and elsewhere in NumPy 1.26
        return dict.fromkeys(QUICK_IN_EIGHT_BITS, True)  # as nearly every processor has them
    return numpys
