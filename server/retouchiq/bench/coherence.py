"""Learns how much each sign of an incoherent change counts (`retouchiq.reward.measured.coherence`).

``python -m retouchiq.bench.coherence FOLDER`` prints the new ``coherence.toml``. FOLDER holds finished photographs and
a MANIFEST.tsv, as for `retouchiq.bench.prior`. Each photo, and a part of it, is made unfinished; it should be preferred
to itself with one control off, both ways, and with several: a logistic preference model (Bradley and Terry, Biometrika
1952) with weights of 0 and more. The faults are these few lines of NumPy in linear light and Lab, not an editor's.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.optimize import minimize
from skimage.color import lab2rgb, rgb2lab

from retouchiq.bench.prior import faultless, unfinished
from retouchiq.pictures import read_picture
from retouchiq.reward import Picture
from retouchiq.reward.measured.coherence import PARTS, SIDE, bent, measured
from retouchiq.reward.measured.scene import Pair, Scene, fitted, resized

SIZES = (0.6, 1.3)  # of `FAULTS`, drawn evenly
SHRUNK = 0.7  # of it for each of several
SEVERAL = 6  # pictures with three or four controls off
CUT = (0.55, 0.8)  # of the sides: the part of a photo that is taken as another photo
RIDGE = 0.003

LUMINANCE = np.array([0.2126, 0.7152, 0.0722])


def fit(folder: Path) -> str:
    """The text of ``coherence.toml`` learned from the pictures of ``folder``."""
    names = faultless(folder)
    kept, spoilt = (np.concatenate(side) for side in zip(*map(_compared, _photos(folder, names)), strict=True))
    scale = np.concatenate((kept, spoilt)).std(axis=0)
    worse = bent(spoilt / scale) - bent(kept / scale)
    weights = _preference(worse)
    right = float((worse @ weights > 0).mean())
    lines = [f"# made by: python -m retouchiq.bench.coherence PHOTOS  ({len(names)} photographs)"]
    lines += [f"# prefers the photograph to itself with controls off in {right:.0%} of {len(worse)} comparisons"]
    for name, weight, size in zip(PARTS, weights, scale, strict=True):
        lines += ["", f'["{name}"]', f"weight = {weight:.3f}", f"scale = {size:.3f}"]
    return "\n".join(lines) + "\n"


def _photos(folder: Path, names: list[str]) -> Iterator[tuple[Picture, np.random.Generator]]:
    """Each photo and a part of it, small, with random numbers of its own."""
    for name in names:
        picture = read_picture(folder / name)
        draw = np.random.default_rng(int(picture[::8, ::8].sum()))
        for part in (picture, _cut(picture, draw)):
            yield resized(part, fitted(part, SIDE)), draw


def _cut(picture: Picture, draw: np.random.Generator) -> Picture:
    size = [int(side * draw.uniform(*CUT)) for side in picture.shape[:2]]
    y, x = (int(draw.uniform(0, full - part)) for full, part in zip(picture.shape, size, strict=False))
    return picture[y : y + size[0], x : x + size[1]]


def _compared(made: tuple[Picture, np.random.Generator]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """`PARTS` of a photo beside an unfinished version, and of each spoilt one: both (spoilt ones, parts)."""
    photo, draw = made
    before = unfinished(photo, draw)
    spoilt = [_parts(before, each) for each in _spoilt(photo, draw)]
    return np.array([_parts(before, photo)] * len(spoilt)), np.array(spoilt)


def _parts(before: Picture, after: Picture) -> list[float]:
    pair = Pair(Scene(before, before), Scene(after, after))
    return list(measured(pair, np.ones(before.shape[:2], np.float32), []).values())


def _spoilt(photo: Picture, draw: np.random.Generator) -> Iterator[Picture]:
    for fault, size in FAULTS.items():
        for way in (-1, 1):
            yield fault(photo, way * size * draw.uniform(*SIZES))
    for _ in range(SEVERAL):
        picture = photo
        for which in draw.choice(len(FAULTS), draw.integers(3, 5), replace=False):
            fault, size = list(FAULTS.items())[which]
            picture = fault(picture, draw.choice((-1, 1)) * SHRUNK * size)
        yield picture


def _preference(worse: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weights of 0 and more of the preference model: likelihood of all of ``worse`` being worse, with a ridge."""

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = worse @ weights
        slope = -(1 / (1 + np.exp(margin))) @ worse / len(worse) + 2 * RIDGE * weights
        return float(np.logaddexp(0, -margin).mean() + RIDGE * weights @ weights), slope

    count = worse.shape[1]
    found = minimize(loss, np.full(count, 0.1), jac=True, method="L-BFGS-B", bounds=[(0, None)] * count)
    return np.asarray(found.x)


