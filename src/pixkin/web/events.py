"""Who is told of what happens, at once: server-sent events."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pixkin.records import Json

__all__ = ["Hub"]

BEAT_S = 0.5
"""How often it is looked whether another process has changed the library."""
QUIET_S = 15.0
"""After which a line is sent that says nothing, so that a lost connection shows."""
MOST_WAITING = 1000


class Hub:
    """Tells every open page what happened.

    Parameters
    ----------
    newest : callable
        Gives the number of the newest entry of the journal.
    """

    def __init__(self, newest: Callable[[], int]) -> None:
        self._newest = newest
        self._lock = threading.Lock()
        self._pages: dict[asyncio.Queue[str], asyncio.AbstractEventLoop] = {}
        self._ended = threading.Event()
        self._watch: threading.Thread | None = None

    def tell(self, event: str, data: Json) -> None:
        """Tell all pages, from any thread."""
        text = f"event: {event}\ndata: {json.dumps(data)}\n\n"
        with self._lock:
            pages = list(self._pages.items())
        for page, loop in pages:
            with contextlib.suppress(RuntimeError):  # its loop has ended
                loop.call_soon_threadsafe(_put, page, text)

    async def listen(self) -> AsyncIterator[str]:
        """Give what is told from now on, as a page reads it."""
        page: asyncio.Queue[str] = asyncio.Queue(MOST_WAITING)
        with self._lock:
            self._pages[page] = asyncio.get_running_loop()
            if self._watch is None:
                self._watch = threading.Thread(target=self._look, daemon=True)
                self._watch.start()
        try:
            # What was done between the page's first look and this moment is told now.
            newest = json.dumps({"entry": await asyncio.to_thread(self._newest)})
            yield f"retry: 1000\nevent: changed\ndata: {newest}\n\n"
            while not self._ended.is_set():
                try:
                    yield await asyncio.wait_for(page.get(), QUIET_S)
                except TimeoutError:
                    yield ": still here\n\n"
        finally:
            with self._lock:
                del self._pages[page]

    def end(self) -> None:
        """Let all pages go."""
        self._ended.set()
        self.tell("end", {})
        if self._watch is not None:
            self._watch.join(2 * BEAT_S)

    def _look(self) -> None:
        """Tell when the journal has grown, whoever wrote in it."""
        known = self._newest()
        while not self._ended.wait(BEAT_S):
            now = self._newest()
            if now != known:
                known = now
                self.tell("changed", {"entry": now})


def _put(page: asyncio.Queue[str], text: str) -> None:
    with contextlib.suppress(asyncio.QueueFull):  # nobody reads it any more
        page.put_nowait(text)
