"""From a mask to the polygons that hosts can draw."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from skimage.measure import find_contours

from hostbridge.controls import Outline, Ring
from hostbridge.weights import Weights

FINENESS = 0.004  # of the short side: how far a simplified outline may lie from the mask's own
COARSER = 1.3  # times, until no ring has more than that many corners
LEAST = 0.002  # share of the picture: smaller islands and holes are left out
RINGS, CORNERS = 8, 40  # at most, holes counted, corners each: whoever opens the mask can still move them by hand
OUTSIDE = 2  # px
FEATHER = 0.02  # of the short side

Corners = NDArray[np.float64]


def outline(mask: Weights, feather: float = FEATHER) -> Outline | None:
    """The outline of where ``mask``, (height, width) 0…1, is above one half; None where that is nowhere worth drawing.

    Contours by marching squares, simplified after Douglas and Peucker; what touches the picture's edge ends exactly
    on it.
    """
    height, width = mask.shape
    # a contour that ends at the picture's edge is led around outside of it and brought back: its corners stay square
    contours = find_contours(np.pad(np.pad(mask, OUTSIDE, mode="edge"), 1), 0.5)
    drawn = [(_area(contour), contour) for contour in contours]
    large = sorted((pair for pair in drawn if abs(pair[0]) >= LEAST * mask.size), key=lambda pair: -abs(pair[0]))[
        :RINGS
    ]
    simple = [(area, _simplified(contour, FINENESS * min(height, width))) for area, contour in large]
    rings = tuple(_ring(corners, height, width) for area, corners in simple if area > 0 and len(corners) >= 3)
    holes = tuple(_ring(corners, height, width) for area, corners in simple if area < 0 and len(corners) >= 3)
    return Outline(rings=rings, holes=holes, feather=feather) if rings else None


def _simplified(contour: Corners, tolerance: float) -> Corners:
    """``contour`` within ``tolerance`` px, or as near as `CORNERS` corners come."""
    # brings scipy.signal and scipy.stats along, half of what any start would wait for
    from skimage.measure import approximate_polygon

    corners = np.asarray(approximate_polygon(contour, tolerance)[:-1], np.float64)
    return corners if len(corners) <= CORNERS else _simplified(contour, COARSER * tolerance)


def _area(corners: Corners) -> float:
    """The signed area in px²: positive around what is above one half, negative around holes."""
    rows, columns = corners.T
    return float(np.dot(columns, np.roll(rows, -1)) - np.dot(rows, np.roll(columns, -1))) / 2


def _ring(corners: Corners, height: int, width: int) -> Ring:
    # a pixel's place is its middle
    shares = np.clip((corners - OUTSIDE - 0.5) / (height, width), 0, 1)
    return tuple(dict.fromkeys((float(x), float(y)) for y, x in shares))
