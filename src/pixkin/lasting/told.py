"""What the journal says, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pixkin.lasting.state import Entry
    from pixkin.records import Json

__all__ = ["history", "in_words"]


def in_words(entry: Entry, called: Callable[[str], str] = str) -> str:
    """Say in one line what an entry did; groups as they are ``called``, by default by their ids."""
    told, n = entry.told, len(entry.images)
    pictures = "1 picture" if n == 1 else f"{n:,} pictures"
    group = ", ".join(map(called, told.get("ids") or filter(None, [told.get("id")])))
    if entry.action == "rename":
        return _named(told, group)
    words = {
        "group": lambda: f"regrouped {pictures} into {len(told['groups']):,} groups",
        "place": lambda: f"placed {pictures}",
        "merge": lambda: f"merged {', '.join(map(called, told['from']))} into {group}",
        "split": lambda: f"split {pictures} from {group}",
        "move": lambda: f"moved {pictures} to {group}",
        "assign": lambda: _assigned(told, pictures),
        "not-here": lambda: f"said that {pictures} {'is' if n == 1 else 'are'} not of {group}",
        "pin": lambda: f"{'pinned' if told['on'] else 'unpinned'} {group}",
        "hide": lambda: f"{'hid' if told['on'] else 'showed'} {group}",
        "undo": lambda: f"undid entry {told['entry']}",
        "redo": lambda: f"did entry {told['entry']} again",
    }
    return words[entry.action]()


def history(entries: Iterable[Entry], cluster_id: str) -> Iterator[tuple[str, str]]:
    """Give time and words of what happened to a group, in order.

    Parameters
    ----------
    entries : iterable of Entry
        Those that count.
    cluster_id : str
    """
    for entry in entries:
        told = entry.told
        events = [event for event in told.get("events", ()) if _concerns(event, cluster_id)]
        yield from ((entry.made, _event_in_words(event, cluster_id)) for event in events)
        born = entry.action in {"split", "place", "assign"} and any(
            group["cluster_id"] == cluster_id for group in told["groups"]
        )
        named = (*told.get("ids", ()), *told.get("from", ()), *told.get("names", ()))
        if born or cluster_id in (told.get("id"), *named):
            yield entry.made, in_words(entry)


def _named(told: Json, group: str) -> str:
    if not told["name"]:
        return f"took the name of {group}"
    # Called by its name, a group would be named after itself.
    return f"named {group if group == told['id'] else 'a group'} {told['name']!r}"


def _assigned(told: Json, pictures: str) -> str:
    n_groups, n_names = len(told["ids"]), len(told["names"])
    parts = [f"assigned {pictures} to {n_groups:,} group{'s' * (n_groups != 1)}"] * bool(n_groups)
    parts += [f"named {n_names:,} group{'s' * (n_names != 1)}"] * bool(n_names)
    return " and ".join(parts)


def _concerns(event: Json, cluster_id: str) -> bool:
    return cluster_id in (event["id"], event.get("with"))


def _event_in_words(event: Json, cluster_id: str) -> str:
    what, mine, other = event["what"], event["id"] == cluster_id, event.get("with")
    if what == "split":
        return f"split from {other} by a regrouping" if mine else f"{event['id']} split from it"
    if what == "merged":
        return f"went into {other}" if mine else f"took in {event['id']}"
    return "found by a regrouping" if what == "born" else "dissolved by a regrouping"
