"""Serving a library to the browser of this machine."""

from __future__ import annotations

import contextlib
import socket
import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn

from pixkin.errors import PixkinError
from pixkin.web.app import app
from pixkin.web.events import Hub
from pixkin.web.guard import Keys
from pixkin.web.here import Here
from pixkin.web.jobs import Jobs
from pixkin.web.thumbs import Thumbs

if TYPE_CHECKING:
    from pixkin.opened import Library

__all__ = ["LOOPBACK", "Served", "serving"]

LOOPBACK = "127.0.0.1"
EVERYWHERE = frozenset({"0.0.0.0", "::"})
MOST_AT_ONCE = 512
GOODBYE_S = 2
REST_S = 1


@dataclass(frozen=True, slots=True)
class Served:
    """A server that runs.

    Attributes
    ----------
    here : Here
    port : int
    link : str
        Opens the page, with the token.
    """

    here: Here
    port: int
    link: str


@contextlib.contextmanager
def serving(library: Library, *, host: str = LOOPBACK, port: int = 0) -> Iterator[Served]:
    """Serve a library in threads of its own, until the context ends.

    Parameters
    ----------
    library : Library
    host : str
        Where to listen. Others than this machine may ask only if it is told so.
    port : int
        0 for any that is free.

    Raises
    ------
    OSError
        If the port is taken.
    """
    hub = Hub(lambda: library.edit.last_entry())
    with (
        tempfile.TemporaryDirectory(prefix="pixkin-") as scratch,
        contextlib.closing(Thumbs(library.folder)) as thumbs,
        _listening(host, port) as ear,
    ):
        here = Here(library, Keys(), hub, Jobs(hub), Path(scratch), thumbs)
        at = ear.getsockname()[1]
        names = {f"{name}:{at}" for name in _names(host)}
        config = uvicorn.Config(
            app(here, names),
            log_level="warning",
            access_log=False,
            server_header=False,
            limit_concurrency=MOST_AT_ONCE,
            timeout_graceful_shutdown=GOODBYE_S,
            ws="none",
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([ear],), daemon=True)
        thread.start()
        ended = threading.Event()
        ahead = threading.Thread(target=_read_ahead, args=(here, ended), daemon=True)
        ahead.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        try:
            shown = LOOPBACK if host in EVERYWHERE else _spelled(host)
            yield Served(here, at, f"http://{shown}:{at}/?token={here.keys.token}")
        finally:
            ended.set()
            here.is_shown.set()
            hub.end()
            server.should_exit = True
            thread.join(2 * GOODBYE_S)
            ahead.join(GOODBYE_S)
            with contextlib.suppress(PixkinError):
                library.keep_overview()


def _read_ahead(here: Here, ended: threading.Event) -> None:
    """Read what the page shows first while the browser starts, and the rest after that."""
    # Without groups there is nothing to read, and what is closed meanwhile needs none of it.
    with contextlib.suppress(PixkinError, sqlite3.Error):
        here.library.keep_overview()
        here.is_shown.wait()
        if not ended.wait(REST_S):  # the pictures on the first screen are many
            here.library.gallery(None)


@contextlib.contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    kind = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named as TCP, or asyncio would not send small answers at once (TCP_NODELAY).
    with socket.socket(kind, socket.SOCK_STREAM, socket.IPPROTO_TCP) as ear:
        ear.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        ear.bind((host, port))
        ear.listen(128)
        yield ear


def _names(host: str) -> set[str]:
    """Give the names under which the server may be asked."""
    if host == LOOPBACK:
        return {LOOPBACK, "localhost"}
    if host in EVERYWHERE:
        return {LOOPBACK, "localhost", socket.gethostname(), *_addresses()}
    return {_spelled(host)}


def _spelled(host: str) -> str:
    """Give a host as it stands in an address: one of IPv6 in brackets."""
    return f"[{host}]" if ":" in host else host


def _addresses() -> set[str]:
    import psutil

    found = psutil.net_if_addrs().values()
    return {one.address for each in found for one in each if one.family == socket.AF_INET}
