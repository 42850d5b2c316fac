"""Masks of filters, computed from the picture: its regions, tonal zones, bands of hue, muted colours and haze.

Everything is taken from the picture as it was before any filter of ours, so that what one filter does cannot move the
mask of another. Lightness, chroma and hue are CIE L* and LCh(ab).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, minimum_filter
from skimage.color import rgb2lab

from hostbridge.controls import BANDS, HUES, Region
from hostbridge.gegl.filters import Mask
from hostbridge.weights import Picture, Weights, weights_in_lab

Points = tuple[tuple[float, float], ...]
"""(where, weight) with straight lines in between, held at the ends."""

TONES: dict[str, Points] = {
    # L* of the picture → share of the effect; the first two as darktable's tone equalizer spreads its bands
    "shadows": ((0, 0.5), (7, 0.7), (14, 0.9), (21, 1), (30, 1), (42, 0.4), (57, 0)),
    "highlights": ((42, 0), (57, 0.15), (76, 1), (100, 0.7)),
    "whites": ((55, 0), (65, 0.2), (80, 0.65), (90, 0.9), (100, 1)),
    # as far as each of darktable's gradings reaches on a ramp of greys
    "dark tones": ((0, 0.5), (10, 0.64), (25, 1), (33, 1), (50, 0.56), (70, 0.09), (85, 0)),
    "middle tones": ((0, 0.65), (10, 0.73), (30, 0.97), (50, 1), (70, 0.89), (90, 0.69), (100, 0.6)),
    "light tones": ((10, 0), (30, 0.07), (50, 0.3), (70, 0.67), (90, 1)),
}

MUTED: Points = ((0, 1), (15, 1), (60, 0.25))
"""C*ab → how much vibrance acts: strong colours have enough."""

COLOURED: Points = ((2, 0), (25, 1))
"""C*ab → how much a band acts: greys have no hue, and what is nearly grey gets no blotches."""

ANY: Points = ((2, 0), (10, 1))
"""The same for ``any BAND``, for what a change of saturation hardly shows in nearly grey anyway."""

CIRCLE = tuple(sorted(BANDS, key=lambda band: HUES[band]))


class Masks:
    """The masks of one ``picture``: float32 (height, width, 3), sRGB 0…1.

    ``moved``: what changes of shape make of weights, so that a region stays on what it was found on.
    """

    def __init__(self, picture: Picture, moved: Callable[[Weights], Weights] = lambda weights: weights) -> None:
        self.picture = picture
        self.moved = moved

    @cached_property
    def _lab(self) -> NDArray[np.float32]:
        return np.asarray(rgb2lab(self.picture), np.float32)

    @cached_property
    def _chroma(self) -> NDArray[np.float32]:
        return np.hypot(self._lab[..., 1], self._lab[..., 2])

    @cached_property
    def _hue(self) -> NDArray[np.float32]:
        return np.degrees(np.arctan2(self._lab[..., 2], self._lab[..., 1])) % 360

    def of(self, region: Region, weight: str | None) -> Mask | None:
        """The mask of a region and a weight (`TONES`, a band, ``any BAND``, `OTHERS`); None where it is all."""
        total = self.weight(weight) if weight else np.ones(self.picture.shape[:2], np.float32)
        if not region.everywhere or region.inverted:
            total = total * weights_in_lab(region, self._lab)
        made = (self.moved(total) * 255 + 0.5).astype(np.uint8)
        return None if made.min() == 255 else made

    def weight(self, name: str) -> Weights:
        """How much a named weight acts on each pixel: (height, width), 0…1."""
        if name in TONES:
            return _through(TONES[name], self._lab[..., 0])
        if name in HUES:
            return self._band(name) * _through(COLOURED, self._chroma)
        if name.startswith("any "):
            return self._band(name.removeprefix("any ")) * _through(ANY, self._chroma)
        return OTHERS[name](self)

    def _band(self, band: str) -> Weights:
        """1 at the band's hue, falling smoothly to 0 at the hues of its neighbours."""
        index = CIRCLE.index(band)
        here = HUES[band]
        below, above = HUES[CIRCLE[index - 1]], HUES[CIRCLE[(index + 1) % len(CIRCLE)]]
        away = (self._hue - here + 180) % 360 - 180
        share = np.where(away < 0, away / -((here - below) % 360), away / ((above - here) % 360))
        return np.asarray((1 + np.cos(np.pi * np.clip(share, 0, 1))) / 2, np.float32)

    def _muted(self) -> Weights:
        return _through(MUTED, self._chroma)

    def _haze(self) -> Weights:
        """How hazy each part is: its dark channel (He, Sun and Tang 2009), smoothed."""
        side = max(self.picture.shape[:2])
        dark = minimum_filter(self.picture.min(axis=2), max(3, side // 60))
        hazy: Weights = gaussian_filter(dark, side / 80)
        return np.clip(hazy, 0, 1)


OTHERS: dict[str, Callable[[Masks], Weights]] = {"muted": Masks._muted, "haze": Masks._haze}


def _through(points: Points, values: NDArray[np.float32]) -> Weights:
    where, weight = zip(*points, strict=True)
    return np.asarray(np.interp(values, where, weight), np.float32)
