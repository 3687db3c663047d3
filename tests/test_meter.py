import subprocess
import sys

import pytest

from pixkin.meter import Meter


def test_each_stage_is_measured_in_order() -> None:
    meter = Meter()
    for name in ("scan", "read"):
        with meter.stage(name):
            pass

    assert [cost.stage for cost in meter.costs] == ["scan", "read"]
    assert all(cost.seconds >= 0 for cost in meter.costs)
    assert all(10 < cost.peak_mb < 10_000 for cost in meter.costs)


def test_memory_of_other_processes_of_the_run_counts() -> None:
    hungry = "import sys; hold = b'x' * 200_000_000; print('ready', flush=True); sys.stdin.read()"
    meter = Meter()
    with meter.stage("alone"):
        pass
    with meter.stage("together"):
        child = subprocess.Popen(
            [sys.executable, "-c", hungry], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        child.stdout.readline()
    child.communicate()

    assert meter.costs[1].peak_mb > meter.costs[0].peak_mb + 180


def test_a_stage_that_fails_is_measured_too() -> None:
    meter = Meter()
    with pytest.raises(KeyboardInterrupt), meter.stage("read"):
        raise KeyboardInterrupt

    assert [cost.stage for cost in meter.costs] == ["read"]
