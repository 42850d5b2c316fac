"""Contradictions and repetitions among wishes: the later word wins, and what was said beats what a look brings."""

from __future__ import annotations

from collections.abc import Iterable

from retouchiq.language.request import Wish

Key = tuple[str, str, str]


def _key(wish: Wish) -> Key:
    axis = wish.options.get("axis", "")
    return wish.control, wish.region.name, str(axis)


def _both(first: Wish, second: Wish) -> Wish:
    """Two wishes for the same: the number, else the amount that was said last, a wish before a complaint."""
    if first.exact is not None and second.exact is None:
        return first
    strength = first.strength if second.strength == 1.0 else second.strength
    return second.model_copy(
        update={
            "strength": strength,
            "complaint": first.complaint and second.complaint,
            "options": {**first.options, **second.options},
        }
    )


def merged(looks: Iterable[Wish], said: Iterable[Wish], cancelled: set[str]) -> tuple[Wish, ...]:
    """The wishes without contradictions, in the order said; ``cancelled`` controls are taken out of the looks."""
    kept: dict[Key, Wish] = {}
    for wish in said:
        key = _key(wish)
        before = kept.pop(key, None)
        kept[key] = _both(before, wish) if before is not None and before.direction == wish.direction else wish
    spoken = {wish.control for wish in kept.values()}
    brought: dict[Key, Wish] = {}
    for wish in looks:
        if wish.control not in spoken | cancelled:
            brought[_key(wish)] = wish
    return (*brought.values(), *kept.values())
