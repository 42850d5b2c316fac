"""Curves from a control's amount to what it adds to a parameter: points with straight lines in between."""

from __future__ import annotations

from itertools import pairwise

Curve = tuple[tuple[float, float], ...]
"""(amount, value) points, ascending by amount, straight in between and passing through (0, 0)."""


def line(low: float, high: float, reach: float = 100.0) -> Curve:
    """``low`` at −reach, 0 at 0, ``high`` at +reach."""
    return ((-reach, low), (0.0, 0.0), (reach, high))


def always(value: float) -> Curve:
    """``value`` whatever the amount."""
    return ((0.0, value),)


def up(high: float, reach: float = 100.0) -> Curve:
    """0 at and below 0, ``high`` at +reach."""
    return ((0.0, 0.0), (reach, high))


def down(low: float, reach: float = 100.0) -> Curve:
    """``low`` at −reach, 0 at and above 0."""
    return ((-reach, low), (0.0, 0.0))


def on(curve: Curve, amount: float) -> float:
    """The value of a curve at an amount, held at its ends."""
    if amount <= curve[0][0]:
        return curve[0][1]
    for (x0, y0), (x1, y1) in pairwise(curve):
        if amount <= x1:
            return y0 + (y1 - y0) * (amount - x0) / (x1 - x0)
    return curve[-1][1]
