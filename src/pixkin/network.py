"""EfficientNet-Lite0: what its vectors hold, and how they are made and read.

The model files are built by ``tools/build_efficientnet_lite0.py`` and ship with Pixkin.
"""

from __future__ import annotations

import hashlib
import io
import json
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pixkin.decode import DECODER_VERSION
from pixkin.errors import PixkinError
from pixkin.resize import squash
from pixkin.words import vocabulary

if TYPE_CHECKING:
    from pixkin.records import Json, Picture, Vectors

__all__ = ["FOLDER", "LiteNetwork", "checked", "session_options"]

FOLDER = Path(__file__).parent / "encoders" / "models"
NAME = "efficientnet-lite0"
MEANING = "meaning"
SOFTNESS = 2.0
"""Logits are divided by this before words are weighed: a second guess says something, too."""


class LiteNetwork:
    """What the network sees in a picture, at three depths.

    A vector holds the square roots, in 255 steps, of features averaged over parts of the picture:
    the 1280 last features in four overlapping quarters of it (the view "layout"), and over all of
    it the 1152 and 672 inner features of blocks 15 and 10 ("shape" and "texture"). A fourth view,
    "meaning", is how likely each class and each broader word is, which follows from the layout.

    References
    ----------
    Tan & Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks",
    ICML 2019, arXiv:1905.11946; the Lite variants: TensorFlow authors, 2020.
    """

    name = NAME
    scaling = "length"
    dtype = "uint8"
    takes_images = True

    def __init__(self) -> None:
        self.model: Json = json.loads((FOLDER / f"{NAME}.json").read_text(encoding="utf-8"))
        self.n_features: int = self.model["n_features"]
        self.min_side: int = self.model["input"]["size_px"]
        self.views = (*self.model["views"], MEANING)

    @property
    def fingerprint(self) -> Json:
        """Name, checksum of the weights, resizing and decoding."""
        return {
            "encoder": self.name,
            "weights": self._checksum,
            "head": self.model["head_sha256"],
            "prepare": self.model["prepare"],
            "decoder": DECODER_VERSION,
        }

    @property
    def _checksum(self) -> str:
        """Give the SHA-256 of what holds the weights."""
        raise NotImplementedError

    def _open(self) -> Any:
        """Open a session on the network."""
        raise NotImplementedError

    def encode(self, batch: list[Picture]) -> Any:
        side = self.min_side
        inputs = np.stack([squash(picture, side, side) for picture in batch])
        # One at a time: no slower on a processor, and no vector can depend on its neighbours.
        rows = [
            self._session.run(None, {"pixels": inputs[i : i + 1]})[0] for i in range(len(batch))
        ]
        return np.concatenate(rows)

    def view(self, name: str, vectors: Any) -> Vectors:
        if name == MEANING:
            return self._words(vectors)
        start, stop = self.model["views"][name]
        return np.asarray(vectors[:, start:stop], dtype=np.float32)

    def classes(self, vectors: Any) -> Vectors:
        """Give how likely each of the network's 1,000 classes is.

        Parameters
        ----------
        vectors : uint8 array of shape (n, n_features)

        Returns
        -------
        float32 array of shape (n, 1000)
            Each row sums to 1.
        """
        return _softmax(self._logits(vectors))

    def _words(self, vectors: Any) -> Vectors:
        """Weigh each word by the square root of how likely it is, and less the more it covers."""
        known = vocabulary()
        narrow = _softmax(self._logits(vectors) / SOFTNESS)
        likely = np.hstack([narrow, narrow @ known.broader.T])
        return np.asarray(np.sqrt(likely) * known.n_covered**-0.25, dtype=np.float32)

    def _logits(self, vectors: Any) -> Vectors:
        start, stop = self.model["views"]["layout"]
        weights, steps, bias = self._head
        roots = np.asarray(vectors[:, start:stop], dtype=np.float32)
        cells = np.square(roots).reshape(len(roots), weights.shape[1], -1)
        features = cells.mean(axis=2) * np.float32(self.model["output"]["square_step"])
        kernel = weights.astype(np.float32) * steps[:, None]
        return np.asarray(features @ kernel.T + bias, dtype=np.float32)

    @cached_property
    def _head(self) -> tuple[Any, Any, Any]:
        path = FOLDER / self.model["head"]
        content = checked(path, self.model["head_sha256"], "Install Pixkin again.")
        with np.load(io.BytesIO(content)) as file:
            return file["weights"], file["steps"], file["bias"]

    @cached_property
    def _session(self) -> Any:
        return self._open()

    def __getstate__(self) -> Json:
        state = dict(self.__dict__)
        state.pop("_session", None)  # an open session cannot be pickled; it is opened again
        return state


def checked(path: Path, sha256: str, what_to_do: str) -> bytes:
    """Read a file that must be the one that belongs to this version.

    Raises
    ------
    PixkinError
        If it is another.
    """
    content = path.read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise PixkinError(
            f"The model file {path.name} is not the one that belongs to this Pixkin "
            f"(SHA-256 {found}). {what_to_do}"
        )
    return content


def session_options() -> Any:
    """Make the options of a session that gives the same on every run."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return options


def _softmax(logits: Vectors) -> Vectors:
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=1, keepdims=True), dtype=np.float32)
