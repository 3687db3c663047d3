"""What each stage took: seconds, and the memory of this process and its workers together."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psutil

__all__ = ["Meter", "StageCost"]

SAMPLE_S = 0.1
FAMILY_S = 1.0
"""How often it is looked which workers there are: to find them, the system lists all processes of
the machine, which ten times a second takes some per cent of a core."""


@dataclass(frozen=True, slots=True)
class StageCost:
    """Seconds, and the most megabytes (resident, of all processes) that a sample saw."""

    stage: str
    seconds: float
    peak_mb: float


class Meter:
    """Watches stages one after another."""

    def __init__(self) -> None:
        self.costs: list[StageCost] = []
        self._family: list[psutil.Process] = []
        self._looked = -FAMILY_S

    @contextlib.contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure what happens inside."""
        self._looked = -FAMILY_S
        peak, ended = [self._resident()], threading.Event()

        def watch() -> None:
            while not ended.wait(SAMPLE_S):
                peak[0] = max(peak[0], self._resident())

        thread = threading.Thread(target=watch, daemon=True)
        thread.start()
        start = time.perf_counter()
        try:
            yield
        finally:
            seconds = time.perf_counter() - start
            ended.set()
            thread.join()
            self._looked = -FAMILY_S
            most = max(peak[0], self._resident()) / 2**20
            self.costs.append(StageCost(name, round(seconds, 3), round(most, 1)))

    def _resident(self) -> int:
        """Give the resident bytes of this process and its workers."""
        import psutil

        now = time.monotonic()
        if now - self._looked >= FAMILY_S:
            with contextlib.suppress(psutil.Error):
                here = psutil.Process()
                self._family, self._looked = [here, *here.children(recursive=True)], now
        total = 0
        for process in self._family:
            with contextlib.suppress(psutil.Error):  # it has ended
                total += int(process.memory_info().rss)
        return total
