"""Crop, straightening and mirroring: the modules that exist once, changed from the user's own values."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hostbridge import framing
from hostbridge.darktable.settings import Params

Turn = tuple[int, int, int, int]
"""What an orientation does to the picture's axes, x to the right and y down: displayed x of x, of y, y of x, of y."""

TURNS: dict[str, Turn] = {
    # darktable's names, in the order of EXIF's 1 … 8
    "ORIENTATION_NONE": (1, 0, 0, 1),
    "ORIENTATION_FLIP_HORIZONTALLY": (-1, 0, 0, 1),
    "ORIENTATION_ROTATE_180_DEG": (-1, 0, 0, -1),
    "ORIENTATION_FLIP_VERTICALLY": (1, 0, 0, -1),
    "ORIENTATION_TRANSPOSE": (0, 1, 1, 0),
    "ORIENTATION_ROTATE_CW_90_DEG": (0, -1, 1, 0),
    "ORIENTATION_TRANSVERSE": (0, -1, -1, 0),
    "ORIENTATION_ROTATE_CCW_90_DEG": (0, 1, -1, 0),
}
_ALIASES = {"ORIENTATION_FLIP_X": "ORIENTATION_FLIP_HORIZONTALLY", "ORIENTATION_FLIP_Y": "ORIENTATION_FLIP_VERTICALLY"}


@dataclass(frozen=True)
class Scene:
    """``size``: width and height of the displayed picture in full resolution; ``turn``: from the sensor to the display.

    Both are of the result: with our own mirroring and quarter turns, before our crop.
    """

    size: tuple[int, int]
    turn: Turn = TURNS["ORIENTATION_NONE"]

    @property
    def long_side(self) -> int:
        """Pixels of the longer side."""
        return max(self.size)

    def mirrored(self, axis: str) -> Scene:
        """This scene mirrored: ``horizontal`` swaps left and right, ``vertical`` top and bottom."""
        name = "ORIENTATION_FLIP_VERTICALLY" if axis == "vertical" else "ORIENTATION_FLIP_HORIZONTALLY"
        return replace(self, turn=_after(TURNS[name], self.turn))

    def turned(self, clockwise: int) -> Scene:
        """This scene after quarter turns."""
        scene = self
        for _ in range(clockwise % 4):
            scene = Scene(scene.size[::-1], _after(TURNS["ORIENTATION_ROTATE_CW_90_DEG"], scene.turn))
        return scene


def orientation(turn: Turn) -> str:
    """darktable's name for a turn."""
    return next(name for name, what in TURNS.items() if what == turn)


def turn_of(name: str, exif: int) -> Turn:
    """The turn of darktable's orientation; ``ORIENTATION_NULL`` is the file's EXIF orientation (1…8)."""
    if name == "ORIENTATION_NULL":
        return list(TURNS.values())[exif - 1]
    return TURNS[_ALIASES.get(name, name)]


def _after(second: Turn, first: Turn) -> Turn:
    a, b, c, d = second
    e, f, g, h = first
    return a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h


def crop(params: Params, amount: float, options: framing.Options, scene: Scene) -> None:
    """Trim what the user sees: ``amount`` percent of width and height, ``left``… percent at a side, then to ``aspect``.

    `InvalidSetting` for an aspect that is none, and where next to nothing would be left.
    """
    left, top, width, height = framing.trimmed(amount, options, scene.size)
    own_width, own_height = params["cw"] - params["cx"], params["ch"] - params["cy"]
    params["cx"], params["cw"] = params["cx"] + left * own_width, params["cx"] + (left + width) * own_width
    params["cy"], params["ch"] = params["cy"] + top * own_height, params["cy"] + (top + height) * own_height


def straighten(params: Params, degrees: float, vertical: float, horizontal: float, scene: Scene) -> None:
    """Turn clockwise, widen the top (``vertical``) and the left (``horizontal``) by lens shifts, and crop.

    The module lies before the one that turns the picture upright: everything is brought to the sensor's axes. The crop
    keeps the picture's own proportions and shows no empty corner.
    """
    a, b, c, d = scene.turn
    width, height = scene.size if a else scene.size[::-1]
    params["rotation"] -= degrees * (a * d - b * c)  # darktable counts anticlockwise
    params["lensshift_v"] += d * vertical + b * horizontal
    params["lensshift_h"] += c * vertical + a * horizontal
    params["cropmode"] = "ASHIFT_CROP_ASPECT"
    corners = framing.warped(params["rotation"], params["lensshift_v"], params["lensshift_h"], width, height)
    params["cl"], params["cr"], params["ct"], params["cb"] = framing.inside(corners, width, height)
