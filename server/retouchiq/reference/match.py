"""A turn with a reference: plans that come close to it, and the verdict on how close they came."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence

import numpy as np

from hostbridge.color_map import lab_of
from retouchiq.agent import Agent, Trial
from retouchiq.language.request import Request
from retouchiq.plan import Plan
from retouchiq.reference.approach import Approach, Edits, Steps
from retouchiq.reference.closeness import FINISHED, OTHER, Closeness, to_finished, to_other
from retouchiq.reference.feel import Feel
from retouchiq.reference.scene import SIDE, Finished, finished_version
from retouchiq.reference.words import described
from retouchiq.reward import Picture, Reward
from retouchiq.reward.measured.scene import resized

BUDGETS = {"finished": 36, "other": 8}
"""Renders of plans where the user names no budget: 36 leave room for the first look and the output within 40."""


class Match:
    """Agent and reward of one turn; ``agent`` and ``reward`` do what the instruction says beside the reference.

    The reward's judge sees every render; the agent plans from what it saw. ``budget`` None: `BUDGETS`.
    """

    def __init__(
        self, before: Picture, reference: Picture, agent: Agent, reward: Reward, budget: int | None = None
    ) -> None:
        self.name = agent.name
        self._agent, self._reward = agent, reward
        self._before, self._reference = before, reference
        self._finished = finished_version(before, reference)
        self.budget = budget or BUDGETS["finished" if self._finished else "other"]
        self._seen = before
        self._steps: Steps | None = None
        self._request = Request(instruction="")

    def rubric(self, before: Picture, request: Request) -> Closeness:
        """Criteria of closeness, and with a lower weight those of what the request says."""
        asked = self._reward.rubric(before, request) if request.wishes or request.limits or request.aims else None
        if self._finished:
            framed = bool(self._finished.framing(before.shape))
            return Closeness(FINISHED, before, to_finished(self._finished, framed), asked, self._watch)
        return Closeness(OTHER, before, to_other(before, self._reference), asked, self._watch)

    def _watch(self, render: Picture) -> None:
        self._seen = render

    def propose(self, before: Picture, request: Request) -> Plan:
        """The first step of the approach; a plan without edits where the photo is like the reference already."""
        self._request = request
        self._steps = self._all_steps()
        return self._plan(lambda steps: next(steps)) or self._made(())

    def revise(self, trials: Sequence[Trial]) -> Plan | None:
        """The next step, from the render of the last one."""
        return self._plan(lambda steps: steps.send(self._seen))

    def _all_steps(self) -> Steps:
        wished = bool(self._request.wishes)
        budget = max(1, self.budget - wished)
        way = Approach(self._before, self._finished, budget) if self._finished else self._feel(budget)
        yield from way.steps()
        if wished and budget < self.budget:
            own = self._agent.propose(way.picture, self._request).edits
            yield (*way.best, *own)

    def _feel(self, budget: int) -> Feel:
        return Feel(self._before, self._reference, budget)

    def _plan(self, step: Callable[[Generator[Edits, Picture, None]], Edits]) -> Plan | None:
        assert self._steps is not None, "propose() begins it"
        try:
            return self._made(step(self._steps))
        except StopIteration:
            return None

    def _made(self, edits: Edits) -> Plan:
        return Plan(reasoning=self._reasoning(), edits=edits, unsupported=self._request.unsupported)

    def _reasoning(self) -> str:
        if self._finished:
            return f"The reference is a finished version of this photo: {said(self._before, self._finished)}."
        return f"The reference shows another scene; compared with it this photo is to become {self._other()}."

    def _other(self) -> str:
        return described(*(lab_of(resized(each, (SIDE, SIDE))) for each in (self._before, self._reference)))


def said(before: Picture, finished: Finished) -> str:
    """What the finished version did to the photo, in words."""
    small = resized(before, (2 * SIDE, 2 * SIDE))
    target, weight = finished.laid_on(small, framed=False)
    covered = np.asarray(weight).reshape(-1) > 0
    return described(lab_of(small)[covered], lab_of(target)[covered])
