"""How each control shows in a picture: what is measured, where, and how much a plain word asks for.

One row per control of `hostbridge.controls.CONTROLS`. Changing what "warmer" means is changing a number here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from hostbridge.controls import BANDS, HUES
from hostbridge.weights import Weights
from retouchiq.reward.measured import coherence, colour, detail, geometry, quality, shading, tone
from retouchiq.reward.measured.scene import Pair, Scene
from retouchiq.reward.measured.tone import Options


@dataclass(frozen=True)
class Measure:
    """A number taken from a pair of pictures, in ``unit``.

    ``more`` and ``less`` end a sentence that says what + and − look like: "the picture is 5 L* lighter"; with ``has``,
    "the picture has 2 L* more contrast". Damage has no ``less``: only more of it is talked about.
    """

    take: Callable[[Pair, Weights, Options], float]
    unit: str
    more: str
    less: str = ""
    has: bool = False


MEASURES: dict[str, Measure] = {
    # tone
    "lightness": Measure(tone.mean_lightness, "L*", "lighter", "darker"),
    "spread": Measure(tone.spread, "L*", "more contrast", "less contrast", has=True),
    "black point": Measure(tone.black_point, "L*", "lighter in its blacks", "deeper in its blacks"),
    "middle": Measure(tone.middle, "L*", "lighter in the middle", "darker in the middle"),
    "white point": Measure(tone.white_point, "L*", "brighter in its whites", "darker in its whites"),
    "stops": Measure(tone.stops, "EV", "brighter", "darker"),
    "edge darkening": Measure(tone.edge_darkening, "L*", "darker at the edges", "lighter at the edges"),
    "haze": Measure(tone.haze, "%", "more veil", "less veil", has=True),
    # colour
    "warmth": Measure(colour.warmth, "a*b*", "warmer", "cooler"),
    "magenta": Measure(colour.magenta, "a*b*", "more magenta", "greener"),
    "towards": Measure(colour.towards, "a*b*", "nearer the named hue", "farther from the named hue"),
    "chroma": Measure(colour.chroma, "C*", "more saturated", "less saturated"),
    "saturation": Measure(colour.saturation, "%", "more saturated", "less saturated"),
    "grey warmth": Measure(colour.grey_warmth, "a*b*", "warmer in its greys", "cooler in its greys"),
    "grey magenta": Measure(colour.grey_magenta, "a*b*", "more magenta in its greys", "greener in its greys"),
    "colourfulness": Measure(colour.plain_chroma, "C*", "more colour", "less colour", has=True),
    "colour spread": Measure(colour.colour_spread, "C*", "more variety of colour", "less variety of colour", has=True),
    "hue": Measure(colour.hue_turn, "°", "up the hue circle", "down the hue circle"),
    "difference": Measure(colour.colour_difference, "ΔE00", "different"),
    "colour difference": Measure(colour.chromatic_difference, "a*b*", "different in colour"),
    # detail
    "clarity": Measure(detail.clarity, "L*", "more local contrast", "less local contrast", has=True),
    "local contrast": Measure(detail.local_contrast, "L*", "more local contrast", "less local contrast", has=True),
    "texture": Measure(detail.texture, "L*", "more texture", "less texture", has=True),
    "sharpness": Measure(detail.sharpness, "%", "more fine detail", "less fine detail", has=True),
    "noise": Measure(detail.noise, "%", "more noise in flat areas", "less noise in flat areas", has=True),
    "added noise": Measure(detail.noise_added, "%", "more noise in flat areas", "less noise in flat areas", has=True),
    "spilled light": Measure(
        detail.spilled_light, "L*", "more glow around highlights", "less glow around highlights", has=True
    ),
    "incoherence": Measure(coherence.incoherence, "times less likely (ln)", "than a plain finish"),
    # geometry
    "trimmed": Measure(geometry.trimmed, "%", "trimmed"),
    "aspect": Measure(geometry.aspect, "width/height", "wider", "narrower"),
    "turned": Measure(geometry.turned, "°", "turned clockwise", "turned anticlockwise"),
    "keystone": Measure(geometry.keystone, "%", "spread at the top", "narrowed at the top"),
    "mirrored": Measure(geometry.mirrored, "", "mirrored", "not mirrored"),
    "bent": Measure(geometry.bent, "L*", "changed by the lens correction"),
    # damage
    "blown": Measure(quality.blown, "% of the picture", "newly blown out"),
    "crushed": Measure(quality.crushed, "% of the picture", "newly crushed to black"),
    "neon": Measure(quality.neon, "C*", "too colourful to be real"),
    "flat colours": Measure(shading.flattened, "% of the picture", "of strong colour without shading left"),
    "greyed whites": Measure(quality.greyed, "L*", "greyer in its whites"),
    "banding": Measure(quality.banding, "% of the levels", "newly empty"),
    "halos": Measure(quality.halos, "L*", "of new halo along edges"),
    "added glow": Measure(quality.glow_added, "L*", "of light spilled around highlights"),
    "lost detail": Measure(quality.detail_lost, "%", "of local contrast lost"),
    "structure": Measure(quality.structure_lost, "%", "of the structure lost"),
    "neutral drift": Measure(colour.neutral_drift, "a*b*", "of cast on greys"),
    "stray hues": Measure(colour.stray_hues, "°", "of turn in some colours only"),
    "off skin": Measure(colour.off_skin, "°", "farther off the hues of skin"),
}

Where = Callable[[Scene, Weights], Weights]


def everywhere(_: Scene, region: Weights) -> Weights:
    """All of the region."""
    return region


def _band(name: str) -> Where:
    return lambda scene, region: colour.band(scene, HUES[name], region)


@dataclass(frozen=True)
class Effect:
    """One measurable effect of a control.

    The plain word asks for ``plain`` units plus ``share`` of what the picture has before; words of amount scale both,
    unless ``fixed``. ``tones`` narrows the region to a tonal range, ``where`` in any other way. ``part``: of the wish's
    weight. ``sign``: −1 where more of the control is less of the measure. ``ends``: EV the target may not go beyond on
    this picture's pixels (lightness only). ``dims``: the effect of the same amount shrinks with the lightness of the
    pixels, as (L* + dims) / (50 + dims); a cast of a grey in Lab does with 16, by the formula of CIE 1976.
    """

    measure: str
    plain: float
    share: float = 0.0
    tones: str | None = None
    where: Where = everywhere
    part: float = 1.0
    ends: float | None = None
    dims: float | None = None
    sign: int = 1
    fixed: bool = False

    def weights(self, scene: Scene, region: Weights) -> Weights:
        """Where in ``region`` the effect is measured."""
        if self.tones is not None:
            return tone.in_range(self.tones, scene, region)
        return self.where(scene, region)


@dataclass(frozen=True)
class Row:
    """A control: its effects, what else it may move (`KEPT`), what it puts at risk (`DAMAGE`), and ``amount``, what the
    plain word means in the control's own unit, so that amounts named exactly can be translated."""

    effects: tuple[Effect, ...]
    amount: float
    moves: frozenset[str] = frozenset()
    risks: frozenset[str] = frozenset()
    options: dict[str, float | str] = field(default_factory=dict)


