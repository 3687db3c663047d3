"""Files to vectors: through worker processes, in no promised order, one answer for each."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pixkin import pool
from pixkin.records import ImageFacts, Json

if TYPE_CHECKING:
    from pixkin.records import SkippedKind
    from pixkin.settings import Settings

__all__ = ["Failure", "Outcome", "PassedOn", "Request", "Vector", "embed"]


@dataclass(frozen=True, slots=True)
class Request:
    """A file to encode.

    ``stat`` is (bytes, mtime_ns): what was decided from, if anything was. ``is_hashed`` tells
    whether its content is known; otherwise, with ``stat``, the answer has its SHA-256.
    """

    key: Any
    path: Path | str
    stat: tuple[int, int] | None = None
    is_hashed: bool = True


@dataclass(frozen=True, slots=True)
class Vector:
    """What became of a picture: its vector (n_features), facts, and thumbnail (JPEG).

    ``measured`` is what `pixkin.looks` gives its look from; empty where no thumbnail was wanted.
    """

    key: Any
    values: Any
    facts: ImageFacts
    thumbnail: bytes
    measured: bytes = b""
    sha256: bytes | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a file has no vector."""

    key: Any
    stage: str
    kind: SkippedKind
    reason: str
    sha256: bytes | None = None


@dataclass(frozen=True, slots=True)
class PassedOn:
    """Something that needs no worker, carried along with what does."""

    key: Any


Outcome = Vector | Failure | PassedOn


def embed(
    requests: Iterable[Request | Failure | PassedOn],
    settings: Settings,
    *,
    thumbnail: int = 0,
    on_wait: Callable[[], None] = lambda: None,
) -> Generator[Outcome]:
    """Decode and encode files in worker processes.

    Parameters
    ----------
    requests : iterable of Request, Failure or PassedOn
        Taken as workers get free, in a thread of the pool. What is no Request comes out as it is.
    settings : Settings
        The encoder (not "auto": see `pixkin.precision`), the number of workers, and the limits for
        one picture.
    thumbnail : int
        Least longer side of the thumbnails in pixels; 0 for none.
    on_wait : callable
        Called at least every 0.2 s while nothing comes; it may raise to stop.

    Yields
    ------
    Vector, Failure or PassedOn
        Exactly one per request, as they get ready. Closing the generator ends the processes.
    """
    setup: Json = {
        "encoder": settings.encoder,
        "max_pixels": int(settings.max_megapixels * 1e6),
        "thumbnail": thumbnail,
    }
    answers = pool.run(
        map(_task, requests),
        setup,
        n_workers=settings.workers or pool.n_cores(),
        max_seconds=settings.max_seconds,
        max_memory=settings.max_memory,
        on_wait=on_wait,
    )
    with contextlib.closing(answers):
        yield from map(_outcome, answers)


def _task(request: Request | Failure | PassedOn) -> pool.Task | pool.Answer:
    if not isinstance(request, Request):
        return pool.Answer(request.key, {"through": request})
    stat = None if request.stat is None else list(request.stat)
    header = {"path": str(request.path), "stat": stat, "hash": not request.is_hashed}
    return pool.Task(request.key, header)


def _outcome(answer: pool.Answer) -> Outcome:
    through = answer.header.get("through")
    if through is not None:
        outcome: Outcome = through
        return outcome
    told = answer.header.get("sha256")
    sha256 = None if told is None else bytes.fromhex(told)
    bad = answer.header.get("bad")
    if bad is not None:
        return Failure(answer.key, **bad, sha256=sha256)
    values, small, measured = answer.blobs
    facts = ImageFacts(**answer.header["facts"])
    vector = np.frombuffer(values, dtype=answer.header["dtype"])
    return Vector(answer.key, vector, facts, small, measured, sha256)
