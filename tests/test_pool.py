import os
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from conftest import ALONE, CRASH, DIE, EAT, ENDLESS, FAIL, HANG

from pixkin import pool
from pixkin.errors import WorkerError
from pixkin.pool import Answer, Task
from pixkin.pool.lane import Lane

HEAVY = (6000, 5100)
"""More pixels than may be decoded side by side."""


@pytest.fixture
def run(odd_encoder: str, no_child_left: None) -> Callable[..., Iterator[Answer]]:
    """Give a function that has files done by two workers, and watch that they go away."""

    def start(tasks: Any, max_seconds: float = 20.0, **options: Any) -> Iterator[Answer]:
        setup = {"encoder": odd_encoder, "max_pixels": 50_000_000, "thumbnail": 0}
        options = {"n_workers": 2, "max_memory": 600, **options}
        return pool.run(tasks, setup, max_seconds=max_seconds, **options)

    return start


@pytest.fixture
def plain(paint: Callable[..., Path]) -> list[Task]:
    return [task(paint(f"{i}.png", (i, i, 7))) for i in range(12)]


def task(path: Path) -> Task:
    return Task(path.name, {"path": str(path)})


def workers() -> list[psutil.Process]:
    return psutil.Process().children(recursive=True)


def outcome(answers: Iterator[Answer]) -> dict[str, Any]:
    """Give what came of each task, by its key: the vector, or why there is none."""
    found: dict[str, Any] = {}
    for answer in answers:
        assert answer.key not in found
        bad = answer.header.get("bad")
        found[answer.key] = bad or np.frombuffer(answer.blobs[0], "<f4").tolist()
    return found


@pytest.mark.parametrize("n_workers", [1, 2, 3])
def test_every_task_has_one_answer_which_is_its_own(run, plain, n_workers: int) -> None:
    found = outcome(run(plain, n_workers=n_workers))

    assert found == {f"{i}.png": [i, i, 7] for i in range(12)}


def test_no_tasks_start_no_process(run) -> None:
    assert list(run([])) == []


@pytest.fixture
def started() -> Iterator[Callable[[], list[threading.Thread]]]:
    """Give a function that tells the lanes that have started during a test."""
    found: set[threading.Thread] = set()
    threading.setprofile(lambda *_: found.add(threading.current_thread()))
    yield lambda: [thread for thread in found if isinstance(thread, Lane)]
    threading.setprofile(None)


def test_no_more_lanes_start_than_there_are_tasks(run, plain, started) -> None:
    through = [Answer(i, {"bad": "as it is"}) for i in range(50)]
    found = outcome(run([*through, *plain[:3]], n_workers=1000))

    assert len(found) == 53
    assert 1 <= len(started()) <= 3 + 1, "one finds nothing to do"


def test_as_many_processes_as_are_allowed_work_side_by_side(run, paint) -> None:
    def look() -> None:
        if len(workers()) == 3:
            raise KeyboardInterrupt

    hang = [task(paint(f"{i}.png", HANG)) for i in range(3)]
    with pytest.raises(KeyboardInterrupt):
        list(run(hang, n_workers=3, max_seconds=5, on_wait=look))


def test_what_needs_no_worker_goes_through(run, plain) -> None:
    mixed = [Answer("first", {"bad": "as it is"}), *plain, Answer("last", {"bad": "as it is"})]
    found = outcome(run(mixed))

    assert len(found) == 14
    assert found["last"] == "as it is"


def test_tasks_are_taken_as_workers_get_free(run, plain) -> None:
    taken = []

    def lazily() -> Iterator[Task]:
        for item in plain * 10:
            taken.append(item)
            yield Task(len(taken), item.header)

    answers = run(lazily())
    next(answers)
    answers.close()

    assert 1 <= len(taken) < 100


@pytest.mark.parametrize(
    ("colour", "kind", "words"),
    [
        (CRASH, "damaged", "its decoder crashed"),
        (EAT, "refused", "MemoryError"),
        (FAIL, "refused", "the encoder failed on it"),
        (ENDLESS, "refused", "numbers that are not finite, or beyond 65,504"),
        (DIE, "unreadable", "probably for lack of memory"),
    ],
    ids=["crash", "eat", "fail", "endless", "die"],
)
def test_a_picture_that_breaks_its_worker_costs_itself_only(
    run, plain, paint, colour: tuple[int, int, int], kind: str, words: str
) -> None:
    bad = [task(paint(f"bad-{i}.png", colour)) for i in range(2)]
    found = outcome(run([plain[0], bad[0], *plain[1:], bad[1]]))

    assert {key: found[key] for key in found if key.startswith("bad")}.keys() == {
        "bad-0.png",
        "bad-1.png",
    }
    assert all(found[item.key]["kind"] == kind for item in bad)
    assert all(words in found[item.key]["reason"] for item in bad)
    assert all(found[item.key] == [i, i, 7] for i, item in enumerate(plain))


