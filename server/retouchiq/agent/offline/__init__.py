"""The default agent: no model, no download, any CPU.

It proposes from the reading of the instruction and a few facts about the picture, and revises by solving for the
amounts that meet the rubric's targets on real renders.
"""

from __future__ import annotations

from collections.abc import Sequence

from retouchiq.agent import Trial
from retouchiq.agent.offline.facts import Facts, facts
from retouchiq.agent.offline.propose import propose
from retouchiq.agent.offline.revise import revise
from retouchiq.language.request import Request
from retouchiq.plan import Plan
from retouchiq.reward import Picture


class OfflineAgent:
    """Plans by table and arithmetic; the same picture and request always give the same plan."""

    name = "offline"

    def __init__(self) -> None:
        self._looked_at: tuple[Picture, Facts] | None = None

    def propose(self, before: Picture, request: Request) -> Plan:
        """See `retouchiq.agent.offline.propose`; a picture is looked at once, however many requests come for it."""
        looked_at = self._looked_at
        if looked_at is None or looked_at[0] is not before:
            self._looked_at = looked_at = (before, facts(before))
        return propose(looked_at[1], request)

    def revise(self, trials: Sequence[Trial]) -> Plan | None:
        """See `retouchiq.agent.offline.revise`."""
        return revise(trials)
