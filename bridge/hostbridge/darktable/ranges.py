"""Tonal and colour ranges as parametric masks: CIE L* and LCh(ab) hue as the channels darktable blends by.

darktable masks by channels of the colour space a module blends in: L, C and h of CIE Lab for Lab modules, linear
luminance, Cz and hz of JzCzhz for RGB modules (its "RGB (scene)"). Four corners 0…1 make a trapezoid; corners at the
end of the range leave it open there. The working space is linear, so the values are those of the displayed picture for
finished photographs, and those of the scene (before the tone mapper) for raws.

JzAzBz: Safdar et al., Optics Express 25 (2017) 15131, of XYZ with a white of Y = 1 as darktable computes it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hostbridge.controls import Trapezoid

LAB, RGB_DISPLAY, RGB_SCENE = 2, 3, 4
"""dt_develop_blend_colorspace_t."""

_LIGHTNESS, _CHROMA = 0, 8  # channel numbers, in both spaces
_HUE = {LAB: 9, RGB_SCENE: 10}

# Greys have no hue: a colour range starts at this chroma C*ab and is full from the second on.
CHROMA_FROM, CHROMA_FULL = 4.0, 12.0
_LARGEST_CHROMA = 128 * math.sqrt(2)  # what darktable's Lab chroma channel calls 1
_CZ_SCALE = 2**-6.643856  # what its Cz channel calls 1, at the boost a new module has
# Hue in JzCzhz depends a little on lightness and chroma: taken at a middle colour.
_MIDDLE_L, _MIDDLE_C = 55.0, 35.0
# Cz grows with lightness at the same C*ab: taken at a dark colour, so that deep blues and shadows are not left out.
_DARK_L = 30.0

_D65 = np.array([0.95047, 1.0, 1.08883])
_LMS = np.array([[0.41478972, 0.579999, 0.014648], [-0.20151, 1.120649, 0.0531008], [-0.0166008, 0.2648, 0.6684799]])
_IAB = np.array([[0.5, 0.5, 0.0], [3.524, -4.066708, 0.542708], [0.199076, 1.096799, -1.295875]])


@dataclass(frozen=True)
class Range:
    """Where one channel lets the module act: ascending corners 0…1; ``inverted`` takes what is outside of them."""

    channel: int
    corners: Trapezoid
    inverted: bool = False


def of_tones(tones: Trapezoid, space: int) -> Range:
    """The lightness range of a trapezoid of CIE L* (0…100)."""
    scale = (lambda lightness: lightness / 100) if space == LAB else luminance
    a, b, c, d = (min(max(scale(corner), 0.0), 1.0) for corner in tones)
    return Range(_LIGHTNESS, (a, b, c, d))


def of_hues(hues: tuple[float, float], space: int) -> list[Range]:
    """The hue and chroma ranges of (centre, half width) in degrees of LCh(ab) hue.

    The module acts fully up to the half width and not at all from one and a half of it on; colours below C*ab 4
    (in JzCzhz: of a dark colour; 2 of a light one) are left alone.
    """
    centre, half = hues
    start, full, end, over = (centre + half * factor for factor in (-1.5, -1, 1, 1.5))
    chroma = Range(_CHROMA, (_chroma(CHROMA_FROM, centre, space), _chroma(CHROMA_FULL, centre, space), 1.0, 1.0))
    if over - start >= 360:
        return [chroma]
    corners = [_hue(degrees, space) for degrees in (start, full, end, over)]
    return [_around(_HUE[space], corners), chroma]


def luminance(lightness: float) -> float:
    """Relative luminance Y (0…1) of CIE L* (0…100), CIE 15:2018."""
    return ((lightness + 16) / 116) ** 3 if lightness > 8 else lightness / 903.2963


def jzazbz(lab: tuple[float, float, float]) -> NDArray[np.float64]:
    """Jz, az, bz (3,) of a CIE Lab colour (D65)."""
    f = (lab[0] + 16) / 116 + np.array([lab[1] / 500, 0.0, -lab[2] / 200])
    x, y, z = _D65 * np.where(f > 6 / 29, f**3, (f - 4 / 29) * 3 * (6 / 29) ** 2)
    lms = _LMS @ np.array([1.15 * x - 0.15 * z, 0.66 * y + 0.34 * x, z])
    power = (np.maximum(lms, 0) / 10000) ** (2610 / 16384)
    dashed = ((3424 / 4096 + 2413 / 128 * power) / (1 + 2392 / 128 * power)) ** (1.7 * 2523 / 32)
    i, a, b = _IAB @ dashed
    return np.array([0.44 * i / (1 - 0.56 * i) - 1.6295499532821566e-11, a, b])


def _polar(lightness: float, chroma: float, degrees: float) -> tuple[float, float, float]:
    angle = math.radians(degrees)
    return lightness, chroma * math.cos(angle), chroma * math.sin(angle)


def _hue(degrees: float, space: int) -> float:
    """The hue as darktable's channel counts it, a full turn being 1, in the same turn as ``degrees``."""
    if space == LAB:
        return degrees / 360
    _, a, b = jzazbz(_polar(_MIDDLE_L, _MIDDLE_C, degrees))
    there = math.degrees(math.atan2(b, a))
    # the two scales never differ by half a turn: take the turn that lies nearest
    return (there + 360 * round((degrees - there) / 360)) / 360


def _chroma(chroma: float, degrees: float, space: int) -> float:
    if space == LAB:
        return chroma / _LARGEST_CHROMA
    _, a, b = jzazbz(_polar(_DARK_L, chroma, degrees))
    return math.hypot(a, b) / _CZ_SCALE


def _around(channel: int, corners: list[float]) -> Range:
    """A trapezoid on a circle of length 1: where it crosses the end, its complement does not, and is inverted."""
    turn = math.floor(corners[0])
    a, b, c, d = (corner - turn for corner in corners)
    if d <= 1:
        return Range(channel, (a, b, c, d))
    # what lies outside runs from d to a of the next turn; a slope across the end is cut there, not continued
    return Range(channel, (max(c - 1, 0.0), d - 1, a, min(b, 1.0)), inverted=True)
