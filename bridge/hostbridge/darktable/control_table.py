"""Which module fields each control drives, and by what curve: the one table `compile` works from.

Every control has one home (`HOMES`): a module of darktable, the fields of it that move, and for each field a curve from
the control's amount to what is added to the module's neutral value. `NEUTRAL` holds the values that make a module do
nothing at all, where darktable decides them at run time and the defaults it declares are others. The curves were chosen
on renders of finished and raw photographs: ±30 % is a plain step, ±100 % is strong and still usable.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hostbridge.controls import BANDS, HUES
from hostbridge.curves import Curve, always, down, line, up
from hostbridge.framing import quarters


@dataclass(frozen=True)
class Home:
    """A control's module and the curves of the fields it drives (``tonecurve.0.3.y``: dots and list positions).

    ``pixels``: fields whose value is in pixels of the full picture and therefore grows with its long side; their curve
    is in thousandths of the long side, up to `MOST_PIXELS`, and replaces the neutral value where it is larger.
    ``build``: the function of `compile` that sets what no curve can say.
    """

    operation: str
    fields: Mapping[str, Curve] = field(default_factory=dict)
    pixels: Mapping[str, Curve] = field(default_factory=dict)
    build: str | None = None


MOST_PIXELS = 99.0
"""What all of darktable's radii take."""


def _spread(pattern: str, places: tuple[float, ...], low: float, high: float) -> dict[str, Curve]:
    """One curve for each place of a list or family of fields, scaled by its weight."""
    return {pattern.format(index): line(low * weight, high * weight) for index, weight in enumerate(places) if weight}


# toneequal: nine bands from −8 EV (noise) to 0 EV (speculars); white is 0 EV, L* 50 is −2.4 EV, L* 25 is −4.5 EV
TONE_BANDS = (
    "noise",
    "ultra_deep_blacks",
    "deep_blacks",
    "blacks",
    "shadows",
    "midtones",
    "highlights",
    "whites",
    "speculars",
)


def _equalized(weights: tuple[float, ...], low: float, high: float) -> dict[str, Curve]:
    return {name: line(low * w, high * w) for name, w in zip(TONE_BANDS, weights, strict=True) if w}


# tonecurve: L* of the picture as displayed
TONE_NODES = (0.0, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 1.0)


def _tones(low: tuple[float, ...], high: tuple[float, ...]) -> dict[str, Curve]:
    """Curves for the nodes of the tone curve: what is added to each at −100 and at +100."""
    return {
        f"tonecurve.0.{node}.y": line(less, more)
        for node, (less, more) in enumerate(zip(low, high, strict=True))
        if less or more
    }


# colorzones: one node at the hue of each band, in its order round the circle
ZONES = tuple(sorted(BANDS, key=lambda band: HUES[band]))

TURN = 1.35 * 60 / 360
"""What 60° are on colorzones' curve: it fades out towards grey, and at C*ab 30 a third of the turn is lost."""


def _band(band: str) -> dict[str, Home]:
    node = ZONES.index(band)
    return {
        f"{band}.hue": Home("colorzones", {f"curve.2.{node}.y": line(-TURN, TURN, 60)}),
        f"{band}.saturation": Home("colorzones", {f"curve.1.{node}.y": line(-0.5, 0.4)}),
        f"{band}.lightness": Home("colorzones", {f"curve.0.{node}.y": line(-0.25, 0.25)}),
    }


