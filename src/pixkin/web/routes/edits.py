"""Corrections of the groups, back and forth, and what was done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from pydantic import Field

from pixkin.errors import EditError, printable
from pixkin.lasting.told import in_words
from pixkin.web.here import KEY
from pixkin.web.typed import Routes
from pixkin.web.words import calling, worded

if TYPE_CHECKING:
    from pixkin.lasting.state import Entry
    from pixkin.library.edits import Edits
    from pixkin.opened import Library
    from pixkin.web.here import Here

__all__ = ["router"]

GroupId = Annotated[str, Field(max_length=64)]
Key = Annotated[str, Field(pattern=f"^[0-9a-f]{{{KEY}}}$")]
MOST_IMAGES, MOST_GROUPS = 50_000, 10_000
HISTORY = 200
EntryState: TypeAlias = Literal["done", "undone", "fact"]


@dataclass(frozen=True, slots=True)
class Correction:
    """What is to be done, and the newest entry that the page knew of when it was asked for."""

    entry: int
    action: Literal["rename", "merge", "split", "move", "not-here", "pin", "hide", "found"]
    group: GroupId = ""
    others: Annotated[list[GroupId], Field(max_length=MOST_GROUPS)] = ()  # type: ignore[assignment]
    images: Annotated[list[Key], Field(max_length=MOST_IMAGES)] = ()  # type: ignore[assignment]
    name: Annotated[str, Field(max_length=1000)] = ""
    on: bool = True


@dataclass(frozen=True, slots=True)
class Steps:
    """How far to go back or forth."""

    entry: int
    steps: Annotated[int, Field(ge=1, le=10_000)] = 1


@dataclass(frozen=True, slots=True)
class LevelAsked:
    """The number of groups of the level that names and corrections are to belong to."""

    n_clusters: Annotated[int, Field(ge=2, le=1_000_000)]


@dataclass(frozen=True, slots=True)
class Done:
    """What was done, in words, and the groups that it made or changed."""

    entry: int
    message: str
    groups: list[str]


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """A row of the journal. ``state``: it counts, is undone, or is no step that can be undone."""

    entry: int
    made: str
    what: str
    state: EntryState


@dataclass(frozen=True, slots=True)
class HistoryAnswer:
    """The last rows of the journal, the newest first."""

    entry: int
    entries: list[HistoryEntry]
    n_done: int
    n_undone: int


def router(here: Here) -> Routes:
    """Give what can be asked."""
    routes = Routes("edits", "/api")
    library = here.library

    @routes.post("/edits")
    def correct(asked: Correction) -> Done:
        edit, images = library.edit, here.ids_of(asked.images)
        groups = [group for group in (asked.group, *asked.others) if group]
        with edit.as_seen(asked.entry, groups, images):
            made = _to_groups(edit, asked)
            if made is None:
                made = _to_images(edit, asked, images)
        return _done(here, [edit.last()], made)

    @routes.post("/level")
    def keep_level(asked: LevelAsked) -> Done:
        library.work_at(asked.n_clusters)
        return _done(here, [library.edit.last()], [])

    @routes.post("/undo")
    def undo(asked: Steps) -> Done:
        with _as_a_whole(here, asked):
            gone = library.edit.undo(asked.steps)
        return _done(here, gone, [])

    @routes.post("/redo")
    def redo(asked: Steps) -> Done:
        with _as_a_whole(here, asked):
            again = library.edit.redo(asked.steps)
        return _done(here, again, [])

    @routes.get("/history")
    def history() -> HistoryAnswer:
        return _history(library)

    return routes


def _history(library: Library) -> HistoryAnswer:
    edit, called = library.edit, calling(library)
    newest, (done, undone) = edit.last_entry(), edit.steps()
    states: dict[int, EntryState] = dict.fromkeys(done, "done")
    states |= dict.fromkeys(undone, "undone")
    entries = [
        HistoryEntry(
            entry.entry_id,
            entry.made,
            printable(in_words(entry, called)),
            states.get(entry.entry_id, "fact"),
        )
        for entry in reversed(edit.entries(newest - HISTORY + 1))
    ]
    return HistoryAnswer(newest, entries, len(done), len(undone))


@contextmanager
def _as_a_whole(here: Here, asked: Steps) -> Iterator[None]:
    with here.library.edit.as_seen(asked.entry, None):
        yield


def _done(here: Here, entries: Iterable[Entry], groups: list[str]) -> Done:
    return Done(here.library.edit.last_entry(), worded(here.library, entries), groups)


def _to_groups(edit: Edits, asked: Correction) -> list[str] | None:
    """Do what is done with whole groups; None if something else is asked."""
    match asked.action:
        case "rename":
            return [edit.rename(asked.group, asked.name)]
        case "merge":
            return [edit.merge(asked.group, *asked.others)]
        case "pin":
            return [edit.pin(asked.group, on=asked.on)]
        case "hide":
            return [edit.hide(asked.group, on=asked.on)]
    return None


def _to_images(edit: Edits, asked: Correction, images: list[int]) -> list[str]:
    """Do what is done with pictures."""
    match asked.action:
        case "split":
            return edit.split_images(asked.group, [images])
        case "move":
            return [edit.move_images(images, asked.group)]
        case "not-here":
            return edit.not_here_images(images, asked.group or None)
    if not asked.name:
        raise EditError("A new group needs a name.")
    return edit.assign_images(dict.fromkeys(images, asked.name))
