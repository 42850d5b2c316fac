"""What every control promises, whatever editor carries it out: its direction, its size, and what it leaves alone.

A picture under test has ``before`` and ``sweep(control, amounts, **options)``, which answers one render an amount.
"""

import itertools
from dataclasses import dataclass, field

import effects
import numpy as np
from skimage.color import lab2rgb

from hostbridge.controls import CONTROLS, HUES

STEPS = (-1, -0.3, 0.03, 0.3, 1)
FINE = {"sharpness", "texture", "grain"}
CHROMAS = (0.0, 12.0, 30.0)


@dataclass(frozen=True)
class Row:
    """``effect`` grows with the amount, by ``least`` at ``reach``; ``keeps``: (effect, how much it may be)."""

    control: str
    reach: float
    effect: object
    least: float
    keeps: tuple = ()
    options: dict = field(default_factory=dict)


def less(effect):
    """An effect whose fall is what counts."""
    return lambda before, after: -effect(before, after)


ROWS = [
    Row("exposure", 1, effects.lightness, 8),
    Row("contrast", 100, effects.spread, 10, ((effects.midtones, 2.5), (effects.turn, 3))),
    Row("highlights", 100, effects.highlights, 4, ((effects.shadows, 1), (effects.turn, 3))),
    Row("shadows", 100, effects.shadows, 5, ((effects.highlights, 2.5), (effects.turn, 3))),
    Row("whites", 100, effects.whites, 3, ((effects.shadows, 0.5), (effects.turn, 3))),
    Row("blacks", 100, effects.blacks, 2.5, ((effects.highlights, 0.5), (effects.turn, 3))),
    Row("temperature", 60, effects.yellow, 7, ((effects.grey_lightness, 0.8), (effects.lightness, 0.8))),
    Row("tint", 60, effects.red, 5, ((effects.grey_lightness, 0.8), (effects.lightness, 0.8))),
    Row("saturation", 100, effects.chroma, 4, ((effects.lightness, 1), (effects.turn, 4))),
    Row("vibrance", 100, effects.chroma, 3, ((effects.lightness, 1), (effects.turn, 5))),
    Row("hue", 45, effects.turn, 20, ((effects.lightness, 1), (effects.grey_lightness, 0.5))),
    Row("shadows_color", 100, effects.towards(60, (0, 35)), 5, ((effects.lightness, 1.5),), {"hue": 60.0}),
    Row("midtones_color", 100, effects.towards(280, (35, 65)), 8, ((effects.lightness, 1.5),), {"hue": 280.0}),
    Row("highlights_color", 100, effects.towards(90, (65, 96)), 5, ((effects.lightness, 1.5),), {"hue": 90.0}),
    Row("clarity", 100, effects.local_contrast, 8, ((effects.lightness, 2), (effects.turn, 2))),
    Row("texture", 100, effects.fine_detail, 10, ((effects.lightness, 1), (effects.turn, 2))),
    Row("dehaze", 100, effects.haze, 3, ((effects.turn, 8),)),
    Row("sharpness", 100, effects.fine_detail, 10, ((effects.lightness, 0.7), (effects.turn, 3))),
    Row("vignette", 100, effects.corners, 8, ((effects.middle_lightness, 0.7), (effects.turn, 4))),
    Row("grain", 100, effects.grain, 0.5, ((effects.lightness, 0.5), (effects.turn, 2))),
    Row("fade", 100, effects.blacks, 6, ((effects.midtones, 1.5), (effects.turn, 3))),
    Row("glow", 100, effects.bloom, 2, ((effects.turn, 5),)),
    Row("monochrome", 100, less(effects.chroma), 5, ((effects.lightness, 1.5),)),
]


def amounts(row):
    return [step * row.reach for step in STEPS if CONTROLS[row.control].low < 0 or step > 0]


def check(row, photo):
    """The assertions about one control on one photo."""
    steps = amounts(row)
    renders = photo.sweep(row.control, steps, **row.options)
    effect = dict(zip(steps, (row.effect(photo.before, picture) for picture in renders), strict=True))
    said = ", ".join(f"{amount:+g}: {value:+.2f}" for amount, value in effect.items())

    assert effect[row.reach] >= row.least, said
    if steps[0] < 0:
        assert effect[steps[0]] <= -row.least * 0.6, said
    rising = [value for _, value in sorted({**effect, 0: 0.0}.items())]
    slack = 0.01 * (max(rising) - min(rising))
    assert all(later > earlier - slack for earlier, later in itertools.pairwise(rising)), said
    assert 0.12 < effect[0.3 * row.reach] / effect[row.reach] < 0.75, said

    changes = dict(zip(steps, (effects.difference(photo.before, picture) for picture in renders), strict=True))
    assert changes[0.03 * row.reach] < max(0.4, 0.12 * changes[row.reach]), "the first step is a jump"
    assert changes[0.3 * row.reach] > 0.3, "a third of the way is not a visible step"
    for kept, most in row.keeps:
        for amount, picture in zip(steps, renders, strict=True):
            assert abs(kept(photo.before, picture)) <= most, f"{kept.__name__} at {amount:+g}"


# --- bands and greys, on a chart of all hues --------------------------------------------------------------------------


def hues():
    """All hues from left to right (120, 360, 3), sRGB 0…1; three stripes of chroma 0, 12 and 30 at L* 60."""
    hue = np.radians(np.arange(360))
    stripes = [np.stack([np.full(360, 60.0), c * np.cos(hue), c * np.sin(hue)], axis=-1) for c in CHROMAS]
    lab = np.repeat(np.stack(stripes), 40, axis=0)
    return lab2rgb(lab)


def stripe(pictures, chroma):
    """Lab of one stripe of the chart before and after, averaged over its height: (360, 3) each."""
    row = 40 * CHROMAS.index(chroma)
    return [effects.rgb2lab(picture[row + 8 : row + 32]).mean(axis=0) for picture in pictures]


def band_turn(old, new):
    (_, before), (_, after) = effects.polar(old), effects.polar(new)
    return (after - before + 180) % 360 - 180


BAND_EFFECTS = {
    # what is measured, at least at full amount, at most where another band has its middle
    "hue": (band_turn, 25),
    "saturation": (lambda old, new: effects.polar(new)[0] - effects.polar(old)[0], 5),
    "lightness": (lambda old, new: new[:, 0] - old[:, 0], 8),
}


def check_band(band, what, chart):
    """The assertions about one control of a band on the chart."""
    effect, least = BAND_EFFECTS[what]
    row = CONTROLS[f"{band}.{what}"]
    distance = np.abs((np.arange(360) - HUES[band] + 180) % 360 - 180)
    at_centre = {0.0: 0.0}
    for share, picture in zip(
        (-1, -0.3, 0.3, 1), chart.sweep(row.name, [s * row.high for s in (-1, -0.3, 0.3, 1)]), strict=True
    ):
        old, new = stripe((chart.before, picture), 30.0)
        at_centre[share] = float(effect(old, new)[distance < 6].mean())
        away = np.sqrt(((new - old) ** 2).sum(axis=-1))[distance > 75]
        assert away.max() < 1.0, f"{row.name} {share:+g} moves hues of another band by ΔE {away.max():.1f}"
    rising = [value for _, value in sorted(at_centre.items())]
    assert all(later > earlier for earlier, later in itertools.pairwise(rising)), at_centre
    assert at_centre[1] > least, at_centre
    assert at_centre[-1] < -least, at_centre