HOMES: dict[str, Home] = {
    "exposure": Home("exposure", {"exposure": line(-5, 5, 5)}),
    "contrast": Home("colorbalancergb", {"contrast": up(0.5)}),
    "highlights": Home("toneequal", _equalized((0, 0, 0, 0, 0, 0, 0.15, 1, 0.6), -0.85, 0.8)),
    "shadows": Home("toneequal", _equalized((0.5, 0.7, 0.9, 1, 1, 0.4, 0, 0, 0), -1.4, 1.5)),
    "whites": Home(
        "tonecurve",
        _tones((0, 0, 0, 0, 0, 0, -0.025, -0.08, -0.14, -0.2), (0, 0, 0, 0, 0, 0.01, 0.04, 0.1, 0.08, 0)),
        build="ascend",
    ),
    "blacks": Home(
        "tonecurve",
        _tones((0, -0.045, -0.09, -0.085, -0.03, 0, 0, 0, 0, 0), (0.06, 0.075, 0.075, 0.05, 0.015, 0, 0, 0, 0, 0)),
        build="ascend",
    ),
    "fade": Home(
        "tonecurve",
        _tones((0,) * 10, (0.16, 0.135, 0.11, 0.07, 0.02, 0, 0, -0.02, -0.035, -0.06)),
        build="ascend",
    ),
    "temperature": Home("channelmixerrgb", build="mix"),
    "tint": Home("channelmixerrgb", build="mix"),
    "monochrome": Home("channelmixerrgb", build="mix"),
    "saturation": Home("colorbalancergb", {"chroma_global": line(-1, 0.6)}),
    "vibrance": Home("colorbalancergb", {"vibrance": line(-0.8, 0.8)}),
    "hue": Home("colorbalancergb", {"hue_angle": line(-180, 180, 180)}),
    **{name: home for band in BANDS for name, home in _band(band).items()},
    "shadows_color": Home("colorbalancergb", build="grade"),
    "midtones_color": Home("colorbalancergb", build="grade"),
    "highlights_color": Home("colorbalancergb", build="grade"),
    "clarity": Home("bilat", {"detail": line(-0.7, 1.0)}, pixels={"sigma_s": always(30)}),
    "texture": Home("atrous", _spread("y.0.{}", (0, 0, 0.4, 0.9, 1, 0.6), -0.1, 0.12)),
    "dehaze": Home("hazeremoval", {"strength": line(-0.5, 0.6)}),
    "sharpness": Home("sharpen", {"amount": up(0.9)}, pixels={"radius": always(1.2)}),
    "denoise": Home("nlmeans", {"luma": up(0.9), "chroma": up(1.0)}),
    "vignette": Home("vignette", {"brightness": ((-100.0, 0.25), (0.0, 0.0), (30.0, -0.35), (100.0, -0.8))}),
    "grain": Home("grain", {"strength": ((0.0, 0.0), (30.0, 30.0), (100.0, 80.0))}),
    "glow": Home("soften", {"amount": up(50)}),
    "crop": Home("crop", build="crop"),
    "rotate": Home("ashift", build="straighten"),
    "perspective": Home("ashift", build="straighten"),
    "flip": Home("flip", build="flip"),
    "lens_correction": Home("lens"),
    "color_map": Home("colorchecker", build="map"),
}

BELOW: dict[str, Home] = {
    # Where a control is at home below zero, if not in the same place: what sharpens does not blur, and the power of
    # luminance that raises contrast so well would dig JPEG blocks out of the blacks if it lowered it.
    "sharpness": Home("lowpass", pixels={"radius": down(4)}),
    "contrast": Home(
        "tonecurve",
        _tones((0.04, 0.06, 0.075, 0.08, 0.05, 0, -0.05, -0.08, -0.07, -0.05), (0,) * len(TONE_NODES)),
        build="ascend",
    ),
}

QUARTERS = Home("flip", build="flip")
"""Where whole quarter turns of ``rotate`` are at home: they lose no pixel there."""


def homes(control: str, amount: float) -> tuple[Home, ...]:
    """Where a control is at home for this amount."""
    if control == "rotate":
        turns = quarters(amount)
        return (QUARTERS,) * (turns != 0) + (HOMES["rotate"],) * (amount != 90 * turns)
    return ((BELOW if amount < 0 and control in BELOW else HOMES)[control],)


@dataclass(frozen=True)
class Grade:
    """One of colorbalancergb's ways: ``strength`` is the mean C*ab that 100 % gives a grey ramp.

    ``hues``: LCh(ab) hue of the ramp for the module's hue 0, 30 … 330; ``chromas``: its mean C*ab for chroma 1.
    Measured on renders by darktable 4.2.1.
    """

    prefix: str
    strength: float
    hues: tuple[float, ...]
    chromas: tuple[float, ...]

    def fields(self, hue: float, amount: float) -> dict[str, float]:
        """The fields that tint towards an LCh(ab) hue (degrees) by an amount (percent)."""
        here = hue % 360 if hue % 360 >= self.hues[0] else hue % 360 + 360
        turned = (*self.hues, self.hues[0] + 360)
        step = max(index for index, start in enumerate(self.hues) if start <= here)
        share = (here - turned[step]) / (turned[step + 1] - turned[step])
        chroma = self.chromas[step] * (1 - share) + self.chromas[(step + 1) % 12] * share
        return {
            f"{self.prefix}_H": 30 * (step + share) % 360,
            f"{self.prefix}_C": self.strength * amount / 100 / chroma,
        }


