"""recipe.json: what an edit was made from and with, so that it can be repeated."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hostbridge import UnusableInput
from hostbridge.controls import Edit
from retouchiq import __version__
from retouchiq.agent import Trial
from retouchiq.language.request import Request
from retouchiq.plan import Plan
from retouchiq.reward import Picture

if TYPE_CHECKING:
    from retouchiq.edit import Job
    from retouchiq.session import Outcome


class Recipe(BaseModel):
    """What was asked, of whom, and the edits that answered it.

    ``modules``: operation → version of the host's modules. ``seed``: None where nothing was drawn at random, as with
    the offline agent.
    """

    model_config = ConfigDict(frozen=True)
    retouchiq: str
    image: str
    instructions: tuple[str, ...]
    look: str | None = None
    reference: str | None = None
    agent: str
    reward: str
    budget: int | None
    size: int
    variant: str
    strength: float
    seed: int | None = None
    host: dict[str, str]
    modules: dict[str, int]
    edits: tuple[Edit, ...]
    applied: bool
    verdict: dict[str, Any] = Field(default_factory=dict)


def write(
    job: Job, instructions: Sequence[str], reward: str, outcome: Outcome, answer: dict[str, Any]
) -> dict[str, Any]:
    """The recipe of ``outcome`` as plain data; ``answer`` is what ``retouchiq edit --json`` prints of it."""
    recipe = Recipe(
        retouchiq=__version__,
        image=str(job.image),
        instructions=tuple(instructions),
        look=job.look,
        reference=str(job.reference) if job.reference else None,
        agent=answer["agent"],
        reward=reward,
        budget=job.budget,
        size=job.size,
        variant=answer["variant"],
        strength=answer["strength"],
        host=answer["host"],
        modules={module["operation"]: module["version"] for module in answer["modules"]},
        edits=outcome.edits,
        applied=outcome.applied,
        verdict=answer["verdict"],
    )
    return recipe.model_dump(mode="json")


def read(path: Path) -> Recipe:
    """The recipe in a file. Raises `UnusableInput`."""
    try:
        return Recipe.model_validate(json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, ValidationError) as error:
        raise UnusableInput(f"{path} is not a recipe ({error}): name a recipe.json that an edit left") from error


class RecipeAgent:
    """Proposes the edits of a recipe, as they are."""

    def __init__(self, recipe: Recipe) -> None:
        self.name = recipe.agent
        self._recipe = recipe

    def propose(self, before: Picture, request: Request) -> Plan:
        """The recorded edits, whatever the picture."""
        reasoning = f"Repeats the recipe of {Path(self._recipe.image).name}."
        return Plan(reasoning=reasoning, edits=self._recipe.edits, unsupported=request.unsupported)

    def revise(self, trials: Sequence[Trial]) -> None:
        """A recipe is followed, not revised."""
