"""EfficientNet-Lite0, trained on ImageNet, 8-bit: what a picture shows. The default.

The model file is built by ``tools/build_efficientnet_lite0.py`` and ships with Pixkin.
"""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pixkin.decode import DECODER_VERSION
from pixkin.errors import PixkinError
from pixkin.resize import squash

if TYPE_CHECKING:
    from pixkin.records import Json, Pixels, Vectors

__all__ = ["EfficientNetLite0"]

FOLDER = Path(__file__).parent / "models"
NAME = "efficientnet-lite0"


class EfficientNetLite0:
    """The 1280 averaged features before the network's last layer, each 0 or more.

    References
    ----------
    Tan & Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks",
    ICML 2019, arXiv:1905.11946; the Lite variants: TensorFlow authors, 2020.
    """

    needs = ("onnxruntime",)
    scaling = "root"

    def __init__(self) -> None:
        self.model: Json = json.loads((FOLDER / f"{NAME}.json").read_text(encoding="utf-8"))
        self.n_features: int = self.model["n_features"]
        self.min_side: int = self.model["input"]["size_px"]

    @property
    def fingerprint(self) -> Json:
        """Name, checksum of the weights, resizing and decoding."""
        return {
            "encoder": NAME,
            "weights": self.model["sha256"],
            "prepare": self.model["prepare"],
            "decoder": DECODER_VERSION,
        }

    def encode(self, batch: list[Pixels]) -> Vectors:
        side = self.min_side
        inputs = np.stack([squash(pixels, side, side) for pixels in batch])
        # One at a time: no slower on a processor, and no vector can depend on its neighbours.
        rows = [
            self._session.run(None, {"pixels": inputs[i : i + 1]})[0] for i in range(len(batch))
        ]
        return np.concatenate(rows).astype(np.float32, copy=False)

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        weights = (FOLDER / self.model["file"]).read_bytes()
        found = hashlib.sha256(weights).hexdigest()
        if found != self.model["sha256"]:
            raise PixkinError(
                f"The model file {self.model['file']} is not the one that belongs to this Pixkin "
                f"(SHA-256 {found}). Install Pixkin again."
            )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])

    def __getstate__(self) -> Json:
        state = dict(self.__dict__)
        state.pop("_session", None)  # an open session cannot be pickled; it is opened again
        return state
