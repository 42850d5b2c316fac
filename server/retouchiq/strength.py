"""An edit at less or more than its full strength."""

from __future__ import annotations

from collections.abc import Sequence

from hostbridge.controls import Edit, control_named

LOW, HIGH = 0.0, 150.0  # percent

WHOLE = {"geometry", "optics"}
"""Groups of controls that are done or not: half a flip is nothing, half a straightening is crooked."""


def scaled(edits: Sequence[Edit], percent: float) -> tuple[Edit, ...]:
    """``edits`` at ``percent`` (0…150) of their amounts, inside the controls' ranges; none at all at 0.

    Geometry, lens correction and module fields named by the user stay as they are. Raises `ValueError` outside 0…150.
    """
    if not LOW <= percent <= HIGH:
        raise ValueError(f"strength = {percent:g} is outside {LOW:g}…{HIGH:g} %")
    if percent == 0:
        return ()
    return tuple(_scaled(edit, percent / 100) for edit in edits)


def _scaled(edit: Edit, factor: float) -> Edit:
    control = control_named(edit.control)
    if control is None or control.group in WHOLE:
        return edit
    return edit.model_copy(update={"amount": float(f"{edit.amount * factor:.4g}")}).clamped()
