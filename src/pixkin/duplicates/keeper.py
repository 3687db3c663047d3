"""Which of several files to keep, and why: rules in order, each leaving those that are best."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pixkin.errors import SettingError

if TYPE_CHECKING:
    from pixkin.library.looks import Shot

__all__ = ["RULES", "best_file", "best_image", "checked_rules"]

RULES = ("detail", "compression", "format", "metadata", "path")
ABOUT = 0.9
"""What has as much as this share of the best counts as equal."""
COPIED = re.compile(r"copy|kopie|copie|duplicate|\(\d+\)|[-_ ]\d{1,2}$|edited|~\d+$", re.IGNORECASE)
FORMATS = {"HEIF": 3, "HEIC": 3, "TIFF": 2, "MPO": 2, "JPEG": 2, "PNG": 1}
"""What cameras write comes first; what others are turned into comes last."""
RAW_FORMATS = {"DNG": 4}


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that may decide.

    ``value`` is higher for what is better; ``wins`` says in words what the best has.
    """

    value: Callable[[Shot], float]
    is_about: bool
    wins: Callable[[Shot], str]


def checked_rules(rules: Sequence[str]) -> tuple[str, ...]:
    """Give the rules to go by.

    Raises
    ------
    SettingError
        If one is unknown, or named twice.
    """
    if not rules or set(rules) - set(RULES) or len(set(rules)) < len(rules):
        raise SettingError("keep", f"some of {', '.join(RULES)}, each once", ",".join(rules))
    return tuple(rules)


def best_image(
    shots: Sequence[Shot], rules: Sequence[str], pixels: Mapping[int, float]
) -> tuple[Shot, str]:
    """Choose an image, and say why.

    Parameters
    ----------
    shots : sequence of Shot
    rules : sequence of str
        In the order in which they are asked.
    pixels : dict of int to float
        How many real pixels each has, by its id.
    """
    known = _rules(pixels)
    left = sorted(shots, key=lambda shot: (_untidy(_best(shot.files)), str(_best(shot.files))))
    for name in rules:
        rule = known[name]
        values = [rule.value(shot) for shot in left]
        least = max(values) * (ABOUT if rule.is_about else 1.0)
        best = [shot for shot, value in zip(left, values, strict=True) if value >= least]
        if len(best) == 1 and len(left) > 1:
            return best[0], rule.wins(best[0])
        left = best
    return left[0], "nothing tells it from the others, and it comes first"


def best_file(files: Sequence[Path]) -> tuple[Path, str]:
    """Choose among files of the same bytes: by their names alone."""
    best = _best(files)
    return best, "same bytes; its path is the plainest"


def _rules(pixels: Mapping[int, float]) -> dict[str, Rule]:
    return {
        "detail": Rule(
            lambda shot: pixels[shot.image_id],
            True,
            lambda shot: f"most detail ({shot.width} x {shot.height})",
        ),
        "compression": Rule(
            lambda shot: shot.bytes / max(1, shot.width * shot.height),
            True,
            lambda shot: (
                "least compressed "
                f"({8 * shot.bytes / max(1, shot.width * shot.height):.1f} bits a pixel)"
            ),
        ),
        "format": Rule(
            lambda shot: float({**FORMATS, **RAW_FORMATS}.get(shot.format or "", 0)),
            False,
            lambda shot: f"original format ({shot.format})",
        ),
        "metadata": Rule(_metadata, False, _metadata_in_words),
        "path": Rule(
            lambda shot: -float(_untidy(_best(shot.files))),
            False,
            lambda _: "plainest path",
        ),
    }


def _metadata(shot: Shot) -> float:
    """Count what a picture says of itself; of equals, the one taken first."""
    count = 4.0 * (shot.taken is not None) + 2.0 * shot.has_place + (shot.camera is not None)
    if shot.taken is None:
        return count
    digits = re.sub(r"\D", "", shot.taken)[:14]
    return count - int(digits.ljust(14, "0")) / 1e15


def _metadata_in_words(shot: Shot) -> str:
    has = [
        word
        for word, there in (
            ("time", shot.taken is not None),
            ("place", shot.has_place),
            ("camera", shot.camera is not None),
        )
        if there
    ]
    return f"most metadata ({', '.join(has)})"


def _best(files: Sequence[Path]) -> Path:
    return min(files, key=lambda file: (_untidy(file), str(file)))


def _untidy(file: Path) -> int:
    """Give how little a path looks like that of an original: marks of a copy, then its length."""
    return 1000 * len(COPIED.findall(file.stem)) + len(str(file))
