"""What it takes to bring a photo close to a finished picture in tone and colour, as wishes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from skimage.color import rgb2lab

from hostbridge.controls import EVERYWHERE
from retouchiq.language.request import Aim, Request, Wish
from retouchiq.reward import Picture

SIDE = 256  # px: averages need no more
WORDS = "as in the reference"

STEPS: dict[str, tuple[str, float, float]] = {
    "exposure": ("lightness", 7.0, 1.0),
    "contrast": ("spread", 4.0, 0.8),
    "temperature": ("warmth", 5.5, 1.0),
    "tint": ("magenta", 5.0, 1.0),
    "saturation": ("chroma", 6.0, 1.0),
}
"""Control → the measure it moves, the difference of it that one plain step ("brighter") makes, and the one too small to
act on, both in Lab units."""

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
    missing = {
        control: float(difference)
        for (control, (_, _, least)), difference in zip(STEPS.items(), differences, strict=True)
        if control not in named and abs(difference) > least
    }
    wishes = tuple(_wish(control, difference) for control, difference in missing.items())
    aims = tuple(_aim(control, difference) for control, difference in missing.items())
    return request.model_copy(
        update={"wishes": request.wishes + wishes, "aims": request.aims + aims, "open_ended": False}
    )


def _wish(control: str, difference: float) -> Wish:
    """Not judged by the words for its control: the reference says how far to go."""
    return Wish(
        control=control,
        direction=1 if difference > 0 else -1,
        strength=min(3.0, abs(difference) / STEPS[control][1]),
        words=WORDS,
        judged=False,
    )


def _aim(control: str, difference: float) -> Aim:
    measure = STEPS[control][0]
    return Aim(measure=measure, change=difference, why=f"{measure} {WORDS}", control=control)


def _averages(picture: Picture) -> NDArray[np.float64]:
    """Mean L*, its standard deviation, mean b*, mean a*, mean C*: in the order of `STEPS`."""
    step = max(1, max(picture.shape[:2]) // SIDE)
    lab = rgb2lab(picture[::step, ::step])
    lightness, a, b = lab[..., 0], lab[..., 1], lab[..., 2]
    return np.array([lightness.mean(), lightness.std(), b.mean(), a.mean(), np.hypot(a, b).mean()])
