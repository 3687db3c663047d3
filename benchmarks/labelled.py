"""The labelled collections that benchmarks run on, beside the checkout."""

from __future__ import annotations

import os
import sys
from pathlib import Path

NAMES = (
    "objects-caltech101",
    "photos-imagenet",
    "waste-trashnet",
    "aerial-rsscn7",
    "faces-orl",
    "grocery-store",
    "tiny-cifar10",
)
HERE = Path(__file__).resolve().parent


def data_folder() -> Path:
    """Give the folder of the collections; the program ends with a reason if it is not there."""
    folder = Path(os.environ.get("PIXKIN_DATA", HERE.parent.parent / "shared" / "data"))
    if not folder.is_dir():
        sys.exit(f"{folder} is not there. Set PIXKIN_DATA to the folder of the collections.")
    return folder


def pictures(name: str) -> list[Path]:
    """Give the pictures of a collection in path order; each lies in the folder of its class."""
    folder = data_folder() / name
    return sorted(path for path in folder.glob("*/*") if path.suffix.lower() != ".csv")


def table(header: list[str], rows: list[list[object]]) -> str:
    """Write a Markdown table; the first column is left-aligned, the others right-aligned."""
    lines = [header, ["---", *["--:"] * (len(header) - 1)], *rows]
    return "".join("| " + " | ".join(map(str, line)) + " |\n" for line in lines)
