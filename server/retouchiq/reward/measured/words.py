"""The sentence that says why a metric has its score."""

from __future__ import annotations

from retouchiq.reward import Criterion
from retouchiq.reward.measured.table import MEASURES


def why(criterion: Criterion, subject: str, after: float) -> str:
    """For example: ``shadows are 5.2 L* lighter, asked for about 6``."""
    return {"wish": _wish, "keep": _keep, "quality": _quality}[criterion.kind](criterion, subject, after)


def _wish(criterion: Criterion, subject: str, after: float) -> str:
    moved, asked = after - criterion.before, criterion.target - criterion.before
    be = "are" if subject.partition(" ")[0].endswith("s") else "is"
    wanted = f"{_number(asked)} {criterion.unit}".rstrip()
    if abs(moved) < 0.1 * abs(asked):
        return f"{subject} {be} about unchanged, asked for about {wanted} {_word(criterion, asked)}"
    said = f"{subject} {be} {_number(moved)} {criterion.unit} {_word(criterion, moved)}".replace("  ", " ")
    if moved * asked < 0:
        return f"{said}, asked for about {wanted} {_word(criterion, asked)}: the wrong way"
    over = abs(moved) - abs(asked) - criterion.tolerance
    short = abs(asked) - abs(moved) - criterion.tolerance
    verdict = ": too much" if over > 0 else ": not enough" if short > 0 else ""
    return f"{said}, asked for about {_number(asked)}{verdict}"


def _keep(criterion: Criterion, subject: str, after: float) -> str:
    moved = after - criterion.before
    passes = f"up to {_number(criterion.tolerance / 2)} passes"
    if abs(moved) < 0.05 * criterion.tolerance:
        return f"{subject}: unchanged"
    return f"{subject}: {_number(moved)} {criterion.unit} {_word(criterion, moved)}; {passes}"


def _quality(criterion: Criterion, subject: str, after: float) -> str:
    more = after - criterion.before
    word = MEASURES[criterion.measure].more
    if more < 0.05 * criterion.tolerance:
        return f"{subject}: no worse than before"
    passes = f"up to {_number(criterion.tolerance / 2)} passes"
    return f"{subject}: {_number(more)} {criterion.unit} more {word}; {passes}".replace("more more", "more")


def _word(criterion: Criterion, moved: float) -> str:
    measure = MEASURES[criterion.measure]
    return measure.more if moved >= 0 else measure.less


def _number(value: float) -> str:
    """Two significant digits, without the sign."""
    return f"{abs(value):.2g}" if abs(value) < 10 else f"{abs(value):.0f}"
