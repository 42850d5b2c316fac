"""Whether a change hangs together: one tone curve, in one light, hues and local contrast as they were.

Whoever finishes a photograph makes it lighter, steeper, richer; what comes with that by itself is a tone curve and a
gain of colour. Shadows lifted beside the curve, a cast, a turn of some hues are seen at once where nobody asked for
them. How much each counts beside the others was learned from finished photographs and the same photographs with one or
several controls off (`retouchiq.bench.coherence`, a logistic preference model); the numbers are in ``coherence.toml``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from hostbridge.weights import Weights
from retouchiq.reward.measured import colour, detail, quality, tone
from retouchiq.reward.measured.scene import Pair, resized_plane
from retouchiq.reward.measured.tone import Options, mean

SIDE = 256  # px of the long side: enough for these, and the same for every picture

GREYS = 0.02  # share of the picture from which its greys tell a cast


def _stray_tones(pair: Pair, where: Weights) -> float:
    change = quality.off_curve(pair)
    return float(np.sqrt(mean(change * change, where)))


def _edges(pair: Pair, where: Weights) -> float:
    return quality.edge_contrast(pair, where)


def _glow(pair: Pair, where: Weights) -> float:
    return mean(quality.off_curve(pair), where * detail.ring(pair.before))


def _cast(axis: int) -> Callable[[Pair, Weights], float]:
    return lambda pair, where: float(colour.WARMTH_AND_MAGENTA[axis] @ colour.cast(pair, where))


def _grey(axis: int) -> Callable[[Pair, Weights], float]:
    def measure(pair: Pair, where: Weights) -> float:
        greys = colour.near_neutral(pair.before, where)
        if greys.mean() < GREYS:
            return 0.0
        return float(colour.WARMTH_AND_MAGENTA[axis] @ colour.shift(pair, greys))

    return measure


def _local_contrast(pair: Pair, where: Weights) -> float:
    shares = [
        (detail.clarity(Pair(scene, scene), where, {}) + 0.1) / (tone.spread(Pair(scene, scene), where, {}) + 1)
        for scene in (pair.before, pair.after)
    ]
    return float(np.log(shares[1] / shares[0]))


PARTS: dict[str, tuple[str, str, Callable[[Pair, Weights], float]]] = {
    "stray tones": ("tones", "some tones moved beside the tone curve", _stray_tones),
    "edges": ("tones", "edges changed more than the tones", _edges),
    "glow": ("tones", "light around bright things changed", _glow),
    "local contrast": ("tones", "local contrast changed more than contrast", _local_contrast),
    "warmth": ("cast", "the light turned warmer or cooler", _cast(0)),
    "magenta": ("cast", "the light turned greener or more magenta", _cast(1)),
    "grey warmth": ("cast", "greys turned warmer or cooler", _grey(0)),
    "grey magenta": ("cast", "greys turned greener or more magenta", _grey(1)),
    "hue": ("hue", "hues turned", lambda pair, where: colour.hue_turn(pair, where, {})),
    "stray hues": ("hue", "some hues turned", lambda pair, where: colour.stray_hues(pair, where, {})),
}
"""By name: the group that a wish takes out (``spared``), what is seen, and the measure, 0 for a mere tone curve."""


def incoherence(pair: Pair, where: Weights, options: Options) -> float:
    """How little the change from before to after hangs together, in nats of preference; 0: a tone curve, or nothing.

    ``options["spared"]``: the groups of `PARTS` that somebody asked to change, with spaces between.
    """
    if pair.after is pair.before:
        return 0.0
    return float(sum(parts(pair, where, options).values()))


def parts(pair: Pair, where: Weights, options: Options) -> dict[str, float]:
    """What each of `PARTS` adds to `incoherence`."""
    spared = str(options.get("spared", "")).split()
    taken = measured(pair, where, spared)
    numbers = [_numbers()[name] for name in taken]
    bends = bent(np.array(list(taken.values())) / [each["scale"] for each in numbers])
    return {name: each["weight"] * float(bend) for name, each, bend in zip(taken, numbers, bends, strict=True)}


def measured(pair: Pair, where: Weights, spared: list[str]) -> dict[str, float]:
    """The measures of `PARTS` on a small copy of ``pair``, without the groups ``spared``."""
    small = Pair(pair.before.reduced(SIDE), pair.after.reduced(SIDE))
    seen = resized_plane(pair.seen(where), (small.before.small.shape[0], small.before.small.shape[1]))
    return {name: measure(small, seen) for name, (group, _, measure) in PARTS.items() if group not in spared}


def bent(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Quadratic near 0, then straight (pseudo-Huber): what is far off already hardly tells more."""
    return np.asarray(np.sqrt(1 + values * values) - 1)


def seen_most(pair: Pair, where: Weights, options: Options) -> str:
    """What of `PARTS` adds most."""
    added = parts(pair, where, options)
    return PARTS[max(added, key=lambda name: added[name])][1] if added else ""


@cache
def _numbers() -> dict[str, dict[str, float]]:
    return tomllib.loads((files(__package__) / "coherence.toml").read_text("utf-8"))
