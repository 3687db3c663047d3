"""The weights of EfficientNet-Lite0 from the file that torch saved, without torch."""

from __future__ import annotations

import pickle
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Weights", "fold_batch_norm", "read_checkpoint"]

Weights: TypeAlias = dict[str, NDArray[np.float32]]

BATCH_NORM_EPSILON = 1e-3


@dataclass(frozen=True)
class _Storage:
    key: str
    dtype: str


@dataclass(frozen=True)
class _View:
    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def read(self, flat: NDArray[Any]) -> NDArray[Any]:
        strides = [stride * flat.itemsize for stride in self.strides]
        window = np.lib.stride_tricks.as_strided(flat[self.offset :], self.shape, strides)
        return np.ascontiguousarray(window)


class _CheckpointUnpickler(pickle.Unpickler):
    """Reads tensors as views; refuses every class a checkpoint of weights has no need of."""

    def find_class(self, module: str, name: str) -> Any:
        known = {
            ("collections", "OrderedDict"): OrderedDict,
            ("torch._utils", "_rebuild_tensor_v2"): _rebuild_view,
            ("torch", "FloatStorage"): "<f4",
            ("torch", "LongStorage"): "<i8",
        }
        return known[module, name]

    def persistent_load(self, pid: tuple[Any, ...]) -> _Storage:
        _, dtype, key, *_ = pid
        return _Storage(key, dtype)


def _rebuild_view(
    storage: _Storage,
    offset: int,
    shape: tuple[int, ...],
    strides: tuple[int, ...],
    *_grad_and_hooks: object,
) -> _View:
    return _View(storage, offset, shape, strides)


def read_checkpoint(path: Path) -> Weights:
    """Read a checkpoint that ``torch.save`` wrote before version 1.6.

    Such a file is five pickles (magic number, protocol, machine, tensors as views into storages,
    order of the storages) and then each storage: its length as int64, and its numbers.

    Parameters
    ----------
    path : Path
        The ``.pth`` file.

    Returns
    -------
    dict of str to array
        Every tensor by its name, contiguous.
    """
    with path.open("rb") as file:
        _magic, _protocol, _machine, views, order = (
            _CheckpointUnpickler(file).load() for _ in range(5)
        )
        dtypes = {view.storage.key: view.storage.dtype for view in views.values()}
        storages = {key: _read_storage(file, dtypes[key]) for key in order}
    return {name: view.read(storages[view.storage.key]) for name, view in views.items()}


def _read_storage(file: BinaryIO, dtype: str) -> NDArray[Any]:
    length = int.from_bytes(file.read(8), "little")
    return np.frombuffer(file.read(length * np.dtype(dtype).itemsize), dtype)


def fold_batch_norm(
    weights: Weights, conv: str, norm: str
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Merge a convolution and the batch normalisation after it.

    Returns
    -------
    kernel : float32 array of shape (n_out, n_in, height, width)
    bias : float32 array of shape (n_out,)
    """
    gain = weights[f"{norm}.weight"].astype(np.float64)
    gain /= np.sqrt(weights[f"{norm}.running_var"] + BATCH_NORM_EPSILON)
    kernel = weights[f"{conv}.weight"] * gain[:, None, None, None]
    bias = weights[f"{norm}.bias"] - weights[f"{norm}.running_mean"] * gain
    return kernel.astype(np.float32), bias.astype(np.float32)
