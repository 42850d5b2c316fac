"""What a criterion is about, in words of this picture: where in it, which colour, how light."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from hostbridge.controls import HUES, PLACES, TONES
from hostbridge.weights import Weights, coloured
from retouchiq.language.request import Wish
from retouchiq.reward.measured.scene import Scene

SPREAD = 0.23  # standard deviation, of a side, from which something lies all over it (evenly spread: 0.29)
MIDDLE = (0.4, 0.6)  # of a side
DARK, BRIGHT = 35.0, 62.0  # mean L*
FLAT, STEEP = 13.0, 27.0  # standard deviation of L*
PALE = 6.0  # mean C*
MOSTLY = 0.45  # share of a picture's chroma that makes a colour its own


def place(where: Weights) -> str:
    """Where in the picture ``where`` lies: ``at the upper left``, ``in the middle``; empty where it is all over."""
    down, across = (_side(where.sum(axis=axis), words) for axis, words in ((1, ("upper", "lower")), (0, _LEFT_RIGHT)))
    if not down and not across:
        return ""
    if down in ("", "middle") and across in ("", "middle"):
        return "in the middle"
    if across in ("", "middle"):
        return {"upper": "at the top", "lower": "at the bottom"}[down]
    return f"at the {down if down != 'middle' else ''} {across}".replace("  ", " ")


_LEFT_RIGHT = ("left", "right")


def _side(profile: np.ndarray, words: tuple[str, str]) -> str:
    """Which end of a side the weight lies at; empty where it is spread along it."""
    at = (np.arange(len(profile)) + 0.5) / len(profile)
    total = max(float(profile.sum()), 1e-6)
    centre = float((profile * at).sum() / total)
    if np.sqrt(max(float((profile * (at - centre) ** 2).sum() / total), 0.0)) > SPREAD:
        return ""
    return words[0] if centre < MIDDLE[0] else words[1] if centre > MIDDLE[1] else "middle"


def located(name: str, where: Weights) -> str:
    """``name`` with its place in the picture."""
    return f"{name} {place(where)}".rstrip()


def whole(scene: Scene) -> str:
    """The picture in a few words: ``the dark, flat, mostly blue picture``."""
    light, spread = float(scene.lightness.mean()), float(scene.lightness.std())
    words = [
        "dark" if light < DARK else "bright" if light > BRIGHT else "",
        "flat" if spread < FLAT else "high-contrast" if spread > STEEP else "",
        "almost colourless" if scene.chroma.mean() < PALE else _mostly(scene),
    ]
    said = ", ".join(word for word in words if word)
    return f"the {said} picture" if said else "the picture"


def _mostly(scene: Scene) -> str:
    shares = {name: float((coloured(scene.lab, hue, 20.0) * scene.chroma).sum()) for name, hue in HUES.items()}
    name = max(shares, key=lambda each: shares[each])
    return f"mostly {name}" if shares[name] > MOSTLY * float(scene.chroma.sum()) else ""


def subject(scene: Scene, wish: Wish, where: Weights) -> str:
    """What a wish is about: ``the shadows at the lower left``, ``the sky at the top``, ``the dark picture``."""
    name = wish.control.partition(".")[0].removesuffix("_color")
    region = named(wish.region.name)
    if name in TONES or "." in wish.control:
        part = f"the {name if name in TONES else name + 's'}"
        return located(part, where) if wish.region.everywhere else f"{part} in {region}"
    if wish.region.name == "everywhere":
        return whole(scene)
    return region if wish.region.name in PLACES else located(region, where)


def at_risk(name: str, scene: Scene, where: Weights) -> tuple[str, str]:
    """What damage of a kind (`DAMAGE`) would show on, and where: ``the skin in the middle``, ``in the middle``."""
    about, part = AT_RISK.get(name, (None, "the picture"))
    if about is None:
        return part, ""
    there = place(about(scene, where))
    return f"{part} {there}".rstrip(), there


def named(name: str) -> str:
    """A region's name in a sentence."""
    if name in ("everywhere", "elsewhere"):
        return {"everywhere": "the picture", "elsewhere": "the rest of the picture"}[name]
    if name.startswith("not "):
        return f"all but {named(name[4:])}"
    return f"the {name}s" if name in HUES else f"the {name}"


def _brightest(scene: Scene, _: Weights) -> Weights:
    """The brightest fiftieth of the picture."""
    return np.asarray(scene.lightness >= np.percentile(scene.lightness, 98), np.float32)


def _darkest(scene: Scene, _: Weights) -> Weights:
    """The darkest fiftieth of the picture."""
    return np.asarray(scene.lightness <= np.percentile(scene.lightness, 2), np.float32)


AT_RISK: dict[str, tuple[Callable[[Scene, Weights], Weights], str]] = {
    "blown": (_brightest, "the brightest parts"),
    "crushed": (_darkest, "the darkest parts"),
    "skin": (lambda _, where: where, "the skin"),
    "neutrals": (lambda _, where: where, "the greys"),
}
"""By the names in `DAMAGE`: the pixels that show it, and what they are."""
