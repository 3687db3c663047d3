"""The worker process: reads a path, answers with a vector and a thumbnail, or with a preview.

It is started as a program of its own rather than through ``multiprocessing``, which would run
the user's script again where it has no ``__main__`` guard. A crash, a hang or a lack of memory in
here costs one picture.
"""

from __future__ import annotations

import os
import queue
import signal
import sys
import threading
import warnings
from dataclasses import fields
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from pixkin import decode as decoder
from pixkin import registry
from pixkin.contents import check_unchanged, look
from pixkin.errors import BadImageError
from pixkin.frames import read_frame, write_frame
from pixkin.looks.look import measure
from pixkin.records import ImageFacts, Json

__all__ = ["main"]

MOST_KEPT = 2**25
"""Bytes of a file that is read once, and hashed and decoded from memory; a larger one is read
twice."""
NOT_FINITE = "the encoder gave it numbers that are not finite, or beyond 65,504"
FACTS = tuple(field.name for field in fields(ImageFacts))


def main() -> None:
    """Serve until the pipe from the run closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the run to handle
    warnings.simplefilter("ignore")  # decoders warn of each odd tag, and nobody reads it here
    tasks, answers = sys.stdin.buffer, _own_stdout()
    first = read_frame(tasks)
    if first is None:
        return
    setup, _ = first
    encoder = _encoder(setup)
    _limit_memory(setup["max_memory"])
    write_frame(answers, {"ready": True})
    waiting: queue.SimpleQueue[Json] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(tasks, waiting), daemon=True).start()
    while True:
        header, blobs = _answer(waiting.get(), setup, encoder)
        write_frame(answers, header, *blobs)


def _encoder(setup: Json) -> Any:
    """Give what makes vectors; None where pictures are only to be looked at."""
    if "preview" in setup:
        return None
    encoder = registry.build("encoder", setup["encoder"])
    # A first picture loads the model, whose time and memory are not the next one's to answer for.
    encoder.encode([np.zeros((1, 1, 3), dtype=np.uint8)])
    return encoder


def _own_stdout() -> BinaryIO:
    """Keep the pipe for answers; whatever a C library prints goes to stderr instead."""
    pipe = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return pipe


def _receive(tasks: BinaryIO, waiting: queue.SimpleQueue[Json]) -> None:
    """Queue tasks as they come; leave at once when the run is gone, even amid a decode."""
    while (frame := read_frame(tasks)) is not None:
        waiting.put(frame[0])
    os._exit(0)


def _limit_memory(max_memory: int) -> None:
    """Let a huge picture raise MemoryError here, where the system can do that (Linux)."""
    if not sys.platform.startswith("linux"):
        return  # elsewhere the run watches from outside, and ends the worker
    import resource

    import psutil

    # The system counts in signed numbers of the machine's width.
    ceiling = min(psutil.Process().memory_info().vms + max_memory * 2**20, sys.maxsize)
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or ceiling < hard:
        resource.setrlimit(resource.RLIMIT_AS, (ceiling, hard))


def _answer(task: Json, setup: Json, encoder: Any) -> tuple[Json, list[bytes]]:
    path, stat = Path(task["path"]), task.get("stat")
    told: Json = {}
    try:
        source: Path | bytes = path
        if stat is not None and task.get("hash"):
            sha256, content = look(path, stat[0], MOST_KEPT)
            told["sha256"] = sha256.hex()
            source = path if content is None else content
        limits = decoder.Limits(max_pixels=setup["max_pixels"], alone=task["alone"])
        try:
            min_side = setup["preview"] if encoder is None else encoder.min_side
            image, facts = decoder.decode_image(source, min_side, limits)
        finally:  # what has changed and does not decode says nothing of what was hashed
            if stat is not None:
                check_unchanged(path, *stat)
    except decoder.TooHeavyError:
        return {"heavy": True}, []
    except BadImageError as error:
        stage = "read" if error.kind == "unreadable" else "decode"
        told["bad"] = {"stage": stage, "kind": error.kind, "reason": error.reason}
        return told, []
    if encoder is None:
        return told, [decoder.preview(image, setup["preview"])]
    header, blobs = _encoded(image, facts, setup, encoder)
    return {**told, **header}, blobs


def _encoded(image: Any, facts: ImageFacts, setup: Json, encoder: Any) -> tuple[Json, list[bytes]]:
    try:
        side = setup["thumbnail"]
        # Before the network, which needs all of the processor's cache for itself.
        small, measured = _small(image, side) if side else (b"", b"")
        picture = image if getattr(encoder, "takes_images", False) else np.asarray(image)
        vector = encoder.encode([picture])[0]
    except Exception as error:  # noqa: BLE001 - an encoder may be anybody's; one picture, not the run
        reason = f"the encoder failed on it ({type(error).__name__}: {error})"
        return {"bad": {"stage": "encode", "kind": "refused", "reason": reason}}, []
    form = "u1" if vector.dtype == np.uint8 else "<f4"
    if form != "u1" and not _is_finite(vector):
        return {"bad": {"stage": "encode", "kind": "refused", "reason": NOT_FINITE}}, []
    known = {name: getattr(facts, name) for name in FACTS}
    return {"facts": known, "dtype": form}, [vector.astype(form).tobytes(), small, measured]


def _is_finite(vector: Any) -> bool:
    with np.errstate(over="ignore"):  # the library keeps float16
        return bool(np.isfinite(vector.astype(np.float16)).all())


def _small(image: Any, side: int) -> tuple[bytes, bytes]:
    """Make a thumbnail, and measure it before it is compressed."""
    small = decoder.small(image, side)
    return decoder.to_jpeg(small), measure(small)
