"""What stands out in a picture: the small U²-Net, which the package carries (see u2netp.LICENSE.txt)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from PIL import Image

from hostbridge.weights import Weights
from retouchiq.reward import Picture

SIDE = 320  # px, both sides: what the network was trained with
# its normalisation, as in the authors' data_loader.py
MEAN = np.array([0.485, 0.456, 0.406], np.float32)
SPREAD = np.array([0.229, 0.224, 0.225], np.float32)


def saliency(picture: Picture) -> Weights:
    """How much each pixel belongs to what stands out, float32 (320, 320), 0…1, for ``picture`` float32 (h, w, 3).

    Source: Qin et al., U²-Net: Going Deeper with Nested U-Structure for Salient Object Detection, 2020. The authors
    stretch each map to 0…1; here it is left as it is, so that a picture in which nothing stands out says so.
    """
    image = Image.fromarray((np.clip(picture, 0, 1) * 255 + 0.5).astype(np.uint8))
    square = np.asarray(image.resize((SIDE, SIDE), Image.Resampling.LANCZOS), np.float32)
    normal = (square / max(float(square.max()), 1.0) - MEAN) / SPREAD
    network = _network()
    (first, *_) = network.run(None, {network.get_inputs()[0].name: normal.transpose(2, 0, 1)[None]})
    return np.asarray(first[0, 0], np.float32)


@cache
def _network() -> Any:
    import onnxruntime  # takes a second to load, which commands that look for nothing do not pay

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    model = files("retouchiq.regions").joinpath("u2netp.onnx").read_bytes()
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