def test_a_picture_that_hangs_is_given_up_and_the_rest_is_done(run, plain, paint) -> None:
    found = outcome(run([task(paint("hang.png", HANG)), *plain], max_seconds=1))
    hung = found.pop("hang.png")

    assert hung["kind"] == "refused"
    assert hung["reason"] == "took longer than 1 s; raise it with --max-seconds"
    assert len(found) == 12


def test_only_bad_pictures_leave_the_pool_working(run, paint) -> None:
    bad = [task(paint(f"{i}.png", CRASH)) for i in range(5)]
    found = outcome(run([*bad, task(paint("good.png", (1, 2, 3)))]))

    assert found["good.png"] == [1, 2, 3]
    assert len(found) == 6


def test_heavy_pictures_are_decoded_one_at_a_time(run, plain, paint) -> None:
    heavy = [task(paint(f"heavy-{i}.png", ALONE, HEAVY)) for i in range(3)]
    found = outcome(run([*heavy, *plain]))

    assert all(isinstance(values, list) for values in found.values())
    assert len(found) == 15


def test_a_crash_while_alone_lets_the_next_heavy_picture_in(run, paint) -> None:
    heavy = [task(paint(f"{i}.png", colour, HEAVY)) for i, colour in enumerate([CRASH, DIE, ALONE])]
    found = outcome(run(heavy))

    assert found["0.png"]["kind"] == "damaged"
    assert found["1.png"]["kind"] == "unreadable"
    assert isinstance(found["2.png"], list)


def test_closing_early_ends_the_processes_even_those_that_hang(run, plain, paint) -> None:
    answers = run([*plain[:2], task(paint("hang.png", HANG)), task(paint("hang.png", HANG))])
    next(answers)

    assert workers()
    answers.close()
    assert workers() == []


def test_an_exception_amid_the_answers_ends_the_processes(run, plain) -> None:
    def trip() -> None:
        for _ in run(plain):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        trip()

    assert workers() == []


def test_an_exception_while_waiting_ends_the_processes(run, paint) -> None:
    def cancel() -> None:
        raise KeyboardInterrupt

    answers = run([task(paint("hang.png", HANG))], on_wait=cancel)
    with pytest.raises(KeyboardInterrupt):
        next(answers)

    assert workers() == []


def test_an_exception_in_the_tasks_comes_out(run, plain) -> None:
    def broken() -> Iterator[Task]:
        yield plain[0]
        raise LookupError("the disk is gone")

    with pytest.raises(LookupError, match="the disk is gone"):
        list(run(broken()))


def test_waiting_calls_back_again_and_again(run, plain, paint) -> None:
    calls = []
    waited = run([task(paint("hang.png", HANG))], max_seconds=1, on_wait=lambda: calls.append(1))

    assert len(list(waited)) == 1
    assert len(calls) >= 3


def test_no_thread_is_left(run, plain) -> None:
    before = set(threading.enumerate())
    list(run(plain))
    answers = run(plain)
    next(answers)
    answers.close()
    for thread in set(threading.enumerate()) - before:
        thread.join(5)

    assert set(threading.enumerate()) <= before  # one of another test may have ended


def test_an_encoder_that_cannot_start_says_why(run, plain) -> None:
    setup = {"encoder": "pixels:size=0", "max_pixels": 10**6, "thumbnail": 0}
    limits = {"max_seconds": 5, "max_memory": 512}

    with pytest.raises(WorkerError, match="size must be a whole number from 1 to 512"):
        list(pool.run(plain, setup, n_workers=2, **limits))


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
def test_a_worker_leaves_when_its_run_is_killed(
    odd_encoder: str, paint: Callable[..., Path], start_script
) -> None:
    code = (
        "import os, sys\n"
        "import psutil\n"
        "from pixkin import pool\n"
        "def tell():\n"
        "    print(*[child.pid for child in psutil.Process().children()], flush=True)\n"
        "setup = {'encoder': 'odd', 'max_pixels': 10**6, 'thumbnail': 0}\n"
        "tasks = [pool.Task(1, {'path': sys.argv[1]}), pool.Task(2, {'path': sys.argv[2]})]\n"
        "for answer in pool.run(\n"
        "    tasks, setup, n_workers=1, max_seconds=99, max_memory=600\n"
        "):\n"
        "    tell()\n"
    )
    run = start_script(code, paint("plain.png", (1, 2, 3)), paint("hang.png", HANG))
    (pid,) = map(int, run.stdout.readline().split())
    worker = psutil.Process(pid)
    run.send_signal(signal.SIGKILL)
    run.wait(10)
    gone, alive = psutil.wait_procs([worker], timeout=10)

    assert (gone, alive) == ([worker], [])


def test_there_is_a_core() -> None:
    assert 1 <= pool.n_cores() <= (os.cpu_count() or 1)
