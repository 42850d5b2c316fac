"""What a finished photograph looks like: from how a picture is, how it would be once somebody finished it.

Finished photographs differ far too much for one norm: a night stays dark, fog stays flat. So the prior is a small
linear regression from what is seen in a picture to the same facts of its finished version. It was fitted on finished
photographs that were made unfinished on purpose (`retouchiq.bench.prior`, darker, flatter, paler, off in colour); its
numbers are in ``prior.toml`` with the command that made them. What it cannot predict is its tolerance.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retouchiq.reward.measured.scene import Scene, same
from retouchiq.reward.measured.table import MEASURES

SEEN = ("lightness", "spread", "black point", "white point", "middle", "saturation", "grey warmth", "grey magenta")
"""The measures that the regression looks at, over the whole picture."""

FINISHED = tuple(name for name in SEEN if name != "middle")
"""The measures that it predicts."""


@dataclass(frozen=True)
class Finish:
    """One fact of a picture: how it is, how it would be in a finished version, and how sure that is.

    All in the unit of the measure (`retouchiq.reward.measured.table.MEASURES`); ``tolerance`` is one standard deviation
    of what the prediction missed.
    """

    before: float
    target: float
    tolerance: float

    @property
    def off(self) -> float:
        """How far the picture is from its finished version, signed, in tolerances: + has to rise."""
        return (self.target - self.before) / self.tolerance


@lru_cache(maxsize=2)
def finish(scene: Scene) -> dict[str, Finish]:
    """The finish of ``scene`` for each measure of `FINISHED`."""
    seen = facts(scene)
    return {name: _finish(seen, SEEN.index(name), **numbers) for name, numbers in _numbers().items()}


def _finish(
    seen: NDArray[np.float64],
    which: int,
    *,
    constant: float,
    of: list[float],
    usual: tuple[float, float],
    tolerance: float,
) -> Finish:
    """What the regression says, but never farther out than most finished photographs are."""
    before, predicted = float(seen[which]), constant + float(np.asarray(of) @ seen)
    low, high = min(before, usual[0]), max(before, usual[1])
    return Finish(before, min(max(predicted, low), high), tolerance)


def facts(scene: Scene) -> NDArray[np.float64]:
    """The measures of `SEEN`, in that order."""
    whole = np.ones(scene.lightness.shape, np.float32)
    itself = same(scene, 1.0)
    return np.array([MEASURES[name].take(itself, whole, {}) for name in SEEN])


@cache
def _numbers() -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "prior.toml").read_text("utf-8"))
