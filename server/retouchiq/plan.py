"""A plan: the agent's reasoning, its edits, and the parts of the instruction no parameter can do."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from hostbridge.controls import Edit


class Plan(BaseModel):
    """What the agent answers.

    ``notes`` are remarks for the user: clamped amounts, regions that were not found. ``exact`` names the controls
    whose amounts the user gave in numbers; they are not revised. ``begun`` names those whose amounts a look or a style
    chose; they are only trimmed. ``held`` names those that nobody asked for: they keep what contrast would crush, and
    go with it.
    """

    model_config = ConfigDict(frozen=True)
    reasoning: str
    edits: tuple[Edit, ...] = ()
    unsupported: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    exact: tuple[str, ...] = ()
    begun: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
