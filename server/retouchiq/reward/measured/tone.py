"""Measures of light: lightness, its spread, stops, and the tonal ranges they are taken in."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from skimage.color import lab2xyz, xyz2lab

from hostbridge.controls import TONES
from hostbridge.weights import Weights, tonal
from retouchiq.reward.measured.scene import Pair, Plane, Scene

Options = Mapping[str, float | str]

PRESENT = 0.04  # share of the picture from which a tonal range is really there


def mean_lightness(pair: Pair, where: Weights, _: Options) -> float:
    """Mean L*."""
    return mean(pair.after.lightness, pair.seen(where))


def spread(pair: Pair, where: Weights, _: Options) -> float:
    """Standard deviation of L*."""
    seen = pair.seen(where)
    middle = mean(pair.after.lightness, seen)
    return float(np.sqrt(mean((pair.after.lightness - middle) ** 2, seen)))


def stops(pair: Pair, where: Weights, _: Options) -> float:
    """log2 of the ratio of luminances (Y) after to before, averaged over pixels: EV."""
    ratio = np.log2((pair.after.luminance + 1e-4) / (pair.before.luminance + 1e-4))
    return mean(ratio, pair.seen(where))


def edge_darkening(pair: Pair, where: Weights, _: Options) -> float:
    """How much darker the corners are than the centre, mean L*."""
    seen = pair.seen(where)
    far = _radius(pair.after)
    corners = seen * np.clip((far - 0.65) / 0.2, 0, 1)
    centre = seen * np.clip((0.5 - far) / 0.1, 0, 1)
    return mean(pair.after.lightness, centre) - mean(pair.after.lightness, corners)


def haze(pair: Pair, where: Weights, _: Options) -> float:
    """Mean of the dark channel in %: the veil that haze lays over everything (He, Sun, Tang, CVPR 2009)."""
    return mean(pair.after.dark_channel, pair.seen(where))


def black_point(pair: Pair, where: Weights, _: Options) -> float:
    """L* below which one pixel in a hundred lies."""
    return _quantile(pair, where, 0.01)


def middle(pair: Pair, where: Weights, _: Options) -> float:
    """Median L*."""
    return _quantile(pair, where, 0.5)


def white_point(pair: Pair, where: Weights, _: Options) -> float:
    """L* above which one pixel in a hundred lies."""
    return _quantile(pair, where, 0.99)


def _quantile(pair: Pair, where: Weights, share: float) -> float:
    """The L* that ``share`` of the weight lies below, to a tenth; the middle of the scale where nothing has weight."""
    level = (pair.after.lightness[::2, ::2] * 10).astype(np.int32)
    counts = np.bincount(level.ravel(), weights=pair.seen(where)[::2, ::2].ravel(), minlength=1001)
    total = float(counts.sum())
    return float(np.searchsorted(np.cumsum(counts), share * total)) / 10 if total > 0 else 50.0


def mean(plane: Plane, where: Weights) -> float:
    """Weighted mean; 0 where nothing has weight."""
    total = float(where.sum())
    return float(np.vdot(plane, where) / total) if total > 0 else 0.0


# --- where -------------------------------------------------------------------------------------------------------


def in_range(name: str, scene: Scene, region: Weights) -> Weights:
    """The tonal range ``name`` of `hostbridge.controls.TONES` inside ``region``.

    A picture that hardly has such tones (a high-key photo has no shadows) is taken at its darkest or brightest tenth.
    """
    weights = tonal(scene.lightness, TONES[name]) * region
    if weights.sum() >= PRESENT * max(float(region.sum()), 1.0) or name == "midtones":
        return weights
    dark = name in ("blacks", "shadows")
    end = np.percentile(scene.lightness[region > 0.5], 10 if dark else 90) if (region > 0.5).any() else 50.0
    chosen = scene.lightness <= end if dark else scene.lightness >= end
    return np.asarray(np.maximum(weights, region * chosen), np.float32)


def belonging(name: str, scene: Scene, where: Weights) -> float:
    """How far pixels that stand in for a tonal range are inside it, 0.25…1: controls of that range move them less."""
    start, _, _, over = TONES[name]
    far = 30.0  # L* beyond the range's ends
    inside = np.interp(scene.lightness, (start - far, start, over, over + far), (0.25, 1, 1, 0.25))
    return mean(inside.astype(np.float32), where)


def movable(scene: Scene, where: Weights, direction: int) -> Weights:
    """``where`` without pixels already at the end they are asked to move to."""
    free = scene.lightness < 98.5 if direction > 0 else scene.lightness > 1.0
    return (where * free).astype(np.float32)


def middle_tones(scene: Scene, region: Weights) -> Weights:
    """Where luminance ratios are trustworthy: neither noise nor near clipping."""
    return tonal(scene.lightness, (4.0, 18.0, 62.0, 82.0)) * region


def below_white(scene: Scene, region: Weights) -> Weights:
    """The region without near white: a white cloud is no haze."""
    return tonal(scene.lightness, (-1.0, 0.0, 80.0, 92.0)) * region


def darkest(scene: Scene, region: Weights) -> Weights:
    """The darkest twentieth of the region."""
    inside = scene.lightness[region > 0.5]
    end = float(np.percentile(inside, 5)) if inside.size else 10.0
    return (region * (scene.lightness <= end)).astype(np.float32)


def relit(lightness: Plane, ev: float) -> Plane:
    """L* after multiplying the luminance by 2**ev and clipping at white, by scikit-image's CIE 1976 formulas."""
    lab = np.zeros((*lightness.shape, 3))
    lab[..., 0] = lightness
    return np.asarray(xyz2lab(np.minimum(lab2xyz(lab) * 2**ev, lab2xyz([100.0, 0, 0])))[..., 0], np.float32)


def reach(scene: Scene, where: Weights, ev: float) -> float:
    """How far ``ev`` stops move the mean L* over ``where`` in this picture: the room a lightness target has."""
    share, edges = np.histogram(scene.lightness, bins=50, range=(0, 100), weights=where)
    centres = ((edges[:-1] + edges[1:]) / 2).astype(np.float32)
    total = float(share.sum())
    return float(((relit(centres, ev) - centres) * share).sum() / total) if total > 0 else 0.0


def _radius(scene: Scene) -> Plane:
    height, width = scene.lightness.shape
    y, x = np.mgrid[0:height, 0:width]
    return np.asarray(np.hypot((x + 0.5) / width * 2 - 1, (y + 0.5) / height * 2 - 1) / np.sqrt(2), np.float32)
