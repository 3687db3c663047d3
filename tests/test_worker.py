import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import CHATTER, FAIL, HANG, environment

from pixkin import registry
from pixkin.frames import read_frame, write_frame
from pixkin.looks.look import looks_from

PLAIN = (10, 20, 30)


class Worker:
    """A worker process, spoken to as the pool does."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process

    def send(self, header: dict[str, Any]) -> None:
        write_frame(self.process.stdin, header)

    def ask(self, path: Path, **more: Any) -> tuple[dict[str, Any], list[bytes]]:
        self.send({"path": str(path), "alone": True, **more})
        answer = read_frame(self.process.stdout)

        assert answer is not None
        return answer


@contextmanager
def working(
    encoder: str, thumbnail: int = 0, max_pixels: int = 10**6, max_memory: int = 1024
) -> Iterator[Worker]:
    process = subprocess.Popen(
        [sys.executable, "-c", "from pixkin.worker import main; main()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(),
    )
    worker = Worker(process)
    setup = {"encoder": encoder, "thumbnail": thumbnail, "max_pixels": max_pixels}
    watchdog = threading.Timer(60, process.kill)  # a worker gone wrong may never answer
    watchdog.start()
    with process:
        worker.send({**setup, "max_memory": max_memory})
        try:
            assert read_frame(process.stdout) == ({"ready": True}, [])
            yield worker
        finally:
            process.stdin.close()
            process.wait()
            watchdog.cancel()

    assert process.returncode == 0


@pytest.fixture
def worker(odd_encoder: str) -> Iterator[Worker]:
    with working(odd_encoder, thumbnail=8) as started:
        yield started


def test_a_worker_gives_facts_a_vector_and_a_thumbnail(
    worker: Worker, paint: Callable[..., Path]
) -> None:
    header, (vector, small, measured) = worker.ask(paint("plain.png", PLAIN, (30, 20)))

    assert header["facts"]["width"] == 30
    assert header["facts"]["format"] == "PNG"
    assert header["dtype"] == "<f4"
    assert np.frombuffer(vector, "<f4").tolist() == list(PLAIN)
    assert small.startswith(b"\xff\xd8")
    assert looks_from([measured])[0].brightness == pytest.approx(
        0.299 * PLAIN[0] / 255 + 0.587 * PLAIN[1] / 255 + 0.114 * PLAIN[2] / 255, abs=0.01
    )


def test_a_vector_of_eight_bits_stays_one(paint: Callable[..., Path]) -> None:
    path = paint("plain.png", PLAIN, (30, 20))
    (expected,) = registry.build("encoder", "efficientnet-lite0").encode(
        [np.full((20, 30, 3), PLAIN, dtype=np.uint8)]
    )
    with working("efficientnet-lite0") as worker:
        header, (vector, *_) = worker.ask(path)

    assert header["dtype"] == "u1"
    assert np.frombuffer(vector, "u1").tolist() == expected.tolist()


def test_what_a_library_prints_does_not_disturb_the_answers(
    worker: Worker, paint: Callable[..., Path]
) -> None:
    for _ in range(3):
        header, (vector, *_) = worker.ask(paint("chatter.png", CHATTER))

        assert "facts" in header
        assert np.frombuffer(vector, "<f4").tolist() == list(CHATTER)


def test_a_bad_file_and_a_failing_encoder_cost_one_answer(
    worker: Worker, paint: Callable[..., Path], tmp_path: Path
) -> None:
    (tmp_path / "text.jpg").write_text("words " * 20)
    text, _ = worker.ask(tmp_path / "text.jpg")
    failing, _ = worker.ask(paint("fail.png", FAIL))
    fine, _ = worker.ask(paint("plain.png", PLAIN))

    assert (text["bad"]["stage"], text["bad"]["kind"]) == ("decode", "not-an-image")
    assert (failing["bad"]["stage"], failing["bad"]["kind"]) == ("encode", "refused")
    assert "KeyError" in failing["bad"]["reason"]
    assert "facts" in fine


def test_a_file_that_changed_since_it_was_hashed_is_not_encoded(
    worker: Worker, paint: Callable[..., Path]
) -> None:
    path = paint("plain.png", PLAIN)
    status = path.stat()
    same, _ = worker.ask(path, stat=[status.st_size, status.st_mtime_ns])
    other, _ = worker.ask(path, stat=[status.st_size, status.st_mtime_ns - 1])

    assert "facts" in same
    assert (other["bad"]["stage"], other["bad"]["kind"]) == ("read", "unreadable")
    assert "changed while it was being read" in other["bad"]["reason"]


def test_a_file_that_changed_to_something_broken_is_not_told_to_be_broken(
    worker: Worker, paint: Callable[..., Path]
) -> None:
    path = paint("plain.png", PLAIN)
    status = path.stat()
    path.write_bytes(path.read_bytes()[:50])
    header, _ = worker.ask(path, stat=[status.st_size, status.st_mtime_ns])

    assert "changed while it was being read" in header["bad"]["reason"]


def test_a_heavy_picture_is_left_for_when_it_is_alone(
    odd_encoder: str, paint: Callable[..., Path]
) -> None:
    heavy = paint("heavy.png", PLAIN, (6000, 5100))
    with working(odd_encoder, max_pixels=50_000_000) as worker:
        refused, _ = worker.ask(heavy, alone=False)
        done, _ = worker.ask(heavy, alone=True)

    assert refused == {"heavy": True}
    assert done["facts"]["width"] == 6000


def test_the_limit_on_pixels_reaches_the_worker(
    odd_encoder: str, paint: Callable[..., Path]
) -> None:
    with working(odd_encoder, max_pixels=99) as worker:
        header, _ = worker.ask(paint("plain.png", PLAIN, (10, 10)))

    assert header["bad"]["kind"] == "refused"


def test_more_memory_than_any_machine_has_is_no_limit(
    odd_encoder: str, paint: Callable[..., Path]
) -> None:
    with working(odd_encoder, max_memory=10**14) as worker:
        header, _ = worker.ask(paint("plain.png", PLAIN))

    assert "facts" in header


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_a_name_that_is_not_utf_8_is_read(worker: Worker, paint: Callable[..., Path]) -> None:
    path = paint("plain.png", PLAIN)
    odd = path.with_name("\udcff.png")
    path.rename(odd)

    assert "facts" in worker.ask(odd)[0]


def test_a_worker_leaves_at_once_when_its_run_is_gone_even_amid_a_picture(
    worker: Worker, paint: Callable[..., Path]
) -> None:
    worker.send({"path": str(paint("hang.png", HANG)), "alone": True})
    worker.process.stdin.close()

    assert worker.process.wait() == 0