GRADES: dict[str, Grade] = {
    "shadows_color": Grade(
        "shadows",
        14.0,
        (5.5, 29.9, 63.3, 104.9, 141.7, 166.5, 183.1, 203.9, 235.5, 289.3, 324.8, 345.7),
        (44.6, 35.3, 28.6, 28.5, 37.1, 51.6, 57.0, 54.3, 47.8, 44.6, 53.1, 52.5),
    ),
    "midtones_color": Grade(
        "midtones",
        20.0,
        (15.4, 45.5, 76.1, 107.4, 139.0, 167.7, 193.7, 221.8, 256.0, 291.1, 320.6, 347.2),
        (345, 336, 333, 335, 350, 373, 373, 346, 320, 330, 354, 357),
    ),
    "highlights_color": Grade(
        "highlights",
        12.0,
        (3.8, 29.7, 63.3, 105.2, 142.0, 166.7, 185.2, 202.6, 231.3, 287.8, 324.4, 343.9),
        (152, 127, 109, 109, 137, 176, 196, 180, 128, 114, 156, 168),
    ),
}


def _neutral_curve(nodes: tuple[float, ...]) -> list[dict[str, float]]:
    return [{"x": x, "y": x} for x in nodes] + [{"x": 0.0, "y": 0.0}] * (20 - len(nodes))


_FLAT = [{"x": HUES[band] / 360, "y": 0.5} for band in ZONES] + [{"x": 0.0, "y": 0.0}] * (20 - len(ZONES))
_MONOTONE = 2

NEUTRAL: dict[str, dict[str, Any]] = {
    "exposure": {"compensate_hilite_pres": False},
    "channelmixerrgb": {
        "red": [1.0, 0.0, 0.0, 0.0],
        "green": [0.0, 1.0, 0.0, 0.0],
        "blue": [0.0, 0.0, 1.0, 0.0],
        # the matrix holds the adaptation: no second instance fights darktable's own over the white balance
        "illuminant": "DT_ILLUMINANT_PIPE",
        "adaptation": "DT_ADAPTATION_RGB",
        "gamut": 0.0,
        "clip": False,
    },
    # the norm of an RGB grey is √3 times its luminance: −0.8 EV
    "toneequal": {"exposure_boost": -0.79},
    "tonecurve": {
        "tonecurve": [_neutral_curve(TONE_NODES), *[_neutral_curve((0.0, 0.5, 1.0))] * 2],
        "tonecurve_nodes": [len(TONE_NODES), 3, 3],
        "tonecurve_type": [_MONOTONE] * 3,
        "tonecurve_autoscale_ab": "DT_S_SCALE_AUTOMATIC_RGB",
        "preserve_colors": "DT_RGB_NORM_NONE",
    },
    "colorzones": {
        "curve": [_FLAT] * 3,
        "curve_num_nodes": [len(ZONES)] * 3,
        "curve_type": [_MONOTONE] * 3,
        "splines_version": 1,
    },
    "bilat": {"mode": "s_mode_bilateral", "sigma_r": 30.0, "sigma_s": 1.0, "detail": 0.0},
    "atrous": {
        "octaves": 5,
        "x": [[0.0, 0.2, 0.4, 0.6, 0.8, 1.0]] * 5,
        "y": [[0.5] * 6, [0.5] * 6, [0.5] * 6, [0.0] * 6, [0.0] * 6],
    },
    "hazeremoval": {"strength": 0.0},
    "nlmeans": {"luma": 0.0, "chroma": 0.0, "strength": 120.0},
    "sharpen": {"amount": 0.0, "radius": 2.0},
    "lowpass": {"radius": 0.1, "order": "DT_IOP_GAUSSIAN_ZERO"},
    "vignette": {"brightness": 0.0, "saturation": 0.0, "scale": 40.0, "falloff_scale": 90.0, "autoratio": True},
    "grain": {"strength": 0.0},
    "soften": {"amount": 0.0},
    "crop": {"cw": 1.0, "ch": 1.0},
    "ashift": {"cropmode": "ASHIFT_CROP_OFF"},
    "flip": {"orientation": "ORIENTATION_NULL"},
}
