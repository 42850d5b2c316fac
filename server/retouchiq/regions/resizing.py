"""A picture or a stack of maps at another size."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def resized(picture: NDArray[np.float32], height: int, width: int) -> NDArray[np.float32]:
    """``picture`` (h, w, channels) at another size: averaged where it becomes smaller, bilinear where larger."""
    method = Image.Resampling.BOX if width < picture.shape[1] else Image.Resampling.BILINEAR
    channels = [
        np.asarray(Image.fromarray(np.ascontiguousarray(picture[..., c], np.float32)).resize((width, height), method))
        for c in range(picture.shape[2])
    ]
    return np.stack(channels, axis=-1)