def _row(effects: tuple[Effect, ...], amount: float, moves: str = "", risks: str = "", **options: float | str) -> Row:
    return Row(effects, amount, frozenset(moves.split()), frozenset(risks.split()), dict(options))


_BAND_MOVES = "chroma warmth magenta"

ROWS: dict[str, Row] = {
    "exposure": _row(
        (Effect("lightness", 7.0, ends=1.0),), 0.5, "lightness contrast chroma", "blown crushed noise shading"
    ),
    "contrast": _row(
        (Effect("spread", 1.0, 0.07),), 25, "contrast chroma lightness", "blown crushed banding neon shading"
    ),
    "highlights": _row(
        (Effect("lightness", 5.0, tones="highlights", ends=0.8),),
        35,
        "lightness contrast chroma",
        "blown halos",
    ),
    "shadows": _row(
        (Effect("lightness", 5.5, tones="shadows", ends=0.9),),
        35,
        "lightness contrast chroma",
        "crushed noise halos",
    ),
    "whites": _row((Effect("lightness", 3.0, tones="whites", ends=0.6),), 30, "lightness contrast chroma", "blown"),
    "blacks": _row(
        (Effect("lightness", 3.2, tones="blacks", ends=0.9),), 30, "lightness contrast chroma", "crushed noise"
    ),
    "temperature": _row((Effect("warmth", 5.5, where=tone.below_white, dims=16),), 25, "warmth chroma", "skin"),
    "tint": _row((Effect("magenta", 4.5, where=tone.below_white, dims=16),), 25, "magenta chroma", "skin"),
    "saturation": _row((Effect("chroma", 0.0, 0.25),), 25, "chroma", "skin banding neon shading"),
    "vibrance": _row((Effect("chroma", 0.0, 0.25, where=colour.muted),), 30, "chroma", "skin neon shading"),
    "hue": _row((Effect("hue", 14.0),), 15, "hue chroma", "skin"),
    **{
        f"{name}.{part}": _row((effect,), amount, moves, risks)
        for name in BANDS
        for part, effect, amount, moves, risks in (
            ("hue", Effect("hue", 7.0, where=_band(name)), 15, f"hue {_BAND_MOVES}", "banding"),
            # not "chroma": in one band every change of saturation looks like a cast
            (
                "saturation",
                Effect("colourfulness", 0.0, 0.25, where=_band(name)),
                35,
                _BAND_MOVES,
                "banding neon shading",
            ),
            (
                "lightness",
                Effect("lightness", 3.5, where=_band(name), ends=0.9),
                30,
                "lightness contrast",
                "banding halos",
            ),
        )
    },
    **{
        f"{name}_color": _row((Effect("towards", 8.0, tones=name),), 30, "warmth magenta chroma hue", "skin", hue=hue)
        for name, hue in (("shadows", 230.0), ("midtones", 70.0), ("highlights", 75.0))
    },
    "clarity": _row((Effect("local contrast", 0.0, 0.17),), 35, "contrast detail", "halos noise"),
    "texture": _row((Effect("texture", 0.0, 0.2),), 35, "detail", "noise halos"),
    "dehaze": _row(
        (Effect("haze", 1.5, 0.1, where=tone.below_white, sign=-1),),
        35,
        "contrast chroma warmth detail",  # not lightness: darkening alone removes no haze
        "crushed halos",
    ),
    "sharpness": _row((Effect("sharpness", 0.0, 0.25),), 40, "detail", "halos noise"),
    "denoise": _row((Effect("noise", 0.0, 0.3, sign=-1),), 50, "detail", "structure"),
    "vignette": _row((Effect("edge darkening", 8.0, dims=0),), 40, "lightness contrast", "banding crushed"),
    "grain": _row((Effect("noise", 0.6),), 35, "detail noise", "structure"),
    "fade": _row(
        (Effect("lightness", 6.0, where=tone.darkest, part=0.7), Effect("chroma", 0.0, 0.1, part=0.3, sign=-1)),
        35,
        "lightness contrast chroma",
        "banding",
    ),
    "glow": _row((Effect("spilled light", 3.0),), 35, "lightness contrast detail chroma", "blown structure"),
    "monochrome": _row(
        (Effect("colourfulness", 0.0, 1.0, sign=-1, fixed=True),), 100, "chroma hue neutrals", "banding"
    ),
    "crop": _row((Effect("trimmed", 10.0),), 10, "geometry"),
    "rotate": _row((Effect("turned", 2.0),), 2, "geometry"),
    "perspective": _row((Effect("keystone", 15.0),), 20, "geometry"),
    "flip": _row((Effect("mirrored", 1.0, fixed=True),), 1, "geometry"),
    "lens_correction": _row((Effect("bent", 1.0, fixed=True),), 100, "lightness contrast detail geometry"),
}


