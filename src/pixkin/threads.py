"""Numbers that do not depend on how many threads there are.

Matrix products, distances and k-means change in their last bits with the number of threads that
a library uses inside. So each call gets one thread, the work is cut into blocks of a fixed size,
and whole blocks run side by side.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

__all__ = ["in_blocks", "one_thread"]

T = TypeVar("T")


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Hold BLAS and OpenMP to one thread for each call."""
    import threadpoolctl

    with threadpoolctl.threadpool_limits(limits=1):
        yield


def in_blocks(work: Callable[[slice], T], n: int, block: int, n_threads: int) -> list[T]:
    """Call ``work`` for each block of ``range(n)``, side by side, and keep the order."""
    blocks = [slice(start, min(start + block, n)) for start in range(0, n, block)]
    with one_thread(), ThreadPoolExecutor(max_workers=max(1, n_threads)) as threads:
        return list(threads.map(work, blocks))
