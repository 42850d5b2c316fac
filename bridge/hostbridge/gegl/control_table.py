"""Which filters each control drives, and by what curve: the one table `compile` works from.

`KINDS` are the filters we make, in the order in which they act on the picture: an operation, how its result is blended
with what it was made of, the named weight of `masks` that limits it, and the property values that do nothing. Every
control has one home (`HOMES`): a kind, and for each property (or the opacity) a curve from the amount to what is added.
The curves were chosen on pictures rendered by GIMP 3.0.4, so that an amount is the same visible step as in darktable.

Operations work in linear light, the blend modes used here on values with the sRGB curve; docs/controls.md says why
these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hostbridge.controls import BANDS
from hostbridge.curves import Curve, always, line, up
from hostbridge.gegl.filters import Value


@dataclass(frozen=True)
class Kind:
    """One filter we make. ``start``: the values that do nothing; ``pixels``: which of them are lengths in pixels."""

    operation: str
    start: Mapping[str, Value] = field(default_factory=dict)
    blend: str = "replace"
    weight: str | None = None
    pixels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Home:
    """A control's filter and the curves of what it drives.

    ``pixels``: lengths in thousandths of the picture's long side, which replace the start value. ``opacity``: of the
    filter, 0…1; absent where the filter acts fully. ``build``: the function of `compile` that sets what no curve can.
    """

    kind: str
    fields: Mapping[str, Curve] = field(default_factory=dict)
    pixels: Mapping[str, Curve] = field(default_factory=dict)
    opacity: Curve | None = None
    build: str | None = None


MIXER: dict[str, Value] = {
    f"{out}{source}-gain": float(out == source) for out in ("r", "g", "b") for source in ("r", "g", "b")
}
LEVELS: dict[str, Value] = {"in-low": 0.0, "in-high": 1.0, "out-low": 0.0, "out-high": 1.0}
NOISE: dict[str, Value] = {
    "correlated": False,
    "independent": False,  # grey: R, G and B alike
    "linear": False,
    "gaussian": True,
    "red": 0.0,
    "green": 0.0,
    "blue": 0.0,
}
VIGNETTE: dict[str, Value] = {"shape": "circle", "radius": 1.2, "softness": 0.8, "gamma": 2.0, "proportion": 1.0}
SATURATION: dict[str, Value] = {"scale": 1.0, "colorspace": "CIE-Lab"}
BLOOM: dict[str, Value] = {"threshold": 50.0, "softness": 25.0, "radius": 0.0, "strength": 0.0, "limit-exposure": True}
BLUR = ("std-dev-x", "std-dev-y")
SHARPEN: dict[str, Value] = {"std-dev": 0.0, "scale": 0.0, "threshold": 0.0}
SMOOTH: dict[str, Value] = {"n-iterations": 2, "spatial-factor": 3.0, "edge-preservation": 1.0}


def _sharpen() -> Kind:
    return Kind("gegl:unsharp-mask", SHARPEN, pixels=("std-dev",))


def _blur(blend: str) -> Kind:
    return Kind("gegl:gaussian-blur", dict.fromkeys(BLUR, 0.0), blend, pixels=BLUR)


KINDS: dict[str, Kind] = {
    "denoise": Kind("gegl:domain-transform", SMOOTH),
    "exposure": Kind("gegl:exposure", {"exposure": 0.0}),
    "shadows": Kind("gegl:exposure", {"exposure": 0.0}, weight="shadows"),
    "highlights": Kind("gegl:exposure", {"exposure": 0.0}, weight="highlights"),
    "whites": Kind("gegl:exposure", {"exposure": 0.0}, weight="whites"),
    "white balance": Kind("gegl:channel-mixer", MIXER),
    "haze": Kind("gegl:levels", LEVELS, weight="haze"),
    "more haze": Kind("gegl:levels", LEVELS),
    "contrast": Kind("gegl:levels", LEVELS, "overlay"),
    "less contrast": Kind("gegl:invert-gamma", {}, "softlight"),
    "blacks": Kind("gegl:levels", LEVELS),
    "saturation": Kind("gegl:saturation", SATURATION),
    "vibrance": Kind("gegl:saturation", SATURATION, weight="muted"),
    "hue": Kind("gegl:hue-chroma", {"hue": 0.0}),
    **{f"{band} saturation": Kind("gegl:saturation", SATURATION, weight=f"any {band}") for band in BANDS},
    **{band: Kind("gegl:hue-chroma", {"hue": 0.0, "lightness": 0.0}, weight=band) for band in BANDS},
    "shadows colour": Kind("gegl:color", {"value": "#808080"}, "grain-merge", "dark tones"),
    "midtones colour": Kind("gegl:color", {"value": "#808080"}, "grain-merge", "middle tones"),
    "highlights colour": Kind("gegl:color", {"value": "#808080"}, "grain-merge", "light tones"),
    "colour map": Kind("gegl:channel-mixer", MIXER),
    "clarity": _sharpen(),
    "less clarity": _blur("lch-lightness"),
    "texture": _sharpen(),
    "less texture": _blur("lch-lightness"),
    "sharpness": _sharpen(),
    "blur": _blur("replace"),
    "glow": Kind("gegl:bloom", BLOOM, "lighten-only", pixels=("radius",)),
    "vignette": Kind("gegl:vignette", VIGNETTE | {"color": "#000000"}, "darken-only"),
    "light edges": Kind("gegl:vignette", VIGNETTE | {"color": "#ffffff"}, "lighten-only"),
    "grain": Kind("gegl:noise-rgb", NOISE),
}


def _band(band: str) -> dict[str, Home]:
    return {
        f"{band}.hue": Home(band, {"hue": line(-35, 35, 60)}),
        f"{band}.saturation": Home(f"{band} saturation", {"scale": line(-1, 0.8)}),
        f"{band}.lightness": Home(band, {"lightness": line(-16.5, 20)}),
    }


HOMES: dict[str, Home] = {
    "exposure": Home("exposure", {"exposure": line(-5, 5, 5)}),
    "contrast": Home("contrast", opacity=((0.0, 0.0), (30.0, 0.46), (100.0, 0.96))),
    "highlights": Home("highlights", {"exposure": line(-0.95, 0.7)}),
    "shadows": Home("shadows", {"exposure": line(-1.5, 1.5)}),
    "whites": Home("whites", {"exposure": ((-100.0, -0.75), (-30.0, -0.19), (0.0, 0.0), (30.0, 0.11), (100.0, 0.48))}),
    "blacks": Home("blacks", {"out-low": up(0.011), "in-low": ((-100.0, 0.012), (0.0, 0.0))}),
    "fade": Home("blacks", {"out-low": up(0.021), "out-high": up(-0.115)}),
    "temperature": Home("white balance", build="mix"),
    "tint": Home("white balance", build="mix"),
    "monochrome": Home("white balance", build="mix"),
    "saturation": Home("saturation", {"scale": line(-1, 0.6)}),
    "vibrance": Home("vibrance", {"scale": ((-100.0, -0.82), (-30.0, -0.15), (0.0, 0.0), (30.0, 0.15), (100.0, 0.86))}),
    "hue": Home("hue", {"hue": line(-180, 180, 180)}),
    **{name: home for band in BANDS for name, home in _band(band).items()},
    "shadows_color": Home("shadows colour", build="tint"),
    "midtones_color": Home("midtones colour", build="tint"),
    "highlights_color": Home("highlights colour", build="tint"),
    "color_map": Home("colour map", build="map"),
    "clarity": Home("clarity", {"scale": ((0.0, 0.0), (30.0, 0.065), (100.0, 0.29))}, {"std-dev": always(30)}),
    "texture": Home("texture", {"scale": ((0.0, 0.0), (30.0, 0.09), (100.0, 0.36))}, {"std-dev": always(2.5)}),
    "dehaze": Home("haze", {"in-low": ((0.0, 0.0), (30.0, 0.033), (100.0, 0.095))}),
    "sharpness": Home("sharpness", {"scale": up(1.12)}, {"std-dev": always(1.2)}),
    "denoise": Home("denoise", {"edge-preservation": ((0.0, 0.0), (5.0, -0.06), (30.0, -0.12), (100.0, -0.37))}),
    "vignette": Home("vignette", opacity=((0.0, 0.0), (30.0, 0.36), (100.0, 0.74))),
    "grain": Home("grain", {name: up(0.1) for name in ("red", "green", "blue")}),
    "glow": Home("glow", {"strength": up(48)}, {"radius": always(20)}),
}


def _blurred(kind: str, radius: float, opacity: Curve) -> Home:
    return Home(kind, pixels={name: always(radius) for name in BLUR}, opacity=opacity)


BELOW: dict[str, Home] = {
    # where a control is at home below zero, if not in the same place
    "dehaze": Home("more haze", {"out-low": ((-100.0, 0.058), (-30.0, 0.017), (0.0, 0.0))}),
    "contrast": Home("less contrast", opacity=((-100.0, 1.0), (0.0, 0.0))),
    "clarity": _blurred("less clarity", 30, ((-100.0, 0.18), (-30.0, 0.045), (0.0, 0.0))),
    "texture": _blurred("less texture", 2.5, ((-100.0, 0.27), (-30.0, 0.075), (0.0, 0.0))),
    "sharpness": Home("blur", pixels=dict.fromkeys(BLUR, ((-100.0, 4.0), (0.0, 0.0)))),
    "vignette": Home("light edges", opacity=((-100.0, 0.33), (-30.0, 0.1), (0.0, 0.0))),
}

TINTS: dict[str, float] = {"shadows_color": 25.0, "midtones_color": 22.0, "highlights_color": 29.0}
"""C*ab that 100 % of a grading gives the greys it acts on most, as in darktable."""

BEYOND: dict[str, str] = {
    "lens_correction": "GIMP knows no lenses: Filters ▸ Distorts ▸ Lens Distortion does it by eye"
}
"""Controls that no operation reaches, and what to do instead."""


def home(control: str, amount: float) -> Home:
    """Where a control is at home for this amount."""
    return (BELOW if amount < 0 and control in BELOW else HOMES)[control]
