"""Pixels to vectors. One file is one encoder; `Encoder` is what each must offer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from pixkin.records import Json, Pixels, Vectors

__all__ = ["Encoder", "TextEncoder"]


class Encoder(Protocol):
    """Turns pixels into vectors.

    Attributes
    ----------
    n_features : int
        Length of a vector.
    min_side : int
        Pixels of the shorter side that are enough: decoding may stop there.
    scaling : {"root", "standard", "none"}
        What the vectors want before their dimensions are reduced: the square root of each number
        (features that count), zero mean and unit variance of each, or nothing.
    fingerprint : dict
        Everything that decides the numbers, readable: name, weights, preprocessing. Vectors are
        kept under it, and another fingerprint means other vectors.
    """

    n_features: int
    min_side: int
    scaling: Literal["root", "standard", "none"]

    @property
    def fingerprint(self) -> Json: ...

    def encode(self, batch: list[Pixels]) -> Vectors:
        """Give one vector per picture: finite float32, shape (n, n_features).

        A vector depends on its picture alone, not on the others in the batch or their number.
        """
        ...


class TextEncoder(Encoder, Protocol):
    """An encoder with a second tower, whose vectors of words lie among those of pictures."""

    def encode_words(self, words: list[str]) -> Vectors:
        """Give one vector per text: shape (n, n_features)."""
        ...
