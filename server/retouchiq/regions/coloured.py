"""A thing known by its colour: "the red car" is where the picture's red lies together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from skimage.color import rgb2lab
from skimage.transform import resize

from hostbridge.weights import Picture, Weights, coloured

SIDE = 384  # px of the long side
SMOOTHED = 0.006  # of the long side: colour noise and gaps within a thing
AROUND = 0.012  # of the long side: how far its place reaches beyond its colour
LEAST = 0.003  # share of the picture: smaller areas are specks
BESIDE = 0.25  # of the largest area: others as large as this are meant too ("the yellow flowers")
STRONG = 0.4  # of the strongest chroma of that colour: the rest has only a tinge of it
TOGETHER = 0.5  # share of all of the colour that has to lie there


@dataclass(frozen=True)
class Patch:
    """``place``: where the colour lies together, float32 (height, width) 0…1; ``colour``: how much each pixel has it.

    ``alone``: whether most of the picture's colour lies there, so that it is plain what is meant.
    """

    place: Weights
    colour: Weights
    alone: bool


def patch(hues: tuple[float, float], picture: Picture, within: Weights | None = None) -> Patch | None:
    """Where a colour (centre, half width of LCh(ab) hue) lies together in ``picture``; None where it is not in it.

    ``within``: (height, width) 0…1, where to look.
    """
    height, width = picture.shape[:2]
    scale = min(1.0, SIDE / max(height, width))
    small = (round(height * scale), round(width * scale))
    lab = np.asarray(rgb2lab(_sized(picture, small)), np.float32)
    colour = coloured(lab, *hues)
    sought = _strong(lab, colour) if within is None else _strong(lab, colour) * _sized(within, small)
    side = max(small)
    kept = _areas(ndimage.gaussian_filter(sought, SMOOTHED * side) > 0.5)
    if not kept.any():
        return None
    place = ndimage.binary_dilation(kept, iterations=max(1, round(AROUND * side))).astype(np.float32)
    alone = float((sought * place).sum()) >= TOGETHER * float(sought.sum())
    return Patch(_sized(place, (height, width)), _sized(colour, (height, width)), alone)


def _strong(lab: NDArray[np.float32], colour: Weights) -> Weights:
    """The pixels of a colour that have it strongly: a red car, not the warm wood behind it."""
    chroma = np.hypot(lab[..., 1], lab[..., 2])
    own = chroma[colour > 0.5]
    return colour * (chroma >= STRONG * np.percentile(own, 95)) if own.size else colour


def _areas(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The largest connected area and those not much smaller; nothing where even that is a speck."""
    labels, _ = ndimage.label(mask)
    sizes = np.bincount(labels.ravel())
    sizes[0] = 0
    largest = int(sizes.max())
    if largest < LEAST * mask.size:
        return np.zeros_like(mask)
    return np.asarray((sizes >= BESIDE * largest)[labels])


def _sized(array: NDArray[np.float32], shape: tuple[int, int]) -> NDArray[np.float32]:
    return np.asarray(resize(array, shape, order=1, anti_aliasing=array.shape[:2] > shape), np.float32)
