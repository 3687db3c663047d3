"""Pixels to vectors. One file is one encoder; `Encoder` is what each must offer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from pixkin.records import Json, Picture, Vectors

__all__ = ["Encoder", "NamingEncoder", "TextEncoder", "ViewedEncoder"]


class Encoder(Protocol):
    """Turns pixels into vectors.

    Attributes
    ----------
    n_features : int
        Length of a vector.
    min_side : int
        Pixels of the shorter side that are enough: decoding may stop there.
    scaling : {"root", "standard", "length", "none"}
        What the vectors want before their dimensions are reduced: the square root of each number
        and length 1 (features that count), zero mean and unit variance of each, length 1, or
        nothing.
    dtype : {"float16", "float32", "uint8"}, optional
        How vectors are kept; without it float16.
    takes_images : bool, optional
        Whether `encode` also takes Pillow images, of which no array need be made then; without it
        it does not.
    lacking : str, optional
        Why a picture has no vector, where none can be made because all are brought.
    fingerprint : dict
        Everything that decides the numbers, readable: name, weights, preprocessing. Vectors are
        kept under it, and another fingerprint means other vectors.
    """

    n_features: int
    min_side: int
    scaling: Literal["root", "standard", "length", "none"]

    @property
    def fingerprint(self) -> Json: ...

    def encode(self, batch: list[Picture]) -> Any:
        """Give one vector per picture: finite, shape (n, n_features), float32 or ``dtype``.

        A picture is pixels, or, where ``takes_images``, may be a Pillow image of mode RGB.

        A vector depends on its picture alone, not on the others in the batch or their number.
        """
        ...


class ViewedEncoder(Encoder, Protocol):
    """An encoder whose vectors hold several things, such as layout and texture.

    Neighbours are found in each view apart, and groups in all of them together: what is near in
    several views is more surely alike.
    """

    views: tuple[str, ...]

    def view(self, name: str, vectors: Any) -> Vectors:
        """Give what a view has of vectors: (n, n_features) to float32 of shape (n, any)."""
        ...


class NamingEncoder(Encoder, Protocol):
    """An encoder that also knows what some pictures are called."""

    def classes(self, vectors: Any) -> Vectors:
        """Give how likely each class of `words` is: float32 of shape (n, n_classes)."""
        ...


class TextEncoder(Encoder, Protocol):
    """An encoder with a second tower, whose vectors of words lie among those of pictures."""

    def encode_words(self, words: list[str]) -> Vectors:
        """Give one vector per text: shape (n, n_features)."""
        ...
