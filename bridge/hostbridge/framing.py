"""Trimming and straightening of a picture, whatever editor does it: rectangles and where corners go."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from hostbridge import InvalidSetting

Options = dict[str, float | str]
Corners = NDArray[np.float64]

LENS_SHIFT = 0.8
"""Lens shift of 100 % perspective: one side exp(0.8) times as long as the other."""

SMALLEST = 0.05
"""The share of a side that a crop must leave."""

MARGIN = 0.006
"""The share by which the crop is smaller than it might be: edges are anti-aliased, and the fit is not exact."""


def trimmed(amount: float, options: Options, size: tuple[int, int]) -> tuple[float, float, float, float]:
    """Left, top, width and height (shares of the picture) of what a crop leaves of ``size``.

    ``amount`` percent of width and height go, ``left``… percent at a side, then the rest is brought to ``aspect``.
    `InvalidSetting` for an aspect that is none, and where next to nothing would be left.
    """
    left, top, right, bottom = (
        number(options, side, 0.0) / 100 + amount / 200 for side in ("left", "top", "right", "bottom")
    )
    width, height = 1 - left - right, 1 - top - bottom
    if min(left, top, right, bottom) < 0 or min(width, height) < SMALLEST:
        raise InvalidSetting(f"crop to {width:.0%} of the width and {height:.0%} of the height: leave {SMALLEST:.0%}")
    if "aspect" in options:
        wanted = ratio(str(options["aspect"]))
        shown = size[0] * width / (size[1] * height)
        spare_x, spare_y = width * max(0, 1 - wanted / shown), height * max(0, 1 - shown / wanted)
        left, width, top, height = left + spare_x / 2, width - spare_x, top + spare_y / 2, height - spare_y
    return left, top, width, height


def quarters(degrees: float) -> int:
    """The whole quarter turns nearest to an angle: they cost no pixel."""
    return round(degrees / 90)


def number(options: Options, name: str, otherwise: float) -> float:
    """An option that is a number; `InvalidSetting` where it is none."""
    try:
        return float(options.get(name, otherwise))
    except ValueError:
        raise InvalidSetting(f"{name} = {options[name]!r} is not a number") from None


def ratio(aspect: str) -> float:
    """Width over height of ``16:9``, ``3x2`` or ``1.5``."""
    width, _, height = aspect.replace("x", ":").replace("/", ":").partition(":")
    try:
        found = float(width) / float(height or 1)
    except (ValueError, ZeroDivisionError):
        found = 0.0
    if not 0.01 < found < 100:
        raise InvalidSetting(f"crop to aspect {aspect!r}: write width:height, such as 16:9")
    return found


def warped(degrees: float, vertical: float, horizontal: float, width: float, height: float) -> Corners:
    """The picture's corners (4, 2), y down, after an anticlockwise turn about its centre, then the lens shifts.

    A lens shift s is the projection that makes one side exp(s) times as long as the other, about the centre of what
    came before. Fitted to renders: within 0.5 % for one shift, 1.5 % for both.
    """
    angle = -math.radians(degrees)
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    corners: Corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * [width / 2, height / 2] @ turn.T
    for axis, shift, length in ((1, vertical, height), (0, horizontal, width)):
        corners -= (corners.max(axis=0) + corners.min(axis=0)) / 2
        corners /= 1 + math.tanh(shift / 2) * corners[:, axis : axis + 1] / (length / 2)
    return corners


def inside(corners: Corners, width: float, height: float) -> tuple[float, float, float, float]:
    """The largest upright rectangle of these proportions in a convex quadrilateral, as shares of its bounding box.

    A linear program in the rectangle's centre and scale: its corners stay on the inner side of each edge.
    """
    edges = np.roll(corners, -1, axis=0) - corners
    outward = np.column_stack([edges[:, 1], -edges[:, 0]])
    reach = np.abs(outward) @ [width / 2, height / 2]
    limits = np.einsum("ij,ij->i", outward, corners)
    program = np.column_stack([outward, reach])
    # The best corner of the program: three edges touched, the fourth not crossed. (scipy's linprog takes 3 ms for it.)
    touched = [[row for row in range(4) if row != spared] for spared in range(4)]
    solved = [np.linalg.solve(program[rows], limits[rows]) for rows in touched]
    within = [one for one in solved if (program @ one <= limits * (1 + 1e-9) + 1e-6).all()]
    x, y, scale = max(within, key=lambda one: float(one[2]))
    scale *= 1 - MARGIN
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    box_width, box_height = right - left, bottom - top
    half_x, half_y = scale * width / 2, scale * height / 2
    return (
        float(x - half_x - left) / box_width,
        float(x + half_x - left) / box_width,
        float(y - half_y - top) / box_height,
        float(y + half_y - top) / box_height,
    )
