"""Flip, rotation, perspective and crop: changes of the whole image, and what the picture looks like after them.

GIMP has no filters for these. They come first, so that the masks of the filters after them fit; the picture is changed
in the same way here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from skimage.transform import warp

from hostbridge import framing
from hostbridge.controls import Edit
from hostbridge.gegl.filters import OURS, Filter
from hostbridge.weights import Picture

CONTROLS = ("flip", "rotate", "perspective", "crop")

Corners = NDArray[np.float64]
"""(4, 2): upper left, upper right, lower right, lower left; x to the right and y down."""


@dataclass(frozen=True)
class Reshaped:
    """The changes of shape in the order they are made, and the picture after them."""

    changes: list[Filter]
    picture: Picture


def reshape(edits: Sequence[Edit], picture: Picture) -> Reshaped:
    """What edits of `CONTROLS` change, as darktable orders it: flip, quarter turns, straightening, crop.

    ``picture``: float32 (height, width, 3). Straightening keeps the proportions and shows no empty corner. Raises
    `InvalidSetting` for a crop that leaves next to nothing and for options that are none.
    """
    found = Reshaped([], picture)
    for axis in ("horizontal", "vertical"):
        found = _flipped(found, axis, [edit for edit in edits if edit.control == "flip" and edit.amount])
    degrees = _sum(edits, "rotate")
    found = _turned(found, framing.quarters(degrees) % 4)
    found = _straightened(found, degrees - 90 * framing.quarters(degrees), *_shifts(edits))
    return _cropped(found, [edit for edit in edits if edit.control == "crop"])


def _sum(edits: Sequence[Edit], control: str) -> float:
    return sum(edit.amount for edit in edits if edit.control == control)


def _shifts(edits: Sequence[Edit]) -> tuple[float, float]:
    """Vertical and horizontal lens shift."""
    found = {"vertical": 0.0, "horizontal": 0.0}
    for edit in edits:
        if edit.control == "perspective":
            found["horizontal" if edit.options.get("axis") == "horizontal" else "vertical"] += edit.amount / 100
    vertical, horizontal = (float(np.clip(share, -1, 1)) * framing.LENS_SHIFT for share in found.values())
    return vertical, horizontal


def _flipped(found: Reshaped, axis: str, edits: Sequence[Edit]) -> Reshaped:
    if sum(edit.options.get("axis", "horizontal") == axis for edit in edits) % 2 == 0:
        return found
    picture = found.picture[:, ::-1] if axis == "horizontal" else found.picture[::-1]
    return Reshaped([*found.changes, _change("flip", axis=axis)], np.ascontiguousarray(picture))


def _turned(found: Reshaped, quarters: int) -> Reshaped:
    if quarters == 0:
        return found
    picture = np.ascontiguousarray(np.rot90(found.picture, -quarters))
    return Reshaped([*found.changes, _change("rotate", degrees=90 * quarters)], picture)


def _straightened(found: Reshaped, degrees: float, vertical: float, horizontal: float) -> Reshaped:
    """Turned clockwise, widened at the top and at the left; then cut to what is no empty corner."""
    if not (degrees or vertical or horizontal):
        return found
    height, width = found.picture.shape[:2]
    corners = framing.warped(-degrees, vertical, horizontal, width, height)
    left, right, top, bottom = framing.inside(corners, width, height)
    low, span = corners.min(axis=0), np.ptp(corners, axis=0)
    middle = low + span * [(left + right) / 2, (top + bottom) / 2]
    scale = float((right - left) * span[0] / width)
    # what is kept comes to the middle; where it is larger than the picture, it is made as small
    shares = (corners - middle) / (max(scale, 1.0) * np.array([width, height])) + 0.5
    warped = Reshaped([*found.changes, _perspective(shares)], _warped(found.picture, shares))
    kept = min(scale, 1.0)
    return _cut(warped, (1 - kept) / 2, (1 - kept) / 2, kept, kept)


def _perspective(shares: Corners) -> Filter:
    # GIMP counts corners row by row
    rows = shares[[0, 1, 3, 2]]
    places = {f"{axis}{place}": row["xy".index(axis)] for place, row in enumerate(rows) for axis in "xy"}
    return _change("perspective", **{name: round(float(share), 6) for name, share in places.items()})


def _warped(picture: Picture, shares: Corners) -> Picture:
    height, width = picture.shape[:2]
    size = np.array([width, height])
    square = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
    back = _homography(shares * size - 0.5, square * size - 0.5)
    return np.asarray(warp(picture, back, order=1, mode="edge"), np.float32)


def _homography(old: Corners, new: Corners) -> NDArray[np.float64]:
    """The (3, 3) projection that takes four points to four others."""
    rows = []
    for (x, y), (u, v) in zip(old, new, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
    return np.append(np.linalg.solve(np.array(rows), new.ravel()), 1.0).reshape(3, 3)


def _cropped(found: Reshaped, edits: Sequence[Edit]) -> Reshaped:
    amount = min(_sum(edits, "crop"), 90.0)
    options = {name: value for edit in edits for name, value in edit.options.items()}
    if not (amount or options):
        return found
    height, width = found.picture.shape[:2]
    return _cut(found, *framing.trimmed(amount, options, (width, height)))


def _cut(found: Reshaped, left: float, top: float, width: float, height: float) -> Reshaped:
    if min(width, height) > 1 - 1e-9:
        return found
    change = _change(
        "crop",
        **{
            name: round(share, 6)
            for name, share in (("left", left), ("top", top), ("width", width), ("height", height))
        },
    )
    high, wide = found.picture.shape[:2]
    x, y = round(left * wide), round(top * high)
    kept = found.picture[y : y + max(1, round(height * high)), x : x + max(1, round(width * wide))]
    return Reshaped([*found.changes, change], np.ascontiguousarray(kept))


def _change(what: str, **properties: float | str) -> Filter:
    return Filter(f"image:{what}", dict(properties), f"{OURS}: {what}", destructive=True)
