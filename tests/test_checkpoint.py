"""Reading weights that torch saved, without torch and without running what a pickle says."""

import pickle
from pathlib import Path

import numpy as np
import pytest

from pixkin.checkpoint import BATCH_NORM_EPSILON, fold_batch_norm, read_checkpoint


def test_a_file_that_wants_to_run_something_is_refused(tmp_path: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, ...]:
            return Path.touch, (tmp_path / "sprung",)

    path = tmp_path / "weights.pth"
    path.write_bytes(pickle.dumps(Trap()))

    with pytest.raises(KeyError):
        read_checkpoint(path)
    assert not (tmp_path / "sprung").exists()


def test_a_convolution_and_the_normalisation_after_it_are_one_convolution() -> None:
    rng = np.random.default_rng(0)
    weights = {
        "c.weight": rng.normal(size=(4, 3, 1, 1)).astype(np.float32),
        "n.weight": rng.uniform(0.5, 2, 4).astype(np.float32),
        "n.bias": rng.normal(size=4).astype(np.float32),
        "n.running_mean": rng.normal(size=4).astype(np.float32),
        "n.running_var": rng.uniform(0.5, 2, 4).astype(np.float32),
    }
    x = rng.normal(size=3)
    plain = weights["c.weight"][:, :, 0, 0] @ x
    deviation = np.sqrt(weights["n.running_var"] + BATCH_NORM_EPSILON)
    expected = (plain - weights["n.running_mean"]) / deviation * weights["n.weight"]

    kernel, bias = fold_batch_norm(weights, "c", "n")

    assert kernel[:, :, 0, 0] @ x + bias == pytest.approx(expected + weights["n.bias"], rel=1e-5)
