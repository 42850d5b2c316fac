"""No instruction at all: the picture decides."""

from __future__ import annotations

AUTO = "auto"
"""The instruction that leaves everything to the picture."""


def or_auto(instruction: str, *instead: object) -> str:
    """``instruction``, or `AUTO` where it is empty and nothing ``instead`` (a look, a reference) says what to do."""
    return instruction if instruction.strip() or any(instead) else AUTO
