"""Rubrics and verdicts: what an edit is measured by, and how it did.

A reward writes a `Rubric` for an image and a request, and judges any two pictures by it. It never sees the plan.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from retouchiq.language.request import Request

Picture = NDArray[np.float32]
"""A picture as displayed: (height, width, 3), sRGB with its transfer curve, 0…1."""


class Criterion(BaseModel):
    """One metric of a rubric, before anything is rendered.

    ``name``: for people ("shadows lighter"). ``measure``: which measure of the reward. ``kind``: ``wish`` (asked for),
    ``finish`` (what a finished version of this picture would show), ``keep`` (must not change) or ``quality`` (must not
    break). ``weight``: all weights of a rubric sum to 1.
    ``target`` and ``tolerance`` are in ``unit``, the perceptual unit of the measure; the score falls when the result is
    farther than the tolerance from the target, on either side. ``slack``: how much more than the target a wish bears
    at little cost. ``before``: the measure of the untouched picture.
    ``control``: for a wish, the control that answers it; its sign is in ``direction``. ``region_name``: for people.
    """

    model_config = ConfigDict(frozen=True)
    name: str
    measure: str
    kind: str
    weight: float
    target: float
    tolerance: float
    unit: str
    before: float
    slack: float = 0.0
    control: str | None = None
    direction: int = 0
    region_name: str = "everywhere"


class Rubric(BaseModel):
    """The criteria written for one image and one request; weights sum to 1."""

    model_config = ConfigDict(frozen=True)
    criteria: tuple[Criterion, ...]


class Metric(BaseModel):
    """A criterion with its result: ``after`` in the criterion's unit, ``score`` 0…10, ``why`` a sentence."""

    model_config = ConfigDict(frozen=True)
    criterion: Criterion
    after: float
    score: float
    why: str


class Verdict(BaseModel):
    """The weighted score (0…10) of a render, the score of doing nothing under the same rubric, and the metrics."""

    model_config = ConfigDict(frozen=True)
    score: float
    baseline: float
    metrics: tuple[Metric, ...]


class Judge(Protocol):
    """The rubric for one image and request, ready to score any result of it."""

    rubric: Rubric

    def judge(self, after: Picture) -> Verdict:
        """Score ``after`` (any size with about the same aspect) against the picture the rubric was written for."""
        ...


class Reward(Protocol):
    """Writes rubrics."""

    name: str

    def rubric(self, before: Picture, request: Request) -> Judge:
        """The judge for this picture and this request."""
        ...
