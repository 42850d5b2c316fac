"""How the criteria of a rubric share its weight."""

from __future__ import annotations

from retouchiq.reward.measured.finishing import importance
from retouchiq.reward.measured.probe import Probe

WISH_SHARE = 0.55  # of the weight of a rubric; what nobody asked for in words shares the rest
GUESSED_SHARE = 0.30  # instead, where nobody said what to change and the wishes are the program's own guesses
SHARES = {"keep": 0.25, "quality": 0.35}  # of that rest, as they compare with one another
FINISH_SHARE = (0.12, 0.50)  # likewise, for a finished picture and for one that is far from it
COHERENCE_SHARE = 0.07  # of the whole: what a change is like, whatever was asked for
LIMIT_SHARE = 0.06  # what each named limit takes from the wishes, up to two


def balanced(
    wished: list[Probe],
    finished: list[Probe],
    kept: list[Probe],
    damage: list[Probe],
    coherent: list[Probe],
    limits: int,
    guessed: bool,
) -> list[Probe]:
    """All probes with weights that sum to 1: by kind first, within a kind by their own weights."""
    for_limits = LIMIT_SHARE * min(limits, 2) if wished else 0.0
    low, high = FINISH_SHARE
    silent = [
        (low + (high - low) * importance(finished), finished),
        (SHARES["keep"], kept),
        (SHARES["quality"], damage),
    ]
    shared = sum(share for share, group in silent if group)
    coherence = COHERENCE_SHARE if coherent else 0.0
    wish_share = (GUESSED_SHARE if guessed else WISH_SHARE) - for_limits if wished else 0.0
    rest = (1 - coherence - wish_share) / shared
    groups = ((wish_share, wished), (coherence, coherent), *((rest * share, group) for share, group in silent))
    return [
        probe.weighing(probe.criterion.weight * share / sum(p.criterion.weight for p in group))
        for share, group in groups
        for probe in group
    ]
