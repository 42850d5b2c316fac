"""Drawn masks: the gradients, ellipses and outlines of an edit as darktable's forms.

An edit speaks of the displayed picture; a form lives in the image as the pipe receives it, before it is turned and
cropped: positions are shares of that image's width and height, sizes shares of its short side. Conventions as in
darktable's ``develop/masks/gradient.c``, ``ellipse.c`` and ``iop/flip.c``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from hostbridge.controls import Ellipse, Gradient, Outline, Ring
from hostbridge.darktable import masks, paths
from hostbridge.darktable.masks import Form, Point

# dt_image_orientation_t
FLIP_Y, FLIP_X, SWAP_XY = 1, 2, 4
# EXIF orientation 1…8 → dt_image_orientation_t
ORIENTATIONS = (0, 0, FLIP_X, FLIP_X | FLIP_Y, FLIP_Y, SWAP_XY, SWAP_XY | FLIP_Y, 7, SWAP_XY | FLIP_X)

_SIGMOIDAL, _PROPORTIONAL = 2, 1
# An ellipse falls off with the square of the area outside: with a border this much wider than the feather it is half
# way where a smooth step over the feather is.
_BORDER = 1.35
# A gradient follows erf(distance / compression): at 1.5 it is within 2 % of its end.
_ERF_REACH = 1.5


@dataclass(frozen=True)
class Frame:
    """How the displayed picture lies in the image: ``aspect`` = its width / height, ``orientation`` = darktable's flip
    bits, ``crop`` = its left, top, right, bottom as shares of the whole turned image."""

    aspect: float
    orientation: int = 0
    crop: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the image as the pipe receives it, in units of the displayed picture's height."""
        left, top, right, bottom = self.crop
        width, height = self.aspect / (right - left), 1 / (bottom - top)
        return (height, width) if self.orientation & SWAP_XY else (width, height)

    def point(self, x: float, y: float) -> tuple[float, float]:
        """A place of the displayed picture (0…1) as a place of the image (0…1)."""
        left, top, right, bottom = self.crop
        x, y = left + x * (right - left), top + y * (bottom - top)
        if self.orientation & SWAP_XY:
            x, y = y, x
        return (1 - x if self.orientation & FLIP_X else x, 1 - y if self.orientation & FLIP_Y else y)

    def direction(self, degrees: float) -> float:
        """A direction in the displayed picture as one in the image; degrees, 0 = right, 90 = up."""
        dx, dy = math.cos(math.radians(degrees)), -math.sin(math.radians(degrees))
        if self.orientation & SWAP_XY:
            dx, dy = dy, dx
        dx, dy = (-dx if self.orientation & FLIP_X else dx, -dy if self.orientation & FLIP_Y else dy)
        return math.degrees(math.atan2(-dy, dx))


@dataclass(frozen=True)
class Part:
    """A form in the making: its type and points, and how it is combined with those before it in its group."""

    kind: int
    points: list[Point]
    combined: int = 0


def parts(shape: Gradient | Ellipse | Outline, frame: Frame) -> list[Part]:
    """The forms a shape takes: one, but for outlines one for each ring and hole."""
    if isinstance(shape, Gradient):
        return [Part(masks.GRADIENT, [_gradient(shape, frame)])]
    if isinstance(shape, Ellipse):
        return [Part(masks.ELLIPSE, [_ellipse(shape, frame)])]
    first, *rings = [_path(ring, frame) for ring in shape.rings]
    return [
        Part(masks.PATH, first),
        *(Part(masks.PATH, points, masks.STATE_UNION) for points in rings),
        *(Part(masks.PATH, _path(hole, frame), masks.STATE_DIFFERENCE) for hole in shape.holes),
    ]


def group(members: Sequence[tuple[Form, int]], id: int, name: str) -> Form:  # noqa: A002
    """The group that a module's blending refers to: forms, each with how it is combined with those before it."""
    points = [
        {"formid": form.id, "parentid": id, "state": _SHOWN | combined, "opacity": 1.0} for form, combined in members
    ]
    return masks.make(masks.GROUP, id, name, points)


_SHOWN = masks.STATE_USE | masks.STATE_SHOW


def _path(ring: Ring, frame: Frame) -> list[Point]:
    return paths.nodes(tuple(frame.point(x, y) for x, y in paths.beyond_edges(ring)), frame.size)


def _gradient(shape: Gradient, frame: Frame) -> Point:
    width, height = frame.size
    softness = shape.softness * min(frame.aspect, 1.0)
    return {
        "anchor": list(frame.point(shape.x, shape.y)),
        # unturned, darktable's gradient acts above its line
        "rotation": _half_turn(frame.direction(shape.direction) - 90),
        "compression": softness / (2 * _ERF_REACH) / math.hypot(width, height),
        "steepness": 0.0,
        "curvature": 0.0,
        "state": _SIGMOIDAL,
    }


def _ellipse(shape: Ellipse, frame: Frame) -> Point:
    short = min(frame.size)
    return {
        "center": list(frame.point(shape.x, shape.y)),
        "radius": [shape.radius_x * frame.aspect / short, shape.radius_y / short],
        # both turn the first radius clockwise, directions are counted the other way
        "rotation": _half_turn(-frame.direction(-shape.rotation)),
        "border": shape.feather * _BORDER,
        "flags": _PROPORTIONAL,
    }


def _half_turn(degrees: float) -> float:
    """The same direction within −180…180."""
    return (degrees + 180) % 360 - 180
