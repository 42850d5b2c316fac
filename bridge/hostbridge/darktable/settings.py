"""Module settings: one host module with concrete values, what `compile` makes of a plan and a sidecar takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hostbridge.controls import Ellipse, Gradient, Outline, Region, Trapezoid

OURS = "retouchiq"
"""The instance name of every module we add or change: how an edit of ours is recognised and removed."""

Params = dict[str, Any]
"""A module's parameters: struct → dict, array → list, enum → its C name, char array → str; see `codec`."""


@dataclass(frozen=True)
class Mask:
    """Where a module acts; an absent part means "anywhere", present parts are intersected.

    ``tones``: CIE L* 0…100. ``hues``: (centre, half width) in LCh(ab) degrees. ``shape``: in the displayed picture.
    ``inverted`` turns the whole intersection around. ``opacity``: percent.
    """

    tones: Trapezoid | None = None
    hues: tuple[float, float] | None = None
    shape: Gradient | Ellipse | Outline | None = None
    inverted: bool = False
    opacity: float = 100.0

    @classmethod
    def of(cls, region: Region, opacity: float = 100.0) -> Mask | None:
        """The mask of a region; None where it is everywhere and fully opaque."""
        if region.everywhere and opacity == 100.0:
            return None
        return cls(region.tones, region.hues, region.shape, region.inverted, opacity)


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
