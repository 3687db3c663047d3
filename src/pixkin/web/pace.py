"""How fast may be written: a person is slow, and a script gone wild is not let through."""

from __future__ import annotations

import threading
import time

__all__ = ["Pace"]


class Pace:
    """Lets ``per_second`` things happen, and ``most`` at once after a rest (a token bucket)."""

    def __init__(self, per_second: float, most: int) -> None:
        self.per_second, self.most = per_second, float(most)
        self._lock = threading.Lock()
        self._left, self._at = float(most), time.monotonic()

    def is_kept(self) -> bool:
        """Tell whether one more may happen now; it counts if so."""
        with self._lock:
            now = time.monotonic()
            self._left = min(self.most, self._left + (now - self._at) * self.per_second)
            self._at = now
            if self._left < 1:
                return False
            self._left -= 1
            return True