@dataclass(frozen=True)
class Kept:
    """Something an edit should leave alone unless it was asked for: the measure stays within ``tolerance``."""

    name: str
    measure: str
    tolerance: float
    share: float = 0.0


KEPT: dict[str, Kept] = {
    "lightness": Kept("lightness as before", "lightness", 4.0),
    "contrast": Kept("contrast as before", "spread", 3.0),
    "chroma": Kept("saturation as before", "saturation", 3.0, 0.15),
    "warmth": Kept("no warm or cool cast", "warmth", 3.0),
    "magenta": Kept("no green or magenta cast", "magenta", 3.0),
    "hue": Kept("hues as before", "hue", 12.0),
}
"""By the names in `Row.moves`."""


@dataclass(frozen=True)
class Damage:
    """A way to break a picture: more than ``tolerance`` of it costs, ``ruin`` more leaves nothing to be proud of.

    From ``spoils`` more, half of ``ruin`` where nothing is said, it takes marks from wishes carried out at its cost.
    """

    name: str
    measure: str
    tolerance: float
    ruin: float
    spoils: float | None = None

    @property
    def cost_from(self) -> float:
        """``spoils``, or half of ``ruin``."""
        return self.ruin / 2 if self.spoils is None else self.spoils


DAMAGE: dict[str, Damage] = {
    "blown": Damage("no newly blown highlights", "blown", 2.0, 8.0, 0.7),
    "crushed": Damage("no newly crushed shadows", "crushed", 2.0, 20.0, 1.0),
    "neon": Damage("no neon colours", "neon", 1.0, 2.0),
    "shading": Damage("strong colours keep their shading", "flat colours", 2.0, 30.0),
    "whites": Damage("whites stay white", "greyed whites", 4.0, 30.0),
    "banding": Damage("smooth gradations", "banding", 15.0, 60.0),
    "halos": Damage("no halos", "halos", 3.0, 9.0),
    "glow": Damage("no veil around bright things", "added glow", 1.2, 8.0),
    "noise": Damage("no added noise", "added noise", 0.6, 4.0),
    "detail": Damage("detail as crisp as before", "lost detail", 20.0, 70.0),
    "structure": Damage("structure intact", "structure", 20.0, 130.0),
    "colours": Damage("no colour turned into another", "stray hues", 4.0, 25.0),
    "skin": Damage("skin looks like skin", "off skin", 5.0, 18.0),
    "neutrals": Damage("greys stay grey", "neutral drift", 3.0, 12.0),
}
