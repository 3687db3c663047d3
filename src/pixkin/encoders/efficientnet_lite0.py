"""EfficientNet-Lite0, trained on ImageNet, 8-bit: what a picture shows. The default."""

from __future__ import annotations

from typing import Any

from pixkin.network import FOLDER, LiteNetwork, checked, session_options

__all__ = ["EfficientNetLite0"]


class EfficientNetLite0(LiteNetwork):
    """The network in 8 bits, which ships with Pixkin: what it sees in a picture, at three depths.

    See `pixkin.network` for what a vector holds.
    """

    needs = ("onnxruntime",)

    @property
    def _checksum(self) -> str:
        return str(self.model["sha256"])

    def _open(self) -> Any:
        import onnxruntime

        content = checked(
            FOLDER / self.model["file"], self.model["sha256"], "Install Pixkin again."
        )
        providers = ["CPUExecutionProvider"]
        return onnxruntime.InferenceSession(content, session_options(), providers=providers)
