"""A criterion with what it takes to measure it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from hostbridge.weights import Weights
from retouchiq.reward import Criterion
from retouchiq.reward.measured.scene import Pair
from retouchiq.reward.measured.table import MEASURES


@dataclass(frozen=True)
class Probe:
    """``where`` and ``options`` are what the measure is taken with. ``subject``: what its sentence is about."""

    criterion: Criterion
    where: Weights
    options: Mapping[str, float | str]
    subject: str

    def measure(self, pair: Pair) -> float:
        """The criterion's value for ``pair``."""
        return MEASURES[self.criterion.measure].take(pair, self.where, self.options)

    def weighing(self, weight: float) -> Probe:
        """This probe with another weight."""
        return replace(self, criterion=self.criterion.model_copy(update={"weight": weight}))
