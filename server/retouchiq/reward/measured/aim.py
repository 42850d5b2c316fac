"""How far a wish should move its measure on this picture."""

from __future__ import annotations

import numpy as np

from hostbridge.weights import Weights, tonal
from retouchiq.language.request import Wish
from retouchiq.reward.measured import tone
from retouchiq.reward.measured.colour import WARMTH_AND_MAGENTA
from retouchiq.reward.measured.prior import finish
from retouchiq.reward.measured.scene import Scene
from retouchiq.reward.measured.table import Effect, Row
from retouchiq.reward.measured.tone import mean

FARTHER = 0.5  # of a plain step more, at most, where the picture is that far from its finished version
LARGEST_CAST = 12.0  # a*b*; what looks like a stronger cast is more likely the colour of things


def strength(wish: Wish, row: Row) -> float:
    """How much is asked for, the plain word being 1."""
    return wish.strength if wish.exact is None else abs(wish.exact) / row.amount


def direction(wish: Wish) -> int:
    """The sign asked for: that of the exact amount where there is one."""
    return wish.direction if not wish.exact else int(np.sign(wish.exact))


def change(effect: Effect, wish: Wish, row: Row, scene: Scene, where: Weights, before: float) -> float:
    """The signed change of the effect's measure that ``wish`` asks for on this picture, within its headroom."""
    much = strength(wish, row)
    sign = direction(wish) * effect.sign
    if effect.fixed:
        much = 1.0 if wish.exact is None else min(1.0, much)
    size = much * (effect.plain + effect.share * before) * _visibility(effect, scene, where)
    if wish.exact is None:
        size = _towards_normal(effect, wish, sign, size, scene, where, before)
    if sign < 0 and effect.share > 0 and not effect.fixed:
        size = min(size, 0.9 * before)
    if effect.ends is not None:
        room = effect.ends * max(much, 1.7 if wish.complaint else 0.0)
        size = min(size, abs(tone.reach(scene, where, sign * room)))
    return sign * size


def _visibility(effect: Effect, scene: Scene, where: Weights) -> float:
    """How much of the plain effect this picture's tones can show, 1 for middle tones."""
    shown = 1.0
    if effect.tones is not None:
        shown = tone.belonging(effect.tones, scene, where)
    if effect.dims is not None:
        shown *= min(1.3, (mean(scene.lightness, where) + effect.dims) / (50 + effect.dims))
    return shown


def _towards_normal(
    effect: Effect, wish: Wish, sign: int, size: float, scene: Scene, where: Weights, before: float
) -> float:
    """More where the picture is short of a finished one in what the wish is about.

    A complaint goes to where it is right. A plain word stays a step of its own size on any picture, and at most half
    as large again: experts who carry such requests out on a dark picture go farther than they were told.
    """
    much = min(wish.strength, 1.3)
    if (
        effect.measure in ("lightness", "spread")
        and wish.region.everywhere
        and wish.control in ("exposure", "contrast")
    ):
        fact = finish(scene)[effect.measure]
        missing = max(0.0, sign * (fact.target - fact.before)) * much
        return max(size, missing) if wish.complaint else size + min(FARTHER * size, FARTHER * missing)
    if effect.measure in ("warmth", "magenta") and wish.complaint:
        axis = WARMTH_AND_MAGENTA[0 if effect.measure == "warmth" else 1]
        leaning = -sign * float(axis @ cast_of(scene, where))
        return max(size * 0.7, 0.8 * min(leaning, LARGEST_CAST) * much)
    return size


def cast_of(scene: Scene, where: Weights) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Mean (a*, b*) of the greyish pixels: the picture's cast as far as it can be told; 0 where there are few."""
    greyish = where * (scene.chroma < 18) * tonal(scene.lightness, (10, 20, 90, 97))
    if greyish.mean() < 0.02:
        return np.zeros(2)
    return np.array([mean(scene.ab[..., i], greyish) for i in (0, 1)])
