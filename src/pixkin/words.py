"""Words for what a picture may show, from narrow to broad."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pixkin.records import Vectors

__all__ = ["Suggestion", "Vocabulary", "name_of", "suggest", "vocabulary"]

TABLE = Path(__file__).parent / "words.tsv"
SURE = 0.5
"""A word is suggested if at least this share of a group is likely to be called so."""
SURER = 0.1
"""A broader word is added if it is at least this much more likely."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A word for a group, and the share of the group that is likely to be called so."""

    word: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words and what they are words for.

    Attributes
    ----------
    words : tuple of str
        First one for each class, then the broader ones.
    covers : bool array of shape (n_words, n_classes)
        Whether a class is below a word, or the word's own.
    pairs : int64 array of shape (2, n_pairs)
        Where ``covers`` is true: words, and classes. A class has three or four words, so to go
        through these is quicker.
    broader : float32 array of shape (n_words - n_classes, n_classes)
        The rows of ``covers`` behind those of the classes' own words, as numbers.
    n_covered : int64 array of shape (n_words,)
        Classes of each word.
    """

    words: tuple[str, ...]
    covers: NDArray[np.bool_]
    pairs: NDArray[np.int64]
    broader: NDArray[np.float32]
    n_covered: NDArray[np.int64]

    def fits(self, likely: Vectors) -> NDArray[np.float64]:
        """Sum for each word how likely its classes are."""
        words, classes = self.pairs
        return np.bincount(words, likely[classes], len(self.words)).astype(np.float64, copy=False)


@functools.cache
def vocabulary() -> Vocabulary:
    """Read the table that comes with Pixkin (``tools/build_words.py`` says from where)."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    place = {number: i for i, (number, _, _) in enumerate(rows)}
    above = [[place[number] for number in numbers.split()] for _, _, numbers in rows]
    n_classes = next(i for i in range(1, len(rows)) if rows[i][0] < rows[i - 1][0])
    covers = np.zeros((len(rows), n_classes), dtype=np.bool_)
    for i in range(n_classes):
        waiting = [i]
        while waiting:
            word = waiting.pop()
            covers[word, i] = True
            waiting += above[word]
    words = tuple(word for _, word, _ in rows)
    return Vocabulary(
        words,
        covers,
        pairs=np.array(np.nonzero(covers)),
        broader=covers[n_classes:].astype(np.float32),
        n_covered=covers.sum(axis=1),
    )


def name_of(suggestions: Sequence[Suggestion]) -> str:
    """Write suggestions as text, such as ``golden retriever, dog``; empty if there are none."""
    return ", ".join(suggestion.word for suggestion in suggestions)


def suggest(likely: Vectors) -> list[Suggestion]:
    """Suggest words for a group.

    Parameters
    ----------
    likely : float32 array of shape (n_classes,)
        How likely each class is, on the mean of the group.

    Returns
    -------
    list of Suggestion
        The narrowest word that fits most of the group, and a broader one if that fits clearly
        more. Empty where no word fits.
    """
    known = vocabulary()
    fits = known.fits(likely)
    sure = np.flatnonzero(fits >= SURE)
    if not len(sure):
        return []
    narrow = min(sure.tolist(), key=lambda word: (known.n_covered[word], -fits[word]))
    found = [narrow]
    broader = [
        word
        for word in sure.tolist()
        if fits[word] >= fits[narrow] + SURER and (known.covers[word] >= known.covers[narrow]).all()
    ]
    if broader:
        found.append(min(broader, key=lambda word: (known.n_covered[word], -fits[word])))
    return [Suggestion(known.words[word], round(float(min(fits[word], 1)), 3)) for word in found]