# --- faults: a picture (sRGB 0…1) and a signed size ---------------------------------------------------------------


def _light(picture: Picture) -> NDArray[np.float64]:
    return np.where(picture <= 0.04045, picture / 12.92, ((picture + 0.055) / 1.055) ** 2.4)


def _coded(light: NDArray[np.float64]) -> Picture:
    light = np.clip(light, 0, 1)
    return np.asarray(np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055), np.float32)


def _times(picture: Picture, gain: NDArray[np.float64] | float) -> Picture:
    return _coded(_light(picture) * gain)


def _exposure(picture: Picture, ev: float) -> Picture:
    return _times(picture, 2.0**ev)


def _contrast(picture: Picture, steeper: float) -> Picture:
    """Luminance to a power, about middle grey."""
    luminance = np.maximum(_light(picture) @ LUMINANCE, 1e-5)
    wanted = np.minimum(0.18 * (luminance / 0.18) ** (1 + steeper), 1)
    return _times(picture, (wanted / luminance)[..., None])


def _gains(picture: Picture, gains: NDArray[np.float64]) -> Picture:
    light = _light(picture)
    turned = light * np.exp(gains)
    return _coded(turned * ((light @ LUMINANCE) / np.maximum(turned @ LUMINANCE, 1e-6))[..., None])


def _warmth(picture: Picture, size: float) -> Picture:
    return _gains(picture, size * np.array([0.18, 0, -0.22]))


def _tint(picture: Picture, size: float) -> Picture:
    return _gains(picture, size * np.array([0.06, -0.12, 0.06]))


def _saturation(picture: Picture, more: float) -> Picture:
    light = _light(picture)
    grey = (light @ LUMINANCE)[..., None]
    return _coded(grey + (light - grey) * (1 + more))


def _tones(picture: Picture, ev: float, middle: float, width: float) -> Picture:
    """Light where the surroundings are darker than L* ``middle``, or lighter for a negative ``width``."""
    lightness = rgb2lab(picture)[..., 0]
    around = ndimage.gaussian_filter(lightness, 0.015 * max(lightness.shape))
    return _times(picture, 2 ** (ev / (1 + np.exp((around - middle) / width)))[..., None])


def _shadows(picture: Picture, ev: float) -> Picture:
    return _tones(picture, ev, 42, 9)


def _highlights(picture: Picture, ev: float) -> Picture:
    return _tones(picture, ev, 62, -9)


def _hue(picture: Picture, degrees: float) -> Picture:
    lab, turn = rgb2lab(picture), np.radians(degrees)
    lab[..., 1:] = lab[..., 1:] @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return np.asarray(np.clip(lab2rgb(lab), 0, 1), np.float32)


def _clarity(picture: Picture, more: float) -> Picture:
    """An unsharp mask of 2 % of the long side, held back at strong edges."""
    lab = rgb2lab(picture)
    detail = lab[..., 0] - ndimage.gaussian_filter(lab[..., 0], 0.02 * max(picture.shape))
    lab[..., 0] = np.clip(lab[..., 0] + more * 15 * np.tanh(detail / 15), 0, 100)
    return np.asarray(np.clip(lab2rgb(lab), 0, 1), np.float32)


FAULTS: dict[Callable[[Picture, float], Picture], float] = {
    _exposure: 0.6,
    _contrast: 0.13,
    _warmth: 1.0,
    _tint: 1.0,
    _saturation: 0.4,
    _shadows: 0.8,
    _highlights: 0.6,
    _hue: 18.0,
    _clarity: 0.5,
}
"""What is put off, both ways, and how far: what a photographer sees at once."""


if __name__ == "__main__":
    sys.stdout.write(fit(Path(sys.argv[1])))
