"""From a result to marks of 0…10."""

from __future__ import annotations

import math

from retouchiq.reward import Criterion

STEEPNESS = 1.9  # exp(−1.9) of 10: what a wish left undone, or missed by as much, scores
SOFTNESS = 1.5  # above 1: marks leave 10 without a corner


def score(criterion: Criterion, after: float) -> float:
    """10 within half the tolerance of the target, falling smoothly on both sides to 0.

    A wish undone, or overdone twofold, scores 10·exp(−1.9) = 1.5, the opposite of what was asked less. Keeps score that
    at twice the tolerance; damage likewise, and only where there is more of it than before.
    """
    off = after - criterion.target
    missed = max(0.0, off) if criterion.kind == "quality" else abs(off)
    beyond = max(0.0, missed - criterion.tolerance / 2)
    return 10 * math.exp(-STEEPNESS * (beyond / _full_miss(criterion)) ** SOFTNESS)


def _full_miss(criterion: Criterion) -> float:
    if criterion.kind == "wish":
        asked = abs(criterion.target - criterion.before)
        return max(asked - criterion.tolerance / 2, criterion.tolerance / 2, 1e-6)
    return max(1.5 * criterion.tolerance, 1e-6)
