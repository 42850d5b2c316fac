"""Outlines as darktable's paths: closed Bézier curves through the corners of a polygon.

Conventions as in darktable's ``develop/masks/path.c``: a node has a corner and the control points before and after it,
in shares of the image's width and height.
"""

from __future__ import annotations

import math

from hostbridge.controls import Ring
from hostbridge.darktable.masks import Point

XY = tuple[float, float]

# A corner that turns more than this is one of the thing itself (a roof, the picture's edge) and stays sharp.
SHARP = 60.0
_OWN_HANDLES = 2  # DT_MASKS_POINT_STATE_USER: darktable does not make the curve anew
_NARROW = 0.0005  # of the short side: darktable's least border; the soft edge is a blur of the whole mask
# Corners this near the picture's edge lie on it, and a path that ends there goes on outside: no soft line along it.
_AT_EDGE, _OUTSIDE = 0.004, 0.02


def beyond_edges(ring: Ring) -> Ring:
    """The ring with its corners at the displayed picture's edges moved out of the picture; no corner comes twice."""
    return tuple(dict.fromkeys((_beyond(x), _beyond(y)) for x, y in ring))


def nodes(ring: Ring, size: XY) -> list[Point]:
    """The path's nodes through the corners of a ring in the image (0…1); ``size``: its width and height in any unit."""
    count = len(ring)
    return [_node(ring[i - 1], ring[i], ring[(i + 1) % count], size) for i in range(count)]


def _beyond(share: float) -> float:
    if share <= _AT_EDGE:
        return -_OUTSIDE
    return 1 + _OUTSIDE if share >= 1 - _AT_EDGE else share


def _node(before: XY, corner: XY, after: XY, size: XY) -> Point:
    handles = _handles(*(_times(point, size) for point in (before, corner, after)))
    first, second = ((point[0] / size[0], point[1] / size[1]) for point in handles)
    return {
        "corner": list(corner),
        "ctrl1": list(first),
        "ctrl2": list(second),
        "border": [_NARROW, _NARROW],
        "state": _OWN_HANDLES,
    }


def _handles(before: XY, corner: XY, after: XY) -> tuple[XY, XY]:
    """Where the curve's control points lie before and after a corner, for a curve that never leaves its polygon far."""
    arriving, leaving = _minus(corner, before), _minus(after, corner)
    if _turn(arriving, leaving) > SHARP:
        return _plus(corner, arriving, -1 / 3), _plus(corner, leaving, 1 / 3)
    first, second = math.hypot(*arriving), math.hypot(*leaving)
    along = (arriving[0] / first + leaving[0] / second, arriving[1] / first + leaving[1] / second)
    reach = min(first, second) / 3 / math.hypot(*along)
    return _plus(corner, along, -reach), _plus(corner, along, reach)


def _turn(arriving: XY, leaving: XY) -> float:
    """Degrees between two directions, 0…180."""
    cross = arriving[0] * leaving[1] - arriving[1] * leaving[0]
    return abs(math.degrees(math.atan2(cross, arriving[0] * leaving[0] + arriving[1] * leaving[1])))


def _times(point: XY, size: XY) -> XY:
    return point[0] * size[0], point[1] * size[1]


def _minus(a: XY, b: XY) -> XY:
    return a[0] - b[0], a[1] - b[1]


def _plus(point: XY, way: XY, share: float) -> XY:
    return point[0] + share * way[0], point[1] + share * way[1]
