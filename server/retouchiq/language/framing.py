"""Geometry: turning, trimming, mirroring, straightening, and the lens."""

from __future__ import annotations

from collections.abc import Callable

from hostbridge.controls import EVERYWHERE
from retouchiq.language.amounts import Amount, amount
from retouchiq.language.clauses import Clause
from retouchiq.language.lexicon import Effect
from retouchiq.language.request import Wish
from retouchiq.language.wishing import wishes

Options = tuple[tuple[str, float | str], ...]
QUARTER = 90.0


def _named(clause: Clause, *names: str) -> int | None:
    return next(
        (at for at in clause.positions("geometry") if clause.items[at].meanings["geometry"].name in names), None
    )


def _wish(clause: Clause, control: str, sign: int, said: Amount, options: Options = ()) -> list[Wish]:
    return wishes((Effect(control, 1, options=options),), sign, said, EVERYWHERE, clause.said)


def _aspect(clause: Clause) -> str | None:
    for item in clause.items:
        if item.kind == "ratio":
            return item.text.replace(" ", "").replace("x", ":").replace("×", ":")
    return "1:1" if _named(clause, "square") is not None else None


SIDES = ("left", "top", "right", "bottom")


def _crop(clause: Clause) -> list[Wish]:
    at = _named(clause, "crop", "aspect")
    aspect = _aspect(clause)
    trimmed = _named(clause, "borders") is not None and clause.has("movers:off")
    if at is None and aspect is None and not trimmed:
        return []
    said = amount(clause, at or 0)
    if aspect:
        return _wish(clause, "crop", 1, Amount(value=0.0, unit="%"), (("aspect", aspect),))
    sides = [item.meanings["region"].name for item in clause.items if item.has("region")]
    size = said.value if said.value is not None and said.unit in ("%", "") else 10.0 * (said.strength or 1.0)
    options: Options = tuple((side, size) for side in dict.fromkeys(sides) if side in SIDES)
    return _wish(clause, "crop", 1, said, options)


def _rotate(clause: Clause) -> list[Wish]:
    at = _named(clause, "rotate")
    left = _named(clause, "anticlockwise") is not None
    right = _named(clause, "clockwise") is not None
    said = amount(clause, at or 0)
    if at is None and not ((left or right) and said.unit == "°"):
        return []
    if not (left or right or said.value is not None):
        return []
    negative = any(item.kind == "number" and item.text.startswith("-") for item in clause.items)
    if said.value is None and said.strength is None:
        said = Amount(value=QUARTER, unit="°")
    return _wish(clause, "rotate", -1 if left or negative else 1, said)


def _turned(clause: Clause) -> list[Wish]:
    if _named(clause, "turned") is not None:
        return _wish(clause, "rotate", 1, Amount(value=180.0, unit="°"))
    return []


def _flip(clause: Clause) -> list[Wish]:
    if _named(clause, "flip") is None or amount(clause, 0).unit == "°":
        return []
    axis = "vertical" if _named(clause, "vertical") is not None else "horizontal"
    return _wish(clause, "flip", 1, Amount(value=1.0), (("axis", axis),))


def _perspective(clause: Clause) -> list[Wish]:
    at = _named(clause, "perspective")
    if at is None:
        return []
    axis = "horizontal" if _named(clause, "horizontal") is not None else "vertical"
    return _wish(clause, "perspective", 1, amount(clause, at), (("axis", axis),))


def _lens(clause: Clause) -> list[Wish]:
    at = _named(clause, "lens_correction")
    return [] if at is None else _wish(clause, "lens_correction", 1, amount(clause, at))


READINGS: tuple[Callable[[Clause], list[Wish]], ...] = (_lens, _perspective, _flip, _turned, _rotate, _crop)


def geometry_wishes(clause: Clause) -> list[Wish]:
    """The geometric wishes of a clause."""
    if not clause.has("geometry") and all(item.kind != "ratio" for item in clause.items):
        return []
    return [wish for reading in READINGS for wish in reading(clause)]


def geometry_free(clause: Clause) -> tuple[str, ...]:
    """Geometric controls named without a direction: "straighten it"."""
    return ("rotate",) if _named(clause, "level", "rotate", "sideways") is not None else ()
