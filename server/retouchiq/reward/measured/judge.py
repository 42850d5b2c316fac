"""The default judge: measures a result by a rubric's criteria."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from retouchiq.language.request import Request
from retouchiq.regions import scene as regions
from retouchiq.regions.scene import seen
from retouchiq.reward import Metric, Picture, Rubric, Verdict
from retouchiq.reward.measured.alignment import IDENTITY, align, warped
from retouchiq.reward.measured.probe import Probe
from retouchiq.reward.measured.rubric import write
from retouchiq.reward.measured.scene import DETAIL_SIDE, Pair, Scene, fitted, resized, same
from retouchiq.reward.measured.score import score
from retouchiq.reward.measured.table import DAMAGE, ROWS
from retouchiq.reward.measured.words import why

FINE = ("sharpness", "noise", "added noise")
"""Measures whose value depends on the size of the picture: compared as ratios where sizes differ."""

KEPT = 2  # pictures before whose derived planes are remembered: each turn of a session writes a rubric for the same one

LEFT = 0.35  # of a wish's marks where the picture is ruined

COST = {damage.measure: (damage.cost_from, damage.ruin) for damage in DAMAGE.values()}

PIXELWISE = (
    "difference",
    "colour difference",
    "structure",
    "incoherence",
    "halos",
    "added glow",
    "hue",
    "neutral drift",
    "stray hues",
    "bent",
    "neon",
    "flat colours",
    "greyed whites",
)
"""Measures that mean nothing where the pictures could not be laid on each other."""


class MeasuredJudge:
    """The rubric for one picture and request. Everything about the picture before is computed once."""

    def __init__(self, before: Picture, request: Request) -> None:
        before = _checked(before)
        self._aspect = before.shape[1] / before.shape[0]
        self._picture = before
        scene = _of(seen(before))
        self._scenes = {scene.large.shape[:2]: scene}
        self._small = scene.small.shape[:2]
        self._probes = write(scene, self._aspect, request)
        self._named = frozenset(wish.control for wish in request.wishes if wish.exact is not None)
        self._moves = any("geometry" in ROWS[wish.control].moves for wish in request.wishes if wish.control in ROWS)
        self.rubric = Rubric(criteria=tuple(probe.criterion for probe in self._probes))

    def judge(self, after: Picture) -> Verdict:
        """Score ``after``: float (height, width, 3), sRGB-encoded 0…1, any size.

        Where the request moves the picture (crop, rotation, …) the two are first laid on each other; otherwise a
        picture that moved has lost its structure. Raises ``ValueError`` for what is no picture.
        """
        pair = self._pair(_checked(after))
        metrics = paid_for(tuple(self._metric(probe, pair) for probe in self._probes), self._named)
        total = sum(metric.criterion.weight * metric.score for metric in metrics)
        undone = sum(probe.criterion.weight * score(probe.criterion, probe.criterion.before) for probe in self._probes)
        return Verdict(score=min(total, 10.0), baseline=min(undone, 10.0), metrics=metrics)

    def _metric(self, probe: Probe, pair: Pair) -> Metric:
        criterion = probe.criterion
        lost = criterion.measure in PIXELWISE and not pair.alignment.known
        value = criterion.before if lost else probe.measure(pair)
        if criterion.measure in FINE and pair.before.large.shape[:2] != next(iter(self._scenes)):
            here = probe.measure(same(pair.before, self._aspect))
            value = value * criterion.before / here if here > 1e-6 else value
        return Metric(
            criterion=criterion,
            after=value,
            score=score(criterion, value),
            why=why(criterion, probe.subject, value),
        )

    def _pair(self, after: Picture) -> Pair:
        aspect = after.shape[1] / after.shape[0]
        if not self._moves:
            before = self._before(min(DETAIL_SIDE, max(after.shape[:2])))
            return Pair(before, self._scene(after, before), aspects=(self._aspect, aspect))
        before = next(iter(self._scenes.values()))
        alignment = align(before.small, resized(after, fitted(after, max(self._small))))
        if not alignment.known:
            return Pair(before, self._scene(after, before), alignment, aspects=(self._aspect, aspect))
        if np.allclose(alignment.matrix, np.eye(3), atol=0.004):
            alignment = IDENTITY
            return Pair(before, self._scene(after, before), alignment, aspects=(self._aspect, aspect))
        large, _ = warped(after, alignment, before.large.shape[:2])
        small, valid = warped(resized(after, fitted(after, max(self._small))), alignment, self._small)
        return Pair(before, Scene(small, large), alignment, valid, (self._aspect, aspect))

    def _scene(self, after: Picture, before: Scene) -> Scene:
        shape = before.large.shape[:2]
        return Scene(resized(after, self._small), resized(after, (shape[0], shape[1])))

    def _before(self, side: int) -> Scene:
        """The scene before, its large copy no larger than ``side``, so that detail is compared like with like."""
        shape = fitted(self._picture, side)
        if shape not in self._scenes:
            small = next(iter(self._scenes.values())).small
            self._scenes[shape] = Scene(small, resized(self._picture, shape))
        return self._scenes[shape]


@lru_cache(maxsize=KEPT)
def _of(whole: regions.Scene) -> Scene:
    return Scene.of(whole.picture)


def paid_for(metrics: tuple[Metric, ...], named: frozenset[str]) -> tuple[Metric, ...]:
    """``metrics`` with the wishes marked down as far as the picture was ruined to carry them out.

    Without this a wish overdone would pay for blown skies: what is asked for weighs more than any one kind of damage.
    Amounts of the controls in ``named`` were given as numbers: who writes "+2 EV" has decided what it may cost.
    """
    damage = [(_ruin(metric), metric) for metric in metrics if metric.criterion.kind == "quality"]
    ruin, worst = max(damage, key=lambda pair: pair[0], default=(0.0, None))
    if worst is None or ruin <= 0:
        return metrics
    left = 1 - (1 - LEFT) * ruin
    return tuple(_at_the_cost(metric, worst, left) if _costs(metric, named) else metric for metric in metrics)


def _costs(metric: Metric, named: frozenset[str]) -> bool:
    return metric.criterion.kind == "wish" and metric.criterion.control not in named


def _ruin(metric: Metric) -> float:
    """0 up to where damage of this kind begins to cost, 1 from what ruins a picture."""
    costs, ruins = COST[metric.criterion.measure]
    more = metric.after - metric.criterion.before
    return float(np.clip((more - costs) / (ruins - costs), 0, 1))


def _at_the_cost(metric: Metric, worst: Metric, left: float) -> Metric:
    why = f"{metric.why}; but it cost “{worst.criterion.name}”"
    return metric.model_copy(update={"score": metric.score * left, "why": why})


def _checked(picture: Picture) -> Picture:
    if picture.ndim != 3 or picture.shape[2] != 3 or min(picture.shape[:2]) < 8:
        raise ValueError(f"a picture has the shape (height, width, 3), 8 pixels at least, not {picture.shape}")
    if not np.isfinite(picture.sum()):
        raise ValueError("a picture holds finite numbers 0…1; this one has NaN or infinity in it")
    return np.clip(np.asarray(picture, np.float32), 0, 1)
