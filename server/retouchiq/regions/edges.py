"""Weights that follow the picture's own edges: the guided filter."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from hostbridge.weights import Weights
from retouchiq.regions.resizing import resized
from retouchiq.regions.scene import Scene

RADIUS = 0.015  # of the long side: how far an edge may be from where it was found
SMOOTHNESS = 4e-4  # variance of colour (0…1) below which a patch counts as even
EVEN = 2.0  # ΔE (CIE 1976) per px of the small picture: nobody draws a line where less changes
NEAR = 5  # px of the small picture: how far an edge may be from that of the weights
CRISP = (0.15, 0.85)  # what the filter leaves below and above counts as outside and inside


def along_edges(weights: Weights, scene: Scene) -> Weights:
    """``weights`` of the small picture at full size, with the picture's edges.

    Source: He, Sun, Tang, Guided Image Filtering, 2013 (colour guide), with its linear model worked out on the small
    picture and applied to the large one (He, Sun, Fast Guided Filter, 2015).
    """
    slopes, offset = model(weights, scene.small)
    height, width = scene.size
    large = resized(np.concatenate([slopes, offset[..., None]], axis=-1), height, width)
    follows = np.einsum("hwc,hwc->hw", large[..., :3], scene.picture) + large[..., 3]
    low, high = CRISP
    return np.asarray(np.clip((follows - low) / (high - low), 0, 1), np.float32)


def model(weights: Weights, guide: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The weights as a linear function of colour around each pixel: ``slopes`` (h, w, 3) and ``offset`` (h, w)."""
    side = 2 * max(2, round(RADIUS * max(guide.shape[:2]))) + 1
    mean_guide, mean = _mean(guide, side), _mean(weights, side)
    products = _mean(guide[..., :, None] * guide[..., None, :], side)
    spread = products - mean_guide[..., :, None] * mean_guide[..., None, :] + SMOOTHNESS * np.eye(3, dtype=np.float32)
    shared = _mean(guide * weights[..., None], side) - mean_guide * mean[..., None]
    slopes = np.linalg.solve(spread, shared[..., None])[..., 0]
    offset = mean - np.einsum("hwc,hwc->hw", slopes, mean_guide)
    return _mean(slopes.astype(np.float32), side), _mean(offset.astype(np.float32), side)


def _mean(values: NDArray[np.float32], side: int) -> NDArray[np.float32]:
    size = (side, side) + (1,) * (values.ndim - 2)
    return np.asarray(ndimage.uniform_filter(values, size, mode="nearest"), np.float32)


def on_even_ground(weights: Weights, scene: Scene) -> float:
    """Share, 0…1, of the edge of ``weights`` (at the picture's size) that runs across even ground.

    There the picture itself has no edge: what was found is cut out of something larger, and an edit of it shows where.
    """
    small = resized(weights[..., None], *scene.small.shape[:2])[..., 0]
    steep = np.sqrt(sum(ndimage.gaussian_gradient_magnitude(plane, 1.0) ** 2 for plane in np.moveaxis(scene.lab, 2, 0)))
    edge = np.hypot(*np.gradient(small))
    even = ndimage.maximum_filter(steep, NEAR) < EVEN
    return float(edge[even].sum() / max(float(edge.sum()), 1e-6))
