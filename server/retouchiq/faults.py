"""What is off in a picture, as wishes: what "make it better" means for it, and what an empty instruction does."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from retouchiq.language.request import Wish
from retouchiq.reward import Picture
from retouchiq.reward.measured.aim import LARGEST_CAST
from retouchiq.reward.measured.prior import Finish, finish
from retouchiq.reward.measured.scene import Scene, fitted, resized
from retouchiq.reward.measured.table import ROWS

SIDE = 256  # px of the long side that is looked at; the facts are averages and percentiles

RESTRAINT = 0.75
"""Of the way to the finished version: the prior cannot see what the photographer meant, so it is believed in part."""

FINISHED, UNFINISHED = 1.0, 2.0
"""How far, in tolerances, lightness, contrast and white point lie below those of a finished version in a picture that
is left alone, and in one that is finished with all the prior says; in between, in part. Their geometric mean counts:
one that is not short at all says that the others are meant."""

LEAST, MOST = 0.15, 4.0  # of a plain word's step: less is not worth an edit, more is not restrained
STEEPER = 0.4
"""Of the contrast there is, how much more is restrained: experts who finished flat photos added a half in the mean."""

COLOURLESS = 3.0  # % of saturation: a picture with less is black and white, and meant so

MISSING = {
    "exposure": ("lightness", "too dark"),
    "contrast": ("spread", "flat tones"),
    "saturation": ("saturation", "dull colours"),
}
"""Control → the fact of a finished picture that it raises, and what a picture without it is said to be. Too much of
them is more often meant than too little is, and left alone."""


def faults(picture: Picture, named: Collection[str] = ()) -> tuple[Wish, ...]:
    """Restrained wishes for what is off in ``picture``, float32 (h, w, 3) sRGB 0…1; none for a finished one.

    Controls ``named`` are those the user asked to have settled ("fix the contrast"): theirs do not have to wait for
    the picture to look unfinished.
    """
    small = resized(picture, fitted(picture, SIDE))
    scene = Scene(small, small)
    likely = finish(scene)
    share = RESTRAINT * unfinished(likely)
    missing = [_missing(control, likely, RESTRAINT if control in named else share) for control in MISSING]
    return tuple(wish for wish in (*missing, *_errors(scene, named)) if wish is not None)


def unfinished(likely: dict[str, Finish]) -> float:
    """How sure it is, 0…1, that nobody finished the picture: lightness, contrast and whites are short of what they
    would be.

    A finished photograph may be dark, flat or pale on purpose, but hardly ever all at once and with its whites unused;
    a camera's plain rendering is.
    """
    short = np.cbrt(np.prod([max(0.0, likely[name].off) for name in ("lightness", "spread", "white point")]))
    return float(np.clip((short - FINISHED) / (UNFINISHED - FINISHED), 0, 1))


def _missing(control: str, likely: dict[str, Finish], share: float) -> Wish | None:
    measure, words = MISSING[control]
    effect = ROWS[control].effects[0]
    fact = likely[measure]
    plain = effect.plain + effect.share * fact.before
    missing = share * (fact.target - fact.before)
    if control == "contrast":
        missing = min(missing, STEEPER * fact.before)
    strength = missing / max(plain, 1e-6)
    if strength < LEAST or (control == "saturation" and fact.before < COLOURLESS):
        return None
    return Wish(control=control, direction=1, strength=round(min(strength, MOST), 3), words=words)


def _errors(scene: Scene, named: Collection[str]) -> list[Wish]:
    """What a camera does wrong, whoever finished the picture: a cast; and too much light, where that is asked about.

    A bright picture is more often meant so, and what is blown only turns grey. Most of what looks like a cast is sky,
    sand or evening, and finished photographs keep it: it counts where the user asked, or where a scene without colours
    of its own is seen in one colour of light.
    """
    low, high = np.percentile(scene.lightness, (5, 95))
    too_bright = "exposure" in named and float(scene.lightness.mean()) > 70 and low > 35 and high > 90
    a, b = _cast(scene) if _one_light(scene) or {"temperature", "tint"} & set(named) else (0.0, 0.0)
    found = {
        "too bright": (too_bright, "exposure", -1, 0.8),
        "a blue cast": (b < -5, "temperature", 1, 0.7),
        "a yellow cast": (b > 6, "temperature", -1, 0.7),
        "a green cast": (a < -4, "tint", 1, 0.7),
        "a magenta cast": (a > 5, "tint", -1, 0.7),
    }
    return [
        Wish(control=control, direction=direction, strength=strength, words=words, complaint=True)
        for words, (there, control, direction, strength) in found.items()
        if there
    ]


def _one_light(scene: Scene) -> bool:
    """Whether the colours lie close together and away from grey, after F. Gasparini and R. Schettini, "Color balancing
    of digital photos using simple image statistics", Pattern Recognition 37 (2004): mean a*b* beyond twice its spread,
    and weak enough to be light rather than paint."""
    colours = scene.ab[(scene.lightness > 15) & (scene.lightness < 96)]
    if len(colours) < 0.1 * scene.lightness.size:
        return False
    away = float(np.hypot(*colours.mean(axis=0)))
    spread = float(np.sqrt(colours.var(axis=0).sum()))
    return 2 * spread < away < LARGEST_CAST


def _cast(scene: Scene) -> tuple[float, float]:
    """The smaller of the mean (a*, b*) of light greys and of all greyish pixels; 0 where they disagree or are few."""
    lightness = scene.lightness
    greyish = (scene.chroma < 18) & (lightness > 15) & (lightness < 96)
    light_greys = greyish & (lightness > max(55.0, float(np.percentile(lightness, 70))))
    if light_greys.mean() < 0.04:
        return 0.0, 0.0
    a, b = (_agreed(scene.ab[greyish, axis], scene.ab[light_greys, axis]) for axis in (0, 1))
    return a, b


def _agreed(all_of_them: NDArray[np.float32], light: NDArray[np.float32]) -> float:
    first, second = float(all_of_them.mean()), float(light.mean())
    return float(np.sign(second) * min(abs(first), abs(second))) if first * second > 0 else 0.0
