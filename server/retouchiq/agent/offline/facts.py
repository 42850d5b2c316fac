"""What the agent looks at in a picture before it chooses amounts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from skimage.color import rgb2lab

from retouchiq.reward import Picture
from retouchiq.reward.measured.prior import finish
from retouchiq.reward.measured.scene import Scene

QUANTILES = 256
SIDE = 160  # px; the facts are averages and percentiles, which need no more


@dataclass(frozen=True)
class Facts:
    """Averages over the picture, in CIE Lab (D65).

    ``lightness``: L* at `QUANTILES` evenly spaced quantiles, ascending: the histogram, as short as it needs to be.
    ``chroma``: mean C*. ``neutral_a``, ``neutral_b``: mean a*, b* of the pixels with C* below 18 and L* 15…95, the
    picture's cast as far as it can be told; 0 where there are hardly any. ``short``: how much mean L* the picture is
    likely short of its finished version, signed (`retouchiq.reward.measured.prior`).
    """

    lightness: NDArray[np.float64]
    chroma: float
    neutral_a: float
    neutral_b: float
    short: float

    @property
    def mean(self) -> float:
        """Mean L*."""
        return float(self.lightness.mean())

    def percentile(self, percent: float) -> float:
        """L* below which ``percent`` of the pixels lie."""
        return float(np.percentile(self.lightness, percent))

    def share(self, low: float, high: float) -> float:
        """Share of the pixels with L* in ``low``…``high``, 0…1."""
        return float(((self.lightness >= low) & (self.lightness < high)).mean())

    def exposure_for(self, rise: float) -> float:
        """EV that change the mean L* by ``rise`` if every pixel's luminance is multiplied by 2**EV and clipped.

        CIE 1976: L* = 116·Y^(1/3) − 16 above Y = 0.008856; darker pixels are taken by the same formula.
        """
        luminance = ((self.lightness + 16) / 116) ** 3
        low, high = (0.0, 5.0) if rise > 0 else (-5.0, 0.0)
        for _ in range(20):
            middle = (low + high) / 2
            lifted = 116 * np.cbrt(np.minimum(luminance * 2**middle, 1.0)) - 16
            low, high = (middle, high) if lifted.mean() < self.mean + rise else (low, middle)
        return (low + high) / 2


def facts(picture: Picture) -> Facts:
    """The facts of ``picture``, from about `SIDE`² evenly spread pixels."""
    step = max(1, min(picture.shape[:2]) // SIDE)
    small = np.ascontiguousarray(picture[::step, ::step], np.float32)
    light = finish(Scene(small, small))["lightness"]
    lab = rgb2lab(small)
    lightness, a, b = lab[..., 0].ravel(), lab[..., 1].ravel(), lab[..., 2].ravel()
    chroma = np.hypot(a, b)
    neutral = (chroma < 18) & (lightness > 15) & (lightness < 95)
    enough = neutral.mean() > 0.02
    return Facts(
        lightness=np.quantile(lightness, (np.arange(QUANTILES) + 0.5) / QUANTILES),
        chroma=float(chroma.mean()),
        neutral_a=float(a[neutral].mean()) if enough else 0.0,
        neutral_b=float(b[neutral].mean()) if enough else 0.0,
        short=light.target - light.before,
    )
