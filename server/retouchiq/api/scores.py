"""``/v1/scores``: the verdict on any two pictures."""

from __future__ import annotations

import threading
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from retouchiq.answers import verdict_answer
from retouchiq.api import images
from retouchiq.api.engine import Shared
from retouchiq.api.errors import Busy, responses
from retouchiq.api.wishes import Instruction, RewardName
from retouchiq.grounding import ground
from retouchiq.language import read
from retouchiq.pictures import read_picture

_AT_ONCE = threading.BoundedSemaphore(2)  # a pair of the largest pictures takes more than a gigabyte
_PATIENCE = 20.0  # seconds a request waits for its turn

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
    paths = images.picture(request.before), images.picture(request.after)
    if not _AT_ONCE.acquire(timeout=_PATIENCE):
        raise Busy("other pictures are being judged")
    try:
        before, after = map(read_picture, paths)
        judge = engine.reward(request.reward).rubric(before, ground(read(request.instruction), before))
        return Scored(**verdict_answer(judge.judge(after)))
    finally:
        _AT_ONCE.release()
