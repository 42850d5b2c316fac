"""Finished pictures made worse on purpose: one or several controls off, and cruder methods than an expert's eye.

Nothing here is used by the reward: controls are moved by darktable on the finished picture, methods are scikit-image's
or a few lines of NumPy.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from skimage import exposure, filters
from skimage.color import deltaE_ciede2000, hsv2rgb, rgb2hsv, rgb2lab

from hostbridge.controls import Edit
from hostbridge.darktable.render import Renderer
from hostbridge.darktable.schema import Schema
from retouchiq.photo import Photo
from retouchiq.reward import Picture

OFF: dict[str, float] = {
    "exposure": 0.6,
    "contrast": 35,
    "temperature": 40,
    "tint": 30,
    "saturation": 40,
    "shadows": 60,
    "highlights": 60,
    "hue": 20,
    "clarity": 60,
}
"""How far a control is put off, both ways, in its own unit: what a photographer sees at once."""

SEVERAL = 6  # pictures with several controls off for each finished one
SHRUNK = 0.7  # of `OFF` for each of several
SEEN = 1.5  # mean CIEDE2000 from which a weakened picture differs at all (saturation of a black and white does not)


class Weakener:
    """Moves controls of one finished picture, ``path``, in darktable, at ``size`` px."""

    def __init__(self, path: Path, renderer: Renderer, schema: Schema, size: int) -> None:
        self.path = path
        self.photo = Photo(path, renderer, schema, size)
        self.finished = self.photo.observe()

    def one_off(self) -> Iterator[tuple[str, Picture]]:
        """Each control of `OFF` off, both ways, with what is off in words."""
        for control, size in OFF.items():
            for amount in (-size, size):
                yield from self._seen(f"{control} {amount:+g}", {control: amount})

    def several_off(self) -> Iterator[tuple[str, Picture]]:
        """`SEVERAL` draws of three or four controls off, the same for the same file name."""
        draw = random.Random(self.path.name)
        for _ in range(SEVERAL):
            chosen = draw.sample(list(OFF), draw.choice((3, 4)))
            amounts = {control: draw.choice((-1, 1)) * SHRUNK * OFF[control] for control in chosen}
            yield from self._seen(", ".join(f"{c} {a:+.3g}" for c, a in amounts.items()), amounts)

    def _seen(self, name: str, amounts: dict[str, float]) -> Iterator[tuple[str, Picture]]:
        picture = self.photo.render([Edit(control=control, amount=amount) for control, amount in amounts.items()])
        if different(self.finished, picture):
            yield name, picture


def different(first: Picture, second: Picture) -> bool:
    """True where two pictures of one size differ visibly."""
    one, two = (np.asarray(rgb2lab(picture[::3, ::3]), np.float64) for picture in (first, second))
    return float(deltaE_ciede2000(one, two).mean()) >= SEEN


def _auto_levels(picture: Picture) -> Picture:
    """Every channel stretched from its 0.5 % to its 99.5 % quantile."""
    low, high = np.percentile(picture, (0.5, 99.5), axis=(0, 1))
    return np.asarray(np.clip((picture - low) / np.maximum(high - low, 1e-3), 0, 1), np.float32)


def _equalised(picture: Picture) -> Picture:
    return np.asarray(_with_value(picture, exposure.equalize_hist), np.float32)


def _clahe(picture: Picture) -> Picture:
    return _with_value(picture, lambda value: exposure.equalize_adapthist(value, clip_limit=0.02))


def _with_value(picture: Picture, change: Callable[[np.ndarray], np.ndarray]) -> Picture:
    hsv = rgb2hsv(picture)
    hsv[..., 2] = change(hsv[..., 2])
    return np.asarray(hsv2rgb(hsv), np.float32)


def _grey_world(picture: Picture) -> Picture:
    means = picture.mean(axis=(0, 1))
    return np.asarray(np.clip(picture * means.mean() / np.maximum(means, 1e-3), 0, 1), np.float32)


def _s_curve(picture: Picture) -> Picture:
    return np.asarray(exposure.adjust_sigmoid(picture, cutoff=0.5, gain=8), np.float32)


def _gamma(picture: Picture) -> Picture:
    """Mean value to 0.5 by a power curve."""
    power = np.log(0.5) / np.log(np.clip(picture.mean(), 0.02, 0.98))
    return np.asarray(picture**power, np.float32)


def _over_saturated(picture: Picture) -> Picture:
    hsv = rgb2hsv(picture)
    hsv[..., 1] = np.clip(hsv[..., 1] * 1.9, 0, 1)
    return np.asarray(hsv2rgb(hsv), np.float32)


def _over_sharpened(picture: Picture) -> Picture:
    return np.asarray(filters.unsharp_mask(picture, radius=3, amount=2.5, channel_axis=2), np.float32)


METHODS: dict[str, Callable[[Picture], Picture]] = {
    "auto levels": _auto_levels,
    "histogram equalisation": _equalised,
    "CLAHE": _clahe,
    "grey world": _grey_world,
    "S curve": _s_curve,
    "gamma to middle grey": _gamma,
    "over-saturation": _over_saturated,
    "over-sharpening": _over_sharpened,
}
"""Applied to the picture before, they answer any request the same way."""
