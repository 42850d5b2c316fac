"""Different answers to one instruction: what the instruction leaves free, the variants decide differently.

Every variant is verified like any other edit, against the same rubric: what it adds must not spoil what was asked.
"""

from __future__ import annotations

from collections.abc import Sequence

from hostbridge.controls import EVERYWHERE, Edit, Region
from retouchiq.language.request import Limit, Request

ADDED = 3  # edits; more would be a look of its own

LEANINGS: dict[str, tuple[tuple[str, float], ...]] = {
    "as asked": (),
    "softer": (("contrast", -14), ("clarity", -18), ("highlights", -18), ("glow", 15), ("fade", 12), ("texture", -15)),
    "crisper": (("contrast", 14), ("clarity", 18), ("vibrance", 16), ("texture", 15), ("sharpness", 18)),
}
"""Variant → controls and amounts it adds, the first `ADDED` that the instruction says nothing about."""

NAMES = tuple(LEANINGS)

KEPT: dict[str, set[str]] = {
    "contrast": {"contrast", "clarity", "fade", "highlights", "texture"},
    "colour": {"vibrance"},
    "saturation": {"vibrance"},
    "exposure": {"highlights", "fade", "glow"},
    "highlights": {"highlights", "glow", "contrast"},
    "shadows": {"contrast", "fade"},
    "skin": {"clarity", "texture", "vibrance"},
}
"""What the user wants kept → the controls that would touch it."""


def leaning(name: str, request: Request, edits: Sequence[Edit]) -> tuple[Edit, ...]:
    """What the variant ``name`` adds to ``edits``, the answer to ``request``; nothing where that has no edits.

    A local edit is varied where it acts. Raises `KeyError` for a variant that is none.
    """
    candidates = LEANINGS[name]
    region = _shared_region(edits)
    if region is None or (region.everywhere and any(limit.keep == "region" for limit in request.limits)):
        return ()
    taken = {edit.control for edit in edits} | {wish.control for wish in request.wishes} | set(request.free)
    taken |= _touched(request.limits)
    if "monochrome" in taken:
        taken.add("vibrance")
    free = [(control, amount) for control, amount in candidates if control not in taken]
    return tuple(Edit(control=control, amount=amount, region=region) for control, amount in free[:ADDED])


def _shared_region(edits: Sequence[Edit]) -> Region | None:
    """Where all of ``edits`` act; everywhere if they act in different places, None if there are none."""
    regions = {edit.region.model_dump_json(): edit.region for edit in edits}
    if not regions:
        return None
    return next(iter(regions.values())) if len(regions) == 1 else EVERYWHERE


def _touched(limits: Sequence[Limit]) -> set[str]:
    return set().union(*(KEPT.get(limit.keep, set()) for limit in limits))
