"""What each stage took: seconds, and the memory of this process and its workers together."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Meter", "StageCost"]

SAMPLE_S = 0.1


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

    @contextlib.contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure what happens inside."""
        peak, ended = [_resident()], threading.Event()

        def watch() -> None:
            while not ended.wait(SAMPLE_S):
                peak[0] = max(peak[0], _resident())

        thread = threading.Thread(target=watch, daemon=True)
        thread.start()
        start = time.perf_counter()
        try:
            yield
        finally:
            seconds = time.perf_counter() - start
            ended.set()
            thread.join()
            most = max(peak[0], _resident()) / 2**20
            self.costs.append(StageCost(name, round(seconds, 3), round(most, 1)))


def _resident() -> int:
    import psutil

    total = 0
    try:
        here = psutil.Process()
        family = [here, *here.children(recursive=True)]
    except psutil.Error:
        return 0
    for process in family:
        with contextlib.suppress(psutil.Error):
            total += int(process.memory_info().rss)
    return total
