"""Criteria for what nobody asks for in words: that the result looks like a finished photograph.

A finished picture hardly gets such criteria, an unfinished one gets those it misses most. They give way to the wishes:
who asks for a darker or faded picture is not marked down for getting one.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hostbridge.weights import Weights
from retouchiq.language.request import Request, Wish
from retouchiq.reward import Criterion
from retouchiq.reward.measured.aim import direction
from retouchiq.reward.measured.prior import Finish
from retouchiq.reward.measured.probe import Probe
from retouchiq.reward.measured.table import MEASURES

NAMES = {
    "lightness": "exposure suits the picture",
    "spread": "contrast of a finished picture",
    "black point": "deep enough blacks",
    "white point": "bright enough whites",
    "saturation": "colours of natural strength",
}

MOVED_BY: dict[str, dict[str, int]] = {
    "lightness": {"exposure": 1, "highlights": 1, "shadows": 1, "fade": 1, "vignette": -1, "glow": 1},
    "spread": {"contrast": 1, "fade": -1, "dehaze": 1, "shadows": -1, "vignette": 1, "glow": -1},
    "black point": {"blacks": 1, "fade": 1, "shadows": 1, "contrast": -1, "dehaze": -1, "glow": 1},
    "white point": {"whites": 1, "highlights": 1, "exposure": 1, "contrast": 1, "fade": -1},
    "saturation": {"saturation": 1, "vibrance": 1, "dehaze": 1, "fade": -1, "monochrome": -1},
}
"""Which way a control moves a measure of the whole picture."""

ANSWERED_BY = {
    "exposure": "lightness",
    "shadows": "lightness",
    "contrast": "spread",
    "blacks": "black point",
    "whites": "white point",
    "highlights": "white point",
    "saturation": "saturation",
    "vibrance": "saturation",
}
"""The control that brings a picture nearer to its finish in a measure."""

SHARP = 0.6  # of the prior's tolerance: full marks for the likeliest third, so that nearer still counts
LEAST = 0.35  # weight of a fact that is finished already: it may still be spoilt
LARGEST = 2.0  # tolerances off from which a fact weighs no more
COLOURLESS = 3.0  # % of saturation below which a picture is black and white, and stays so


def finishing(facts: dict[str, Finish], request: Request, wished: Sequence[Probe], whole: Weights) -> list[Probe]:
    """The finish probes of a picture, weights as they compare with one another; ``wished`` are the wishes' probes."""
    if request.wishes and all(wish.exact is not None for wish in request.wishes):
        return []
    return [
        _probe(name, fact, _target(name, fact, wished), whole)
        for name, fact in facts.items()
        if name in NAMES and not _against(name, fact, request.wishes)
    ]


def missing(facts: dict[str, Finish], control: str, before: float, way: int) -> float:
    """How far the picture is from its finish in what ``control`` moves ``way``, in the unit of the control's measure,
    of which it has ``before``; 0 where it is beyond, or where the control finishes nothing."""
    fact = facts.get(ANSWERED_BY.get(control, ""))
    if fact is None or (fact.target - fact.before) * way <= 0:
        return 0.0
    gap = abs(fact.target - fact.before)
    return gap * before / max(fact.before, 1.0) if ANSWERED_BY[control] == "saturation" else gap


def importance(probes: Sequence[Probe]) -> float:
    """How unfinished the picture is, 0…1: the mean of what its facts miss."""
    if not probes:
        return 0.0
    off = [SHARP * abs(p.criterion.target - p.criterion.before) / p.criterion.tolerance for p in probes]
    return float(np.mean(np.minimum(off, LARGEST)) / LARGEST)


def _against(name: str, fact: Finish, wishes: Sequence[Wish]) -> bool:
    """True where a wish leads away from the finish, or where there is no colour to be finished."""
    if name == "saturation" and fact.before < COLOURLESS:
        return True
    push = [MOVED_BY[name].get(wish.control, 0) * direction(wish) for wish in wishes]
    return any(way * fact.off < 0 for way in push if way)


def _target(name: str, fact: Finish, wished: Sequence[Probe]) -> float:
    """The finish, or what a wish for the same measure asks for where that is farther."""
    asked = [p.criterion.target for p in wished if p.criterion.measure == name and p.where.mean() > 0.95]
    return max([fact.target, *asked], key=lambda target: abs(target - fact.before))


def _probe(name: str, fact: Finish, target: float, whole: Weights) -> Probe:
    criterion = Criterion(
        name=NAMES[name],
        measure=name,
        kind="finish",
        weight=LEAST + min(LARGEST, abs(fact.off)),
        target=target,
        tolerance=SHARP * fact.tolerance,
        unit=MEASURES[name].unit,
        before=fact.before,
    )
    return Probe(criterion, whole, {}, "the picture")
