"""Duplicates by kind: found, confirmed on pixels, grouped, and each with what to keep."""

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
    "find_duplicates",
    "find_flags",
]
