"""Pictures by words and facts, as a person types and picks them. No numpy here."""

from __future__ import annotations

import itertools
import json
import math
import os
import re
import sqlite3
import unicodedata
from collections import Counter
from collections.abc import Iterator, Set
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pixkin.errors import SettingError
from pixkin.library import roots
from pixkin.library.schema import reading
from pixkin.pictures import LibraryImage

if TYPE_CHECKING:
    from pixkin.lasting.state import State
    from pixkin.library.edits import Edits

__all__ = ["Facets", "Only", "Sought", "facets", "find_words"]

NAMED, LOOKS, OTHER = 4, 2, 1
"""What a word counts that is in the name of the group, in its suggested words, or elsewhere."""
MOST_WORDS = 20
BETWEEN = re.compile(r"[\s,;]+")
DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?", re.ASCII)
MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
LEAST_OF_MONTH = 3
READ = (
    "SELECT image_id FROM images WHERE width IS NOT NULL "
    "AND image_id IN (SELECT image_id FROM files WHERE gone IS NULL)"
)
COPIED = (
    f"SELECT image_id FROM files WHERE gone IS NULL AND image_id IN ({READ}) "
    "GROUP BY image_id HAVING count(*) > 1"
)


@dataclass(frozen=True, slots=True)
class Only:
    """What pictures must fit. All that is empty fits everything.

    Raises
    ------
    SettingError
        If a date or a place is none.
    """

    text: str = ""
    taken: str = ""
    camera: str = ""
    folder: str = ""
    place: tuple[int, int] | None = None
    copied: bool = False
    among: Set[str] | None = None

    def __post_init__(self) -> None:
        if self.taken and not DATE.fullmatch(self.taken):
            raise SettingError("taken", "such as 2019, 2019-07 or 2019-07-21", self.taken)
        if self.place and not (-90 <= self.place[0] <= 90 and -180 <= self.place[1] <= 180):
            raise SettingError("place", "degrees of latitude and longitude", self.place)

    @property
    def words(self) -> list[str]:
        """Give the words, folded so that they can be compared."""
        words = BETWEEN.split(_folded(self.text))
        return [word for word in dict.fromkeys(words) if word][:MOST_WORDS]


@dataclass(frozen=True, slots=True)
class Sought:
    """What was found, the best first.

    Attributes
    ----------
    images : list of LibraryImage
        As many as were asked for.
    hashes : list of str
        SHA-256 of all, in the same order.
    """

    images: list[LibraryImage]
    hashes: list[str]


@dataclass(frozen=True, slots=True)
class Facets:
    """By what pictures can be narrowed down, with how many there are.

    Attributes
    ----------
    months : tuple of (str, int)
        Such as ``"2019-07"``, the newest first.
    cameras : tuple of (str, int)
        The most used first.
    folders : tuple of (str, int)
        By their paths; what lies deeper counts for the deeper folder alone.
    places : tuple of (int, int, int)
        Degrees of latitude and longitude, rounded down, the most pictures first.
    copied : int
        Pictures that lie in several files, byte for byte.
    """

    months: tuple[tuple[str, int], ...]
    cameras: tuple[tuple[str, int], ...]
    folders: tuple[tuple[str, int], ...]
    places: tuple[tuple[int, int, int], ...]
    copied: int


def find_words(edit: Edits, only: Only, n: int, without: Set[int] = frozenset()) -> Sought:
    """Find the pictures that fit; none of those whose ids are in ``without``."""
    if isinstance(n, bool) or not isinstance(n, int) or n < 0:
        raise SettingError("n", "a whole number of at least 0", n)
    with reading(edit.db, edit.folder):
        state = edit.load()
        scores = _scores(edit, state, only)
        for query, values in _conditions(edit, only):
            fits = {image for (image,) in edit.db.execute(query, values)}
            scores = {image: score for image, score in scores.items() if image in fits}
        if without:
            scores = {image: score for image, score in scores.items() if image not in without}
        hashes = _ordered(edit.db, scores)
        if only.among is not None:
            hashes = [sha256 for sha256 in hashes if sha256.hex() in only.among]
        find = edit.image_finder()
        seen = itertools.islice(filter(None, map(find, hashes)), n)
        images = [
            LibraryImage(sha256.hex(), files, width, height, state.cluster_of.get(image))
            for image, sha256, width, height, files in seen
        ]
    return Sought(images, [sha256.hex() for sha256 in hashes])


