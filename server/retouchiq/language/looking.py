"""What a look asks for: its edits as wishes to begin with, its rubric as aims."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from hostbridge.controls import Region
from retouchiq.language.amounts import Amount
from retouchiq.language.lexicon import Effect
from retouchiq.language.places import located, settled
from retouchiq.language.request import Aim, Wish

if TYPE_CHECKING:
    from retouchiq.looks.look import Look, Move


def factor(look: Look, said: Amount) -> float:
    """How much of the look's full amounts is meant: its own strength, times the words, or the percent said of it."""
    if said.value is not None and said.unit in ("%", ""):
        return look.strength / 100 * min(said.value / 100, 1.5)
    return look.strength / 100 * (1.0 if said.strength is None else said.strength)


def look_wishes(look: Look, said: Amount, region: Region, words: str) -> list[Wish]:
    """Its edits, in ``region``. What adapts to the picture has no amount to start from."""
    much = factor(look, said)
    return [_wish(move, much, move.control in look.adapts, region, words) for move in look.edits]


def _wish(move: Move, much: float, adapts: bool, region: Region, words: str) -> Wish:
    from retouchiq.reward.measured.table import ROWS  # loads numbers and pictures, which reading alone does not need

    effect = Effect(
        move.control, 1 if move.amount > 0 else -1, region="" if move.region == "everywhere" else move.region
    )
    control, where = settled(effect, region)
    return Wish(
        control=control,
        direction=effect.direction,
        strength=abs(move.amount) / ROWS[move.control].amount * much,
        start=None if adapts or control != move.control else move.edit(much).clamped().amount,
        region=where,
        located=located(where),
        words=words,
        options=move.options,
    )


def look_aims(look: Look, said: Amount, region: Region) -> list[Aim]:
    """Its rubric; none where the look is wished for in one region only, for it was measured on whole pictures."""
    return [goal.aim(factor(look, said)) for goal in look.rubric] if region.everywhere and located(region) else []


def outvoted(aims: Iterable[Aim], spoken: Iterable[str]) -> list[Aim]:
    """The aims less those about what a control in ``spoken`` moves: what was said beats what a look brings."""
    brought = list(aims)
    if not brought:
        return []
    from retouchiq.reward.measured.table import ROWS  # as above

    said = {effect.measure for control in spoken if control in ROWS for effect in ROWS[control].effects}
    return [aim for aim in brought if aim.measure not in said]
