"""The faults of a picture, as wishes: what "make it better" means for it."""

from __future__ import annotations

import numpy as np

from retouchiq.language.request import Wish
from retouchiq.reward.measured.aim import NORMAL_LIGHTNESS, cast_of
from retouchiq.reward.measured.scene import Scene


def faults(scene: Scene) -> tuple[Wish, ...]:
    """Restrained wishes for what is plainly off; none for a good picture."""
    found: list[Wish] = []

    def add(control: str, sign: float, strength: float, words: str) -> None:
        direction = 1 if sign > 0 else -1
        found.append(Wish(control=control, direction=direction, strength=strength, words=words, complaint=True))

    lightness = float(scene.lightness.mean())
    low, high = np.percentile(scene.lightness, (5, 95))
    a, b = cast_of(scene, np.ones_like(scene.lightness))
    chroma = float(scene.chroma.mean())
    if not 35 <= lightness <= 68:
        add("exposure", NORMAL_LIGHTNESS - lightness, 0.8, "too dark" if lightness < 35 else "too bright")
    if abs(b) > 5:
        add("temperature", -b, 0.7, "a blue cast" if b < 0 else "a yellow cast")
    if abs(a) > 4:
        add("tint", -a, 0.7, "a green cast" if a < 0 else "a magenta cast")
    if high - low < 60:
        add("contrast", 1, 0.8, "flat tones")
    if 2 < chroma < 12:
        add("vibrance", 1, 0.8, "dull colours")
    return tuple(found)
