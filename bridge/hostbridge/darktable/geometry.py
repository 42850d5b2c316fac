"""Crop, straightening and mirroring: the modules that exist once, changed from the user's own values."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hostbridge.darktable.settings import Params

Options = dict[str, float | str]


@dataclass(frozen=True)
class Scene:
    """``size``: width and height of the displayed picture in full resolution; ``orientation``: EXIF, 1…8."""

    size: tuple[int, int]
    orientation: int = 1

    @property
    def long_side(self) -> int:
        """Pixels of the longer side."""
        return max(self.size)


def crop(params: Params, amount: float, options: Options, scene: Scene) -> None:
    """Trim what the user sees: ``amount`` percent of width and height, ``left``… percent at a side, then to ``aspect``.

    Without an ``anchor`` of its own the trimmed part stays in the middle. `ValueError` for an aspect that is none.
    """
    left, top, right, bottom = (
        float(options.get(side, 0)) / 100 + amount / 200 for side in ("left", "top", "right", "bottom")
    )
    width, height = 1 - left - right, 1 - top - bottom
    if "aspect" in options:
        wanted = ratio(str(options["aspect"]))
        shown = scene.size[0] * width / (scene.size[1] * height)
        spare_x, spare_y = width * max(0, 1 - wanted / shown), height * max(0, 1 - shown / wanted)
        left, width, top, height = left + spare_x / 2, width - spare_x, top + spare_y / 2, height - spare_y
    own_width, own_height = params["cw"] - params["cx"], params["ch"] - params["cy"]
    params["cx"], params["cw"] = params["cx"] + left * own_width, params["cx"] + (left + width) * own_width
    params["cy"], params["ch"] = params["cy"] + top * own_height, params["cy"] + (top + height) * own_height


def ratio(aspect: str) -> float:
    """Width over height of ``16:9``, ``3x2`` or ``1.5``."""
    width, _, height = aspect.replace("x", ":").replace("/", ":").partition(":")
    return float(width) / float(height or 1)


def straighten(params: Params, degrees: float, perspective: float, axis: str, scene: Scene) -> None:
    """Turn clockwise, spread (+) or narrow (−) one end by ``perspective`` (darktable's lens shift), and crop.

    The crop keeps the picture's own proportions and shows no empty corner.
    """
    params["rotation"] += degrees
    params["lensshift_h" if axis == "horizontal" else "lensshift_v"] += perspective
    params["cropmode"] = "ASHIFT_CROP_ASPECT"
    params["cl"], params["cr"], params["ct"], params["cb"] = _inside(math.radians(params["rotation"]), *scene.size)


def _inside(angle: float, width: float, height: float) -> tuple[float, float, float, float]:
    """The largest upright rectangle of the picture's proportions that the turned picture holds, in its bounding box."""
    cosine, sine = abs(math.cos(angle)), abs(math.sin(angle))
    box_width, box_height = width * cosine + height * sine, width * sine + height * cosine
    scale = min(width / box_width, height / box_height)
    x, y = scale * width / box_width / 2, scale * height / box_height / 2
    return 0.5 - x, 0.5 + x, 0.5 - y, 0.5 + y


# what each orientation does to the picture: (x of x, x of y, y of x, y of y) of the displayed axes
_TURNS: dict[str, tuple[int, int, int, int]] = {
    "ORIENTATION_NONE": (1, 0, 0, 1),
    "ORIENTATION_FLIP_HORIZONTALLY": (-1, 0, 0, 1),
    "ORIENTATION_ROTATE_180_DEG": (-1, 0, 0, -1),
    "ORIENTATION_FLIP_VERTICALLY": (1, 0, 0, -1),
    "ORIENTATION_TRANSPOSE": (0, 1, 1, 0),
    "ORIENTATION_ROTATE_CW_90_DEG": (0, -1, 1, 0),
    "ORIENTATION_TRANSVERSE": (0, -1, -1, 0),
    "ORIENTATION_ROTATE_CCW_90_DEG": (0, 1, -1, 0),
}
_EXIF = list(_TURNS)
_ALIASES = {"ORIENTATION_FLIP_X": "ORIENTATION_FLIP_HORIZONTALLY", "ORIENTATION_FLIP_Y": "ORIENTATION_FLIP_VERTICALLY"}


def turn(params: Params, quarters: int, mirror: str | None, scene: Scene) -> None:
    """Mirror (``horizontal`` or ``vertical``), then turn clockwise by quarters, from the user's own orientation."""
    now = params["orientation"]
    if now == "ORIENTATION_NULL":
        now = _EXIF[scene.orientation - 1]
    turned = _TURNS[_ALIASES.get(now, now)]
    if mirror:
        turned = _after(_TURNS[f"ORIENTATION_FLIP_{mirror.upper()}LY"], turned)
    for _ in range(quarters % 4):
        turned = _after(_TURNS["ORIENTATION_ROTATE_CW_90_DEG"], turned)
    params["orientation"] = next(name for name, what in _TURNS.items() if what == turned)


def _after(second: tuple[int, int, int, int], first: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    a, b, c, d = second
    e, f, g, h = first
    return a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h
