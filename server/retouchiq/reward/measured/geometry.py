"""Measures of geometry, from how the second picture lies on the first."""

from __future__ import annotations

import numpy as np

from hostbridge.weights import Weights
from retouchiq.reward.measured.scene import Pair
from retouchiq.reward.measured.tone import Options


def trimmed(pair: Pair, _: Weights, __: Options) -> float:
    """How much of each side of the picture is gone, %: 1 − √(share of the area that is left)."""
    at_least = min(pair.aspects) / max(pair.aspects)  # what a change of aspect must have left at most
    share = pair.alignment.kept(pair.aspects) if pair.alignment.known else at_least
    return float(100 * (1 - np.sqrt(np.clip(share, 0, 1))))


def aspect(pair: Pair, _: Weights, __: Options) -> float:
    """Width over height."""
    return pair.aspects[1]


def turned(pair: Pair, _: Weights, __: Options) -> float:
    """Degrees clockwise, −170…190: upside down is 180, however it was measured."""
    degrees = pair.alignment.turned
    return degrees + 360 if degrees < -170 else degrees


def keystone(pair: Pair, _: Weights, options: Options) -> float:
    """How much wider the top became than the bottom, or the left than the right, %."""
    return pair.alignment.keystone(str(options.get("axis", "vertical")))


def mirrored(pair: Pair, _: Weights, __: Options) -> float:
    """1 where the picture is mirrored, else 0."""
    return float(pair.alignment.mirrored)


def bent(pair: Pair, where: Weights, _: Options) -> float:
    """How much the picture's fine structure moved or its corners brightened, as a lens correction does, %."""
    change = pair.after.lightness - pair.before.lightness
    seen = pair.seen(where)
    return float(np.sqrt(np.average(change**2, weights=np.maximum(seen, 1e-6))))
