"""Agents: propose a plan for a picture and a request, and revise it from verdicts on real renders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from retouchiq.language.request import Request
from retouchiq.plan import Plan
from retouchiq.reward import Picture, Verdict


@dataclass(frozen=True)
class Trial:
    """A plan that was rendered, and the verdict on that render."""

    plan: Plan
    verdict: Verdict


class Agent(Protocol):
    """Turns a request into a plan."""

    name: str

    def propose(self, before: Picture, request: Request) -> Plan:
        """The first plan, made from the picture and the request alone."""
        ...

    def revise(self, trials: Sequence[Trial]) -> Plan | None:
        """A better plan after one or more trials of this request, oldest first; None where nothing is left to try."""
        ...
