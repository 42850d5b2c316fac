"""Verbs that mean something by themselves where nothing else is named: "lift the foreground", "clear it up"."""

from __future__ import annotations

from retouchiq.language.amounts import amount
from retouchiq.language.clauses import COLOURS, PLACES, SHIFTS, Clause
from retouchiq.language.lexicon import Effect, lexicon
from retouchiq.language.places import region_in
from retouchiq.language.request import Wish
from retouchiq.language.wishing import wishes

MARK = "alone:"


def _verb(clause: Clause) -> tuple[int, Effect] | None:
    """Where the verb is and what it does."""
    for at, item in enumerate(clause.items):
        role = next((role for role in item.meanings if role.startswith(MARK)), None)
        if role:
            return at, Effect.parse(role.removeprefix(MARK))
    return None


def _band(clause: Clause, effect: Effect) -> Effect:
    """A thing told by its colour is reached by that colour: "tone down the yellow lamps"."""
    at = clause.first(*COLOURS)
    meaning = clause.items[at].get(*COLOURS) if at is not None else None
    if meaning is None or effect.control != "exposure":
        return effect
    return Effect(f"{lexicon().colours[meaning.name]['band']}.saturation", effect.direction)


def wishes_alone(clause: Clause) -> list[Wish]:
    """The wishes of such a verb of a place, or of the picture; none where a quality is named too."""
    found = _verb(clause)
    if found is None or clause.has("noun", "negations", *SHIFTS):
        return []
    verb, effect = found
    places = clause.has(*PLACES) or any(item.kind == "word" for item in clause.items[verb + 1 :])
    if effect.control == "exposure" and not places:
        return []
    effect = _band(clause, effect)
    return wishes((effect,), 1, amount(clause, verb), region_in(clause), clause.said)
