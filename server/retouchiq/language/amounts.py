"""How much: words ("a touch") and numbers ("2/3 stop", "20 %") of a clause."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from retouchiq.language.clauses import Clause
from retouchiq.language.tokens import number

NEUTRAL_KELVIN = 5500.0


@dataclass(frozen=True)
class Amount:
    """``strength`` relative to the plain word, None where not said; ``value`` in ``unit`` where a number was named.

    The unit ``times`` is of "twice as bright", "half the contrast" and "30 % as much grain": what is there, so often.

    ``after``: the words came after what they are said of ("contrast and saturation a bit").
    """

    strength: float | None = None
    value: float | None = None
    unit: str = ""
    after: bool = False

    @property
    def said(self) -> bool:
        """Whether there was an amount at all."""
        return self.strength is not None or self.value is not None


def _mired(kelvin: float) -> float:
    """How far a white balance moves in mired when it moves by so many kelvin up from daylight."""
    return 1e6 / NEUTRAL_KELVIN - 1e6 / (NEUTRAL_KELVIN + kelvin)


def _percent_of_light(percent: float) -> float:
    """EV of so many percent more light."""
    return math.log2(1 + min(percent, 400.0) / 100)


def _stops(points: float) -> float:
    """EV of a bare number: small ones are stops, others are points of a slider that ends at two stops."""
    return points if points <= 5 else points / 50


def _same(value: float) -> float:
    return value


FROM: dict[tuple[str, str], Callable[[float], float]] = {
    # (unit the user named, unit of the control): how one becomes the other, of a positive number
    **{(unit, target): _same for unit in ("", "%", "points") for target in ("%", "mired", "")},
    ("EV", "EV"): _same,
    ("%", "EV"): _percent_of_light,
    ("", "EV"): _stops,
    ("points", "EV"): _stops,
    ("EV", "%"): lambda value: value * 50,
    ("K", "mired"): _mired,
    ("mired", "mired"): _same,
    ("°", "°"): _same,
    ("", "°"): _same,
    ("times", "EV"): lambda times: abs(math.log2(times)),
}


def converted(amount: Amount, unit: str) -> float | None:
    """The size of the amount in a control's unit, or None where that makes no sense."""
    if amount.value is None or (amount.unit, unit) not in FROM:
        return None
    return FROM[amount.unit, unit](abs(amount.value))


LINKS = ("of", "a", "an")

STRONGEST = 3.0


def _times(clause: Clause) -> float | None:
    """How often as much of what is there is asked for: 2 for "twice as bright"; None where that is not said."""
    for at in clause.positions("multiple"):
        said = clause.items[at].meanings["multiple"]
        if not said.name:
            return said.value
        before = clause.items[at - 1] if at else None
        if before is not None and before.kind == "number" and number(before.text) > 0:
            return number(before.text) * said.value
    return None


def _strength_of(times: float) -> float:
    """Twice and half as much are two plain steps, up and down; four times is four, but for `STRONGEST`."""
    return round(min(STRONGEST, 2 * abs(math.log2(times))), 3)


def _number(clause: Clause) -> tuple[float | None, str]:
    """The number of a clause and its unit."""
    items = clause.items
    for at, item in enumerate(items):
        spelled = item.get("number")
        if item.kind != "number" and spelled is None:
            continue
        after = at + 1
        while after < len(items) and items[after].text in LINKS:
            after += 1
        unit = items[after].get("unit") if after < len(items) else None
        if unit:
            return (spelled.value if spelled else number(item.text)), unit.name
        if spelled and spelled.name:
            return spelled.value, spelled.name
        if item.kind == "number":
            return number(item.text), ""
    for at in clause.positions("unit"):
        if at and items[at - 1].text in ("a", "by"):
            return 1.0, items[at].meanings["unit"].name
    return None, ""


def negative(clause: Clause) -> bool:
    """Whether the number of the clause has a minus sign."""
    return any(item.kind == "number" and item.text.startswith("-") for item in clause.items)


def amount(clause: Clause, head: int) -> Amount:
    """The amount said in a clause about its item number ``head``: the nearest before it, else the first after it."""
    times = _times(clause)
    if times is not None:
        return Amount(_strength_of(times), times, "times")
    value, unit = _number(clause)
    degrees = [at for at in clause.positions("degree") if at != head and not clause.items[at].has("noun", "verb")]
    before = [at for at in degrees if at < head]
    chosen = before[-1:] or degrees[:1]
    strength = clause.items[chosen[0]].meanings["degree"].value if chosen else None
    return Amount(strength, value, unit, after=bool(chosen) and not before)
