"""The next plan, solved from what the renders so far measured.

Each metric is taken as locally linear in the amounts. The slopes start from the first render (what the wish moved,
over the amount that moved it) and are corrected after each further one by Broyden's rank-one update (C. G. Broyden,
"A class of methods for solving nonlinear simultaneous equations", 1965). The step minimises the weighted squared
distance to the targets in tolerances, inside the controls' ranges and a trust region, starting from the best render.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import lsq_linear

from hostbridge.controls import CONTROLS, Edit
from retouchiq.agent import Trial
from retouchiq.agent.offline.propose import SWITCHES, UNMASKABLE, with_toe
from retouchiq.plan import Plan
from retouchiq.reward import Metric, Verdict
from retouchiq.reward.measured.table import DAMAGE, ROWS

Vector = NDArray[np.float64]

NOTHING = 0.01  # of the amount before: too little to see, and better said as 0
GOOD = 9.5  # a metric at or above this score is met: nothing to gain from moving it
LARGEST_STEP = 1.6  # of the amount itself: renders are far from linear beyond
FARTHEST = 3.0  # times the first amount: a target that needs more fights with another wish, and looks it
LOST = {"quality": 4.0}
"""Tolerances beyond which something that must not change, 2 where nothing is named, is lost to the wish and pulls ever
less."""
NEAR = (0.6, 1.5)  # times the amount of a look or a style: how its amounts go together was chosen by eye
CLEAN = {"flat colours": 0.2}
"""How near a plan goes to where damage costs a wish its marks, as a share of it; 0.9 where nothing is named."""
BARRIER = 30.0  # how much more than a wish it weighs that a picture stays clean
BREAKS = {damage.measure: (name, damage) for name, damage in DAMAGE.items()}
RETREAT = 0.2
"""Of an amount, the most that damage alone takes back at once: it sets in late, and a straight line through what was
measured leads back too far."""

NEAR_SIDE = 0.25  # of a tolerance: what falls short is brought to the near side of its target, which passes as well
DAMPING = 0.15  # per unit of relative change: keeps what no metric asks about where it is


def revise(trials: Sequence[Trial]) -> Plan | None:
    """A plan expected to score better than the best of ``trials``; None where no free amount is left to move."""
    best = max(trials, key=lambda trial: trial.verdict.score)
    free = [i for i, edit in enumerate(best.plan.edits) if _is_free(edit, best)]
    if not free:
        return None
    scale = np.array([_scale(best.plan.edits[i]) for i in free])
    slopes = _slopes(trials, free, scale)
    step = _solve(best, _amounts(best, free, scale), slopes, _bounds(trials[0], best, free, scale))
    if float(np.abs(step).max()) < 0.02:
        return None
    edits = list(best.plan.edits)
    for i, change in zip(free, step * scale, strict=True):
        amount = edits[i].amount + change
        rounded = 0.0 if abs(amount) < NOTHING * scale[free.index(i)] else float(f"{amount:.3g}")
        edits[i] = edits[i].model_copy(update={"amount": rounded}).clamped()
    plan = with_toe(best.plan.model_copy(update={"edits": tuple(edits)}))
    if any(plan.edits == trial.plan.edits for trial in trials):
        return None
    return plan.model_copy(update={"reasoning": _explain(trials, plan.edits)})


def _explain(trials: Sequence[Trial], edits: Sequence[Edit]) -> str:
    """The first plan's reasoning, and what the renders since changed about it."""
    first = trials[0].plan
    changed = [
        f"{new.control} {old.amount:+g} → {new.amount:+g}"
        for old, new in zip(first.edits, edits, strict=True)
        if old.amount != new.amount
    ]
    seen = "the render" if len(trials) == 1 else f"{len(trials)} renders"
    return f"{first.reasoning} Corrected after seeing {seen}: {', '.join(changed)}."


def _is_free(edit: Edit, trial: Trial) -> bool:
    """False for amounts that are not to be revised: switches, geometry, and what the plan says."""
    return edit.control not in SWITCHES | UNMASKABLE | {*trial.plan.exact, *trial.plan.held}


