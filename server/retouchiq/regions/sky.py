"""The sky, by classical means: smooth, bright or blue pixels connected with the top edge."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage
from skimage.color import rgb2lab

from hostbridge.controls import Gradient
from retouchiq.regions.found import Found
from retouchiq.reward import Picture

SKY_SIDE = 192  # px of the long side: a sky is large, and noise and twigs are gone at this size


def sky(picture: Picture) -> Found | None:
    """Smooth, bright or blue pixels connected with the top edge."""
    height, width = picture.shape[:2]
    scale = SKY_SIDE / max(height, width)
    small = _resized(picture, max(8, round(height * scale)), max(8, round(width * scale)))
    lab = np.asarray(rgb2lab(small), np.float32)
    area = _grown(lab, _candidates(lab))
    share = float(area.mean())
    if share < 0.03:
        return None
    shape = _lower_border(area)
    confidence = _sky_confidence(lab, area)
    soft = ndimage.gaussian_filter(area.astype(np.float32), 0.8)
    full = np.asarray(Image.fromarray(soft).resize((width, height), Image.Resampling.BILINEAR), np.float32)
    return Found("sky", np.clip(full, 0, 1), shape, confidence)


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


def _lower_border(area: NDArray[np.bool_]) -> Gradient:
    """The straight gradient that lies along the sky's lower edge and acts above it."""
    height, width = area.shape
    columns = np.flatnonzero(area.any(axis=0))
    depth = (height - np.argmax(area[::-1], axis=0))[columns].astype(np.float64)
    slope, offset = np.polyfit(columns + 0.5, depth, 1) if len(columns) > 8 else (0.0, float(depth.mean()))
    slope = float(np.clip(slope, -0.7, 0.7))
    offset = float(np.mean(depth - slope * (columns + 0.5)))
    spread = float(np.std(depth - slope * (columns + 0.5) - offset))
    return Gradient(
        x=0.5,
        y=float(np.clip((slope * width / 2 + offset) / height, 0, 1)),
        direction=float(np.degrees(np.arctan2(1.0, slope))),
        softness=float(np.clip(2.5 * spread / min(height, width), 0.06, 0.6)),
    )


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


def _resized(picture: Picture, height: int, width: int) -> Picture:
    channels = [
        np.asarray(
            Image.fromarray(np.ascontiguousarray(picture[..., c], dtype=np.float32)).resize(
                (width, height), Image.Resampling.BOX
            )
        )
        for c in range(3)
    ]
    return np.stack(channels, axis=-1)
