"""From a result to marks of 0…10."""

from __future__ import annotations

import math

from retouchiq.reward import Criterion

STEEPNESS = 2.4  # exp(−2.4) of 10: what a wish left undone, or missed by as much, scores
OVERSHOOT = 1.5  # how much farther than too little too much may miss once the slack is used up
MILD = 0.05  # what a unit inside the slack counts
SOFTNESS = 1.5  # above 1: marks leave 10 without a corner
FULL_MISS = {"finish": 2.5, "keep": 1.5, "quality": 1.5}
"""In tolerances: how far beyond the free half of it a result scores as a wish left undone does."""


def score(criterion: Criterion, after: float) -> float:
    """10 within half the tolerance of the target, falling smoothly on both sides to 0.

    A wish undone scores 10·exp(−2.4) = 0.9, the opposite of what was asked less. Too little costs more than too much:
    people who ask for a step are content with more (experts who carry out such requests take two to four), so inside
    the slack too much costs next to nothing, and beyond it as fast as too little does.
    Keeps score 0.9 at twice their tolerance; damage likewise, and only where there is more than before; a finish at
    three times its tolerance, for it is only likely, not asked for.
    """
    off = after - criterion.target
    missed = max(0.0, off) if criterion.kind == "quality" else abs(off)
    beyond = max(0.0, missed - criterion.tolerance / 2)
    if _too_much(criterion, off):
        beyond -= (1 - MILD) * min(beyond, criterion.slack)
    return 10 * math.exp(-STEEPNESS * (beyond / _full_miss(criterion, off)) ** SOFTNESS)


def _full_miss(criterion: Criterion, off: float) -> float:
    """How far beyond the free half of the tolerance a result scores as if nothing had been done."""
    if criterion.kind != "wish":
        return max(FULL_MISS[criterion.kind] * criterion.tolerance, 1e-6)
    asked = criterion.target - criterion.before
    miss = max(abs(asked) - criterion.tolerance / 2, criterion.tolerance / 2, 1e-6)
    return OVERSHOOT * miss + criterion.slack / 2 if _too_much(criterion, off) else miss


def _too_much(criterion: Criterion, off: float) -> bool:
    return off * (criterion.target - criterion.before) > 0