def _scale(edit: Edit) -> float:
    """One unit of relative change: the proposed amount, but never so small that the control cannot move."""
    control = CONTROLS.get(edit.control)
    smallest = 0.02 * (control.high - control.low) if control else 0.1
    return max(abs(edit.amount), smallest)


def _values(verdict: Verdict) -> Vector:
    return np.array([metric.after for metric in verdict.metrics])


def _amounts(trial: Trial, free: Sequence[int], scale: Vector) -> Vector:
    return np.array([trial.plan.edits[i].amount for i in free]) / scale


def _slopes(trials: Sequence[Trial], free: Sequence[int], scale: Vector) -> NDArray[np.float64]:
    """(metrics, amounts): change of each metric per unit of relative change of each free amount."""
    first = trials[0]
    amounts = _amounts(first, free, scale)
    slopes = np.zeros((len(first.verdict.metrics), len(free)))
    for row, metric in enumerate(first.verdict.metrics):
        moved = metric.after - metric.criterion.before
        owners = [k for k, i in enumerate(free) if _answers(first.plan.edits[i], metric)]
        blamed = [k for k, i in enumerate(free) if _endangers(first.plan.edits[i], metric)]
        movers = owners or blamed or range(len(free))
        for k in movers:
            slopes[row, k] = moved / len(movers) / amounts[k] if abs(amounts[k]) > 1e-6 else 0.0
            if owners and not _right_way(metric, slopes[row, k]):
                slopes[row, k] = _hoped(metric) / max(abs(amounts[k]), 0.25)
    for earlier, later in itertools.pairwise(trials):
        change = _amounts(later, free, scale) - _amounts(earlier, free, scale)
        length = float(change @ change)
        if length > 1e-6:
            surprise = _values(later.verdict) - _values(earlier.verdict) - slopes @ change
            slopes += np.outer(surprise, change) / length
    return slopes


def _answers(edit: Edit, metric: Metric) -> bool:
    criterion = metric.criterion
    same_place = criterion.region_name in (edit.region.name, "everywhere") or edit.region.name.startswith("not ")
    return criterion.control == edit.control and same_place


def _endangers(edit: Edit, metric: Metric) -> bool:
    """True where the edit's control is known for this kind of damage."""
    row, (name, _) = ROWS.get(edit.control), BREAKS.get(metric.criterion.measure, ("", None))
    return row is not None and name in row.risks


def _right_way(metric: Metric, slope: float) -> bool:
    """True where more of the control moves the metric the way its sign says."""
    wanted = (metric.criterion.target - metric.criterion.before) * metric.criterion.direction
    return slope * wanted > 0


def _hoped(metric: Metric) -> float:
    """The slope to assume where another edit hid this one's effect: as if the plain amount met the target."""
    criterion = metric.criterion
    return (criterion.target - criterion.before) * (criterion.direction or 1)


def _solve(best: Trial, amounts: Vector, slopes: NDArray[np.float64], bounds: tuple[Vector, Vector]) -> Vector:
    rows = [
        r for r, metric in enumerate(best.verdict.metrics) if metric.score < GOOD or metric.criterion.kind == "wish"
    ]
    metrics = [best.verdict.metrics[r] for r in rows]
    weight = np.array([np.sqrt(m.criterion.weight) / max(m.criterion.tolerance, 1e-6) for m in metrics])
    missing = np.array([_missing(m) for m in metrics])
    wished = np.array([m.criterion.kind == "wish" for m in metrics])
    step = _least(slopes[rows], missing, weight * wished, bounds)
    # what even the wish alone would miss by far is judged as lost either way: it must not hold the wish back
    lost = np.array([LOST.get(m.criterion.kind, 2.0) for m in metrics])
    missed = (missing - slopes[rows] @ step) * [1 / max(m.criterion.tolerance, 1e-6) for m in metrics]
    doubted = np.where(wished, 1.0, 1 / np.sqrt(1 + (missed / lost) ** 2))
    step = _least(slopes[rows], missing, weight * doubted, bounds)
    free = step
    for _ in range(2):  # what the way back from one damage does to another is seen at the second look
        ruined, room = _beyond(best, slopes @ step)
        every = np.concatenate([rows, ruined]).astype(int)
        kept = np.concatenate([weight * doubted, BARRIER / np.maximum(_ruins(best)[ruined], 1e-6)])
        step = _least(slopes[every], np.concatenate([missing, room[ruined]]), kept, bounds)
    back = np.sign(amounts) * step
    farthest = np.minimum(np.sign(amounts) * free, -RETREAT * np.abs(amounts))
    return np.where(amounts == 0, step, np.sign(amounts) * np.maximum(back, farthest))


