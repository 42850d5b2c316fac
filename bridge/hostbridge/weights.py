"""How much each pixel of a picture belongs to a region of the vocabulary: tonal and colour ranges, drawn shapes.

Lightness, chroma and hue are CIE L* and LCh(ab) (D65) of the picture as displayed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy import ndimage
from skimage.color import rgb2lab

from hostbridge.controls import Ellipse, Gradient, Outline, Region, Ring, Trapezoid

Weights = NDArray[np.float32]
"""How much each pixel belongs to a region: (height, width), 0…1."""

Picture = NDArray[np.float32]
"""(height, width, 3), sRGB 0…1."""

HUE_FALLOFF = 0.5  # of the half width: where a colour range ends after its full part
FINER = 4  # times the picture's size: how finely an outline is drawn before it is averaged
COLOURED = (4.0, 12.0)  # C*: hues of greyer pixels mean nothing, hues above are certain


def weights(region: Region, picture: Picture) -> Weights:
    """How much each pixel of ``picture`` belongs to ``region``: float32 (height, width), 0…1."""
    if region.everywhere:
        return np.full(picture.shape[:2], 0.0 if region.inverted else 1.0, np.float32)
    return weights_in_lab(region, np.asarray(rgb2lab(picture), np.float32))


def weights_in_lab(region: Region, lab: NDArray[np.float32]) -> Weights:
    """`weights` for a picture that is already in CIE Lab (D65), (height, width, 3)."""
    total = np.ones(lab.shape[:2], np.float32)
    if region.tones is not None:
        total *= tonal(lab[..., 0], region.tones)
    if region.hues is not None:
        total *= coloured(lab, *region.hues)
    if region.shape is not None:
        total *= drawn(region.shape, lab.shape[0], lab.shape[1])
    return 1 - total if region.inverted else total


def tonal(lightness: NDArray[np.float32], trapezoid: Trapezoid) -> Weights:
    """1 inside the trapezoid of L*, falling linearly to 0 at its ends."""
    start, full, ends, over = trapezoid
    return np.interp(lightness, (start, full, ends, over), (0, 1, 1, 0)).astype(np.float32)


def coloured(lab: NDArray[np.float32], centre: float, half_width: float) -> Weights:
    """1 for pixels whose LCh(ab) hue is within ``half_width`` of ``centre`` degrees, 0 beyond half as much again."""
    chroma = np.hypot(lab[..., 1], lab[..., 2])
    hue = np.degrees(np.arctan2(lab[..., 2], lab[..., 1]))
    distance = np.abs((hue - centre + 180) % 360 - 180)
    near = np.clip((half_width * (1 + HUE_FALLOFF) - distance) / (half_width * HUE_FALLOFF), 0, 1)
    low, high = COLOURED
    return (near * np.clip((chroma - low) / (high - low), 0, 1)).astype(np.float32)


def drawn(shape: Gradient | Ellipse | Outline, height: int, width: int) -> Weights:
    """The weights of a drawn shape on a picture of ``height`` × ``width``."""
    if isinstance(shape, Outline):
        return _outlined(shape, height, width)
    x = (np.arange(width, dtype=np.float32) + 0.5)[None, :]
    y = (np.arange(height, dtype=np.float32) + 0.5)[:, None]
    if isinstance(shape, Gradient):
        angle = np.radians(shape.direction)
        along = (x - shape.x * width) * np.cos(angle) - (y - shape.y * height) * np.sin(angle)
        return _smooth(along / (shape.softness * min(height, width)) + 0.5)
    angle = np.radians(shape.rotation)
    right, down = x - shape.x * width, y - shape.y * height
    u = (right * np.cos(angle) + down * np.sin(angle)) / (shape.radius_x * width)
    v = (down * np.cos(angle) - right * np.sin(angle)) / (shape.radius_y * height)
    radius = np.hypot(u, v)
    if shape.feather == 0:
        return np.asarray(radius <= 1, np.float32)
    return _smooth((1 + shape.feather - radius) / shape.feather)


def _outlined(shape: Outline, height: int, width: int) -> Weights:
    """Inside any ring and no hole, with a smooth step of the feather's width across the edge."""
    inside = _polygons(shape.rings, height, width) * (1 - _polygons(shape.holes, height, width))
    reach = shape.feather * min(height, width)
    if reach < 1:
        return inside
    full = inside > 0.5
    if full.all() or not full.any():
        return inside
    within, beyond = (np.asarray(ndimage.distance_transform_edt(part), np.float32) for part in (full, ~full))
    # distances are to the next pixel's middle, the edge lies half way
    edge = np.where(full, within - 0.5, 0.5 - beyond).astype(np.float32)
    return _smooth(0.5 + edge / np.float32(reach))


def _polygons(rings: tuple[Ring, ...], height: int, width: int) -> Weights:
    """The union of polygons, antialiased."""
    canvas = Image.new("L", (width * FINER, height * FINER))
    draw = ImageDraw.Draw(canvas)
    for ring in rings:
        draw.polygon([(x * canvas.width - 0.5, y * canvas.height - 0.5) for x, y in ring], fill=255)
    return (np.asarray(canvas.reduce(FINER)) / 255).astype(np.float32)


def _smooth(t: NDArray[np.float32]) -> Weights:
    t = np.asarray(np.clip(t, 0, 1), np.float32)
    return np.asarray(t * t * (3 - 2 * t), np.float32)
