"""How close a render is to a reference, as criteria of a verdict.

To a finished version of the same photo: pixel by pixel, in tone, colour and detail. To another scene: how far its tones
and its palette still are, and whether skin and greys came through.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from hostbridge.color_map import Numbers, lab_of
from retouchiq.reference.scene import Finished
from retouchiq.reward import Criterion, Judge, Metric, Picture, Rubric, Verdict
from retouchiq.reward.measured import colour
from retouchiq.reward.measured.scene import Pair, Scene, fitted, resized
from retouchiq.reward.measured.score import score

SIDE = 320  # px of the long side
FINE = 0.006  # of the long side: what a Gaussian of this width takes out is detail
WISHES = 0.4  # weight of what the instruction says beside the reference


@dataclass(frozen=True)
class Sort:
    """One criterion: ``unit`` of its value, which a perfect match has at 0, and the sentence that says it."""

    name: str
    weight: float
    unit: str
    tolerance: float
    says: str
    kind: str = "wish"


FINISHED = (
    Sort("tones of the finished version", 0.4, "L*", 0.6, "tones are {after:.1f} L* from the finished version's"),
    Sort("colours of the finished version", 0.4, "a*b*", 0.6, "colours are {after:.1f} a*b* from its"),
    Sort("detail of the finished version", 0.2, "L*", 0.6, "fine contrast is {after:.1f} L* from its"),
)
OTHER = (
    Sort("tones like the reference", 0.35, "L*", 0.6, "tones are spread {after:.1f} L* from how the reference's are"),
    Sort("palette like the reference", 0.35, "a*b*", 0.6, "the palette is {after:.1f} a*b* from the reference's"),
    Sort("natural skin", 0.15, "°", 3.0, "skin is {after:.1f}° farther off the hues of skin", "quality"),
    Sort("clean greys", 0.15, "a*b*", 5.0, "greys took on {after:.1f} a*b* of colour", "quality"),
)


class Closeness:
    """Judges by `Sort`s, and by ``asked``, the judge of what the instruction says beside the reference, if anything.

    ``measure``: the value of each sort, in their order, of a render. ``watch`` is shown every render.
    """

    def __init__(
        self,
        sorts: Sequence[Sort],
        before: Picture,
        measure: Callable[[Picture], Sequence[float]],
        asked: Judge | None,
        watch: Callable[[Picture], None],
    ) -> None:
        self._measure, self._asked, self._watch = measure, asked, watch
        self._sorts = sorts
        share = 1 - WISHES if asked else 1.0
        self._criteria = tuple(
            Criterion(
                name=sort.name, measure="closeness", kind=sort.kind, weight=sort.weight * share, target=0.0,
                tolerance=sort.tolerance, unit=sort.unit, before=value, direction=-1,
            )
            for sort, value in zip(sorts, measure(before), strict=True)
        )  # fmt: skip
        wished = tuple(_lighter(each) for each in asked.rubric.criteria) if asked else ()
        self.rubric = Rubric(criteria=self._criteria + wished)

    def judge(self, after: Picture) -> Verdict:
        """Score ``after`` (any size) against the reference."""
        self._watch(after)
        close = tuple(
            Metric(criterion=criterion, after=value, score=score(criterion, value), why=sort.says.format(after=value))
            for criterion, sort, value in zip(self._criteria, self._sorts, self._measure(after), strict=True)
        )
        undone = sum(each.weight * score(each, each.before) for each in self._criteria)
        total = sum(metric.criterion.weight * metric.score for metric in close)
        if self._asked is None:
            return Verdict(score=total, baseline=undone, metrics=close)
        asked = self._asked.judge(after)
        metrics = tuple(each.model_copy(update={"criterion": _lighter(each.criterion)}) for each in asked.metrics)
        return Verdict(
            score=total + WISHES * asked.score, baseline=undone + WISHES * asked.baseline, metrics=close + metrics
        )


def _lighter(criterion: Criterion) -> Criterion:
    return criterion.model_copy(update={"weight": criterion.weight * WISHES})


def to_finished(finished: Finished, framed: bool) -> Callable[[Picture], tuple[float, float, float]]:
    """The values of `FINISHED` of a render: mean differences from the finished version laid on it."""

    def measure(render: Picture) -> tuple[float, float, float]:
        seen = resized(render, fitted(render, SIDE))
        target, weight = finished.laid_on(seen, framed)
        first, second = (lab_of(part).reshape(part.shape) for part in (seen, target))
        coarse, fine = zip(*(_parted(part[..., 0]) for part in (first, second)), strict=True)
        off = (np.abs(coarse[0] - coarse[1]), np.hypot(*np.moveaxis((first - second)[..., 1:], 2, 0)))
        values = [float(np.average(each, weights=weight + 1e-6)) for each in (*off, np.abs(fine[0] - fine[1]))]
        return values[0], values[1], values[2]

    return measure


def _parted(lightness: Numbers) -> tuple[Numbers, Numbers]:
    """L* in the large, and the rest."""
    coarse = np.asarray(ndimage.gaussian_filter(lightness, FINE * max(lightness.shape)))
    return coarse, lightness - coarse


def to_other(before: Picture, reference: Picture) -> Callable[[Picture], tuple[float, float, float, float]]:
    """The values of `OTHER` of a render: distances of distributions, and what came over skin and greys."""
    scene = Scene.of(resized(before, fitted(before, SIDE)))
    whole = np.ones(scene.lightness.shape, np.float32)
    skin, greys = colour.skin(scene, whole), colour.near_neutral(scene, whole)
    wanted = lab_of(resized(reference, fitted(reference, SIDE)))

    def measure(render: Picture) -> tuple[float, float, float, float]:
        small = resized(render, (scene.small.shape[0], scene.small.shape[1]))
        pair, lab = Pair(scene, Scene(small, small)), lab_of(small)
        off_skin = max(0.0, colour.off_skin(pair, skin, {}) - colour.off_skin(Pair(scene, scene), skin, {}))
        drift = colour.neutral_drift(pair, greys, {}) if greys.mean() > 0.005 else 0.0
        return _apart(lab[:, 0], wanted[:, 0]), _palettes_apart(lab, wanted), off_skin, drift

    return measure


def _apart(first: Numbers, second: Numbers) -> float:
    """The earth mover's distance of two samples of numbers."""
    shares = (np.arange(200) + 0.5) / 200
    return float(np.abs(np.quantile(first, shares) - np.quantile(second, shares)).mean())


def _palettes_apart(first: Numbers, second: Numbers) -> float:
    """Mean of that distance along eight directions of the a*b* plane."""
    angles = np.arange(8) * np.pi / 8
    axes = np.stack([np.cos(angles), np.sin(angles)])
    return float(
        np.mean([_apart(a, b) for a, b in zip((first[:, 1:] @ axes).T, (second[:, 1:] @ axes).T, strict=True)])
    )
