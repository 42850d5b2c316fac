"""What the small U²-Net, which the package carries (see u2netp.LICENSE.txt), sees in a picture."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from hostbridge.weights import Weights
from retouchiq.regions.resizing import resized
from retouchiq.reward import Picture

SIDE = 320  # px, both sides: what the network was trained with
# its normalisation, as in the authors' data_loader.py
MEAN = np.array([0.485, 0.456, 0.406], np.float32)
SPREAD = np.array([0.229, 0.224, 0.225], np.float32)


GRID = 40  # cells, both sides: what its inner maps are brought to
INNER = ("1166", "1235", "1264", "1293", "1341", "1429", "1544")  # what its stages say to each other, 64 channels each


@dataclass(frozen=True)
class Sight:
    """``salient``: how much each pixel belongs to what stands out, float32 (320, 320), 0…1. ``inner``: the inner maps,
    float32 (40, 40, 448): textures and parts of things, not named.
    """

    salient: Weights
    inner: NDArray[np.float32]


def look(picture: Picture) -> Sight:
    """What the network sees in ``picture``, float32 (h, w, 3), 0…1.

    Source: Qin et al., U²-Net: Going Deeper with Nested U-Structure for Salient Object Detection, 2020. The authors
    stretch each map to 0…1; here it is left as it is, so that a picture in which nothing stands out says so.
    """
    image = Image.fromarray((np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8))
    square = np.asarray(image.resize((SIDE, SIDE), Image.Resampling.LANCZOS), np.float32)
    normal = (square / max(float(square.max()), 1.0) - MEAN) / SPREAD
    network = _network()
    wanted = [network.get_outputs()[0].name, *INNER]
    first, *inner = network.run(wanted, {network.get_inputs()[0].name: normal.transpose(2, 0, 1)[None]})
    return Sight(np.asarray(first[0, 0], np.float32), np.concatenate([_on_grid(one[0]) for one in inner], axis=-1))


def _on_grid(channels: NDArray[np.float32]) -> NDArray[np.float32]:
    return resized(channels.transpose(1, 2, 0), GRID, GRID)


@cache
def _network() -> Any:
    import onnxruntime  # takes a second to load, which commands that look for nothing do not pay

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    model = files("retouchiq.regions").joinpath("u2netp.onnx").read_bytes()
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
