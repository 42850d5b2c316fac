"""The sky, by classical means: smooth, bright or blue pixels connected with the top edge."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from retouchiq.regions.edges import along_edges
from retouchiq.regions.found import Found
from retouchiq.regions.outlining import outline
from retouchiq.regions.scene import Scene, resized


def sky(scene: Scene) -> Found | None:
    """Smooth, bright or blue pixels connected with the top edge."""
    small = scene.lab[::2, ::2]
    area = _grown(small, _candidates(small))
    if area.mean() < 0.03:
        return None
    soft = resized(area.astype(np.float32)[..., None], *scene.small.shape[:2])[..., 0]
    weights = along_edges(soft, scene)
    shape = outline(weights)
    return None if shape is None else Found("sky", weights, shape, _sky_confidence(small, area))


def _candidates(lab: NDArray[np.float32]) -> NDArray[np.bool_]:
    lightness, a, b = lab[..., 0], lab[..., 1], lab[..., 2]
    chroma = np.hypot(a, b)
    hue = np.degrees(np.arctan2(b, a)) % 360
    busy = ndimage.generic_gradient_magnitude(ndimage.gaussian_filter(lightness, 1), ndimage.sobel) / 8
    blue = (hue > 200) & (hue < 305) & (chroma > 4) & (lightness > 12)
    bright = (lightness > max(55.0, float(np.percentile(lightness, 50)))) & (chroma < 22)
    glowing = (lightness > np.percentile(lightness, 60)) & ((hue < 110) | (hue > 305)) & (lightness > 35)
    return np.asarray((blue | bright | glowing) & (busy < 6), np.bool_)


def _grown(lab: NDArray[np.float32], candidates: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Candidates connected with the top edge, holes closed."""
    open_ = ndimage.binary_opening(candidates, iterations=1)
    labels, count = ndimage.label(open_)
    if count == 0:
        return np.zeros_like(candidates)
    top = max(2, lab.shape[0] // 40)
    touching = np.bincount(labels[:top].ravel(), minlength=count + 1) >= max(3, lab.shape[1] // 30)
    touching[0] = False
    area = touching[labels]
    return np.asarray(ndimage.binary_closing(np.pad(area, 4, mode="edge"), iterations=2)[4:-4, 4:-4], bool)


def _sky_confidence(lab: NDArray[np.float32], area: NDArray[np.bool_]) -> float:
    """How much the area looks like a sky: wide at the top, high up, even, blue or brighter than the rest."""
    height = area.shape[0]
    top_wide = float(area[: max(2, height // 40)].mean())
    rows = area.mean(axis=1)
    centre = float((rows * np.arange(height)).sum() / max(rows.sum(), 1e-6) / height)
    sky, rest = lab[area], lab[~area]
    hue = np.degrees(np.arctan2(np.median(sky[:, 2]), np.median(sky[:, 1]))) % 360
    is_blue = 200 < hue < 305 and float(np.hypot(np.median(sky[:, 1]), np.median(sky[:, 2]))) > 6
    brighter = float(np.median(sky[:, 0]) - np.median(rest[:, 0])) if len(rest) else 0.0
    rough = float(np.median(np.abs(np.diff(np.where(area, lab[..., 0], np.nan), axis=0))[area[1:] & area[:-1]]))
    marks = (
        (0.30, np.clip((top_wide - 0.3) / 0.5, 0, 1)),
        (0.20, np.clip((0.55 - centre) / 0.2, 0, 1)),
        (0.20, np.clip((1.5 - rough) / 1.2, 0, 1)),
        (0.30, max(0.8 if is_blue else 0.0, float(np.clip((brighter - 5) / 25, 0, 1)))),
    )
    return float(sum(weight * mark for weight, mark in marks))
