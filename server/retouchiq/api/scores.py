"""``/v1/scores``: the verdict on any two pictures."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from retouchiq.answers import verdict_answer
from retouchiq.api import images
from retouchiq.api.engine import Shared
from retouchiq.api.errors import responses
from retouchiq.api.wishes import Instruction, RewardName
from retouchiq.grounding import ground
from retouchiq.language import read
from retouchiq.pictures import read_picture

router = APIRouter(prefix="/v1", tags=["scores"])


class ScoreRequest(BaseModel):
    """Two pictures of about the same shape, and what was asked for between them."""

    model_config = ConfigDict(extra="forbid")
    before: str = Field(
        description="A JPEG, PNG or TIFF: an absolute path, or upload:ID.", examples=["/tmp/before.jpg"]
    )
    after: str = Field(description="The same scene, edited.", examples=["/tmp/after.jpg"])
    instruction: Instruction
    reward: RewardName = "measured"


class Scored(BaseModel):
    """The verdict."""

    score: float = Field(description="0…10, weighted over the metrics.", examples=[8.7])
    baseline: float = Field(description="The score of doing nothing.", examples=[3.2])
    metrics: list[dict[str, Any]] = Field(
        description="name, weight, target, before, after, score, why, kind, unit, region of each metric."
    )


@router.post("/scores", responses=responses(404), summary="Judge an edit that exists already")
def score(request: ScoreRequest, engine: Shared) -> Scored:
    """Nothing is rendered."""
    before = read_picture(images.picture(request.before))
    after = read_picture(images.picture(request.after))
    judge = engine.reward(request.reward).rubric(before, ground(read(request.instruction), before))
    return Scored(**verdict_answer(judge.judge(after)))
