"""Faces: seen from the front, by the cascade of local binary patterns that scikit-image carries."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from skimage.data import lbp_frontal_face_cascade_filename
from skimage.feature import Cascade

from hostbridge.weights import Weights
from retouchiq.regions.edges import along_edges
from retouchiq.regions.found import Found
from retouchiq.regions.outlining import outline
from retouchiq.regions.resizing import resized
from retouchiq.regions.scene import Scene

SIDES = (288, 384)  # px of the long side, in which it is looked for
SMALLEST = 24  # px: side of the square from brow to chin
VOTES = 3  # of the four looks
OVAL = (0.5, 0.64, 0.04)  # half width, half height and how much lower than the square's middle, in sides of the square
SKIN_HUE, SKIN_CHROMA = (5.0, 85.0), (6.0, 60.0)  # degrees and length of CIE LCh(ab), for every complexion
GREY = 3.0  # mean chroma of a picture without colours, where skin cannot be told by its own


Square = NDArray[np.float64]
"""Row and column of the upper left corner, side: px of the small picture."""


def face(scene: Scene) -> Found | None:
    """Every face seen from the front; None where there is none.

    Patterns like a face are found in foliage and walls too: a face also has skin's colour, and stands out in its
    picture. Confidence is the share of skin in the best one, or of what stands out where the picture is grey.
    """
    likely = [(_likeness(square, scene), square) for square in _squares(scene)]
    sure = [(likeness, square) for likeness, square in likely if likeness >= 0.5]
    if not sure:
        return None
    soft = np.max([_oval(square, *scene.lab.shape[:2]) for _, square in sure], axis=0)
    weights = along_edges(soft * _skin_around(soft, scene), scene)
    shape = outline(weights)
    return None if shape is None else Found("face", weights, shape, max(likeness for likeness, _ in sure))


@cache
def _cascade() -> Any:
    return Cascade(lbp_frontal_face_cascade_filename())


def _squares(scene: Scene) -> list[Square]:
    """Where the cascade sees faces in several sizes of the picture and its mirror image: once may be chance."""
    seen_once = [square for side in SIDES for mirrored in (False, True) for square in _at(side, mirrored, scene)]
    groups: list[list[Square]] = []
    for square in seen_once:
        same = next((group for group in groups if _overlap(group[0], square) > 0.3), None)
        groups.append([square]) if same is None else same.append(square)
    agreed = sorted((group for group in groups if len(group) >= VOTES), key=len, reverse=True)
    return [np.mean(group, axis=0) for group in agreed]


def _at(side: int, mirrored: bool, scene: Scene) -> list[Square]:
    scale = side / max(scene.small.shape[:2])
    height, width = (round(extent * scale) for extent in scene.small.shape[:2])
    picture = resized(np.clip(scene.small, 0, 1), height, width)
    found = _cascade().detect_multi_scale(
        img=np.ascontiguousarray(picture[:, ::-1] if mirrored else picture),
        scale_factor=1.15,
        step_ratio=1,
        min_size=(SMALLEST, SMALLEST),
        max_size=(side, side),
        min_neighbor_number=2,
    )
    lefts = [width - one["c"] - one["width"] if mirrored else one["c"] for one in found]
    return [np.array([one["r"], left, one["width"]]) / scale for one, left in zip(found, lefts, strict=True)]


def _overlap(one: Square, other: Square) -> float:
    """Intersection over union."""
    low = np.maximum(one[:2], other[:2])
    high = np.minimum(one[:2] + one[2], other[:2] + other[2])
    both = float(np.prod(np.clip(high - low, 0, None)))
    return both / float(one[2] ** 2 + other[2] ** 2 - both)


def _likeness(square: Square, scene: Scene) -> float:
    """How much what a square holds is a face: of skin's colour and standing out, 0…1."""
    inside = _oval(square, *scene.lab.shape[:2]) > 0.5
    standing_out = float(scene.saliency[inside].mean())
    if np.hypot(scene.lab[..., 1], scene.lab[..., 2]).mean() < GREY:
        return standing_out
    return float(_skin(scene.lab[inside]).mean()) if standing_out > 0.3 else 0.0


def _skin(lab: NDArray[np.float32]) -> NDArray[np.bool_]:
    hue = (np.degrees(np.arctan2(lab[..., 2], lab[..., 1])) + 360) % 360
    chroma = np.hypot(lab[..., 1], lab[..., 2])
    return np.asarray(_within(hue, SKIN_HUE) & _within(chroma, SKIN_CHROMA), np.bool_)


def _within(values: NDArray[np.float32], limits: tuple[float, float]) -> NDArray[np.bool_]:
    return np.asarray((values >= limits[0]) & (values <= limits[1]), np.bool_)


def _oval(square: Square, height: int, width: int) -> Weights:
    """The face in a square, 1 inside an ellipse, falling to 0 over a tenth of it."""
    top, left, side = square
    half_width, half_height, lower = OVAL
    y, x = np.mgrid[:height, :width].astype(np.float32)
    down, right = y - top - (0.5 + lower) * side, x - left - 0.5 * side
    radius = np.hypot(right / (half_width * side), down / (half_height * side))
    return np.asarray(np.clip((1.05 - radius) * 10, 0, 1), np.float32)


def _skin_around(soft: Weights, scene: Scene) -> Weights:
    """How near each pixel's colour is to the faces' own, by the distance of Mahalanobis, 0…1."""
    own = scene.lab[soft > 0.9]
    middle, spread = np.median(own, axis=0), np.cov(own.T) + 4 * np.eye(3)
    off = scene.lab - middle
    distance = np.sqrt(np.einsum("hwi,ij,hwj->hw", off, np.linalg.inv(spread), off))
    return np.asarray(np.clip((3.2 - distance) / 0.8, 0, 1), np.float32)