def _missing(metric: Metric) -> float:
    """What a metric is short of its target, signed; a wish that falls short, of the target's near side."""
    criterion = metric.criterion
    missing = criterion.target - metric.after
    short = criterion.kind == "wish" and missing * (criterion.target - criterion.before) > 0
    spared = min(abs(missing), NEAR_SIDE * criterion.tolerance) if short else 0.0
    return float(missing - np.sign(missing) * spared)


def _ruins(trial: Trial) -> Vector:
    """By metric: how much more of it ruins a picture; infinite for what is no damage."""
    named = [BREAKS[m.criterion.measure][1].ruin if _is_damage(m) else np.inf for m in trial.verdict.metrics]
    return np.array(named)


def _is_damage(metric: Metric) -> bool:
    return metric.criterion.kind == "quality" and metric.criterion.measure in BREAKS


def _clean(metric: Metric) -> float:
    """How much more of a metric's damage leaves a picture clean; infinite for what is no damage."""
    if not _is_damage(metric):
        return math.inf
    return CLEAN.get(metric.criterion.measure, 0.9) * BREAKS[metric.criterion.measure][1].cost_from


def _beyond(best: Trial, change: Vector) -> tuple[NDArray[np.intp], Vector]:
    """The damage that ``change`` of the metrics would bring beyond `CLEAN`, and by metric how much room there is."""
    before = np.array([metric.criterion.before for metric in best.verdict.metrics])
    room = before + np.array([_clean(metric) for metric in best.verdict.metrics]) - _values(best.verdict)
    return np.flatnonzero(change > room), room


def _least(slopes: NDArray[np.float64], missing: Vector, weight: Vector, bounds: tuple[Vector, Vector]) -> Vector:
    """The step with the least weighted square of what is still missing after it."""
    size = slopes.shape[1]
    matrix = np.vstack([slopes * weight[:, None], DAMPING * np.eye(size)])
    return np.asarray(lsq_linear(matrix, np.concatenate([missing * weight, np.zeros(size)]), bounds=bounds).x)


def _bounds(first: Trial, best: Trial, free: Sequence[int], scale: Vector) -> tuple[Vector, Vector]:
    """How far each amount may move: inside its range, not across zero, and not beyond the trust region."""
    low, high = np.empty(len(free)), np.empty(len(free))
    for k, i in enumerate(free):
        edit = best.plan.edits[i]
        control = CONTROLS.get(edit.control)
        bottom, top = (control.low, control.high) if control else (-np.inf, np.inf)
        begun = first.plan.edits[i].amount
        if edit.control in first.plan.begun:
            nearest, farthest = sorted(share * begun for share in NEAR)
        else:
            nearest, farthest = sorted((0.0, _farthest(begun, top if begun > 0 else bottom)))
        bottom, top = max(bottom, nearest), min(top, farthest)
        low[k] = min(-1e-9, max((bottom - edit.amount) / scale[k], -LARGEST_STEP))
        high[k] = max(1e-9, min((top - edit.amount) / scale[k], LARGEST_STEP))
    return low, high


def _farthest(first: float, end: float) -> float:
    """`FARTHEST` times the first amount, running gently into the control's end: larger words stay larger there.

    0 where the control ends at 0: less grain than none.
    """
    if end == 0:
        return 0.0
    return FARTHEST * first if np.isinf(end) else float(end * (1 - np.exp(-FARTHEST * abs(first / end))))
