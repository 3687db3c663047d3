"""Duplicates by kind: found, confirmed on pixels, grouped, and each with what to keep."""

from pixkin.duplicates.decide import decide, what_is_there
from pixkin.duplicates.find import find_duplicates, find_flags
from pixkin.duplicates.keeper import RULES
from pixkin.duplicates.records import KINDS, Duplicate, DuplicateGroup, Duplicates
from pixkin.looks import FLAGS

__all__ = [
    "FLAGS",
    "KINDS",
    "RULES",
    "Duplicate",
    "DuplicateGroup",
    "Duplicates",
    "decide",
    "find_duplicates",
    "find_flags",
    "what_is_there",
]
