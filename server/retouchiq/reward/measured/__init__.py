"""The default reward: no model, perceptual measures on the picture and on the render.

`table` says for every control what is measured and how much a plain word asks for; `rubric` writes the criteria for a
picture and a request; `judge` scores results.
"""

from __future__ import annotations

from retouchiq.language.request import Request
from retouchiq.reward import Picture
from retouchiq.reward.measured.judge import MeasuredJudge

__all__ = ["MeasuredJudge", "MeasuredReward"]


class MeasuredReward:
    """Writes rubrics by measuring; the same picture and request always give the same rubric."""

    name = "measured"

    def rubric(self, before: Picture, request: Request) -> MeasuredJudge:
        """The judge for this picture and this request. Raises ``ValueError`` for an array that is no picture."""
        return MeasuredJudge(before, request)
