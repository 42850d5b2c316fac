"""The sentence that says why a metric has its score."""

from __future__ import annotations

import re

from retouchiq.reward import Criterion
from retouchiq.reward.measured.table import MEASURES


def why(criterion: Criterion, subject: str, after: float) -> str:
    """For example: ``the shadows are 5.2 L* lighter, asked for about 6``."""
    return _SENTENCES[criterion.kind](criterion, subject, after)


def _wish(criterion: Criterion, subject: str, after: float) -> str:
    moved, asked = after - criterion.before, criterion.target - criterion.before
    wanted = f"asked for about {_changed(criterion, asked)}"
    if abs(moved) < 0.1 * abs(asked):
        return f"{subject} {_verb(subject, 'is')} about unchanged, {wanted}"
    said = f"{subject} {_verb(subject, _has(criterion))} {_changed(criterion, moved)}"
    if moved * asked < 0:
        return f"{said}, {wanted}: the wrong way"
    over = abs(moved) - abs(asked)
    judged = ": too much" if over > criterion.tolerance else ": not enough" if -over > criterion.tolerance else ""
    return f"{said}, asked for about {_number(asked)}{judged}"


def _keep(criterion: Criterion, subject: str, after: float) -> str:
    moved = after - criterion.before
    if abs(moved) < 0.05 * criterion.tolerance:
        return f"{subject} {_verb(subject, 'is')} unchanged"
    return f"{subject} {_verb(subject, _has(criterion))} {_changed(criterion, moved)}; {_passes(criterion)}"


def _finish(criterion: Criterion, subject: str, after: float) -> str:
    moved, missing = after - criterion.before, criterion.target - criterion.before
    changed = "unchanged" if abs(moved) < 0.1 * criterion.tolerance else _changed(criterion, moved)
    so_far = f"{subject} {_verb(subject, 'is' if changed == 'unchanged' else _has(criterion))} {changed}"
    if abs(missing) < criterion.tolerance:
        return f"{so_far}; in this it was finished"
    return f"{so_far}; finished it would be about {_changed(criterion, missing)}"


def _quality(criterion: Criterion, subject: str, after: float) -> str:
    more = after - criterion.before
    if more < 0.05 * criterion.tolerance:
        return f"{subject} {_verb(subject, 'is')} no worse than before"
    return f"{subject} {_verb(subject, 'has')} {_changed(criterion, more)}; {_passes(criterion)}"


_SENTENCES = {"wish": _wish, "finish": _finish, "keep": _keep, "quality": _quality}


def _changed(criterion: Criterion, moved: float) -> str:
    measure = MEASURES[criterion.measure]
    word = measure.more if moved >= 0 or not measure.less else measure.less
    return " ".join(part for part in (_number(moved), measure.unit, word) if part)


def _passes(criterion: Criterion) -> str:
    return f"up to {_number(criterion.tolerance / 2)} passes"


def _has(criterion: Criterion) -> str:
    return "has" if MEASURES[criterion.measure].has else "is"


def _verb(subject: str, singular: str) -> str:
    plural = re.split(" in | at ", subject)[0].endswith("s")
    return {"is": "are", "has": "have"}[singular] if plural else singular


def _number(value: float) -> str:
    """Two significant digits, without the sign."""
    return f"{abs(value):.2g}" if abs(value) < 10 else f"{abs(value):.0f}"
