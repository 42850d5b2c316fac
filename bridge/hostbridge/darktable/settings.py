"""Module settings: one host module with concrete values, what `compile` makes of a plan and a sidecar takes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from hostbridge.controls import Ellipse, Gradient, Outline, Region, Trapezoid

OURS = "retouchiq"
"""The instance name of every module we add or change: how an edit of ours is recognised and removed."""

SPREAD = 1 / math.sqrt(20)
"""σ of a smooth step (3t² − 2t³) as a share of its width: a blur of that σ makes nearly the same edge."""

MOST_BLUR = 100.0
"""px: as far as darktable's own slider goes."""

Params = dict[str, Any]
"""A module's parameters: struct → dict, array → list, enum → its C name, char array → str; see `codec`."""


@dataclass(frozen=True)
class Mask:
    """Where a module acts; an absent part means "anywhere", present parts are intersected.

    ``tones``: CIE L* 0…100. ``hues``: (centre, half width) in LCh(ab) degrees. ``shape``: in the displayed picture.
    ``inverted`` turns the whole intersection around. ``opacity``: percent. ``blur``: px of the photo in full resolution
    (σ) by which the whole mask is softened.
    """

    tones: Trapezoid | None = None
    hues: tuple[float, float] | None = None
    shape: Gradient | Ellipse | Outline | None = None
    inverted: bool = False
    opacity: float = 100.0
    blur: float = 0.0

    @classmethod
    def of(cls, region: Region, size: tuple[int, int]) -> Mask | None:
        """The mask of a region; None where it is everywhere. ``size``: the displayed picture in full resolution, px."""
        if region.everywhere:
            return None
        feather = region.shape.feather if isinstance(region.shape, Outline) else 0.0
        blur = min(feather * min(size) * SPREAD, MOST_BLUR)
        return cls(region.tones, region.hues, region.shape, region.inverted, blur=blur)


@dataclass(frozen=True)
class ModuleSettings:
    """One module instance: complete ``params`` of module ``version``, and where it acts.

    ``singleton``: change the module's first (and maybe only) instance instead of adding another. It becomes a further
    history step of that instance, under our name, so that taking it away gives the user's own values back.
    """

    operation: str
    version: int
    params: Params
    instance: str = OURS
    enabled: bool = True
    mask: Mask | None = None
    singleton: bool = False
