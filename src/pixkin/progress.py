"""How a stage tells where it has got to. The library draws nothing itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

__all__ = ["OnProgress", "Step", "silent", "track"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Step:
    """Where a stage has got to. ``total`` is None while it is unknown."""

    stage: str
    done: int
    total: int | None = None


OnProgress = Callable[[Step], None]
"""Called often, and at least every quarter second while a stage waits. Raise to cancel."""


def silent(step: Step) -> None:
    """Report to nobody."""


def track(
    items: Iterable[T], stage: str, report: OnProgress, total: int | None = None
) -> Iterator[T]:
    """Yield ``items`` unchanged, reporting once before and once after each."""
    report(Step(stage, 0, total))
    for done, item in enumerate(items, start=1):
        yield item
        report(Step(stage, done, total))
