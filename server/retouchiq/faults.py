"""The plain faults of a picture, as wishes: what "make it better" means for it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from skimage.color import rgb2lab

from retouchiq.language.request import Wish
from retouchiq.reward import Picture

SAMPLES = 160  # px of the short side that are looked at; the facts are averages and percentiles


def faults(picture: Picture) -> tuple[Wish, ...]:
    """Restrained wishes for what is plainly off in ``picture``; none for a good one.

    A night scene is meant to be dark (its lights are bright), a high-key one bright (it has dark parts); a cast counts
    only where light greys and all greyish pixels agree on it.
    """
    step = max(1, min(picture.shape[:2]) // SAMPLES)
    lab = np.asarray(rgb2lab(picture[::step, ::step]))
    lightness, chroma = lab[..., 0], np.hypot(lab[..., 1], lab[..., 2])
    low, high = np.percentile(lightness, (5, 95))
    mean = float(lightness.mean())
    a, b = _cast(lab, chroma)
    found = {
        "too dark": (mean < 35 and high < 75, "exposure", 1, 0.8),
        "too bright": (mean > 70 and low > 35, "exposure", -1, 0.8),
        "a blue cast": (b < -5, "temperature", 1, 0.7),
        "a yellow cast": (b > 6, "temperature", -1, 0.7),
        "a green cast": (a < -4, "tint", 1, 0.7),
        "a magenta cast": (a > 5, "tint", -1, 0.7),
        "flat tones": (high - low < 50, "contrast", 1, 0.8),
        "dull colours": (3 < float(chroma.mean()) < 8, "vibrance", 1, 0.8),
    }
    return tuple(
        Wish(control=control, direction=direction, strength=strength, words=words, complaint=True)
        for words, (there, control, direction, strength) in found.items()
        if there
    )


def _cast(lab: NDArray[np.float64], chroma: NDArray[np.float64]) -> tuple[float, float]:
    """The smaller of the mean (a*, b*) of light greys and of all greyish pixels; 0 where they disagree or are few."""
    lightness = lab[..., 0]
    greyish = (chroma < 18) & (lightness > 15) & (lightness < 96)
    light_greys = greyish & (lightness > max(55.0, float(np.percentile(lightness, 70))))
    if light_greys.mean() < 0.04:
        return 0.0, 0.0
    agreed = []
    for axis in (1, 2):
        all_of_them, light = lab[greyish, axis].mean(), lab[light_greys, axis].mean()
        same_sign = all_of_them * light > 0
        agreed.append(float(np.sign(light) * min(abs(light), abs(all_of_them))) if same_sign else 0.0)
    return agreed[0], agreed[1]
