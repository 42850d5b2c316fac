"""From a result to marks of 0…10."""

from __future__ import annotations

import math

from retouchiq.reward import Criterion

STEEPNESS = 1.9  # exp(−1.9) of 10: what a wish left undone, or missed by as much, scores
OVERSHOOT = 3.0  # how much farther too much may miss than too little: twice then costs what half does
SOFTNESS = 1.5  # above 1: marks leave 10 without a corner


def score(criterion: Criterion, after: float) -> float:
    """10 within half the tolerance of the target, falling smoothly on both sides to 0.

    A wish undone scores 10·exp(−1.9) = 1.5, the opposite of what was asked less. Too much is judged as people use
    words of amount, by proportion: twice what was asked costs what half of it does, and four times is worse than
    nothing. Keeps score 1.5 at twice their tolerance; damage likewise, and only where there is more than before.
    """
    off = after - criterion.target
    missed = max(0.0, off) if criterion.kind == "quality" else abs(off)
    beyond = max(0.0, missed - criterion.tolerance / 2)
    return 10 * math.exp(-STEEPNESS * (beyond / _full_miss(criterion, off)) ** SOFTNESS)


def _full_miss(criterion: Criterion, off: float) -> float:
    """How far beyond the free half of the tolerance a result scores as if nothing had been done."""
    if criterion.kind != "wish":
        return max(1.5 * criterion.tolerance, 1e-6)
    asked = criterion.target - criterion.before
    miss = max(abs(asked) - criterion.tolerance / 2, criterion.tolerance / 2, 1e-6)
    return OVERSHOOT * miss if off * asked > 0 else miss
