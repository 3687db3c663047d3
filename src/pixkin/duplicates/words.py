"""How one picture was made from another, in words, and which kind of duplicate that is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pixkin.duplicates.hashes import ORIENTATIONS, REVERSED

if TYPE_CHECKING:
    from pixkin.duplicates.match import Match
    from pixkin.duplicates.records import Kind
    from pixkin.library.looks import Shot
    from pixkin.looks.look import Look

__all__ = ["COLOURED", "GREY", "WHOLE", "told"]

WHOLE = 0.965
STRETCHED = 1.06
GREY, COLOURED = 0.012, 0.03
SIDES = ("top", "bottom", "left", "right")
RETOUCHED = 0.05
"""By how much the mean brightness differs, of that of white, before it is worth a word."""


def told(
    match: Match, is_first: bool, keeper: tuple[Shot, Look], member: tuple[Shot, Look]
) -> tuple[Kind, str]:
    """Say how the member differs from the keeper.

    Parameters
    ----------
    match : Match
    is_first : bool
        Whether the keeper is the first picture of the match.
    keeper, member : (Shot, Look)
    """
    edits = [*_shape(match, is_first), *_parts(match, is_first), *_colour(keeper[1], member[1])]
    if edits:
        return "edited", ", ".join(edits)
    return "same", ", ".join(_saved(keeper, member)) or "saved again"


def _shape(match: Match, is_first: bool) -> list[str]:
    turn = REVERSED[match.orientation] if is_first else match.orientation
    found = [ORIENTATIONS[turn]] if turn else []
    if not 1 / STRETCHED < match.stretch < STRETCHED:
        found.append("of other proportions")
    return found


def _parts(match: Match, is_first: bool) -> list[str]:
    found = []
    if match.covered < WHOLE:
        is_smaller = match.is_outer == is_first  # the member is the inner one
        if match.is_framed:
            found.append("without a border or strip of text" if is_smaller else "in a border")
        elif is_smaller:
            found.append(f"cropped to {match.covered:.0%}")
        else:
            found.append(f"shows more: the one kept is {match.covered:.0%} of it")
    at = [side for side, share in zip(SIDES, match.strips, strict=True) if share > 0]
    if at:
        found.append(f"something else at the {' and '.join(at)}, such as a caption")
    return found


def _colour(keeper: Look, member: Look) -> list[str]:
    if member.colour < GREY and keeper.colour > COLOURED:
        return ["grey"]
    if keeper.colour < GREY and member.colour > COLOURED:
        return ["in colour"]
    return []


def _saved(keeper: tuple[Shot, Look], member: tuple[Shot, Look]) -> list[str]:
    (one, look), (other, its) = keeper, member
    found = []
    if (one.width, one.height) != (other.width, other.height):
        found.append(f"{other.width} x {other.height} instead of {one.width} x {one.height}")
    if one.format != other.format:
        found.append(f"{other.format} instead of {one.format}")
    if abs(look.brightness - its.brightness) > RETOUCHED:
        found.append("brighter" if its.brightness > look.brightness else "darker")
    return found
