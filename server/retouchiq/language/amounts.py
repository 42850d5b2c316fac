"""How much: words ("a touch") and numbers ("2/3 stop", "20 %") of a clause."""

from __future__ import annotations

import math
from dataclasses import dataclass

from retouchiq.language.clauses import Clause
from retouchiq.language.tokens import number

NEUTRAL_KELVIN = 5500.0


@dataclass(frozen=True)
class Amount:
    """``strength`` relative to the plain word (None: not said); ``value`` in ``unit`` where a number was named."""

    strength: float | None = None
    value: float | None = None
    unit: str = ""
    after: bool = False


def _mired(kelvin: float) -> float:
    """How far a white balance moves in mired when it moves by so many kelvin from daylight."""
    return 1e6 / NEUTRAL_KELVIN - 1e6 / (NEUTRAL_KELVIN + kelvin)


def _percent_of_light(percent: float) -> float:
    """EV of a change of the light by so many percent, up to a doubling as a photographer would read it."""
    return math.log2(1 + min(percent, 400.0) / 100)


FROM = {
    # (unit the user named, unit of the control): how one becomes the other, of a positive number
    ("EV", "EV"): lambda value: value,
    ("%", "EV"): _percent_of_light,
    ("", "EV"): lambda value: value if value <= 5 else value / 50,
    ("points", "EV"): lambda value: value if value <= 5 else value / 50,
    ("%", "%"): lambda value: value,
    ("", "%"): lambda value: value,
    ("points", "%"): lambda value: value,
    ("K", "mired"): _mired,
    ("mired", "mired"): lambda value: value,
    ("%", "mired"): lambda value: value,
    ("", "mired"): lambda value: value,
    ("points", "mired"): lambda value: value,
    ("%", ""): lambda value: value,
    ("", ""): lambda value: value,
    ("points", ""): lambda value: value,
    ("°", "°"): lambda value: value,
    ("", "°"): lambda value: value,
    ("EV", "%"): lambda value: value * 50,
}


def converted(amount: Amount, unit: str) -> float | None:
    """The size of the amount in a control's unit, or None where that makes no sense."""
    if amount.value is None or (amount.unit, unit) not in FROM:
        return None
    return float(FROM[amount.unit, unit](abs(amount.value)))


def _numbers(clause: Clause) -> tuple[float | None, str, int]:
    """The number of a clause with its unit, and where it ends."""
    items = clause.items
    for at, item in enumerate(items):
        spelled = item.get("number")
        if item.kind != "number" and spelled is None:
            continue
        after = at + 1
        while after < len(items) and items[after].text in ("of", "a", "an", "of a"):
            after += 1
        unit = items[after].get("unit") if after < len(items) else None
        if unit:
            return (spelled.value if spelled else number(item.text)), unit.name, after
        if item.kind == "number":
            return number(item.text), "", at
    for at in clause.positions("unit"):
        if at and items[at - 1].text in ("a", "by"):
            return 1.0, items[at].meanings["unit"].name, at
    return None, "", -1


def amount(clause: Clause, head: int) -> Amount:
    """The amount said in a clause about its item number ``head``."""
    value, unit, _ = _numbers(clause)
    degrees = [at for at in clause.positions("degree") if not clause.items[at].has("noun", "verb")]
    before = [at for at in degrees if at < head]
    after = [at for at in degrees if at > head]
    chosen = before[-1:] or after[:1]
    strength = None
    if chosen:
        strength = clause.items[chosen[0]].meanings["degree"].value
        weaker = chosen[0] + 1
        if weaker in degrees and weaker < len(clause.items):
            strength *= clause.items[weaker].meanings["degree"].value
    return Amount(strength, value, unit, after=bool(after) and not before)
