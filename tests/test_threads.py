import threading

import numpy as np
import threadpoolctl
from hypothesis import given
from hypothesis import strategies as st

from pixkin.threads import in_blocks, one_thread


@given(st.integers(0, 50), st.integers(1, 20), st.integers(0, 4))
def test_blocks_cover_everything_once_in_order(n: int, block: int, n_threads: int) -> None:
    blocks = in_blocks(lambda rows: list(range(n))[rows], n, block, n_threads)

    assert [row for rows in blocks for row in rows] == list(range(n))
    assert all(len(rows) == block for rows in blocks[:-1])


def test_blocks_run_side_by_side() -> None:
    both_are_in = threading.Barrier(2, timeout=20)

    assert sorted(in_blocks(lambda _: both_are_in.wait(), 2, 1, 2)) == [0, 1]


def test_inside_each_call_has_one_thread() -> None:
    np.ones((2, 2)) @ np.ones((2, 2))
    before = [pool["num_threads"] for pool in threadpoolctl.threadpool_info()]
    with one_thread():
        inside = {pool["num_threads"] for pool in threadpoolctl.threadpool_info()}

    assert inside == {1}
    assert [pool["num_threads"] for pool in threadpoolctl.threadpool_info()] == before
