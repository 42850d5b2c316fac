"""What it takes to bring a photo close to a finished picture in tone and colour, as wishes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from skimage.color import rgb2lab

from hostbridge.controls import EVERYWHERE
from retouchiq.language.request import Request, Wish
from retouchiq.reward import Picture

SIDE = 256  # px: averages need no more

STEPS: dict[str, tuple[float, float]] = {
    "exposure": (7.0, 1.0),
    "contrast": (4.0, 0.8),
    "temperature": (5.5, 1.0),
    "tint": (5.0, 1.0),
    "saturation": (6.0, 1.0),
}
"""Control → the difference one plain step ("brighter") makes, and the one too small to act on, both in Lab units."""

_SEEN = {*STEPS, "highlights", "shadows", "whites", "blacks", "vibrance"}
"""Controls whose effect shows in what is compared: what they did to the reference is in the difference already."""


def with_reference(request: Request, before: Picture, reference: Picture, alike: bool = False) -> Request:
    """``request`` with wishes that bring ``before`` towards ``reference``, for controls it does not name itself.

    Compared are mean L*, its spread, mean b*, mean a* and mean chroma (CIE Lab, D65): the pictures may show different
    scenes. Nothing is wished where they already agree. ``alike``: the reference is what became of the same request on
    another photo of a series, so it decides tone and colour also where the request names them for the whole picture.
    """
    if alike:
        kept = tuple(wish for wish in request.wishes if wish.region != EVERYWHERE or wish.control not in _SEEN)
        request = request.model_copy(update={"wishes": kept, "free": tuple(set(request.free) - _SEEN)})
    named = {wish.control for wish in request.wishes if wish.region == EVERYWHERE}
    differences = _averages(reference) - _averages(before)
    wishes = tuple(
        Wish(
            control=control,
            direction=1 if difference > 0 else -1,
            strength=min(3.0, abs(float(difference)) / step),
            words="as in the reference",
        )
        for (control, (step, least)), difference in zip(STEPS.items(), differences, strict=True)
        if control not in named and abs(difference) > least
    )
    return request.model_copy(update={"wishes": request.wishes + wishes, "open_ended": False})


def _averages(picture: Picture) -> NDArray[np.float64]:
    """Mean L*, its standard deviation, mean b*, mean a*, mean C*: in the order of `STEPS`."""
    step = max(1, max(picture.shape[:2]) // SIDE)
    lab = rgb2lab(picture[::step, ::step])
    lightness, a, b = lab[..., 0], lab[..., 1], lab[..., 2]
    return np.array([lightness.mean(), lightness.std(), b.mean(), a.mean(), np.hypot(a, b).mean()])