def facets(edit: Edits) -> Facets:
    """Count what there is."""
    with reading(edit.db, edit.folder):
        folders = {root.root_id: root.path for root in edit.roots()}
        months = edit.db.execute(
            f"SELECT substr(taken, 1, 7), count(*) FROM images WHERE taken IS NOT NULL "
            f"AND image_id IN ({READ}) GROUP BY 1 ORDER BY 1 DESC"
        ).fetchall()
        cameras = edit.db.execute(
            f"SELECT camera, count(*) FROM images WHERE camera IS NOT NULL "
            f"AND image_id IN ({READ}) GROUP BY 1 ORDER BY 2 DESC, 1"
        ).fetchall()
        spots = edit.db.execute(
            f"SELECT latitude, longitude FROM images WHERE latitude IS NOT NULL "
            f"AND image_id IN ({READ})"
        ).fetchall()
        files = edit.db.execute("SELECT root_id, path FROM files WHERE gone IS NULL")
        (copied,) = edit.db.execute(f"SELECT count(*) FROM ({COPIED})").fetchone()
        inside = Counter((root, path.rpartition(b"/")[0]) for root, path in files)
    at = Counter((math.floor(latitude), math.floor(longitude)) for latitude, longitude in spots)
    named = [
        (str(Path(folders[root], os.fsdecode(path))), count)
        for (root, path), count in inside.items()
    ]
    places = tuple((*spot, count) for spot, count in at.most_common())
    return Facets(tuple(months), tuple(cameras), tuple(sorted(named)), places, copied)


def _scores(edit: Edits, state: State, only: Only) -> dict[int, int]:
    """Give the pictures that every word fits, and how well."""
    scores: dict[int, int] | None = None
    for word in only.words:
        here = _fitting(edit.db, state, word)
        if scores is None:
            scores = here
        else:
            scores = {image: scores[image] + here[image] for image in scores.keys() & here.keys()}
    there = (image for (image,) in edit.db.execute(READ))
    if scores is None:
        return dict.fromkeys(there, 0)
    return {image: scores[image] for image in there if image in scores}


def _fitting(db: sqlite3.Connection, state: State, word: str) -> dict[int, int]:
    found = {image: OTHER for query in _queries(db, word) for (image,) in query}
    for worth, text_of in ((LOOKS, "looks_like"), (NAMED, "name")):
        for cluster_id, group in state.groups.items():
            if word in _folded(getattr(group, text_of)):
                found |= dict.fromkeys(state.members[cluster_id], worth)
    return found


def _queries(db: sqlite3.Connection, word: str) -> Iterator[Iterator[tuple[int]]]:
    """Ask for the pictures whose files, camera or date a word fits."""
    path, camera = "lower(CAST(path AS TEXT))", "lower(camera)"
    if not word.isascii():  # SQLite knows the small letters of no other alphabet
        db.create_function("folded", 1, _folded_of, deterministic=True)
        path, camera = "folded(path)", "folded(camera)"
    yield db.execute(f"SELECT image_id FROM files WHERE instr({path}, ?)", [word])
    yield db.execute(f"SELECT image_id FROM images WHERE instr({camera}, ?)", [word])
    if DATE.fullmatch(word):
        yield _taken(db, 1, word)
    for i, month in enumerate(MONTHS, start=1):
        if len(word) >= LEAST_OF_MONTH and month.startswith(word):
            yield _taken(db, 6, f"{i:02d}")


def _taken(db: sqlite3.Connection, at: int, text: str) -> Iterator[tuple[int]]:
    query = "SELECT image_id FROM images WHERE substr(taken, ?, ?) = ?"
    return db.execute(query, [at, len(text), text])


def _conditions(edit: Edits, only: Only) -> Iterator[tuple[str, list[object]]]:
    """Give what else pictures must fit."""
    image = "SELECT image_id FROM images WHERE"
    if only.taken:
        yield f"{image} substr(taken, 1, ?) = ?", [len(only.taken), only.taken]
    if only.camera:
        yield f"{image} camera = ?", [only.camera]
    if only.copied:
        yield COPIED, []
    if only.place:
        latitude, longitude = only.place
        yield (
            f"{image} latitude >= ? AND latitude < ? AND longitude >= ? AND longitude < ?",
            [latitude, latitude + 1, longitude, longitude + 1],
        )
    if only.folder:
        known = edit.roots()
        yield _folder(known, os.path.abspath(only.folder))  # noqa: PTH100 - as it was named


def _folder(known: list[roots.Root], folder: str) -> tuple[str, list[object]]:
    parts, values = ["0"], list[object]()
    for root in known:
        if roots.contains(folder, root.path):
            parts.append("root_id = ?")
            values.append(root.root_id)
        elif roots.contains(root.path, folder):
            begin = os.fsencode(Path(os.path.relpath(folder, root.path)).as_posix()) + b"/"
            parts.append("root_id = ? AND substr(path, 1, ?) = ?")
            values += [root.root_id, len(begin), begin]
    return f"SELECT image_id FROM files WHERE gone IS NULL AND ({' OR '.join(parts)})", values


def _ordered(db: sqlite3.Connection, scores: dict[int, int]) -> list[bytes]:
    """Give the SHA-256 of the pictures, the best first, then the newest."""
    query = (
        "SELECT image_id, sha256, coalesce(taken, '') FROM images "
        "WHERE image_id IN (SELECT value FROM json_each(?)) ORDER BY 3 DESC, 2"
    )
    rows = db.execute(query, [json.dumps(list(scores))]).fetchall()
    rows.sort(key=lambda row: -scores[row[0]])
    return [sha256 for _, sha256, _ in rows]


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def _folded_of(stored: object) -> str | None:
    """Fold what a column holds: text, or a path's bytes."""
    if stored is None:
        return None
    return _folded(os.fsdecode(stored) if isinstance(stored, bytes) else str(stored))
