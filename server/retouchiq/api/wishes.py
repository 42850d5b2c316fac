"""The parts that requests have in common: what is wanted, who plans, who judges."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic.json_schema import WithJsonSchema

from hostbridge import UnusableInput
from retouchiq.cli.host import AGENTS, REWARDS
from retouchiq.looks import check_look, looks
from retouchiq.variants import NAMES


def _one_of(names: Collection[str]) -> tuple[AfterValidator, WithJsonSchema]:
    def check(name: str) -> str:
        if name not in names:
            raise ValueError(f"{name!r} is not there: {', '.join(names)}")
        return name

    return AfterValidator(check), WithJsonSchema({"type": "string", "enum": list(names)})


def _look(name: str) -> str:
    try:
        return check_look(name)
    except UnusableInput as error:
        raise ValueError(str(error)) from None


AgentName = Annotated[str, *_one_of(AGENTS), Field(description="Who plans.")]
RewardName = Annotated[str, *_one_of(REWARDS), Field(description="Who judges.")]
VariantName = Annotated[str, *_one_of(NAMES), Field(description="The kind of answer.")]
LookName = Annotated[
    str,
    AfterValidator(_look),
    WithJsonSchema({"type": "string", "enum": list(looks())}),
    Field(description="A look to begin with."),
]
PLAIN = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]*$"
"""A pattern of texts that sidecars and styles can hold: no control characters but tab and line ends (XML 1.0, 2.2)."""

Instruction = Annotated[
    str,
    Field(
        min_length=1,
        max_length=2000,
        pattern=PLAIN,
        description="What to do, in the user's words.",
        examples=["warmer, and lift the shadows a little"],
    ),
]
Spoken = Annotated[
    str,
    Field(
        max_length=2000,
        pattern=PLAIN,
        description="What to do, in the user's words. Left out without a look or a reference: what the photo needs.",
        examples=["warmer, and lift the shadows a little"],
    ),
]
"""An instruction that may be left out."""
Budget = Annotated[int, Field(ge=1, le=40, description="Renders of plans a turn may use: 6; with a reference 36.")]
Strength = Annotated[float, Field(ge=0, le=150, allow_inf_nan=False, description="Percent of the accepted amounts.")]
